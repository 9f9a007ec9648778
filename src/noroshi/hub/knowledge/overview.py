"""How the sources are doing, and what is known of one vulnerability."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from django.db.models import Count

from noroshi.core.assess import Assessment, decode
from noroshi.core.errors import NotFound
from noroshi.core.facets import Record as RecordFacets
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
    counts = {
        model: dict(model.objects.values_list("source").annotate(number=Count("pk")))
        for model in (Document, Record, Quarantine)
    }
    found = []
    for name in names:
        source = stored.get(name)
        number = source.pk if source else 0
        found.append(
            SourceStatus(
                name,
                source.last_finished_at if source else None,
                counts[Document].get(number, 0),
                counts[Record].get(number, 0),
                counts[Quarantine].get(number, 0),
            )
        )
    return found


def quarantine(source: str | None, limit: int) -> list[Quarantine]:
    """Return what is in quarantine, the newest first."""
    rows = Quarantine.objects.select_related("source").order_by("-at", "file", "pk")
    if source:
        rows = rows.filter(source__name=source)
    return list(rows[:limit])


def vulnerability_named(name: str) -> Vulnerability:
    """Return the vulnerability that has this name; raises `NotFound`."""
    alias = Alias.objects.select_related("vulnerability").filter(name=name.strip()).first()
    if alias is None:
        raise NotFound(kind="vulnerability", name=name)
    return alias.vulnerability


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
