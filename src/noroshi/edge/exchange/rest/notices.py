"""Notices: read, acknowledged, answered."""

from __future__ import annotations

from typing import Annotated, Literal

from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema

from noroshi.core.delivery import DeliveryState
from noroshi.core.policy.marking import Tlp
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import ACTING, Deed, Done, Promise, reading, writing
from noroshi.edge.exchange.rest.parameters import Line, Paged, Strict, Text
from noroshi.edge.exchange.rest.shapes import Moment, Page, Shape
from noroshi.hub.members.keys import Scope
from noroshi.hub.notices import answering, listing, queries, shaping, views

router = Router(tags=["notices"])

Number = Annotated[
    str, Path(..., pattern=r"^N-[0-9]{4}-[0-9]{4,9}$", description="The number of a notice.")
]
Shown = Literal["published", "unread", "to-answer", "answered", "sent", "exercise", "withdrawn"]


class NoticeFilters(Paged):
    """What is asked of the list of notices."""

    show: Shown = Field(
        "published", description="All, or those that stand so with the key's organisation."
    )
    q: Line = Field("", max_length=200, description="Words in number or titles: all of them.")


class Concern(Shape, frozen=True):
    """One of the organisation's own systems that a notice is about, and why."""

    system: str
    vulnerability: str
    why: str


class Delivery(Shape, frozen=True):
    """How a notice stands with the organisation of the key."""

    state: DeliveryState
    delivered_at: Moment
    due_at: Moment | None
    read_at: Moment | None
    acknowledged_at: Moment | None
    finished_at: Moment | None
    concerns: tuple[Concern, ...]


class Sender(Shape, frozen=True):
    """The organisation that sent a notice."""

    slug: str
    name: str
    name_en: str


class NoticeHead(Shape, frozen=True):
    """A notice in a list. ``delivery`` is null where it was not sent to the key's organisation.

    ``title_en`` is empty where there is no English text. ``revision`` counts from 1.
    """

    number: str
    sender: Sender
    tlp: Tlp
    title_ja: str
    title_en: str
    published_at: Moment | None
    revision: int
    revised_at: Moment | None
    withdrawn_at: Moment | None
    exercise: bool
    delivery: Delivery | None


class NoticePage(Page[NoticeHead], frozen=True):
    """A page of notices, the newest first."""


class Answer(Shape, frozen=True):
    """One answer that the organisation gave."""

    at: Moment
    state: DeliveryState
    text: str


class Notice(Shape, frozen=True):
    """A whole notice.

    ``vulnerabilities`` by name, ``reports`` by STIX id: those attached that the key may read.
    ``answers`` are those of the key's own organisation, the oldest first.
    """

    head: NoticeHead
    text_ja: str
    text_en: str
    respond_within_hours: int | None
    vulnerabilities: tuple[str, ...]
    reports: tuple[str, ...]
    answers: tuple[Answer, ...]
    withdrawal_reason: str


class NewResponse(Schema):
    """How far the organisation is with a notice. A later state brings those before it."""

    model_config = Strict
    state: Literal["acknowledged", "responding", "done", "not_affected"]
    text: Text = Field("", max_length=answering.LONGEST_ANSWER, description="For its sender.")


READ = Scope.READ_NOTICES
WRITE = Scope.WRITE_NOTICES


@reading(router, "/notices", Promise(scope=READ, gives=NoticePage))
def list_notices(request: Call, filters: Query[NoticeFilters]) -> NoticePage:
    """List the notices that the key may read.

    The newest first; drafts are for people. A key of the ministry or of an auditor reads what is
    published for everyone.
    """
    found = listing.notices(
        request.auth.viewer,
        show=views.Show(filters.show),
        text=filters.q,
        after=filters.after,
        limit=filters.limit,
    )
    items = tuple(_head(one.head, one.delivery) for one in found.items)
    return NoticePage(items=items, after=found.after)


@reading(router, "/notices/{number}", Promise(scope=READ, gives=Notice))
def get_notice(request: Call, number: Number) -> Notice:
    """Give a whole notice.

    That a program has read it does not count as read: people read.
    """
    return _whole(queries.notice_for(request.auth.viewer, number))


@writing(
    router,
    "/notices/{number}/acknowledgements",
    Promise(scope=WRITE, gives=Delivery, roles=ACTING),
)
def acknowledge_notice(request: Call, number: Number) -> Deed:
    """Acknowledge a notice for the organisation.

    Changes nothing where the organisation has said as much already, or more.
    """
    caller, now = request.auth, timezone.now()

    def deed() -> Done:
        row = answering.acknowledge(caller.viewer, number, now=now, actor=caller.actor)
        return Done(_delivery(shaping.own(row)))

    return deed


@writing(router, "/notices/{number}/responses", Promise(scope=WRITE, gives=Delivery, roles=ACTING))
def respond_to_notice(request: Call, number: Number, body: NewResponse) -> Deed:
    """Say how far the organisation is with a notice: it is told to the sender.

    A step back, and an answer to a notice that was withdrawn, are refused (409).
    """
    caller, now = request.auth, timezone.now()

    def deed() -> Done:
        state = DeliveryState(body.state)
        row = answering.respond(
            caller.viewer, number, state, text=body.text, now=now, actor=caller.actor
        )
        return Done(_delivery(shaping.own(row)))

    return deed


def _head(head: views.Head, delivery: views.OwnDelivery | None) -> NoticeHead:
    return NoticeHead(
        number=head.name,
        sender=_sender(head.sender),
        tlp=head.tlp,
        title_ja=head.title_ja,
        title_en=head.title_en,
        published_at=head.published_at,
        revision=head.revision,
        revised_at=head.revised_at,
        withdrawn_at=head.withdrawn_at,
        exercise=head.exercise,
        delivery=_delivery(delivery) if delivery else None,
    )


def _sender(sender: views.Sender) -> Sender:
    return Sender(slug=sender.slug, name=sender.name, name_en=sender.name_en)


def _delivery(own: views.OwnDelivery) -> Delivery:
    return Delivery(
        state=own.state,
        delivered_at=own.delivered_at,
        due_at=own.due_at,
        read_at=own.read_at,
        acknowledged_at=own.acknowledged_at,
        finished_at=own.finished_at,
        concerns=tuple(
            Concern(system=one.system, vulnerability=one.vulnerability, why=one.why)
            for one in own.concerns
        ),
    )


def _whole(whole: views.Whole) -> Notice:
    own = whole.delivery
    return Notice(
        head=_head(whole.head, own),
        text_ja=whole.text_ja,
        text_en=whole.text_en,
        respond_within_hours=whole.respond_within_hours,
        vulnerabilities=whole.vulnerabilities,
        reports=whole.intel,
        answers=tuple(Answer(at=one.at, state=one.state, text=one.text) for one in own.answers)
        if own
        else (),
        withdrawal_reason=whole.withdrawal_reason,
    )
