"""Where the pulling of sources stands."""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import BadStatus, UnexpectedAnswer
from noroshi.hub.knowledge import following
from tests.hub.sector import DAY, HOUR, NOON

pytestmark = pytest.mark.usefixtures("database")

MINUTE = dt.timedelta(minutes=1)


def begin(now: dt.datetime = NOON) -> tuple[following.Cursor, following.Marks]:
    return following.begin("kev", now=now, chance=0.0)


def keep(cursor: following.Cursor, marks: following.Marks | None = None) -> None:
    following.kept("kev", cursor, marks or {}, now=NOON, chance=0.0)


def fail(error: Exception | None = None, now: dt.datetime = NOON) -> None:
    found = error if isinstance(error, BadStatus) else UnexpectedAnswer("https://x", detail="no")
    following.failed("kev", found, now=now, chance=0.0)


def standing() -> following.Standing:
    return following.standings(["kev", "nvd"])["kev"]


def is_due(at: dt.datetime) -> bool:
    return following.due(["kev"], now=at) == ["kev"]


def test_what_was_kept_is_where_the_next_pull_begins():
    assert begin() == ({}, {})
    keep({"index": 1}, {"https://a": {"etag": "1"}})
    keep({"index": 2}, {"https://b": {"etag": "2"}})
    assert begin() == ({"index": 2}, {"https://a": {"etag": "1"}, "https://b": {"etag": "2"}})


def test_one_never_pulled_is_due_and_stands_nowhere():
    assert is_due(NOON)
    assert following.standings(["kev"]) == {}


def test_after_a_success_it_is_due_when_its_time_has_come():
    begin()
    following.succeeded("kev", now=NOON, again=HOUR)
    assert not is_due(NOON + HOUR - MINUTE)
    assert is_due(NOON + HOUR)
    assert (standing().succeeded_at, standing().failures) == (NOON, 0)


def test_after_a_failure_it_rests_the_longer_the_more_often():
    for number, minutes in enumerate((5, 10, 20, 40), start=1):
        begin()
        fail()
        found = standing()
        assert found.failures == number
        assert found.rests_until == NOON + minutes * MINUTE
        assert found.error == ("unexpected-answer", {"detail": "no"}, "https://x")


def test_it_rests_as_long_as_the_source_asks_for():
    begin()
    fail(BadStatus("https://x", status=429, wait=7200))
    assert standing().rests_until == NOON + 2 * HOUR


def test_a_success_forgets_what_went_wrong():
    begin()
    fail()
    begin(NOON + HOUR)
    following.succeeded("kev", now=NOON + HOUR, again=HOUR)
    assert (standing().error, standing().failures, standing().rests_until) == (None, 0, None)


def test_a_pull_that_gets_on_has_not_failed_before():
    for _ in range(5):
        begin()
        fail()
    begin()
    keep({"index": 1})
    fail()
    assert standing().failures == 1


def test_a_pull_that_was_killed_is_due_soon_and_later_each_time():
    begin()
    assert not is_due(NOON + 4 * MINUTE)
    assert is_due(NOON + 5 * MINUTE)
    begin()
    assert not is_due(NOON + 9 * MINUTE)
    assert is_due(NOON + 10 * MINUTE)


def test_of_two_workers_one_gets_it():
    assert following.claim("kev", now=NOON)
    assert not following.claim("kev", now=NOON)
    assert following.claim("kev", now=NOON + DAY)


def test_what_is_due_is_named_in_the_order_asked_for():
    begin()
    assert following.due(["nvd", "kev", "epss"], now=NOON) == ["nvd", "epss"]
