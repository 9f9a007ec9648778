"""Claiming what is to be sent, and keeping what became of it.

Sending talks to the network and therefore happens between two short transactions. The first claims
a message: it gets a lease, so that nobody else takes it meanwhile. The second keeps the outcome.
Whoever is killed in between leaves a lease that ends; the message is then sent again, with the same
id.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from django.db import connection, transaction
from django.db.models import F, Min, Q, QuerySet

from noroshi.core.outgoing import (
    LEASE,
    OPEN,
    Arrived,
    Channel,
    Failed,
    Outcome,
    Rejected,
    Trouble,
    Unwanted,
    hold_others,
    step,
)
from noroshi.core.policy.visibility import System
from noroshi.hub.audit import actions as audit
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.dispatch.models import Endpoint, Message

_IS_OPEN = Q(state__in=sorted(state.value for state in OPEN))


class Claim(msgspec.Struct, frozen=True):
    """A message that is ours to send, and which attempt this is."""

    message: int
    attempt: int


def claim(channel: Channel, limit: int, *, now: dt.datetime) -> list[Claim]:
    """Take up to ``limit`` due messages of a channel, the longest due first.

    Of the messages to one endpoint only the oldest is taken: a slow one keeps nobody else waiting.
    """
    due = _due(channel, limit, now)
    if not due:
        return []  # looking whether there is anything to do must not wait for whoever writes
    with transaction.atomic():
        claims = [Claim(row.pk, row.attempts + 1) for row in _locked(due, now)]
        ours = Message.objects.visible_to(System()).filter(pk__in=[one.message for one in claims])
        ours.update(attempts=F("attempts") + 1, tried_at=now, next_at=now + LEASE)
    return claims


def _due(channel: Channel, limit: int, now: dt.datetime) -> list[int]:
    due = Message.objects.visible_to(System()).filter(_IS_OPEN, next_at__lte=now)
    if channel is Channel.MAIL:
        mails = due.filter(endpoint__isnull=True).order_by("next_at", "pk")
        return list(mails.values_list("pk", flat=True)[:limit])
    firsts = due.filter(endpoint__isnull=False).values("endpoint").annotate(first=Min("pk"))
    return list(firsts.order_by("first").values_list("first", flat=True)[:limit])


def _locked(numbers: list[int], now: dt.datetime) -> QuerySet[Message]:
    rows = Message.objects.visible_to(System()).filter(_IS_OPEN, pk__in=numbers, next_at__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.order_by("pk")


@transaction.atomic
def record(claim: Claim, outcome: Outcome, *, now: dt.datetime) -> None:
    """Keep what became of an attempt.

    Where the lease ended before and somebody else has the message in hand, only an arrival counts.
    """
    open_ones = Message.objects.visible_to(System()).filter(_IS_OPEN)
    ours = open_ones.filter(pk=claim.message)
    endpoint = ours.values_list("endpoint", flat=True).first()
    # Two at once would each wait for the other's message when they put off the rest.
    bulk.hold(f"messages to {endpoint or 'people'}")
    message = ours.first()
    if message is None or not (message.attempts == claim.attempt or outcome == Arrived()):
        return
    _keep(message, outcome, now)
    if endpoint and isinstance(outcome, Rejected) and outcome.trouble is Trouble.GONE:
        _switch_off(endpoint, now)
    until = hold_others(outcome, now)
    if until is not None:
        same_way = (
            open_ones.filter(endpoint=endpoint)
            if endpoint
            else open_ones.filter(endpoint__isnull=True)
        )
        same_way.filter(next_at__lt=until).exclude(pk=message.pk).update(next_at=until)


def _keep(message: Message, outcome: Outcome, now: dt.datetime) -> None:
    taken = step(outcome, message.attempts, now)
    message.state = taken.state.value
    message.next_at = taken.next_at or now
    match outcome:
        case Failed(trouble=trouble, code=code) | Rejected(trouble=trouble, code=code):
            message.trouble, message.code = trouble.value, code
        case Arrived():
            message.trouble, message.code, message.sent_at = "", None, now
        case Unwanted():
            message.trouble, message.code = "", None
    message.save(update_fields=["state", "next_at", "trouble", "code", "sent_at"])


def _switch_off(endpoint: int, now: dt.datetime) -> None:
    rows = Endpoint.objects.visible_to(System()).filter(pk=endpoint, active=True)
    if rows.update(active=False, gone=True):
        audit.record("endpoint.gone", f"endpoint:{endpoint}", actor="system", at=now)
