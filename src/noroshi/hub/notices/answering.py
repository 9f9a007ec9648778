"""What an organisation says to a notice it received: read, acknowledged, and what came of it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_TEXT
from noroshi.core.delivery import ANSWERS, Backwards, DeliveryState, Progress, advance
from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.duties import may_act
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.notices import queries
from noroshi.hub.notices.models import Delivery, Response
from noroshi.hub.notices.publishing import described

LONGEST_ANSWER = 10_000


@transaction.atomic
def mark_read(viewer: Viewer, name: str, *, now: dt.datetime, actor: str) -> Delivery:
    """Note that somebody of the organisation has read the notice; later again changes nothing."""
    delivery = _locked(viewer, name)
    step = advance(_progress(delivery), DeliveryState.READ, now)
    if isinstance(step, Progress):
        _store(delivery, step, now, actor)
    return delivery


@transaction.atomic
def acknowledge(viewer: Viewer, name: str, *, now: dt.datetime, actor: str) -> Delivery:
    """Acknowledge the notice; changes nothing if the organisation has already said more."""
    delivery = _answerable(viewer, name)
    step = advance(_progress(delivery), DeliveryState.ACKNOWLEDGED, now)
    if isinstance(step, Progress) and _store(delivery, step, now, actor):
        _keep(viewer, delivery, step.state, "", now)
    return delivery


@transaction.atomic
def respond(
    viewer: Viewer,
    name: str,
    state: DeliveryState,
    *,
    text: str = "",
    now: dt.datetime,
    actor: str,
) -> Delivery:
    """Say how far the organisation is: acknowledged, responding, done, not affected.

    A later state brings the times of those before it. Raises `NotFound` if the notice was not sent
    to the viewer's organisation or the viewer may not read it, `Refused` for a step back and for a
    notice that was withdrawn.
    """
    if state not in ANSWERS:
        raise Refused(detail=_("%(state)s is not an answer") % {"state": state.value})
    if len(text) > LONGEST_ANSWER or STEERING_IN_A_TEXT.search(text):
        detail = _("a text has at most %(most)d characters and no control characters")
        raise Refused(detail=detail % {"most": LONGEST_ANSWER})
    delivery = _answerable(viewer, name)
    step = advance(_progress(delivery), state, now)
    if isinstance(step, Backwards):
        detail = _("the answer already is %(state)s, and does not go back")
        raise Refused(detail=detail % {"state": step.state.value})
    if _store(delivery, step, now, actor) or text:
        _keep(viewer, delivery, state, text, now)
    return delivery


def _answerable(viewer: Viewer, name: str) -> Delivery:
    delivery = _locked(viewer, name)
    if not may_act(viewer):
        raise Refused(detail=_("your role does not answer notices"))
    if delivery.notice.withdrawn_at is not None:
        raise Refused(detail=_("%(name)s was withdrawn: no answer is needed") % {"name": name})
    return delivery


def _locked(viewer: Viewer, name: str) -> Delivery:
    rows = queries.own_delivery(viewer, name).select_related("notice", "organisation")
    # Two answers at once are taken one after the other, so that neither is lost.
    # An escalation only points at the row: it need not wait, and holds what an answer asks next.
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise NotFound(kind=_("notice"), name=name[:80])
    return found


def _progress(delivery: Delivery) -> Progress:
    return Progress(
        DeliveryState(delivery.state),
        delivery.read_at,
        delivery.acknowledged_at,
        delivery.finished_at,
    )


def _store(delivery: Delivery, step: Progress, now: dt.datetime, actor: str) -> bool:
    """Write a step that changes something, and record it; say whether it did."""
    if step == _progress(delivery):
        return False
    delivery.state = step.state.value
    delivery.read_at = step.read_at
    delivery.acknowledged_at = step.acknowledged_at
    delivery.finished_at = step.finished_at
    delivery.save()
    audit.record(
        f"delivery.{step.state.value}",
        f"delivery:{delivery.pk}",
        actor=actor,
        at=now,
        detail=described(delivery.notice) | {"organisation": delivery.organisation.slug},
    )
    return True


def _keep(
    viewer: Viewer, delivery: Delivery, state: DeliveryState, text: str, now: dt.datetime
) -> None:
    person = viewer.person if isinstance(viewer, Member) else None
    Response.objects.create(
        delivery=delivery, at=now, state=state.value, text=text, person_id=person
    )
