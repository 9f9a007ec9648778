"""Rows of notices as the values that queries return."""

from __future__ import annotations

import msgspec

from noroshi.core.delivery import DeliveryState
from noroshi.core.policy.marking import Tlp
from noroshi.hub.notices.models import (
    Delivery,
    EarlierStanding,
    Escalation,
    Notice,
    Response,
    Revision,
)
from noroshi.hub.notices.views import (
    Answer,
    Concern,
    Earlier,
    Former,
    Head,
    OwnDelivery,
    Raised,
    Sender,
    Standing,
)


def head(row: Notice) -> Head:
    """Return a notice as it stands in a list."""
    return Head(
        name=str(row),
        sender=Sender(row.owner.slug, row.owner.name, row.owner.name_en),
        tlp=row.marking,
        title_ja=row.title_ja,
        title_en=row.title_en,
        created_at=row.created_at,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
        exercise=row.exercise,
        proposed=row.proposed,
        revision=row.revision,
        revised_at=row.revised_at,
    )


def former(row: Revision) -> Former:
    """Return what a notice said before."""
    return Former(
        number=row.number,
        tlp=next(tlp for tlp in Tlp if tlp.rank == row.tlp),
        title_ja=row.title_ja,
        title_en=row.title_en,
        text_ja=row.text_ja,
        text_en=row.text_en,
        respond_within_hours=row.respond_within_hours,
        vulnerabilities=tuple(row.vulnerabilities),
        replaced_at=row.replaced_at,
    )


def own(
    row: Delivery, answers: tuple[Answer, ...] = (), earlier: tuple[Earlier, ...] = ()
) -> OwnDelivery:
    """Return how a notice stands with the organisation that asks."""
    return OwnDelivery(
        state=DeliveryState(row.state),
        delivered_at=row.delivered_at,
        due_at=row.due_at,
        read_at=row.read_at,
        acknowledged_at=row.acknowledged_at,
        finished_at=row.finished_at,
        concerns=tuple(msgspec.convert(row.concerns, list[Concern])),
        answers=answers,
        earlier=earlier,
    )


def answer(row: Response) -> Answer:
    """Return an answer."""
    return Answer(row.at, DeliveryState(row.state), row.text)


def earlier(row: EarlierStanding) -> Earlier:
    """Return where a delivery stood with an earlier revision."""
    return Earlier(
        revision=row.revision,
        state=DeliveryState(row.state),
        due_at=row.due_at,
        read_at=row.read_at,
        acknowledged_at=row.acknowledged_at,
        finished_at=row.finished_at,
    )


def standing(row: Delivery) -> Standing:
    """Return where an organisation stands, for those who follow it up."""
    return Standing(
        slug=row.organisation.slug,
        name=row.organisation.name,
        name_en=row.organisation.name_en,
        district=row.organisation.district,
        state=DeliveryState(row.state),
        delivered_at=row.delivered_at,
        due_at=row.due_at,
        read_at=row.read_at,
        acknowledged_at=row.acknowledged_at,
        finished_at=row.finished_at,
    )


def raised(row: Escalation) -> Raised:
    """Return that a late answer was brought to somebody's attention."""
    return Raised(
        slug=row.delivery.organisation.slug,
        name=row.delivery.organisation.name,
        to=row.to.name,
        to_en=row.to.name_en,
        at=row.at,
    )
