"""Sending a notice out, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_TEXT
from noroshi.core.errors import NotFound, Refused, Stale
from noroshi.core.fiscal import fiscal_year
from noroshi.core.policy.visibility import GrantLevel, System, Viewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.audit import queries as chain
from noroshi.hub.members import queries as members
from noroshi.hub.members.audiences import audience_row
from noroshi.hub.notices import queries
from noroshi.hub.notices.choosing import chosen_of, resolved
from noroshi.hub.notices.concerns import concerns_of
from noroshi.hub.notices.drafting import draft
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Delivery, Notice
from noroshi.hub.notices.preview import previewed
from noroshi.hub.notices.recipients import Addressees, Choice, address
from noroshi.hub.todo import actions as todo

ESCALATE = "escalate"
"""The stage that looks at a delivery when its deadline has come."""
DISPATCH = "dispatch"
"""The stage that tells people outside the site about a delivery, by mail and webhook."""

LONGEST_REASON = 2000


@transaction.atomic
def publish(viewer: Viewer, name: str, choice: Choice, *, now: dt.datetime, actor: str) -> Notice:
    """Publish a draft (``draft-17``): number, audience, one delivery per organisation, at once.

    Raises `NotFound` if the viewer's organisation has no such draft, and what `recipients.address`
    raises. Numbers have no gaps: a publication that fails gives its number back.
    """
    # One lock for numbers and for the event record: two could be taken in two orders.
    chain.lock_last()
    notice = queries.own_notice(viewer, name)
    if notice.published_at is not None:
        raise NotFound(kind=_("notice"), name=name[:80])
    if notice.withdrawn_at is not None:
        raise Refused(detail=_("this proposal was set aside: take it up again first"))
    vulnerabilities = frozenset(notice.vulnerabilities.values_list("pk", flat=True))
    addressed = address(
        choice,
        notice.marking,
        sender=notice.owner_id,
        vulnerabilities=vulnerabilities,
        countable=members.granting(viewer, GrantLevel.COUNTS),
    )
    notice.audience = audience_row(addressed.audience)
    notice.affected_only = bool(addressed.among)
    notice.published_at = now
    notice.number = _next_number(fiscal_year(now))
    notice.save()
    _deliver(notice, addressed, vulnerabilities, now)
    audit.record(
        "notice.published",
        f"notice:{notice.pk}",
        actor=actor,
        at=now,
        detail=described(notice) | {"deliveries": len(addressed.deliver_to)},
    )
    return notice


@transaction.atomic
def send(
    viewer: Viewer,
    content: Content,
    choice: Choice,
    *,
    now: dt.datetime,
    actor: str,
    intel: Iterable[str] = (),
) -> Notice:
    """Draft and publish in one step: where the publication is refused, no draft is left behind."""
    written = draft(viewer, content, now=now, actor=actor, intel=intel)
    return publish(viewer, str(written), choice, now=now, actor=actor)


@transaction.atomic
def publish_as_seen(
    viewer: Viewer, name: str, seen: str, *, now: dt.datetime, actor: str
) -> Notice:
    """Publish a draft to those it is meant for, if what they get is what was seen.

    ``seen``: the mark of the preview that the sender looked at. Raises `Stale` if a preview would
    say something else now, and what `publish` raises.
    """
    chain.lock_last()
    if previewed(viewer, name).mark != seen:
        raise Stale
    choice = resolved(chosen_of(queries.readable_notice(viewer, name)))
    return publish(viewer, name, choice, now=now, actor=actor)


@transaction.atomic
def withdraw(
    viewer: Viewer, name: str, *, reason: str = "", now: dt.datetime, actor: str
) -> Notice:
    """Take a published notice back: it stays readable, and asks for nothing any more.

    ``reason`` is read by whoever reads the notice. Raises `NotFound`; `Refused` to readers that are
    not its sender, and the second time.
    """
    if len(reason) > LONGEST_REASON or STEERING_IN_A_TEXT.search(reason):
        detail = _("a text has at most %(most)d characters and no control characters")
        raise Refused(detail=detail % {"most": LONGEST_REASON})
    notice = queries.own_notice(viewer, name)
    if notice.published_at is None:
        raise Refused(detail=_("a draft has not been sent: there is nothing to withdraw"))
    if notice.withdrawn_at is not None:
        raise Refused(detail=_("%(name)s has already been withdrawn") % {"name": name})
    notice.withdrawn_at, notice.withdrawal_reason = now, reason
    notice.save()
    reached = Delivery.objects.visible_to(System()).filter(notice=notice.pk)
    todo.ask(DISPATCH, reached.values_list("pk", flat=True))
    item = f"notice:{notice.pk}"
    audit.record("notice.withdrawn", item, actor=actor, at=now, detail=described(notice))
    return notice


def described(notice: Notice) -> dict[str, object]:
    """Return what the event record says of a notice: identifiers, never contents."""
    return {"number": notice.number, "tlp": notice.marking.value, "exercise": notice.exercise}


def _next_number(year: int) -> str:
    """Return the next number of the fiscal year; must run under the lock."""
    prefix = f"N-{year:04d}-"
    return f"{prefix}{queries.numbered(prefix) + 1:04d}"


def _deliver(
    notice: Notice, addressed: Addressees, vulnerabilities: frozenset[int], now: dt.datetime
) -> None:
    hours = notice.respond_within_hours
    due = now + dt.timedelta(hours=hours) if hours else None
    concerns = concerns_of(vulnerabilities, addressed.deliver_to)
    rows = [
        Delivery(
            notice=notice,
            organisation_id=organisation,
            delivered_at=now,
            due_at=due,
            concerns=msgspec.to_builtins(concerns.get(organisation, ())),
        )
        for organisation in sorted(addressed.deliver_to)
    ]
    Delivery.objects.bulk_create(rows, batch_size=1000)
    todo.ask(DISPATCH, (row.pk for row in rows))
    if due is not None:
        todo.ask(ESCALATE, (row.pk for row in rows), not_before=due)
