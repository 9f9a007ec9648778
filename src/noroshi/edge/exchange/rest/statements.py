"""VEX: what sources state about single products."""

from __future__ import annotations

from ninja import Router

from noroshi.core.statements import Statement, statements
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import Promise, reading
from noroshi.edge.exchange.rest.shapes import Moment, Shape
from noroshi.edge.exchange.rest.vulnerabilities import MOST, READ, Name
from noroshi.hub.knowledge import overview

router = Router(tags=["vulnerabilities"])


class SourceStatements(Shape, frozen=True):
    """What one record states; what its source took back has `withdrawn_at`."""

    source: str
    external_id: str
    asserted_at: Moment | None
    withdrawn_at: Moment | None
    statements: tuple[Statement, ...]


class VulnerabilityStatements(Shape, frozen=True):
    """The VEX statements of every source."""

    name: str
    sources: tuple[SourceStatements, ...]


@reading(
    router, "/vulnerabilities/{name}/statements", Promise(scope=READ, gives=VulnerabilityStatements)
)
def get_statements(request: Call, name: Name) -> VulnerabilityStatements:  # noqa: ARG001 - the same for everybody
    """Give what sources state about single products (VEX): state, justification, who says it."""
    row = overview.vulnerability_named(name)
    found = [(one, tuple(statements(one.record))) for one in overview.claims_of(row, MOST)]
    return VulnerabilityStatements(
        name=row.preferred_id,
        sources=tuple(
            SourceStatements(
                source=one.record.source,
                external_id=one.record.external_id,
                asserted_at=one.asserted_at,
                withdrawn_at=one.withdrawn_at,
                statements=stated,
            )
            for one, stated in found
            if stated
        ),
    )
