"""How the sources are doing, and what is known of one vulnerability."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from django.db.models import Case, Count, Q, When

from noroshi.core.assess import Assessment, decode
from noroshi.core.errors import NotFound
from noroshi.core.facets import Record as RecordFacets
from noroshi.hub.knowledge.conditions import spellings
from noroshi.hub.knowledge.merging import UNDATED
from noroshi.hub.knowledge.models import (
    Alias,
    Document,
    Quarantine,
    Record,
    Source,
    Vulnerability,
)
from noroshi.hub.knowledge.models import (
    Assessment as StoredAssessment,
)
from noroshi.hub.knowledge.preparing import unpack_record, unpack_text


class SourceStatus(msgspec.Struct, frozen=True):
    """One source: when its last import finished, and what is stored of it."""

    name: str
    last_finished_at: dt.datetime | None
    documents: int
    records: int
    quarantined: int


def sources(names: Sequence[str]) -> list[SourceStatus]:
    """Return the status of the named sources; one that never ran has nothing."""
    stored = {source.name: source for source in Source.objects.filter(name__in=names)}
    aside = dict(Quarantine.objects.values_list("source").annotate(number=Count("pk")))
    rows = (stored.get(name, Source(name=name)) for name in names)
    return [
        SourceStatus(
            row.name,
            row.last_finished_at,
            row.kept_documents,
            row.kept_records,
            aside.get(row.pk, 0),
        )
        for row in rows
    ]


def quarantine(source: str | None, limit: int) -> list[Quarantine]:
    """Return what is in quarantine, the newest first."""
    rows = Quarantine.objects.select_related("source").order_by("-at", "file", "pk")
    if source:
        rows = rows.filter(source__name=source)
    return list(rows[:limit])


def vulnerability_named(name: str) -> Vulnerability:
    """Return the vulnerability that has this name, as it is written or typed; or `NotFound`."""
    written = spellings(name.strip())
    rows = Alias.objects.select_related("vulnerability").filter(name__in=written)
    found = {alias.name: alias.vulnerability for alias in rows}
    for spelling in written:
        if spelling in found:
            return found[spelling]
    raise NotFound(kind="vulnerability", name=name)


def names_of(vulnerability: Vulnerability, most: int) -> list[str]:
    """Return its names, at most so many; the one it is called by is the first."""
    rows = Alias.objects.filter(vulnerability=vulnerability).exclude(
        name=vulnerability.preferred_id
    )
    others = rows.order_by("name").values_list("name", flat=True)[: most - 1]
    return [vulnerability.preferred_id, *others]


def assessment_of(vulnerability: Vulnerability) -> Assessment | None:
    """Return the current assessment; ``None`` before the first."""
    rows = StoredAssessment.objects.filter(vulnerability=vulnerability).order_by("-pk")
    newest = rows.first()
    return decode(unpack_text(bytes(newest.body))) if newest else None


def records_of(vulnerability: Vulnerability) -> list[RecordFacets]:
    """Return what each source says, by source name."""
    rows = Record.objects.filter(vulnerability=vulnerability).order_by(
        "source__name", "external_id"
    )
    return [unpack_record(bytes(packed)) for packed in rows.values_list("facets", flat=True)]


def known_among(names: Sequence[str]) -> set[str]:
    """Return those of the names that a vulnerability has."""
    return set(Alias.objects.filter(name__in=names).values_list("name", flat=True))


class Judgement(msgspec.Struct, frozen=True):
    """An assessment, and when it was made."""

    made_at: dt.datetime
    assessment: Assessment


def history_of(vulnerability: Vulnerability, most: int) -> list[Judgement]:
    """Return the newest assessments, the current one first."""
    rows = StoredAssessment.objects.filter(vulnerability=vulnerability).order_by("-pk")
    return [
        Judgement(made_at, decode(unpack_text(bytes(body))))
        for made_at, body in rows.values_list("made_at", "body")[:most]
    ]


class Claims(msgspec.Struct, frozen=True):
    """What one source says, and since when.

    ``asserted_at`` is the source's own time; ``None`` where it names none. ``received_at`` is when
    the document came here that says it, ``withdrawn_at`` when the source took it back.
    ``document`` is the number of that document.
    """

    asserted_at: dt.datetime | None
    received_at: dt.datetime
    withdrawn_at: dt.datetime | None
    document: int
    record: RecordFacets


LEADING = ("cve5", "epss", "jvn", "kev", "nvd")
"""Sources that come first: others bring so many records that these might not be among them."""


def claims_of(vulnerability: Vulnerability, most: int) -> list[Claims]:
    """Return what each source says, by source name; at most so many records.

    The sources that everybody asks come first, before other databases and catalogues.
    """
    follows = Case(When(source__name__in=LEADING, then=0), default=1)
    rows = Record.objects.filter(vulnerability=vulnerability).order_by(
        follows, "source__name", "external_id"
    )
    columns = (
        "asserted_at",
        "document__retrieved_at",
        "withdrawn_at",
        "document_id",
        "facets",
    )
    return [
        Claims(
            None if asserted == UNDATED else asserted,
            received,
            withdrawn,
            document,
            unpack_record(bytes(facets)),
        )
        for asserted, received, withdrawn, document, facets in rows.values_list(*columns)[:most]
    ]


def document_of(vulnerability: Vulnerability, number: int) -> Document:
    """Return a document that a record of this vulnerability comes, or came, from; or `NotFound`."""
    rows = Document.objects.select_related("source")
    says = Q(records__vulnerability=vulnerability)
    said = Q(past_records__record__vulnerability=vulnerability)
    found = rows.filter(says | said, pk=number).first()
    if found is None:
        raise NotFound(kind="document", name=str(number))
    return found
