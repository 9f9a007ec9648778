"""The loop that sends: claim, send, keep the outcome.

Nothing is sent inside a transaction. Killed at any instant it loses nothing: what was claimed and
not kept is sent again when its lease is over, under the same id.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial
from typing import TypeVar

import msgspec
import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError

from noroshi.core.addresses import Reach
from noroshi.core.outgoing import Arrived, Channel, Failed, Outcome, Trouble, Unwanted
from noroshi.edge.outbound.mail import MailServer, made
from noroshi.edge.outbound.webhook import Caller
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch.contents import Call, Mail
from noroshi.hub.dispatch.outbox import Claim

log = structlog.get_logger()

T = TypeVar("T")

Clock = Callable[[], dt.datetime]

AT_ONCE = 8
"""Calls under way at the same time; each to another endpoint."""


class Counts(msgspec.Struct):
    """What became of the attempts of one round."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one attempt."""
        match outcome:
            case Arrived():
                self.sent += 1
            case Unwanted():
                self.dropped += 1
            case _:
                self.failed += 1


def channels() -> frozenset[Channel]:
    """Return the channels that lead somewhere from this node: no mail without a mail server."""
    mail = {Channel.MAIL} if settings.NOROSHI.mail else set()
    return frozenset({Channel.WEBHOOK} | mail)


def reach() -> Reach:
    """Return how far the webhooks of this node may go."""
    return Reach.ANYWHERE if settings.NOROSHI.private_webhooks else Reach.PUBLIC


def drain(now: Clock, stop: threading.Event) -> Counts:
    """Send everything that is due, on every channel, one after the other."""
    counts = Counts()
    for channel in sorted(channels()):
        drain_channel(channel, now, stop, counts)
    return counts


def drain_channel(channel: Channel, now: Clock, stop: threading.Event, counts: Counts) -> None:
    """Send what is due on one channel until nothing is, or ``stop`` is set.

    Each channel can have a thread of its own, so that neither waits for the other.
    """
    if channel is Channel.MAIL:
        _mails(now, stop, counts)
    else:
        _calls(now, stop, counts)


def _mails(now: Clock, stop: threading.Event, counts: Counts) -> None:
    with MailServer() as server:
        while not stop.is_set():
            claims = dispatch.claim(Channel.MAIL, 1, now=now())
            if not claims:
                return
            for one in claims:
                outcome = _guarded(one, partial(_mail, one, server, now))
                _keep(one, outcome, now, counts)


def _mail(claim: Claim, server: MailServer, now: Clock) -> Outcome:
    mail = dispatch.prepared_mail(claim.message)
    if not isinstance(mail, Mail):
        return mail
    return server.send(made(mail, site=settings.NOROSHI.site_url, now=now()))


def _calls(now: Clock, stop: threading.Event, counts: Counts) -> None:
    caller = None
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        while not stop.is_set():
            claims = dispatch.claim(Channel.WEBHOOK, AT_ONCE, now=now())
            if not claims:
                return
            caller = caller or Caller(reach=reach())
            under_way: dict[Future[Outcome], Claim] = {}
            for one in claims:
                call = _guarded(one, partial(dispatch.prepared_call, one.message))
                if isinstance(call, Call):
                    site = settings.NOROSHI.site_url
                    under_way[pool.submit(caller.call, call, site=site, now=now())] = one
                else:
                    _keep(one, call, now, counts)
            for done in as_completed(under_way):
                one = under_way[done]
                _keep(one, _guarded(one, done.result), now, counts)


def _keep(claim: Claim, outcome: Outcome, now: Clock, counts: Counts) -> None:
    dispatch.record(claim, outcome, now=now())
    counts.add(outcome)


def _guarded(claim: Claim, work: Callable[[], T]) -> T | Failed:
    """Do what a message needs; a defect of ours fails this message and holds up no other."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("message failed", message=claim.message)
        return Failed(Trouble.DEFECT)
