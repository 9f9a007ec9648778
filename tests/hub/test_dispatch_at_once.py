"""Two that send at the same time, on connections that really commit.

On PostgreSQL; SQLite has one writer at a time by itself.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import transaction

from noroshi.core.outgoing import (
    Arrived,
    Channel,
    Failed,
    Outcome,
    Trouble,
    hold_others,
)
from noroshi.core.policy.visibility import System
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch import outbox
from noroshi.hub.dispatch.models import Message
from noroshi.hub.dispatch.outbox import Claim
from tests.hub import sector as world
from tests.hub.committing import Other, committed
from tests.hub.outbox import endpoint, expand, messages
from tests.hub.sector import HOUR, NOON
from tests.hub.sending import published

Aside = Callable[[Callable[[], object]], Other]
SILENT = Failed(Trouble.TIMEOUT)


@pytest.fixture(autouse=True)
def aside(databases, django_db_blocker):
    with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
        world.sector()
        yield lambda doing: Other(database, doing)


def calls(count: int) -> None:
    """Write that many calls to one endpoint."""
    endpoint("hikari")
    for _ in range(count):
        published()
    expand(channels=frozenset({Channel.WEBHOOK}))


def test_what_one_is_claiming_the_other_passes_over(aside: Aside):
    for place in range(4):
        world.person("hikari", name=f"person{place}")
    published()
    expand()
    theirs: list[Claim] = []
    with transaction.atomic():
        mine = dispatch.claim(Channel.MAIL, 2, now=NOON)
        other = aside(lambda: theirs.extend(dispatch.claim(Channel.MAIL, 4, now=NOON)))
        other.finish()
    found = [one.message for one in mine + theirs]
    assert len(mine) == 2
    assert len(found) == len(set(found))
    rest = dispatch.claim(Channel.MAIL, 4, now=NOON)
    assert len(found) + len(rest) == 4


def test_two_failures_at_the_same_endpoint_take_turns(aside: Aside, monkeypatch):
    """Each puts off what the other has in hand: at once, both would wait for ever."""
    calls(2)
    busy = Failed(Trouble.STATUS, 429, HOUR)
    (first,), (second,) = (dispatch.claim(Channel.WEBHOOK, 1, now=NOON) for _ in range(2))
    together = threading.Barrier(2, timeout=0.5)

    def meet(outcome: Outcome, now: dt.datetime) -> dt.datetime | None:
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait()  # as long as the other one may still come
        return hold_others(outcome, now)

    monkeypatch.setattr(outbox, "hold_others", meet)
    other = aside(lambda: dispatch.record(second, busy, now=NOON))
    dispatch.record(first, busy, now=NOON)
    other.finish()
    assert [(row.state, row.next_at) for row in messages()] == [("failed", NOON + HOUR)] * 2


def test_an_arrival_is_kept_beside_a_failure_elsewhere(aside: Aside):
    calls(1)
    world.person("minato")
    published()
    expand()
    (mail,) = Message.objects.visible_to(System()).filter(person__email="taro@minato.example")
    (call,) = messages(endpoint__isnull=False)[:1]
    with transaction.atomic():
        dispatch.record(Claim(call.pk, 0), SILENT, now=NOON)
        other = aside(lambda: dispatch.record(Claim(mail.pk, 0), Arrived(), now=NOON))
        other.finish()
    assert messages(pk=mail.pk)[0].state == "sent"
