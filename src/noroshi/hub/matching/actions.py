"""The stages of matching: packages against vulnerabilities, then systems.

A changed vulnerability and a new package take the same path: the join gives hits, `core.matching`
judges each pair, the difference to what is stored is written. Matching everything from nothing is
therefore the sum of all single steps.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from django.utils import timezone

from noroshi.core import matching
from noroshi.core.assess.assessment import ExploitationLevel
from noroshi.core.assess.priority import due_days, priority
from noroshi.core.facets import Record
from noroshi.core.identity import Cpe, parse_cpe
from noroshi.core.matching import Hit, Verdict
from noroshi.core.sector import Criticality, Exposure
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.inventory import queries as inventory
from noroshi.hub.inventory.actions import FIND
from noroshi.hub.knowledge.models import Record as StoredRecord
from noroshi.hub.knowledge.preparing import unpack_record
from noroshi.hub.knowledge.statuses import STATUS_CODES
from noroshi.hub.matching import queries
from noroshi.hub.matching.models import Finding, FindingStatus, PackageMatch
from noroshi.hub.matching.queries import Concern, FindingSide, RawHit, Side
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


class _Wanted(msgspec.Struct, frozen=True):
    """How a finding should look."""

    status: str
    confidence: int
    priority: str
    due: dt.date | None


def refresh_findings(side: FindingSide, numbers: Sequence[int], *, now: dt.datetime) -> int:
    """Bring the findings of vulnerabilities or systems in line with the matches.

    What no longer matches is retracted, never deleted. Returns how many findings changed.
    """
    stored = queries.stored_findings(side, numbers)
    concerns = queries.concerns(side, numbers)
    at = bulk.moment(now)
    fresh: list[bulk.Row] = []
    changed: list[bulk.Row] = []
    urgent: set[int] = set()
    for concern in concerns:
        finding = stored.pop((concern.system, concern.vulnerability), None)
        opened = _opened(finding, now)
        wanted = _wanted(concern, opened)
        if finding is None:
            fresh.append((concern.system, concern.vulnerability, *_row(wanted), at, at, ""))
        elif finding.status in _BY_MACHINE and wanted != _as_is(finding):
            changed.append((*_row(wanted), bulk.moment(opened), at, finding.pk))
        elif side == "system" or finding.status not in queries.LIVE:
            continue
        # The vulnerability changed: what was not worth a notice before may be now.
        if wanted.priority in {"immediate", "out_of_cycle"}:
            urgent.add(concern.vulnerability)
    changed.extend(
        (FindingStatus.RETRACTED.value, 0, "", None, bulk.moment(finding.opened_at), at, finding.pk)
        for finding in stored.values()
        if finding.status in queries.LIVE
    )
    queries.insert_findings(fresh)
    queries.update_findings(changed)
    todo.ask(PROPOSE, urgent)
    return len(fresh) + len(changed)


def _opened(finding: Finding | None, now: dt.datetime) -> dt.datetime:
    """Return since when it concerns the system; what was retracted in between begins anew."""
    if finding is None or finding.status == FindingStatus.RETRACTED:
        return now
    return finding.opened_at


def _wanted(concern: Concern, opened: dt.datetime) -> _Wanted:
    chosen = priority(
        ExploitationLevel(concern.exploitation or "unknown"),
        concern.automatable or None,
        Exposure(concern.exposure),
        Criticality(concern.criticality),
    )
    days = due_days(chosen)
    return _Wanted(
        status=(FindingStatus.OPEN if concern.certain else FindingStatus.NEEDS_CONFIRMATION).value,
        confidence=concern.confidence,
        priority=chosen.value,
        due=None if days is None else timezone.localdate(opened + dt.timedelta(days=days)),
    )


def _row(wanted: _Wanted) -> tuple[str, int, str, dt.date | None]:
    return (wanted.status, wanted.confidence, wanted.priority, wanted.due)


def _as_is(finding: Finding) -> _Wanted:
    return _Wanted(finding.status, finding.confidence, finding.priority, finding.due)
