"""Claiming messages and keeping what became of them."""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.addresses import Reach
from noroshi.core.outgoing import (
    ATTEMPTS,
    HOLD,
    LEASE,
    Arrived,
    Channel,
    Failed,
    MessageState,
    Outcome,
    Rejected,
    Trouble,
    Unwanted,
)
from noroshi.core.policy.visibility import System
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch.models import Endpoint, Message
from noroshi.hub.dispatch.outbox import Claim
from noroshi.hub.members.models import Organisation
from tests.hub import sector as world
from tests.hub.outbox import HOOK, endpoint, expand, messages
from tests.hub.sector import HOUR, NOON
from tests.hub.sending import published

pytestmark = pytest.mark.usefixtures("database")

MINUTE = dt.timedelta(minutes=1)
REFUSED = Failed(Trouble.STATUS, 500)


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


def mails(count: int) -> list[Message]:
    """Write that many mails."""
    for place in range(count):
        world.person("hikari", name=f"person{place}")
    published()
    expand()
    return messages()


def calls(*slugs: str, each: int = 1) -> None:
    """Write messages to an endpoint of each organisation."""
    for slug in slugs:
        endpoint(slug)
    for _ in range(each):
        published()
    expand(channels=frozenset({Channel.WEBHOOK}))


def claim(channel: Channel = Channel.MAIL, limit: int = 10, at: dt.datetime = NOON) -> list[Claim]:
    return dispatch.claim(channel, limit, now=at)


def attempt(outcome: Outcome, at: dt.datetime = NOON, channel: Channel = Channel.MAIL) -> Message:
    """Claim one message and keep an outcome."""
    (one,) = claim(channel, 1, at)
    dispatch.record(one, outcome, now=at)
    return next(row for row in messages() if row.pk == one.message)


class TestClaiming:
    def test_what_is_claimed_is_not_claimed_again(self, rows):
        mails(3)
        first = claim(limit=2)
        assert len(first) == 2
        assert len(claim()) == 1
        assert claim() == []

    def test_until_its_lease_is_over(self, rows):
        mails(1)
        (first,) = claim()
        assert claim(at=NOON + LEASE - MINUTE) == []
        assert claim(at=NOON + LEASE) == [Claim(first.message, 2)]

    def test_what_is_not_due_is_left(self, rows):
        mails(1)
        assert claim(at=NOON - MINUTE) == []

    def test_each_channel_has_its_own(self, rows):
        endpoint("minato")
        mails(1)
        numbers = {row.pk: row.channel for row in messages()}
        for channel in Channel:
            assert {numbers[one.message] for one in claim(channel)} == {channel}

    def test_of_the_messages_to_one_endpoint_the_oldest_is_taken(self, rows):
        calls("hikari", "minato", each=3)
        taken = claim(Channel.WEBHOOK)
        to_endpoint = {row.pk: row.endpoint_id for row in messages()}
        assert len(taken) == len({to_endpoint[one.message] for one in taken}) == 2
        oldest = {to: pk for pk, to in sorted(to_endpoint.items(), reverse=True)}
        assert sorted(one.message for one in taken) == sorted(oldest.values())

    def test_what_is_over_is_never_claimed(self, rows):
        for row, state in zip(
            mails(3), (MessageState.SENT, MessageState.GIVEN_UP, MessageState.DROPPED), strict=True
        ):
            Message.objects.visible_to(System()).filter(pk=row.pk).update(state=state.value)
        assert claim(at=NOON + 1000 * HOUR) == []


