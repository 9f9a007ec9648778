"""The SQL of matching: one join, asked from either side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from noroshi.core.answers import Footing
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.policy.visibility import Viewer
from noroshi.core.versions.scheme import BEYOND, FIRST
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching.models import Finding, FindingStatus, PackageMatch

Side = Literal["vulnerability", "package"]
"""From which side the join is asked: the changed vulnerabilities, or the new packages."""


class RawHit(msgspec.Struct, frozen=True, array_like=True):
    """One row of the join."""

    package: int
    vulnerability: int
    record: int
    claim: int
    part: int
    status: int
    conditional: bool
    scheme: str
    cpe: str
    purl_type: str
    disputed: bool


_COLUMNS = """
SELECT pi.package_id, r.vulnerability_id, ar.record_id, ar.claim, ar.part, ar.status,
       ar.conditional, pr.scheme, pi.cpe, p.purl_type, v.disputed
"""

_JOIN = {
    "vulnerability": """
        FROM knowledge_vulnerability v
        JOIN knowledge_record r ON r.vulnerability_id = v.id AND r.withdrawn_at IS NULL
        JOIN knowledge_affectedrange ar ON ar.record_id = r.id
        JOIN inventory_packageidentity pi ON pi.product_id = ar.product_id AND {meets}
        JOIN inventory_package p ON p.id = pi.package_id
        JOIN identity_product pr ON pr.id = pi.product_id
        WHERE v.state <> 'rejected' AND v.id IN {in}
    """,
    "package": """
        FROM inventory_packageidentity pi
        JOIN inventory_package p ON p.id = pi.package_id
        JOIN identity_product pr ON pr.id = pi.product_id
        JOIN knowledge_affectedrange ar ON ar.product_id = pi.product_id AND {meets}
        JOIN knowledge_record r ON r.id = ar.record_id AND r.withdrawn_at IS NULL
        JOIN knowledge_vulnerability v ON v.id = r.vulnerability_id
        WHERE v.state <> 'rejected' AND pi.package_id IN {in}
    """,
}

_INSIDE = "ar.low <= pi.key AND ar.high > pi.key"
# No comparable version: what is said of every version holds for it all the same.
_OF_EVERY_VERSION = "pi.key IS NULL AND ar.low = %s AND ar.high = %s"


def hits(side: Side, numbers: Sequence[int]) -> list[RawHit]:
    """Return every (package identity, affected range) pair that meets, for these numbers."""
    sql = _COLUMNS + _JOIN[side]
    rows = bulk.select_in(sql.replace("{meets}", _INSIDE), numbers)
    every = (FIRST, BEYOND)
    rows += bulk.select_in(sql.replace("{meets}", _OF_EVERY_VERSION), numbers, every)
    return [msgspec.convert(row, RawHit, strict=False) for row in rows]


def matches(side: Side, numbers: Sequence[int]) -> dict[tuple[int, int], PackageMatch]:
    """Return the stored matches by (package, vulnerability)."""
    found: dict[tuple[int, int], PackageMatch] = {}
    for chunk in bulk.chunks(numbers):
        for match in PackageMatch.objects.filter(**{f"{side}__in": chunk}):
            found[match.package_id, match.vulnerability_id] = match
    return found


FRESH = ("package_id", "vulnerability_id", "record_id", "claim", "part", "basis", "confidence")


def insert_matches(rows: Sequence[bulk.Row]) -> None:
    """Insert new matches: the columns of `FRESH`, then doubt."""
    bulk.insert("matching_packagematch", (*FRESH, "doubt"), rows)


def update_matches(rows: Sequence[bulk.Row]) -> None:
    """Update matches: record, claim, part, basis, confidence, doubt, and the id."""
    bulk.update("matching_packagematch", (*FRESH[2:], "doubt"), rows)


class Concern(msgspec.Struct, frozen=True, array_like=True):
    """What a system's packages say about one vulnerability, with what its priority depends on."""

    system: int
    vulnerability: int
    certain: bool
    confidence: int
    exploitation: str
    automatable: str
    exposure: str
    criticality: str


