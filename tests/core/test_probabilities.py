"""Daily probabilities, kept where they moved: nothing is further off than what counts as moved."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.probabilities import Observation, moved, worth_keeping

FIRST = dt.date(2024, 1, 1)


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def kept_day_by_day(scores: list[float]) -> list[Observation]:
    """What is kept where each day is compared with the one before it, as they are published."""
    kept: list[Observation] = []
    seen = [Observation(day(number), score) for number, score in enumerate(scores)]
    for before, now in pairwise(seen):
        if before.score != now.score:
            last = max(kept) if kept else None
            kept = sorted({*kept, *worth_keeping(last, (before, now))})
    return kept


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (0.5, 0.55, True),
        (0.5, 0.549, False),
        (0.5, 0.45, True),
        (0.0004, 0.0009, True),
        (0.0004, 0.0006, False),
        (0.9, 0.9, False),
    ],
)
def test_what_counts_as_moved(before, now, said):
    assert moved(before, now) is said


def test_a_score_that_stays_is_kept_nowhere():
    assert kept_day_by_day([0.1] * 30) == []


def test_a_jump_is_kept_with_the_day_before_it():
    found = kept_day_by_day([0.1, 0.1, 0.4, 0.4])
    assert found == [Observation(day(1), 0.1), Observation(day(2), 0.4)]


def test_a_slow_drift_is_kept_in_steps():
    drift = [0.1 + 0.001 * number for number in range(100)]
    found = kept_day_by_day(drift)
    assert 5 < len(found) < 15
    assert found[0].score == 0.1


@given(st.lists(st.sampled_from([0.001, 0.0011, 0.01, 0.0108, 0.5, 0.52, 0.9]), max_size=30))
def test_the_last_kept_day_tells_what_every_later_day_was(scores):
    kept = kept_day_by_day(scores)
    for number, score in enumerate(scores):
        before = [one for one in kept if one.day <= day(number)]
        if before:
            assert not moved(before[-1].score, score)


def test_days_that_come_late_are_put_between():
    kept = worth_keeping(
        Observation(day(0), 0.1), [Observation(day(5), 0.4), Observation(day(9), 0.41)]
    )
    assert kept == [Observation(day(5), 0.4)]
