"""The table of the day, with its day in it."""

from __future__ import annotations

import datetime as dt
import gzip

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.core.facets import Record
from noroshi.core.formats import epss as format_
from noroshi.edge.feeds.sources import epss
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.sources.worlds import put_epss
from tests.hub.feeds import cve
from tests.hub.sector import DAY, NOON

TODAY = NOON.date()


@pytest.fixture
def ask(served, tmp_path):
    return lambda cursor=(), now=NOON: Asked(epss.feed(), tmp_path, served[1], dict(cursor), now)


def test_the_newest_table_is_taken_once(ask, served):
    put_epss(served[0], TODAY, [1])
    put_epss(served[0], TODAY - DAY, [1, 2])
    found = ask()
    assert found.cursor == {"day": TODAY.isoformat()}
    assert list(found.bodies) == [f"epss_scores-{TODAY}.csv.gz"]
    assert ask(found.cursor).steps == []


def test_a_table_that_is_not_there_yet_is_waited_for(ask, served):
    put_epss(served[0], TODAY - DAY, [1])
    known = ask().cursor
    assert known == {"day": (TODAY - DAY).isoformat()}
    served[0].requests.clear()
    assert ask(known).steps == []
    assert len(served[0].asked()) == 1  # of today alone
    put_epss(served[0], TODAY, [1])
    assert ask(known).cursor == {"day": TODAY.isoformat()}


def test_where_no_table_is_left_the_address_is_wrong(ask):
    with pytest.raises(UnexpectedAnswer):
        ask()


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("heading", ["cve,epss", "cve,epss,percentile"])
def test_a_layout_without_its_day_gets_it_from_the_name(ask, served, heading, packed):
    cells = [cve(1), "0.5", "0.5"][: heading.count(",") + 1]
    table = f"{heading}\n{','.join(cells)}\n{','.join(cells)}\n".encode()
    address = put_epss(served[0], TODAY, [])
    served[0].put(address, gzip.compress(table) if packed else table)
    (data,) = ask().bodies.values()
    if packed:
        assert data.endswith(served[0].files[address.removeprefix("https://")])
        data = gzip.decompress(data)
    assert data == f"#score_date:{TODAY}\n".encode() + table
    (record, _) = list(format_.read(data))
    assert isinstance(record, Record)
    assert record.epss is not None
    assert record.epss.date == TODAY


def test_a_table_that_says_its_day_stays_as_it_is(ask, served):
    address = put_epss(served[0], TODAY, [1])
    (data,) = ask().bodies.values()
    assert data == served[0].files[address.removeprefix("https://")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        gzip.compress(b"#model_version:v1\ncve,epss,percentile\n", mtime=0),
        gzip.compress(b"cve,epss\n" + b"x" * 5000, mtime=0)[:-9],
        b"\x1f\x8b" + b"garbage" * 100,
    ],
    ids=["nothing", "a heading", "cut", "garbage"],
)
def test_an_empty_or_broken_table_is_none(ask, served, data):
    served[0].put(put_epss(served[0], TODAY, []), data)
    with pytest.raises(UnexpectedAnswer):
        ask()


def test_a_clock_that_is_a_day_fast_finds_the_newest_all_the_same(ask, served):
    put_epss(served[0], TODAY, [1])
    assert ask(now=NOON + dt.timedelta(days=1)).cursor == {"day": TODAY.isoformat()}
