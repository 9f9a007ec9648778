"""Findings: what concerns an organisation's systems, why, and what it says to that."""

from __future__ import annotations

import datetime as dt
from typing import Literal, cast

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from noroshi.core.answers import AnswerState, Justification, Reopening
from noroshi.core.assess.priority import Priority
from noroshi.core.matching import Basis, Doubt
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import ACTING, Deed, Done, Promise, reading, writing
from noroshi.edge.exchange.rest.parameters import (
    Line,
    OptionalNumber,
    OptionalTime,
    Paged,
    Row,
    Strict,
    Text,
)
from noroshi.edge.exchange.rest.shapes import Moment, Page, Shape
from noroshi.hub.matching import answering, evidence, listing
from noroshi.hub.matching import models as stored
from noroshi.hub.members.keys import Scope

router = Router(tags=["findings"])

FindingStatus = Literal["open", "needs_confirmation", "not_affected", "fixed", "retracted"]


class FindingFilters(Paged):
    """What is asked of the list of findings."""

    status: list[FindingStatus] = Field([], max_length=5, description="Any of these.")
    priority: list[Priority] = Field([], max_length=4, description="Any of these.")
    organisation: Line = Field(
        "", max_length=60, description="Of this organisation, by its short name."
    )
    system: OptionalNumber = Field(None, description="Of this system, by its number.")
    vulnerability: Line = Field(
        "", max_length=120, description="Of this vulnerability, by any of its names."
    )
    changed_since: OptionalTime = Field(None, description="Changed then or later.")


class FoundSystem(Shape, frozen=True):
    """The system that is concerned."""

    number: int
    name: str
    organisation: str


class FoundVulnerability(Shape, frozen=True):
    """The vulnerability that concerns it. ``severity`` is empty, ``score`` null: not yet rated."""

    name: str
    title_ja: str
    title_en: str
    severity: str
    score: float | None
    exploited_since: dt.date | None


class FindingHead(Shape, frozen=True):
    """A finding in a list.

    ``confidence`` (0-100) says how sure it is that the system is affected, ``priority`` how
    pressing that is and ``due`` until when to act: both null where there is nothing to do.
    ``answer`` is what the organisation said last, null while it said nothing.
    """

    number: int
    system: FoundSystem
    vulnerability: FoundVulnerability
    status: FindingStatus
    confidence: int
    priority: Priority | None
    due: dt.date | None
    opened_at: Moment
    changed_at: Moment
    answer: AnswerState | None
    justification: str
    answered_at: Moment | None


class FindingPage(Page[FindingHead], frozen=True):
    """A page of findings, in the order in which they came up."""


class FindingReason(Shape, frozen=True):
    """One reason of a finding: which statement of which source met which component.

    ``statement`` is the declared range (``*``: all versions), ``by`` the voice that declares it.
    ``doubt`` says what has to be confirmed first (empty: nothing), ``ends_at`` from which version
    the component would no longer be affected (null: nobody says).
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
    platforms: tuple[str, ...]


class FindingReply(Shape, frozen=True):
    """One thing that was said of a finding; ``reason``: why the hub asked again, if it did."""

    at: Moment
    state: AnswerState
    justification: Justification | None
    text: str
    reason: Reopening | None


class Finding(Shape, frozen=True):
    """A whole finding: its reasons, the surest first, and what was said, the oldest first."""

    head: FindingHead
    reasons: tuple[FindingReason, ...]
    answers: tuple[FindingReply, ...]


class NewAnswer(Schema):
    """What the organisation says of a finding.

    ``justification`` is needed for ``not_affected``, and belongs to it alone.
    """

    model_config = Strict
    state: AnswerState
    justification: Justification | None = None
    text: Text = Field("", max_length=answering.LONGEST_ANSWER)


READ = Scope.READ_FINDINGS
WRITE = Scope.WRITE_FINDINGS


@reading(router, "/findings", Promise(scope=READ, gives=FindingPage))
def list_findings(request: Call, filters: Query[FindingFilters]) -> FindingPage:
    """List the findings of the organisation, and of those that granted it details.

    Those that were answered or retracted are among them, unless `status` says otherwise.
    """
    wanted = listing.Filters(
        statuses=tuple(stored.FindingStatus(each) for each in filters.status),
        priorities=tuple(filters.priority),
        organisation=filters.organisation,
        system=filters.system,
        vulnerability=filters.vulnerability,
        changed_since=filters.changed_since,
    )
    found = listing.findings(request.auth.viewer, wanted, after=filters.after, limit=filters.limit)
    return FindingPage(items=tuple(map(_head, found.items)), after=found.after)


@reading(router, "/findings/{number}", Promise(scope=READ, gives=Finding))
def get_finding(request: Call, number: Row) -> Finding:
    """Give a finding with its reasons and answers."""
    viewer = request.auth.viewer
    row = listing.finding_for(viewer, number)
    reasons = evidence.evidence(viewer, [row]).get(row.pk, [])
    return Finding(
        head=_head(row),
        reasons=tuple(map(_reason, reasons)),
        answers=tuple(map(_reply, listing.answers_of(viewer, row.pk))),
    )


@writing(
    router, "/findings/{number}/answers", Promise(scope=WRITE, gives=FindingHead, roles=ACTING)
)
def answer_finding(request: Call, number: Row, body: NewAnswer) -> Deed:
    """Answer a finding of the organisation.

    What goes back without saying so (`reopened`) is refused (409), and so is an answer to what was
    retracted meanwhile. A finding of another organisation is not answered, whatever it granted.
    """
    caller, now = request.auth, timezone.now()

    def deed() -> Done:
        row = answering.answer(
            caller.viewer,
            number,
            body.state,
            justification=body.justification.value if body.justification else "",
            text=body.text,
            now=now,
            actor=caller.actor,
        )
        return Done(_head(row))

    return deed


def _head(row: stored.Finding) -> FindingHead:
    about = row.vulnerability
    return FindingHead(
        number=row.pk,
        system=FoundSystem(
            number=row.system_id,
            name=row.system.name,
            organisation=row.system.organisation.slug,
        ),
        vulnerability=FoundVulnerability(
            name=about.preferred_id,
            title_ja=about.title_ja,
            title_en=about.title_en,
            severity=about.severity,
            score=about.score,
            exploited_since=about.exploited_since,
        ),
        status=cast("FindingStatus", row.status),
        confidence=row.confidence,
        priority=Priority(row.priority) if row.priority else None,
        due=row.due,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        answer=AnswerState(row.answer) if row.answer else None,
        justification=row.justification,
        answered_at=row.answered_at,
    )


def _reason(one: evidence.Evidence) -> FindingReason:
    return FindingReason(
        component=one.component,
        version=one.version,
        product=one.product,
        statement=one.statement,
        source=one.source,
        by=one.by,
        basis=one.basis,
        confidence=one.confidence,
        doubt=one.doubt,
        ends_at=one.ends_at,
        platforms=one.platforms,
    )


def _reply(row: stored.FindingAnswer) -> FindingReply:
    return FindingReply(
        at=row.at,
        state=AnswerState(row.state),
        justification=Justification(row.justification) if row.justification else None,
        text=row.text,
        reason=Reopening(row.reason) if row.reason else None,
    )