class TestRecording:
    def test_what_arrived_is_sent(self, rows):
        mails(1)
        row = attempt(Arrived(), NOON + MINUTE)
        assert (row.state, row.sent_at, row.attempts, row.trouble) == ("sent", NOON + MINUTE, 1, "")

    def test_what_failed_says_why_and_is_due_again_later(self, rows):
        mails(1)
        row = attempt(REFUSED)
        assert (row.state, row.trouble, row.code) == ("failed", "status", 500)
        assert row.next_at == NOON + MINUTE
        assert row.tried_at == NOON

    def test_what_arrives_at_last_is_in_no_trouble_any_more(self, rows):
        mails(1)
        attempt(REFUSED)
        row = attempt(Arrived(), NOON + HOUR)
        assert (row.state, row.trouble, row.code) == ("sent", "", None)

    def test_after_many_attempts_it_is_given_up(self, rows):
        mails(1)
        row = attempt(REFUSED)
        while row.state == "failed":
            row = attempt(REFUSED, row.next_at)
        assert (row.state, row.attempts) == ("given_up", ATTEMPTS)
        assert claim(at=row.next_at + 1000 * HOUR) == []

    def test_what_nobody_wants_any_more_is_dropped(self, rows):
        mails(1)
        assert attempt(Unwanted()).state == "dropped"

    def test_a_failure_that_comes_after_the_lease_changes_nothing(self, rows):
        mails(1)
        (late,) = claim()
        (second,) = claim(at=NOON + LEASE)
        dispatch.record(late, REFUSED, now=NOON + LEASE)
        row = messages()[0]
        assert (row.state, row.next_at) == ("waiting", NOON + 2 * LEASE)
        dispatch.record(second, Arrived(), now=NOON + LEASE)
        assert messages()[0].state == "sent"

    def test_an_arrival_that_comes_after_the_lease_counts(self, rows):
        mails(1)
        (late,) = claim()
        (second,) = claim(at=NOON + LEASE)
        dispatch.record(late, Arrived(), now=NOON + LEASE)
        dispatch.record(second, REFUSED, now=NOON + LEASE)
        assert messages()[0].state == "sent"

    def test_a_message_that_is_gone_meanwhile_is_no_trouble(self, rows):
        mails(1)
        (one,) = claim()
        Message.objects.visible_to(System()).all().delete()
        dispatch.record(one, Arrived(), now=NOON)
        assert messages() == []


class TestAServerInTrouble:
    def test_one_that_is_silent_is_left_alone_with_the_rest(self, rows):
        calls("hikari", each=3)
        attempt(Failed(Trouble.TIMEOUT), channel=Channel.WEBHOOK)
        assert claim(Channel.WEBHOOK, at=NOON + HOLD / 2) == []
        assert len(claim(Channel.WEBHOOK, at=NOON + HOLD)) == 1

    def test_one_that_asks_for_time_gets_it_for_all(self, rows):
        calls("hikari", each=2)
        attempt(Failed(Trouble.STATUS, 429, 2 * HOUR), channel=Channel.WEBHOOK)
        assert claim(Channel.WEBHOOK, at=NOON + HOUR) == []
        assert {row.next_at for row in messages()} == {NOON + 2 * HOUR}

    def test_others_are_not_held_up(self, rows):
        calls("hikari", "minato")
        attempt(Failed(Trouble.TIMEOUT), channel=Channel.WEBHOOK)
        assert len(claim(Channel.WEBHOOK)) == 1

    def test_one_message_that_is_not_taken_holds_up_no_other(self, rows):
        calls("hikari", each=2)
        attempt(Failed(Trouble.STATUS, 422), channel=Channel.WEBHOOK)
        assert len(claim(Channel.WEBHOOK)) == 1

    def test_a_silent_mail_server_is_left_alone_with_all_mails(self, rows):
        mails(3)
        attempt(Failed(Trouble.UNREACHABLE))
        assert claim() == []
        assert [row.attempts for row in messages()] == [1, 0, 0]

    def test_a_mailbox_that_is_not_there_holds_up_nobody(self, rows):
        mails(3)
        attempt(Rejected(Trouble.MAIL_REFUSED, 550))
        assert len(claim()) == 2


class TestGone:
    def test_an_endpoint_that_is_gone_is_switched_off(self, rows):
        calls("hikari")
        row = attempt(Rejected(Trouble.GONE, 410), channel=Channel.WEBHOOK)
        assert row.state == "given_up"
        found = Endpoint.objects.visible_to(System()).get(url=HOOK)
        assert (found.active, found.gone) == (False, True)
        event = AuditEvent.objects.get(verb="endpoint.gone")
        assert (event.object, event.actor) == (f"endpoint:{found.pk}", "system")

    def test_another_one_of_the_same_organisation_is_not(self, rows):
        other = endpoint("hikari", f"{HOOK}/2", Reach.PUBLIC)
        calls("hikari")
        attempt(Rejected(Trouble.GONE, 410), channel=Channel.WEBHOOK)
        active = Endpoint.objects.visible_to(System()).filter(active=True)
        assert active.count() == 1
        assert other.pk in {row.pk for row in Endpoint.objects.visible_to(System())}
