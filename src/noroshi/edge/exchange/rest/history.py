"""How what is known of one vulnerability became what it is."""

from __future__ import annotations

import datetime as dt

from ninja import Router

from noroshi.core.history import Change
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import Promise, reading
from noroshi.edge.exchange.rest.shapes import Moment, Shape
from noroshi.edge.exchange.rest.vulnerabilities import READ, Name
from noroshi.hub.knowledge import history, overview

router = Router(tags=["vulnerabilities"])


class ClaimsVersion(Shape, frozen=True):
    """What a source said from one time on, and which claims that changed.

    A change without `before` was added, one without `after` is not said any more. The texts are
    the source's own. `first`: nothing older is stored, and nothing is compared. `received_at`
    is null where the document has been forgotten since.
    """

    asserted_at: Moment | None
    received_at: Moment | None
    withdrawn_at: Moment | None
    first: bool
    changes: tuple[Change, ...]


class SourceHistory(Shape, frozen=True):
    """The versions of one record, the oldest first; `cut`: there are older ones yet."""

    source: str
    external_id: str
    cut: bool
    versions: tuple[ClaimsVersion, ...]


class EpssDay(Shape, frozen=True):
    """FIRST's estimate on a day on which it had moved noticeably; the last one is the current."""

    day: dt.date
    score: float


class SeverityChange(Shape, frozen=True):
    """From then on our assessment gave this severity; `estimated`: no source states it."""

    made_at: Moment
    severity: str
    score: float | None
    estimated: bool


class VulnerabilityHistory(Shape, frozen=True):
    """What each source said and changed, EPSS, and the severities of our assessments."""

    name: str
    sources: tuple[SourceHistory, ...]
    epss: tuple[EpssDay, ...]
    severities: tuple[SeverityChange, ...]


@reading(router, "/vulnerabilities/{name}/history", Promise(scope=READ, gives=VulnerabilityHistory))
def get_history(request: Call, name: Name) -> VulnerabilityHistory:  # noqa: ARG001 - the same for everybody
    """Give what each source said of a vulnerability, when, and what it changed since.

    Claims are compared, not texts. EPSS and the severities of our assessments come with it.
    """
    row = overview.vulnerability_named(name)
    return VulnerabilityHistory(
        name=row.preferred_id,
        sources=tuple(_source(one) for one in history.told(row)),
        epss=tuple(EpssDay(day=one.day, score=one.score) for one in history.scores(row)),
        severities=tuple(
            SeverityChange(
                made_at=one.made_at,
                severity=one.severity,
                score=one.score,
                estimated=one.estimated,
            )
            for one in history.judged(row)
        ),
    )


def _source(told: history.Told) -> SourceHistory:
    return SourceHistory(
        source=told.source,
        external_id=told.external_id,
        cut=told.cut,
        versions=tuple(
            ClaimsVersion(
                asserted_at=step.version.asserted_at,
                received_at=step.version.received_at,
                withdrawn_at=step.version.withdrawn_at,
                first=step.first,
                changes=step.changes,
            )
            for step in told.steps
        ),
    )
