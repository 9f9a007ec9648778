"""Attacks: what members report, and what the hub shares of it."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema

from noroshi.core import indicators
from noroshi.core.errors import NotAnIdentifier
from noroshi.core.formats.stix import Report
from noroshi.core.indicators import IndicatorType
from noroshi.core.policy.marking import Tlp
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.faults import Fault
from noroshi.edge.exchange.rest.operations import (
    ACTING,
    PLACE,
    Deed,
    Done,
    Promise,
    reading,
    writing,
)
from noroshi.edge.exchange.rest.parameters import (
    Flag,
    Line,
    OptionalTime,
    Paged,
    Strict,
    Text,
    Title,
)
from noroshi.edge.exchange.rest.problems import Declined
from noroshi.edge.exchange.rest.shapes import Moment, Page, Shape
from noroshi.hub.intel import actions, queries, reviewing, reviews
from noroshi.hub.members.keys import Scope

router = Router(tags=["incidents"])

Name = Annotated[
    str,
    Path(..., pattern=r"^report--[0-9a-f-]{36}$", description="The STIX id of the report."),
]
State = Literal["submitted", "returned", "taken_back", "shared"]


class IncidentHead(Shape, frozen=True):
    """A report in a list. ``organisation`` is the hub for what was shared, whoever reported it.

    ``published_at`` is null for what the organisation reported itself: nobody else reads it.
    """

    id: str
    organisation: str
    tlp: Tlp
    title: str
    title_en: str
    version: Moment
    published_at: Moment | None


class IncidentPage(Page[IncidentHead], frozen=True):
    """A page of reports, the newest first."""


class SeenIndicator(Shape, frozen=True):
    """Something that was seen in the attack."""

    type: IndicatorType
    value: str


class Handover(Shape, frozen=True):
    """How far the organisation's own report came with the hub.

    ``question`` is what the analysts want to know. ``shared_as``: the id of what was shared of it,
    empty while nothing was, or where the organisation is not among its readers.
    """

    state: State
    changed_at: Moment
    nameless: bool
    question: str
    shared_as: str


class Incident(Shape, frozen=True):
    """A whole report. ``handover`` is null where it is not the organisation's, or was not given."""

    head: IncidentHead
    text: str
    text_en: str
    observed: Moment | None
    indicators: tuple[SeenIndicator, ...]
    vulnerabilities: tuple[str, ...]
    handover: Handover | None


class ReportedIncident(Shape, frozen=True):
    """What became of a report."""

    id: str


class IncidentFilters(Paged):
    """What is asked of the list of reports."""

    mine: Flag = Field(default=False, description="Only those of the key's own organisation.")


class NewIndicator(Schema):
    """Something that was seen in the attack; usual ways of making it harmless are undone."""

    model_config = Strict
    type: IndicatorType
    value: Line = Field(min_length=1, max_length=indicators.LONGEST)


class NewIncident(Schema):
    """A report of an attack.

    ``handover``: the hub's analysts get a copy, to be shared without the organisation's name
    (``named``: they know whose it is, ``nameless``: they do not), or nobody does (``none``).
    Programs do not report what is TLP:RED: that is between people.
    """

    model_config = Strict
    title: Title = Field(min_length=1, max_length=actions.LONGEST_TITLE)
    text: Text = Field(min_length=1, max_length=actions.LONGEST_TEXT)
    title_en: Line = Field("", max_length=actions.LONGEST_TITLE)
    text_en: Text = Field("", max_length=actions.LONGEST_TEXT)
    tlp: Literal["clear", "green", "amber", "amber+strict"] = "amber"
    indicators: list[NewIndicator] = Field([], max_length=actions.MOST_PARTS)
    vulnerabilities: list[Annotated[Title, Field(max_length=actions.LONGEST_NAME)]] = Field(
        [], max_length=actions.MOST_PARTS
    )
    observed: OptionalTime = None
    handover: Literal["named", "nameless", "none"] = "named"


READ = Scope.READ_INCIDENTS
WRITE = Scope.WRITE_INCIDENTS


@reading(router, "/incidents", Promise(scope=READ, gives=IncidentPage))
def list_incidents(request: Call, filters: Query[IncidentFilters]) -> IncidentPage:
    """List the reports that the key may read, those of its own organisation among them."""
    found = queries.report_page(
        request.auth.viewer, mine=filters.mine, after=filters.after, limit=filters.limit
    )
    return IncidentPage(items=tuple(map(_head, found.items)), after=found.after)


@writing(
    router,
    "/incidents",
    Promise(scope=WRITE, gives=ReportedIncident, roles=ACTING, makes=True),
)
def report_incident(request: Call, body: NewIncident) -> Deed:
    """Report an attack on the organisation.

    Only the organisation reads the report itself. What the hub shares of it is made anew, under
    the hub's identity.
    """
    caller, now = request.auth, timezone.now()
    report = Report(
        title=body.title,
        text=body.text,
        title_en=body.title_en,
        text_en=body.text_en,
        tlp=Tlp(body.tlp),
        indicators=_indicators(body.indicators),
        vulnerabilities=tuple(body.vulnerabilities),
        observed=body.observed,
    )

    def deed() -> Done:
        name = actions.report_incident(caller.viewer, report, now=now, actor=caller.actor)
        if body.handover != "none":
            copy = reviewing.Handover(report=report, nameless=body.handover == "nameless")
            reviewing.submit(caller.viewer, name, copy, now=now, actor=caller.actor)
        return Done(ReportedIncident(id=name), f"{PLACE}/incidents/{name}")

    return deed


@reading(router, "/incidents/{name}", Promise(scope=READ, gives=Incident))
def get_incident(request: Call, name: Name) -> Incident:
    """Give a report with its indicators and vulnerabilities."""
    viewer = request.auth.viewer
    whole = queries.report_for(viewer, name)
    own = reviews.own_reviews(viewer, [name]).get(name)
    return Incident(
        head=_head(whole.head),
        text=whole.report.text,
        text_en=whole.report.text_en,
        observed=whole.report.observed,
        indicators=tuple(
            SeenIndicator(type=one.type, value=one.value) for one in whole.report.indicators
        ),
        vulnerabilities=whole.report.vulnerabilities,
        handover=_handover(own) if own else None,
    )


def _indicators(given: list[NewIndicator]) -> tuple[indicators.Indicator, ...]:
    """Read the indicators; raises `Declined` with the place of each that is none."""
    found: list[indicators.Indicator] = []
    faults: list[Fault] = []
    for place, one in enumerate(given):
        try:
            found.append(indicators.indicator(one.type, one.value))
        except NotAnIdentifier:
            detail = _("This is no %(kind)s.") % {"kind": one.type.value}
            faults.append(Fault("body", f"/indicators/{place}/value", detail))
    if faults:
        detail = _("See errors for what is wrong, and where.")
        raise Declined("invalid", detail, faults=tuple(faults))
    return tuple(found)


def _head(head: queries.ReportHead) -> IncidentHead:
    return IncidentHead(
        id=head.stix_id,
        organisation=head.owner,
        tlp=head.tlp,
        title=head.title,
        title_en=head.title_en,
        version=head.version,
        published_at=head.published_at,
    )


def _handover(own: reviews.OwnReview) -> Handover:
    return Handover(
        state=cast("State", own.state.value),
        changed_at=own.changed_at,
        nameless=own.nameless,
        question=own.question,
        shared_as=own.shared_as,
    )
