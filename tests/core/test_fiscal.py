"""Fiscal years by the clock in Tokyo."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.fiscal import first_moment, fiscal_year, midnight


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        ("2026-03-31T14:59:59.999999+00:00", 2025),
        ("2026-03-31T15:00:00+00:00", 2026),
        ("2026-04-01T00:00:00+09:00", 2026),
        ("2027-03-31T23:59:59+09:00", 2026),
        ("2027-01-01T00:00:00+00:00", 2026),
    ],
)
def test_the_year_turns_at_midnight_in_tokyo(moment: str, year: int) -> None:
    assert fiscal_year(dt.datetime.fromisoformat(moment)) == year


@given(st.integers(min_value=0, max_value=3_000_000_000))
def test_a_moment_lies_within_its_year(seconds: int) -> None:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    year = fiscal_year(moment)
    assert first_moment(year) <= moment < first_moment(year + 1)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_the_offset_is_the_one_of_the_time_zone_table(day: dt.date) -> None:
    assert midnight(day) == dt.datetime.combine(day, dt.time(), ZoneInfo("Asia/Tokyo"))
