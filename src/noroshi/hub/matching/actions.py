"""The stages of matching: packages against vulnerabilities, then systems.

A changed vulnerability and a new package take the same path: the join gives hits, `core.matching`
judges each pair, the difference to what is stored is written. Matching everything from nothing is
therefore the sum of all single steps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from noroshi.core import matching
from noroshi.core.answers import Reopening
from noroshi.core.facets import Record
from noroshi.core.identity import Cpe, parse_cpe
from noroshi.core.matching import Hit, Verdict
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.inventory import queries as inventory
from noroshi.hub.inventory.actions import FIND
from noroshi.hub.knowledge.models import Record as StoredRecord
from noroshi.hub.knowledge.preparing import unpack_record
from noroshi.hub.knowledge.statuses import STATUS_CODES
from noroshi.hub.matching import asking, queries
from noroshi.hub.matching.asking import Again
from noroshi.hub.matching.models import Finding, FindingStatus, PackageMatch
from noroshi.hub.matching.queries import FindingSide, RawHit, Side
from noroshi.hub.matching.wanted import Wanted, as_is, wanted
from noroshi.hub.todo import actions as todo

PROPOSE = "propose"
"""The stage asked for where a finding may be one that somebody should be told about."""

_STATUSES = {code: status for status, code in STATUS_CODES.items()}


def match_vulnerabilities(numbers: Sequence[int], *, now: dt.datetime) -> int:
    """Match changed vulnerabilities and refresh the findings; return how many matches changed."""
    changed = _match("vulnerability", numbers)
    refresh_findings("vulnerability", numbers, now=now)
    return changed


def match_packages(numbers: Sequence[int]) -> int:
    """Match new packages, and ask for the findings of the systems that run them."""
    changed = _match("package", numbers)
    todo.ask(FIND, inventory.systems_running(numbers))
    return changed


def find(systems: Sequence[int], *, now: dt.datetime) -> int:
    """Refresh the findings of systems; return how many changed."""
    return refresh_findings("system", systems, now=now)


def _match(side: Side, numbers: Sequence[int]) -> int:
    verdicts = _verdicts(queries.hits(side, numbers))
    stored = queries.matches(side, numbers)
    fresh = [(*pair, *_columns(v)) for pair, v in verdicts.items() if pair not in stored]
    changed = [
        (*_columns(verdict), stored[pair].pk)
        for pair, verdict in verdicts.items()
        if pair in stored and _columns(verdict) != _stored_columns(stored[pair])
    ]
    gone = [match.pk for pair, match in stored.items() if pair not in verdicts]
    queries.insert_matches(fresh)
    queries.update_matches(changed)
    bulk.delete_by("matching_packagematch", "id", gone)
    return len(fresh) + len(changed) + len(gone)


def _columns(verdict: Verdict) -> tuple[int, int, int, str, int, str]:
    basis, doubt = verdict.basis.value, verdict.doubt.value
    return (*verdict.statement, basis, verdict.confidence, doubt)


def _stored_columns(match: PackageMatch) -> tuple[int, int, int, str, int, str]:
    statement = (match.record_id, match.claim, match.part)
    return (*statement, match.basis, match.confidence, match.doubt)


def _verdicts(rows: Sequence[RawHit]) -> dict[tuple[int, int], Verdict]:
    """Judge all pairs; needs the words of a record only where a CPE name may narrow it."""
    criteria = _Criteria({row.record for row in rows if row.scheme == "cpe"})
    pairs: dict[tuple[int, int], list[Hit]] = {}
    disputed: dict[tuple[int, int], bool] = {}
    for row in rows:
        pair = (row.package, row.vulnerability)
        disputed[pair] = row.disputed
        pairs.setdefault(pair, []).append(
            Hit(
                scheme=row.scheme,
                purl_type=row.purl_type,
                status=_STATUSES[row.status],
                conditional=row.conditional,
                statement=(row.record, row.claim, row.part),
                cpe=_cpe(row.cpe) if row.cpe else None,
                criteria=criteria.of(row) if row.scheme == "cpe" else None,
            )
        )
    judged = {pair: matching.judge(hits, disputed=disputed[pair]) for pair, hits in pairs.items()}
    return {pair: verdict for pair, verdict in judged.items() if verdict is not None}


@lru_cache(maxsize=65_536)
def _cpe(text: str) -> Cpe:
    return parse_cpe(text)


class _Criteria:
    """The CPE names that statements used, read from the records that survived the join."""

    def __init__(self, records: set[int]) -> None:
        self._packed = {
            number: facets
            for chunk in bulk.chunks(records)
            for number, facets in StoredRecord.objects.filter(pk__in=chunk).values_list(
                "pk", "facets"
            )
        }
        self._read: dict[int, Record] = {}

    def of(self, row: RawHit) -> Cpe | None:
        if row.record not in self._read:
            self._read[row.record] = unpack_record(bytes(self._packed[row.record]))
        text = self._read[row.record].affected[row.claim].cpe
        return parse_cpe(text) if text else None


_BY_MACHINE = {FindingStatus.OPEN, FindingStatus.NEEDS_CONFIRMATION, FindingStatus.RETRACTED}
"""The statuses that matching may change; the others are somebody's answer, and stay."""


