"""How what is known of one vulnerability became what it is: earlier claims, scores, judgements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from noroshi.core.assess.assessment import EstimatedSeverity
from noroshi.core.formats import epss
from noroshi.core.history import Step, Version, steps
from noroshi.core.probabilities import Observation
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.merging import UNDATED
from noroshi.hub.knowledge.models import EpssScore, PastRecord, Record, Vulnerability
from noroshi.hub.knowledge.preparing import unpack_record

MOST_RECORDS = 200
MOST_VERSIONS = 50
"""Versions of one record that are compared, the newest; nobody has met one with so many."""

MOST_SCORES = 2000


class Told(msgspec.Struct, frozen=True):
    """All versions of one record, the oldest first; ``cut``: there are older ones yet."""

    source: str
    external_id: str
    steps: tuple[Step, ...]
    cut: bool


class Scored(msgspec.Struct, frozen=True):
    """A judgement's severity; ``estimated``: by a model, no source states it."""

    made_at: dt.datetime
    severity: str
    score: float | None
    estimated: bool


def told(row: Vulnerability) -> list[Told]:
    """Return what each source said, and what it changed since, the sources by name.

    Scores that are published anew every day are no change of claims; see `scores`.
    """
    rows = Record.objects.filter(vulnerability=row).exclude(source__name=epss.SOURCE)
    ordered = rows.select_related("source", "document").order_by("source__name", "external_id")
    records: list[Record] = list(ordered.defer("document__body")[:MOST_RECORDS])
    past = _past([record.pk for record in records])
    return [_told(record, past[record.pk]) for record in records]


def _past(records: list[int]) -> dict[int, list[PastRecord]]:
    rows = PastRecord.objects.filter(record__in=records).select_related("document")
    found: dict[int, list[PastRecord]] = defaultdict(list)
    for one in rows.defer("document__body").order_by("-asserted_at", "-document"):
        if len(found[one.record_id]) <= MOST_VERSIONS:
            found[one.record_id].append(one)
    return found


def _told(record: Record, past: list[PastRecord]) -> Told:
    said: list[Record | PastRecord] = [*past[:MOST_VERSIONS][::-1], record]
    versions = [_version(one) for one in said]
    cut = len(past) > MOST_VERSIONS
    return Told(record.source.name, record.external_id, tuple(steps(versions)), cut)


def _version(one: Record | PastRecord) -> Version:
    return Version(
        None if one.asserted_at == UNDATED else one.asserted_at,
        one.document.retrieved_at if one.document else None,
        one.withdrawn_at,
        one.document_id,
        unpack_record(bytes(one.facets)),
    )


def scores(row: Vulnerability) -> list[Observation]:
    """Return its EPSS scores: the days on which they had moved, then the current one."""
    current = Record.objects.filter(vulnerability=row, source__name=epss.SOURCE).order_by("pk")
    found: dict[dt.date, float] = {}
    kept = EpssScore.objects.filter(record__in=current).order_by("-day", "record")
    for day, score in kept.values_list("day", "score")[:MOST_SCORES]:
        found.setdefault(day, score)
    for facets in current.values_list("facets", flat=True):
        now = unpack_record(bytes(facets)).epss
        if now is not None:
            found[now.date] = now.score
    return [Observation(day, found[day]) for day in sorted(found)]


def judged(row: Vulnerability) -> list[Scored]:
    """Return the severities that it was judged to have, the oldest first, where they changed."""
    return list(_changing(row))


def _changing(row: Vulnerability) -> Iterator[Scored]:
    before: tuple[str, float | None, bool] | None = None
    for one in reversed(overview.history_of(row, MOST_SCORES)):
        severity = one.assessment.severity_class
        estimated = isinstance(one.assessment.severity, EstimatedSeverity)
        now = (severity.value if severity else "", one.assessment.score, estimated)
        if now != before:
            yield Scored(one.made_at, *now)
        before = now
