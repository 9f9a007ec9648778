"""What becomes of a message after an attempt, and when the next one is due."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.outgoing import (
    ATTEMPTS,
    HOLD,
    LONGEST_PAUSE,
    LONGEST_WAIT,
    Arrived,
    Failed,
    MessageState,
    Rejected,
    Step,
    Trouble,
    Unwanted,
    hold_others,
    pause,
    step,
)

NOW = dt.datetime(2026, 6, 1, 3, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def refused(wait: dt.timedelta | None = None) -> Failed:
    return Failed(Trouble.STATUS, 500, wait)


class TestStep:
    def test_what_arrived_is_sent(self):
        assert step(Arrived(), 3, NOW) == Step(MessageState.SENT)

    def test_what_nobody_is_to_get_any_more_is_dropped(self):
        assert step(Unwanted(), 1, NOW) == Step(MessageState.DROPPED)

    def test_what_will_never_be_taken_is_given_up_at_once(self):
        assert step(Rejected(Trouble.GONE, 410), 1, NOW) == Step(MessageState.GIVEN_UP)

    def test_pauses_grow_fourfold_to_half_a_day(self):
        minutes = [pause(attempts) / MINUTE for attempts in range(1, 8)]
        assert minutes == [1, 4, 16, 64, 256, 720, 720]

    def test_a_failed_attempt_is_followed_by_another_one(self):
        assert step(refused(), 2, NOW) == Step(MessageState.FAILED, NOW + 4 * MINUTE)

    def test_it_is_given_up_after_three_days_and_not_before(self):
        tried = sum((pause(attempts) for attempts in range(1, ATTEMPTS)), dt.timedelta())
        assert 3 * DAY < tried < 4 * DAY
        assert step(refused(), ATTEMPTS - 1, NOW).state is MessageState.FAILED
        assert step(refused(), ATTEMPTS, NOW) == Step(MessageState.GIVEN_UP)

    def test_whoever_asks_for_time_gets_it(self):
        assert step(refused(HOUR), 1, NOW).next_at == NOW + HOUR

    @pytest.mark.parametrize("asked", [-DAY, dt.timedelta(), dt.timedelta(seconds=1)])
    def test_but_never_less_than_the_usual_pause(self, asked):
        assert step(refused(asked), 2, NOW).next_at == NOW + 4 * MINUTE

    def test_nor_more_than_a_day(self):
        assert step(refused(1000 * DAY), 1, NOW).next_at == NOW + LONGEST_WAIT

    @given(st.integers(1, 32_000), st.timedeltas())
    def test_however_often_it_failed_the_next_time_can_be_told(self, attempts, wait):
        after = step(refused(wait), attempts, NOW).next_at
        assert after is None or NOW < after <= NOW + max(LONGEST_PAUSE, LONGEST_WAIT)


class TestHoldOthers:
    @pytest.mark.parametrize(
        "silent", [Trouble.UNREACHABLE, Trouble.TIMEOUT, Trouble.TLS, Trouble.UNKNOWN_HOST]
    )
    def test_a_server_that_does_not_answer_is_left_alone_for_a_while(self, silent):
        assert hold_others(Failed(silent), NOW) == NOW + HOLD

    @pytest.mark.parametrize("busy", [429, 503])
    def test_a_busy_one_as_long_as_it_asks(self, busy):
        assert hold_others(Failed(Trouble.STATUS, busy, HOUR), NOW) == NOW + HOUR

    @pytest.mark.parametrize(
        "outcome",
        [
            Arrived(),
            Unwanted(),
            Rejected(Trouble.GONE, 410),
            Failed(Trouble.STATUS, 400),
            Failed(Trouble.MAIL_REFUSED, 450),
            Failed(Trouble.MAIL_REFUSED, 503),
        ],
    )
    def test_what_speaks_of_one_message_holds_up_no_other(self, outcome):
        assert hold_others(outcome, NOW) is None
