"""Vulnerabilities: the list of all, what each source says of one, and our assessment of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from noroshi.core.assess import Assessment
from noroshi.core.assess.narrate import summary, title
from noroshi.core.errors import NotFound
from noroshi.core.facets import Record
from noroshi.edge.exchange.rest.asking import VulnerabilityFilters, asked_by
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import Promise, reading
from noroshi.edge.exchange.rest.shapes import Moment, Page, Shape
from noroshi.hub.knowledge import catalogue, overview
from noroshi.hub.knowledge import models as stored
from noroshi.hub.members.keys import Scope

router = Router(tags=["vulnerabilities"])

Name = Annotated[
    str,
    Path(
        ...,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,119}$",
        description="Any of its names: CVE, JVNDB, GHSA, …",
    ),
]


class VulnerabilityHead(Shape, frozen=True):
    """A vulnerability in a list: the fused answer of its newest assessment.

    ``severity`` is empty, ``score`` null where nobody has rated it; ``epss`` is FIRST's
    probability of exploitation (0-1), ``confidence`` STIX's (0-100). An empty ``exploitation``:
    not assessed yet.
    """

    name: str
    title_ja: str
    title_en: str
    state: str
    disputed: bool
    severity: str
    score: float | None
    exploited_since: dt.date | None
    exploitation: str
    epss: float | None
    confidence: int | None
    published: Moment | None
    modified: Moment | None


class VulnerabilityPage(Page[VulnerabilityHead], frozen=True):
    """A page of vulnerabilities. It may hold few, or none, and still have one after it."""


class Claims(Shape, frozen=True):
    """What one source says, in one vocabulary; every claim names who makes it (``by``).

    Of the record, what the source does not say is left out. Its texts and addresses are what the
    source wrote: whoever shows them as a page has to escape them and to judge the addresses.
    ``asserted_at`` is the source's own time (null: it names none), ``received_at`` when it came
    here, ``withdrawn_at`` when the source took it back.
    """

    asserted_at: Moment | None
    received_at: Moment
    withdrawn_at: Moment | None
    record: Record


class Vulnerability(Shape, frozen=True):
    """A vulnerability: its names, the preferred one first, and the claims of every source."""

    head: VulnerabilityHead
    names: tuple[str, ...]
    claims: tuple[Claims, ...]


class VulnerabilityAssessment(Shape, frozen=True):
    """Our judgement, in values and in sentences made of them. Estimates are called estimates.

    ``model``: the rules, with their version, that made it.
    """

    name: str
    made_at: Moment
    model: str
    title_ja: str
    title_en: str
    summary_ja: str
    summary_en: str
    assessment: Assessment


MOST = 500
"""Names, and records, of one vulnerability that are given; nobody has met one with a tenth."""

READ = Scope.READ_VULNERABILITIES


@reading(router, "/vulnerabilities", Promise(scope=READ, gives=VulnerabilityPage))
def list_vulnerabilities(
    request: Call,  # noqa: ARG001 - what the sources say is the same for everybody
    filters: Query[VulnerabilityFilters],
) -> VulnerabilityPage:
    """List the vulnerabilities that any source knows.

    To follow what changes: `order=modified`, until a page holds what is known already.
    """
    found = catalogue.listing(asked_by(filters), filters.after, filters.limit, order=filters.order)
    return VulnerabilityPage(items=tuple(map(_head, found.items)), after=found.after)


@reading(router, "/vulnerabilities/{name}", Promise(scope=READ, gives=Vulnerability))
def get_vulnerability(request: Call, name: Name) -> Vulnerability:  # noqa: ARG001 - as above
    """Give a vulnerability with what each source says of it.

    Affected ranges, remedies, exploits, severities in vectors and in words, advisories and credits
    stand in the claims, as each source declares them. Any name will do.
    """
    row = overview.vulnerability_named(name)
    return Vulnerability(
        head=_head(row),
        names=tuple(overview.names_of(row, MOST)),
        claims=tuple(
            Claims(
                asserted_at=one.asserted_at,
                received_at=one.received_at,
                withdrawn_at=one.withdrawn_at,
                record=one.record,
            )
            for one in overview.claims_of(row, MOST)
        ),
    )


@reading(
    router,
    "/vulnerabilities/{name}/assessment",
    Promise(scope=READ, gives=VulnerabilityAssessment),
)
def get_assessment(request: Call, name: Name) -> VulnerabilityAssessment:  # noqa: ARG001 - as above
    """Give our assessment of a vulnerability, with its evidence.

    Severity, weakness, products, exploitation, reliability, contradictions; the model that made
    it. There is none before the sources' claims have been weighed.
    """
    row = overview.vulnerability_named(name)
    current = overview.history_of(row, 1)
    if not current:
        raise NotFound(kind=_("assessment"), name=name)
    judged = current[0].assessment
    return VulnerabilityAssessment(
        name=row.preferred_id,
        made_at=current[0].made_at,
        model=judged.model,
        title_ja=title(judged, "ja"),
        title_en=title(judged, "en"),
        summary_ja=summary(judged, "ja"),
        summary_en=summary(judged, "en"),
        assessment=judged,
    )


def _head(one: catalogue.Line | stored.Vulnerability) -> VulnerabilityHead:
    name = one.preferred_id if isinstance(one, stored.Vulnerability) else one.name
    return VulnerabilityHead(
        name=name,
        title_ja=one.title_ja,
        title_en=one.title_en,
        state=one.state,
        disputed=one.disputed,
        severity=one.severity,
        score=one.score,
        exploited_since=one.exploited_since,
        exploitation=one.exploitation,
        epss=one.epss,
        confidence=one.confidence,
        published=one.published,
        modified=one.modified,
    )
