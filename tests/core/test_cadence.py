"""When a source is asked again."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.cadence import FIRST_REST, JITTER, LONGEST_REST, again, rest

HOUR = dt.timedelta(hours=1)
chances = st.floats(0, 1)


@given(chances)
def test_after_a_success_it_is_the_cadence_more_or_less(chance):
    assert HOUR * (1 - JITTER) <= again(HOUR, chance) <= HOUR * (1 + JITTER)


def test_half_a_chance_is_the_cadence_itself():
    assert again(HOUR, 0.5) == HOUR


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 5), (1, 5), (2, 10), (3, 20), (5, 80), (9, 1280), (10, 1440)]
)
def test_a_source_rests_the_longer_the_more_often_it_failed(failures, minutes):
    assert rest(failures, 0.0) == dt.timedelta(minutes=minutes)


@given(st.integers(1, 10**6), chances, st.timedeltas())
def test_a_rest_has_a_least_and_a_most(failures, chance, asked):
    assert FIRST_REST <= rest(failures, chance, asked) <= LONGEST_REST * (1 + JITTER)


def test_it_rests_as_long_as_it_asks_for():
    assert rest(1, 0.0, 2 * HOUR) == 2 * HOUR
    assert rest(1, 0.0, 300 * HOUR) == LONGEST_REST
