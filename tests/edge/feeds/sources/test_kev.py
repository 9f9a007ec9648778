"""The catalogue of what is exploited: today's, whole, or none."""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.sources import kev
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import body
from tests.edge.feeds.sources.worlds import KEV, put_kev
from tests.hub.feeds import cve, raw
from tests.hub.feeds import kev as catalogue
from tests.hub.sector import DAY, NOON


@pytest.fixture
def world(served):
    put_kev(served[0], range(20))
    return served[0]


@pytest.fixture
def ask(world, served, tmp_path):
    return lambda cursor=(): Asked(kev.feed(), tmp_path, served[1], dict(cursor))


def test_the_catalogue_comes_with_what_makes_the_next_request_conditional(ask):
    (step,) = ask().steps
    assert step.cursor == {"released": NOON.isoformat(), "entries": 20}
    assert [mark.address for mark in step.marks] == [KEV]
    assert step.marks[0].etag


def test_an_empty_catalogue_is_none(ask, world):
    put_kev(world, [])
    with pytest.raises(UnexpectedAnswer, match="empty"):
        ask()


def test_one_that_has_lost_much_at_once_is_none(ask, world):
    known = ask().cursor
    put_kev(world, range(9), released=NOON + DAY)
    with pytest.raises(UnexpectedAnswer, match="lost 11 of 20"):
        ask(known)
    put_kev(world, range(10), released=NOON + DAY)
    assert ask(known).cursor["entries"] == 10


def test_one_that_counts_otherwise_than_it_says_is_none(ask, world):
    put_kev(world, range(20), count=30)
    with pytest.raises(UnexpectedAnswer, match="30 entries and has 20"):
        ask()


def test_one_that_is_older_than_the_one_before_is_none(ask, world):
    known = ask().cursor
    put_kev(world, range(20), released=NOON - dt.timedelta(minutes=1))
    with pytest.raises(UnexpectedAnswer, match="older"):
        ask(known)


def test_one_without_a_date_is_taken(ask, world):
    world.put(KEV, raw(catalogue(cve(1))))
    assert ask().cursor == {"released": "", "entries": 1}


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b"{}", b'{"vulnerabilities": {}}'])
def test_what_is_no_catalogue_is_none(ask, world, data):
    world.fail(KEV, body(data))
    with pytest.raises(UnexpectedAnswer):
        ask()
