"""The states of a delivery, against a second account of them; and when it is late."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.delivery import (
    Backwards,
    DeliveryState,
    Escalate,
    Finished,
    Progress,
    Wait,
    advance,
    lateness,
)

NOON = dt.datetime(2026, 6, 1, 3, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)

FORWARD = {
    "delivered": {"read", "acknowledged", "responding", "done", "not_affected"},
    "read": {"acknowledged", "responding", "done", "not_affected"},
    "acknowledged": {"responding", "done", "not_affected"},
    "responding": {"done", "not_affected"},
    "done": {"not_affected"},
    "not_affected": {"done"},
}


@pytest.mark.parametrize(("start", "to"), list(itertools.product(DeliveryState, repeat=2)))
def test_only_forward_steps_are_taken(start: DeliveryState, to: DeliveryState) -> None:
    progress = Progress(start, NOON, NOON, NOON)
    result = advance(progress, to, NOON + HOUR)
    if to == start:
        assert result == progress
    elif to in FORWARD[start]:
        assert isinstance(result, Progress)
        assert result.state == to
    else:
        assert result == Backwards(start)


@pytest.mark.parametrize(
    ("to", "times"),
    [
        ("read", (NOON, None, None)),
        ("acknowledged", (NOON, NOON, None)),
        ("responding", (NOON, NOON, None)),
        ("done", (NOON, NOON, NOON)),
        ("not_affected", (NOON, NOON, NOON)),
    ],
)
def test_a_step_brings_the_times_of_those_it_skips(to: str, times: tuple[object, ...]) -> None:
    result = advance(Progress(), DeliveryState(to), NOON)
    assert isinstance(result, Progress)
    assert (result.read_at, result.acknowledged_at, result.finished_at) == times


@given(st.lists(st.sampled_from(DeliveryState)))
def test_a_time_once_set_stays(steps: list[DeliveryState]) -> None:
    progress = Progress()
    for number, step in enumerate(steps):
        result = advance(progress, step, NOON + number * HOUR)
        if isinstance(result, Progress):
            assert progress.read_at in (None, result.read_at)
            assert progress.acknowledged_at in (None, result.acknowledged_at)
            progress = result


class TestLateness:
    def test_without_a_deadline_nothing_is_ever_late(self) -> None:
        assert lateness(None, None, bureau=True, now=NOON, every=DAY) == Finished()

    def test_before_the_deadline_it_waits(self) -> None:
        due = NOON + HOUR
        assert lateness(due, None, bureau=True, now=NOON, every=DAY) == Wait(due)

    @pytest.mark.parametrize(("bureau", "level"), [(True, 1), (False, 2)])
    def test_at_the_deadline_the_next_above_hears_of_it(self, bureau: bool, level: int) -> None:
        assert lateness(NOON, None, bureau=bureau, now=NOON, every=DAY) == Escalate(level)

    def test_after_the_bureau_comes_the_hub_an_interval_later(self) -> None:
        raised = NOON
        early, late = raised + DAY - HOUR, raised + DAY
        assert lateness(NOON, raised, bureau=True, now=early, every=DAY) == Wait(late)
        assert lateness(NOON, raised, bureau=True, now=late, every=DAY) == Escalate(2)
