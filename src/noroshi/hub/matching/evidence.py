"""Why a finding stands: which statement of which source met which component."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from noroshi.core.facets import Affected, Record, VersionRange
from noroshi.core.matching import Basis, Doubt
from noroshi.core.policy.visibility import Viewer
from noroshi.core.versions.ranges import readable
from noroshi.hub.knowledge.preparing import unpack_record
from noroshi.hub.matching import queries
from noroshi.hub.matching.models import Finding
from noroshi.hub.matching.queries import Why


class Evidence(msgspec.Struct, frozen=True):
    """One reason of a finding.

    ``statement`` is the declared range (``< 2.17.1``), ``by`` the voice that declares it in
    ``source``; ``product`` the identity both sides have in common. ``ends_at`` is the version from
    which the component would no longer be affected; ``None`` where the source names none.
    """

    component: str
    version: str
    product: str
    statement: str
    source: str
    by: str
    basis: Basis
    confidence: int
    doubt: Doubt
    ends_at: str | None
    platforms: tuple[str, ...] = ()


def evidence(viewer: Viewer, findings: Sequence[Finding]) -> dict[int, list[Evidence]]:
    """Return the reasons of each finding, the surest first; only for findings the viewer sees."""
    return evidence_of(viewer, [finding.pk for finding in findings])


def evidence_of(
    viewer: Viewer, findings: Sequence[int], *, most: int | None = None
) -> dict[int, list[Evidence]]:
    """Return the same for findings by their numbers: all reasons of each, or at most so many."""
    records: dict[int, Record] = {}
    return {
        number: [found for why in reasons[:most] if (found := _evidence(why, records))]
        for number, reasons in queries.reasons(viewer, findings).items()
    }


def _evidence(why: Why, records: dict[int, Record]) -> Evidence | None:
    """Return the reason; none if its source has just said something else, not yet matched.

    ``records`` keeps what has been unpacked: many findings rest on few records.
    """
    record = records.get(why.record)
    if record is None:
        record = records[why.record] = unpack_record(bytes(why.facets))
    if why.claim >= len(record.affected):
        return None
    affected = record.affected[why.claim]
    if why.part >= len(affected.ranges):
        return None
    declared = _declared(affected, why.part)
    place = affected.condition
    return Evidence(
        component=why.component,
        version=why.version,
        product=f"{affected.product.scheme}:{affected.product.name}",
        statement=readable(declared) if declared else "*",
        source=why.source,
        by=affected.by,
        basis=Basis(why.basis),
        confidence=why.confidence,
        doubt=Doubt(why.doubt),
        ends_at=declared.high if declared and not declared.high_inclusive else None,
        platforms=record.conditions[place] if place is not None else (),
    )


def _declared(affected: Affected, part: int) -> VersionRange | None:
    return affected.ranges[part] if part >= 0 else None