def refresh_findings(side: FindingSide, numbers: Sequence[int], *, now: dt.datetime) -> int:
    """Bring the findings of vulnerabilities or systems in line with the matches.

    What no longer matches is retracted, never deleted. What somebody answered stays as long as it
    rests on the same software; else it is asked again. Returns how many findings changed.
    """
    stored = queries.stored_findings(side, numbers)
    concerns = {(c.system, c.vulnerability): c for c in queries.concerns(side, numbers)}
    again = asking.second_looks(stored[pair] for pair in stored.keys() & concerns.keys())
    at = bulk.moment(now)
    fresh: list[bulk.Row] = []
    changed = _gone([row for pair, row in stored.items() if pair not in concerns], now)
    urgent: set[int] = set()
    for pair, concern in concerns.items():
        finding = stored.get(pair)
        opened = _opened(finding, again, now)
        look = wanted(concern, opened)
        if finding is None:
            fresh.append((*pair, *_columns_of(look), at, at, "", ""))
        elif finding.status not in _BY_MACHINE and finding.pk not in again:
            if finding.gone_at is not None:
                changed.append(_row(finding, as_is(finding), finding.opened_at, now, None))
            continue
        elif look != as_is(finding) or finding.gone_at is not None:
            changed.append(_row(finding, look, opened, now, None))
        elif side == "system":
            continue
        # The vulnerability changed: what was not worth a notice before may be now.
        if look.priority in {"immediate", "out_of_cycle"}:
            urgent.add(concern.vulnerability)
    queries.insert_findings(fresh)
    queries.update_findings(changed)
    for finding in stored.values():
        if finding.pk in again:
            asking.ask_again(finding, again[finding.pk], now=now)
    asking.carry_over(side, numbers, now=now)
    todo.ask(PROPOSE, urgent)
    return len(fresh) + len(changed)


def _opened(finding: Finding | None, again: Mapping[int, Again], now: dt.datetime) -> dt.datetime:
    """Return since when it concerns the system.

    What was gone in between begins anew, and so does what is asked for a new reason; what was said
    to be fixed, and is not, has been there all the time.
    """
    if finding is None or finding.gone_at is not None:
        return now
    asked = again.get(finding.pk)
    return now if asked and asked.reason is Reopening.CHANGED else finding.opened_at


def _gone(findings: Iterable[Finding], now: dt.datetime) -> list[bulk.Row]:
    """Return the rows of what matches no more: retracted, unless it is somebody's answer.

    What was said of a vulnerability that became part of another one is said of that one now.
    """
    rows = list(findings)
    answered = {row.vulnerability_id for row in rows if row.status not in _BY_MACHINE}
    absorbed = queries.absorbed(answered)
    retracted = Wanted(FindingStatus.RETRACTED.value, 0, "", None)
    changed = []
    for row in rows:
        if row.status in queries.LIVE or (
            row.vulnerability_id in absorbed and row.status not in _BY_MACHINE
        ):
            changed.append(_row(row, retracted, row.opened_at, now, row.gone_at or now))
        elif row.gone_at is None:
            changed.append(_row(row, as_is(row), row.opened_at, now, now))
    return changed


def _row(
    finding: Finding, look: Wanted, opened: dt.datetime, now: dt.datetime, gone: dt.datetime | None
) -> bulk.Row:
    moments = (bulk.moment(opened), bulk.moment(now), bulk.moment(gone))
    return (*_columns_of(look), *moments, finding.pk)


def _columns_of(look: Wanted) -> tuple[str, int, str, dt.date | None]:
    return (look.status, look.confidence, look.priority, look.due)
