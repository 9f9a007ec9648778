"""NVD's pages and windows, while the list behind them changes."""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.core.formats import nvd as format_
from noroshi.core.formats.feed import RawDocument
from noroshi.edge.feeds.sources import nvd
from tests.core.formats.feed_samples import records
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import body
from tests.edge.feeds.sources.worlds import NVD, Nvd
from tests.hub.feeds import cve, raw
from tests.hub.sector import DAY, HOUR, NOON

LONG_AGO = NOON - 300 * DAY


@pytest.fixture
def database(served) -> Nvd:
    found = Nvd(served[0])
    found.put(range(8), LONG_AGO)
    return found


@pytest.fixture
def ask(database, served, tmp_path):
    return lambda cursor=(), now=NOON: Asked(nvd.feed(), tmp_path, served[1], dict(cursor), now)


def names(asked: Asked) -> set[str]:
    return {name for data in asked.bodies.values() for name in names_in(data)}


def names_in(data: bytes) -> set[str]:
    """Return the ids of a page's records."""
    documents = format_.documents(data)
    bodies = [one.body for one in documents if isinstance(one, RawDocument)]
    return {record.external_id for body in bodies for record in records(format_, body)}


def every(*numbers: int) -> set[str]:
    return {cve(number) for number in numbers}


class TestTheFirstTime:
    def test_everything_comes_page_by_page(self, ask, database):
        found = ask()
        assert names(found) == every(*range(8))
        assert [query["startIndex"] for query in database.queries] == ["0", "3", "6"]
        assert "lastModStartDate" not in database.queries[0]

    def test_it_goes_on_at_any_page(self, ask):
        whole = ask()
        for step in whole.steps[:-1]:
            rest = ask(step.cursor)
            assert len(rest.steps) == len(whole.steps) - whole.steps.index(step) - 1
            assert rest.cursor == whole.cursor

    def test_what_is_known_then_is_what_there_was_when_it_began(self, ask, served):
        served[0].clock = NOON - 3 * HOUR
        assert ask().cursor == {"since": "2026-05-31T22:00:00Z"}

    def test_an_empty_database_is_none(self, ask, database):
        database.modified.clear()
        with pytest.raises(UnexpectedAnswer):
            ask()


class TestAfterwards:
    @pytest.fixture
    def known(self, ask, database):
        cursor = ask().cursor
        database.queries.clear()
        return cursor

    def test_what_was_modified_since_comes(self, ask, database, known):
        database.put([2, 5], NOON + HOUR)
        found = ask(known, NOON + 2 * HOUR)
        assert names(found) == every(2, 5)
        (query,) = database.queries
        assert query["lastModStartDate"] == "2026-06-01T01:00:00.000+00:00"
        assert query["lastModEndDate"] == "2026-06-01T05:00:00.000+00:00"

    def test_nothing_is_a_page_without_anything(self, ask, known):
        (step,) = ask(known, NOON + 2 * HOUR).steps
        assert step.files == ()

    def test_no_window_is_wider_than_nvd_allows(self, ask, database, known, served):
        database.put([1], NOON + 50 * DAY)
        database.put([2], NOON + 200 * DAY)
        database.put([3], NOON + 299 * DAY)
        served[0].clock = now = NOON + 300 * DAY
        found = ask(known, now)
        assert names(found) == every(1, 2, 3)
        assert len(database.queries) == 3
        for query in database.queries:
            since, until = (
                dt.datetime.fromisoformat(query[name])
                for name in ("lastModStartDate", "lastModEndDate")
            )
            assert until - since <= 120 * DAY
        assert found.cursor == {"since": "2027-03-28T01:00:00Z"}

    def test_it_goes_on_in_the_midst_of_a_window(self, ask, database, known):
        database.put(range(7), NOON + HOUR)
        first = ask(known, NOON + 2 * HOUR)
        assert len(first.steps) == 3
        rest = ask(first.steps[0].cursor, NOON + 5 * HOUR)
        assert names(rest) >= every(3, 4, 5, 6)
        assert database.queries[3]["startIndex"] == "3"

    @pytest.mark.parametrize("skew", [-3 * DAY, 3 * DAY])
    def test_a_clock_that_is_wrong_misses_nothing(self, ask, database, known, skew):
        database.put([1], NOON + HOUR)
        seen = names(first := ask(known, NOON + 2 * HOUR + skew))
        database.put([2], NOON + 3 * HOUR)
        seen |= names(ask(first.cursor, NOON + 4 * HOUR))
        assert seen >= every(1, 2)


class TestAListThatChangesWhileItIsRead:
    def step_by_step(self, served, tmp_path, cursor, now, between) -> set[str]:
        seen: set[str] = set()
        for index in range(20):
            found = Asked(nvd.feed(), tmp_path, served[1], cursor, now)
            done = found.steps[0]
            name = done.files[0].name if done.files else ""
            if name:
                seen |= names_in(found.bodies[name])
            cursor = done.cursor
            if "until" not in cursor and "began" not in cursor:
                return seen
            between(index)
        return seen

    def test_it_grows(self, served, tmp_path, database):
        def grow(index: int) -> None:
            if index == 0:
                database.put([8, 9, 10], NOON)

        assert self.step_by_step(served, tmp_path, {}, NOON, grow) == every(*range(11))

    def test_it_shrinks_and_those_behind_move_up(self, served, tmp_path, database):
        database.put(range(8), NOON + HOUR)
        cursor = {"since": NOON.isoformat()}

        def modify(index: int) -> None:
            if index == 0:  # the first leaves the window, and is there in the next one
                database.put([0], NOON + 20 * DAY)

        seen = self.step_by_step(served, tmp_path, cursor, NOON + 2 * HOUR, modify)
        assert seen == every(*range(8))


class TestPagesThatAreNone:
    def page(self, **more: object) -> bytes:
        page = {"startIndex": 0, "totalResults": 8, "vulnerabilities": [{}] * 3}
        return raw({**page, **more})

    @pytest.mark.parametrize(
        "wrong",
        [
            {"startIndex": 3},  # the page before or after, again
            {"vulnerabilities": []},  # a page that is missing
            {"totalResults": "8"},
            {"vulnerabilities": None},
        ],
    )
    def test_it_is_not_believed(self, ask, served, wrong):
        served[0].fail(NVD, body(self.page(**wrong)))
        with pytest.raises(UnexpectedAnswer):
            ask()


def test_a_key_is_sent_and_lets_us_ask_more_often(served, tmp_path, database):
    assert (nvd.feed().apart, nvd.feed("a-key").apart) == (6.0, 0.6)
    Asked(nvd.feed("a-key"), tmp_path, served[1], {})
    assert {request.headers["apikey"] for request in served[0].requests} == {"a-key"}
