"""What sources said before: kept when a record is replaced, so that it can be compared.

A claim that arrives late, older than what its source says by now, is kept as well: the history is
the same in whatever order documents come. Read again with a better reader, what was kept of a
document is replaced: a reader that has learnt something is no change of the source's mind.
Scores that are published anew every day are kept as a series instead
(`noroshi.core.probabilities`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
from django.db.models import Max

from noroshi.core.facets import Epss
from noroshi.core.formats import epss
from noroshi.core.probabilities import Observation, worth_keeping
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.knowledge.models import EpssScore, PastRecord, Source
from noroshi.hub.knowledge.preparing import unpack_text


class Said(msgspec.Struct, frozen=True):
    """What a document says of a record; ``number``: the record's row."""

    number: int
    document: int
    asserted_at: dt.datetime
    withdrawn_at: dt.datetime | None
    facets: bytes


def keep(source: int, now_said: Sequence[Said], before: Sequence[Said]) -> None:
    """Keep what was said before, or came too late; ``now_said``: what stands now of the same.

    Must run inside a transaction that holds "knowledge".
    """
    if not before:
        return
    if Source.objects.values_list("name", flat=True).get(pk=source) == epss.SOURCE:
        _keep_scores([*now_said, *before])
        return
    standing = {said.number: said for said in now_said}
    rows = [
        PastRecord(
            record_id=said.number,
            document_id=said.document,
            asserted_at=said.asserted_at,
            withdrawn_at=said.withdrawn_at,
            facets=said.facets,
        )
        for said in _once(before)
        if (now := standing.get(said.number)) is None or _is_another(said, now)
    ]
    PastRecord.objects.bulk_create(
        rows,
        batch_size=bulk.CHUNK,
        update_conflicts=True,
        unique_fields=["record", "document"],
        update_fields=["asserted_at", "withdrawn_at", "facets"],
    )


def _once(before: Iterable[Said]) -> Collection[Said]:
    """Return one for each document and record: the database takes no two in one statement."""
    return {(said.number, said.document): said for said in before}.values()


def _is_another(said: Said, now: Said) -> bool:
    return said.document != now.document and (
        said.facets != now.facets or said.withdrawn_at != now.withdrawn_at
    )


class _Scored(msgspec.Struct, frozen=True):
    epss: Epss | None = None


_decoder = msgspec.json.Decoder(_Scored)


def _keep_scores(said: Sequence[Said]) -> None:
    seen: dict[int, dict[dt.date, float]] = defaultdict(dict)
    for one in said:
        found = _decoder.decode(unpack_text(one.facets)).epss
        if found is not None:
            seen[one.number].setdefault(found.date, found.score)
    changing = {number: days for number, days in seen.items() if len(set(days.values())) > 1}
    last = _last_kept({number: min(days) for number, days in changing.items()})
    EpssScore.objects.bulk_create(
        [
            EpssScore(record_id=number, day=day, score=score)
            for number, days in changing.items()
            for day, score in worth_keeping(last.get(number), _observed(days))
        ],
        batch_size=bulk.CHUNK,
        ignore_conflicts=True,
    )


def _observed(days: Mapping[dt.date, float]) -> Iterator[Observation]:
    yield from (Observation(day, score) for day, score in days.items())


def _last_kept(first: Mapping[int, dt.date]) -> dict[int, Observation]:
    """Return what was kept last of each record, before the first day that is looked at."""
    found: dict[int, Observation] = {}
    for day in set(first.values()):
        records = [number for number, begins in first.items() if begins == day]
        for chunk in bulk.chunks(records):
            rows = EpssScore.objects.filter(record__in=chunk, day__lte=day)
            newest = rows.values("record").annotate(newest=Max("day"))
            wanted = dict(newest.values_list("record", "newest"))
            kept = rows.filter(day__in=set(wanted.values()))
            for number, kept_day, score in kept.values_list("record", "day", "score"):
                if wanted[number] == kept_day:
                    found[number] = Observation(kept_day, score)
    return found