_CONCERNS = """
SELECT i.system_id, m.vulnerability_id, max(CASE WHEN m.doubt = '' THEN 1 ELSE 0 END),
       max(m.confidence), v.exploitation, v.automatable, s.exposure, s.criticality
  FROM matching_packagematch m
  JOIN inventory_component c ON c.package_id = m.package_id
  JOIN inventory_inventory i ON i.id = c.inventory_id AND i.current
  JOIN inventory_system s ON s.id = i.system_id
  JOIN knowledge_vulnerability v ON v.id = m.vulnerability_id
 {finding}
 WHERE {column} IN {in}
 GROUP BY i.system_id, m.vulnerability_id, v.exploitation, v.automatable,
          s.exposure, s.criticality
"""

FindingSide = Literal["vulnerability", "system"]
_FINDING_COLUMN: dict[FindingSide | Literal["finding"], str] = {
    "vulnerability": "m.vulnerability_id",
    "system": "i.system_id",
    "finding": "f.id",
}
_OF_FINDING = """
  JOIN matching_finding f ON f.vulnerability_id = m.vulnerability_id AND f.system_id = i.system_id
"""


def concerns(side: FindingSide | Literal["finding"], numbers: Sequence[int]) -> list[Concern]:
    """Return what the stored matches mean for systems."""
    sql = _CONCERNS.replace("{column}", _FINDING_COLUMN[side])
    sql = sql.replace("{finding}", _OF_FINDING if side == "finding" else "")
    return [msgspec.convert(row, Concern, strict=False) for row in bulk.select_in(sql, numbers)]


def stored_findings(side: FindingSide, numbers: Sequence[int]) -> dict[tuple[int, int], Finding]:
    """Return the stored findings by (system, vulnerability), held until the transaction ends.

    In the order in which answers hold them: an answer given meanwhile is waited for, never lost.
    """
    found: dict[tuple[int, int], Finding] = {}
    for chunk in bulk.chunks(numbers):
        rows = Finding.objects.visible_to(SystemViewer()).filter(**{f"{side}__in": chunk})
        for finding in rows.order_by("pk").select_for_update(of=("self",), no_key=True):
            found[finding.system_id, finding.vulnerability_id] = finding
    return found


FINDING = (
    "system_id",
    "vulnerability_id",
    "status",
    "confidence",
    "priority",
    "due",
    "opened_at",
    "changed_at",
    "justification",
    "answer",
)


def insert_findings(rows: Sequence[bulk.Row]) -> None:
    """Insert new findings: the columns of `FINDING`."""
    bulk.insert("matching_finding", FINDING, rows)


def update_findings(rows: Sequence[bulk.Row]) -> None:
    """Update findings: the columns of `FINDING` from status to changed_at, gone_at, and the id."""
    bulk.update("matching_finding", (*FINDING[2:8], "gone_at"), rows)


LIVE = (FindingStatus.OPEN, FindingStatus.NEEDS_CONFIRMATION)
"""The statuses of a finding that concerns somebody now."""


_INVENTORIES = """
SELECT f.id, i.id FROM matching_finding f
  JOIN inventory_inventory i ON i.system_id = f.system_id AND i.current
 WHERE f.id IN {in}
"""
_PACKAGES = """
SELECT DISTINCT f.id, m.package_id FROM matching_finding f
  JOIN inventory_inventory i ON i.system_id = f.system_id AND i.current
  JOIN matching_packagematch m ON m.vulnerability_id = f.vulnerability_id
  JOIN inventory_component c ON c.inventory_id = i.id AND c.package_id = m.package_id
 WHERE f.id IN {in}
"""


def footings(findings: Sequence[int]) -> dict[int, Footing]:
    """Return what each of these findings rests on now."""
    inventories = {
        int(str(finding)): int(str(inventory))
        for finding, inventory in bulk.select_in(_INVENTORIES, findings)
    }
    packages: dict[int, set[int]] = {}
    for finding, package in bulk.select_in(_PACKAGES, findings):
        packages.setdefault(int(str(finding)), set()).add(int(str(package)))
    return {
        number: Footing(inventories.get(number), frozenset(packages.get(number, ())))
        for number in findings
    }


