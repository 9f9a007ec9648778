"""Why a finding stands: which statement of which source met which component."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from noroshi.core.facets import Affected, VersionRange
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
    return {
        number: [found for why in reasons if (found := _evidence(why))]
        for number, reasons in queries.reasons(viewer, findings).items()
    }


def _evidence(why: Why) -> Evidence | None:
    """Return the reason; none if its source has just said something else, not yet matched."""
    match = why.match
    record = unpack_record(bytes(match.record.facets))
    if match.claim >= len(record.affected):
        return None
    affected = record.affected[match.claim]
    if match.part >= len(affected.ranges):
        return None
    declared = _declared(affected, match.part)
    place = affected.condition
    return Evidence(
        component=why.component,
        version=why.version,
        product=f"{affected.product.scheme}:{affected.product.name}",
        statement=readable(declared) if declared else "*",
        source=match.record.source.name,
        by=affected.by,
        basis=Basis(match.basis),
        confidence=match.confidence,
        doubt=Doubt(match.doubt),
        ends_at=declared.high if declared and not declared.high_inclusive else None,
        platforms=record.conditions[place] if place is not None else (),
    )


def _declared(affected: Affected, part: int) -> VersionRange | None:
    return affected.ranges[part] if part >= 0 else None
