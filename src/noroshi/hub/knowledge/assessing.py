"""The stage that judges: records → assessment → the columns of the lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import msgspec

from noroshi.core.assess import Assessment, assess, encode
from noroshi.core.assess.narrate import title
from noroshi.core.assess.phrases import Lang
from noroshi.core.facets import Record, State
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.knowledge import indexing, queries
from noroshi.hub.knowledge.fused import Fused
from noroshi.hub.knowledge.merging import MATCH
from noroshi.hub.knowledge.preparing import pack_bytes, unpack_record
from noroshi.hub.todo import actions as todo

LANGUAGES: tuple[Lang, ...] = ("ja", "en")


def assess_vulnerabilities(numbers: Sequence[int], *, now: dt.datetime) -> int:
    """Judge the vulnerabilities anew; return how many judgements changed.

    An unchanged judgement writes nothing. One that changes who is affected, or how urgently, asks
    for matching. Must run inside a transaction.
    """
    records = queries.records_of(numbers)
    before = queries.current_assessments(numbers)
    columns = queries.fused_columns(numbers)
    found_by = queries.entries(numbers)
    assessments: list[bulk.Row] = []
    changed: dict[int, Fused] = {}
    entries: dict[int, queries.Entry] = {}
    rematch: list[int] = []
    known_of = {
        number: [unpack_record(packed) for packed in facets] for number, facets in records.items()
    }
    gone = _taken_back(set(numbers) - records.keys())
    for number, known in (known_of | gone).items():
        judged = assess(known)
        if number in gone:
            judged = msgspec.structs.replace(judged, state=State.REJECTED)
        body = pack_bytes(encode(judged))
        fused = _fused(judged, known)
        titles = (fused.title_ja, fused.title_en)
        entries[number] = indexing.entry(judged, titles, known_of.get(number, ()))
        if before.get(number) != body:
            assessments.append((number, bulk.moment(now), judged.model, body))
        if columns[number] != fused:
            changed[number] = fused
            if columns[number].decides_findings != fused.decides_findings:
                rematch.append(number)
    queries.append_assessments(assessments)
    queries.write_fused(changed)
    indexing.write(entries, found_by, set(numbers) - entries.keys())
    todo.ask(MATCH, rematch)
    return len(assessments)


def _taken_back(numbers: Collection[int]) -> dict[int, list[Record]]:
    """Return what was said of vulnerabilities of which nobody says anything any more.

    That somebody uses them was taken back as well.
    """
    withdrawn = queries.records_of(list(numbers), withdrawn=True) if numbers else {}
    return {
        number: [
            msgspec.structs.replace(unpack_record(packed), exploited=None, ssvc=(), exploits=())
            for packed in facets
        ]
        for number, facets in withdrawn.items()
    }


def _fused(assessment: Assessment, records: Sequence[Record]) -> Fused:
    exploitation = assessment.exploitation
    modified = [record.modified for record in records if record.modified is not None]
    severity = assessment.severity_class
    titles = {lang: title(assessment, lang) for lang in LANGUAGES}
    return Fused(
        state=assessment.state.value,
        disputed=bool(assessment.disputed),
        title_en=titles["en"][:300],
        title_ja=titles["ja"][:300],
        severity=severity.value if severity else "",
        score=assessment.score,
        exploited_since=exploitation.since,
        exploitation=exploitation.level.value,
        automatable=exploitation.automatable or "",
        epss=exploitation.epss,
        confidence=assessment.reliability.confidence,
        published=assessment.published,
        modified=max(modified, default=None),
    )