_HEIRS = """
SELECT old.id, heir.id FROM knowledge_vulnerability v
  JOIN matching_finding old ON old.vulnerability_id = v.id AND old.standing_id IS NOT NULL
  JOIN matching_finding heir ON heir.vulnerability_id = v.merged_into_id
                            AND heir.system_id = old.system_id
 WHERE {column} IN {in} AND heir.status IN ('open', 'needs_confirmation')
   AND (heir.answered_at IS NULL OR heir.answered_at < old.answered_at)
"""
_HEIR_COLUMNS: dict[FindingSide, tuple[str, ...]] = {
    "vulnerability": ("v.merged_into_id", "v.id"),
    "system": ("old.system_id",),
}


def heirs(side: FindingSide, numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return (answered finding of a merged vulnerability, that of the one it became part of).

    Only where the latter is live and has no newer answer.
    """
    return [
        (int(str(old)), int(str(heir)))
        for column in _HEIR_COLUMNS[side]
        for old, heir in bulk.select_in(_HEIRS.replace("{column}", column), numbers)
    ]


def absorbed(vulnerabilities: Iterable[int]) -> set[int]:
    """Return those of the vulnerabilities that have become part of another one."""
    rows = Vulnerability.objects.filter(merged_into__isnull=False)
    found: set[int] = set()
    for chunk in bulk.chunks(vulnerabilities):
        found.update(rows.filter(pk__in=chunk).values_list("pk", flat=True))
    return found


def exposure(viewer: Viewer, organisation: int | None = None) -> list[Finding]:
    """Return the live findings the viewer may see, the most pressing first."""
    rows = Finding.objects.visible_to(viewer).filter(status__in=LIVE)
    if organisation is not None:
        rows = rows.filter(system__organisation=organisation)
    rows = rows.select_related("system__organisation", "vulnerability")
    return sorted(rows, key=_urgency)


_ORDER = ("immediate", "out_of_cycle", "scheduled", "defer", "")


def _urgency(finding: Finding) -> tuple[bool, int, dt.date, float, str]:
    return (
        finding.status != FindingStatus.OPEN,
        _ORDER.index(finding.priority),
        finding.due or dt.date.max,
        -(finding.vulnerability.score or 0),
        finding.vulnerability.preferred_id,
    )


class Why(msgspec.Struct, frozen=True):
    """A package that a finding rests on, and the match that says so.

    ``facets`` is what the record says, as it is stored.
    """

    match: int
    component: str
    version: str
    claim: int
    part: int
    basis: str
    confidence: int
    doubt: str
    record: int
    facets: bytes
    source: str


_WHY = (
    "pk",
    "package__name",
    "package__version",
    "claim",
    "part",
    "basis",
    "confidence",
    "doubt",
    "record",
    "record__facets",
    "record__source__name",
)

_REASONS = """
SELECT DISTINCT f.id, m.id FROM matching_finding f
  JOIN inventory_inventory i ON i.system_id = f.system_id AND i.current
  JOIN matching_packagematch m ON m.vulnerability_id = f.vulnerability_id
  JOIN inventory_component c ON c.inventory_id = i.id AND c.package_id = m.package_id
 WHERE f.id IN {in}
"""


def reasons(viewer: Viewer, findings: Iterable[int]) -> dict[int, list[Why]]:
    """Return why each finding stands, surest reason first; only for findings the viewer sees."""
    visible = Finding.objects.visible_to(viewer)
    found: dict[int, list[Why]] = {}
    for chunk in bulk.chunks(set(findings), 500):
        seen = list(visible.filter(pk__in=chunk).values_list("pk", flat=True))
        pairs = [(int(str(f)), int(str(m))) for f, m in bulk.select_in(_REASONS, seen)]
        rows = PackageMatch.objects.filter(pk__in={match for _, match in pairs})
        matches = {row[0]: Why(*row) for row in rows.values_list(*_WHY)}
        for finding, match in pairs:
            found.setdefault(finding, []).append(matches[match])
    for each in found.values():
        each.sort(key=lambda why: (why.doubt != "", -why.confidence, why.match))
    return found


def findings_of(viewer: Viewer, vulnerability: int) -> list[Finding]:
    """Return the live findings of one vulnerability that the viewer may see."""
    rows = Finding.objects.visible_to(viewer).filter(vulnerability=vulnerability, status__in=LIVE)
    rows = rows.select_related("system__organisation", "vulnerability")
    return list(rows.order_by("system__organisation__slug", "system__name"))
