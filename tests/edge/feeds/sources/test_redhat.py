"""Red Hat's table of changes, and the API that has what it names."""

from __future__ import annotations

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.sources import redhat
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.sources.trackers import REDHAT, RedHat
from tests.hub.feeds import cve
from tests.hub.sector import DAY, HOUR, NOON


@pytest.fixture
def world(served) -> RedHat:
    found = RedHat(served[0])
    found.put(range(4), NOON)
    return found


@pytest.fixture
def ask(world, served, tmp_path):
    return lambda cursor=(): Asked(redhat.feed(), tmp_path, served[1], dict(cursor))


def name(number: int) -> str:
    return f"{cve(number).lower()}.json"


def test_every_cve_of_the_table_is_asked_for(ask):
    found = ask()
    assert sorted(found.bodies) == [name(number) for number in range(4)]
    assert found.cursor == {"since": NOON.isoformat()}
    assert [mark.address for mark in found.steps[-1].marks] == [REDHAT]


def test_then_what_changed_the_oldest_first(ask, world):
    known = ask().cursor
    world.put([7], NOON + 2 * HOUR)
    world.put([1], NOON + HOUR)
    found = ask(known)
    assert list(found.bodies)[-2:] == [name(1), name(7)]
    assert found.cursor == {"since": (NOON + 2 * HOUR).isoformat()}


def test_it_goes_on_after_any_batch(ask, world, monkeypatch):
    monkeypatch.setattr(redhat, "BATCH", 2)
    for number in range(4, 9):
        world.put([number], NOON + number * HOUR)
    whole = ask()
    assert len(whole.steps) > 3
    assert [len(step.marks) for step in whole.steps][-1] == 1
    assert sum(len(step.marks) for step in whole.steps) == 1
    for step in whole.steps:
        rest = ask(step.cursor)
        assert rest.cursor == whole.cursor
        assert name(8) in rest.bodies


def test_what_the_api_does_not_have_is_passed_over(ask, world, served):
    del served[0].files[world.address(2).removeprefix("https://")]
    assert sorted(ask().bodies) == [name(number) for number in (0, 1, 3)]


def test_a_table_that_moves_back_in_time_brings_nothing(ask, world):
    known = ask().cursor
    world.put(range(4), NOON - DAY)
    assert ask(known).steps == []


@pytest.mark.parametrize("table", [b"", b"<html>", b'"x.json","never"\n', b"\xff"])
def test_a_table_that_is_none(ask, served, table):
    served[0].put(REDHAT, table)
    with pytest.raises(UnexpectedAnswer):
        ask()


def test_a_page_for_people_is_no_cve(ask, world, served):
    served[0].put(world.address(2), b"<html>")
    with pytest.raises(UnexpectedAnswer):
        ask()


def test_a_name_in_the_table_leads_nowhere_else(ask, served):
    row = f'"../../x/{cve(1).lower()}.json","{NOON.isoformat()}"\n'
    odd = f'"2024/index.json","{NOON.isoformat()}"\n'
    served[0].put(REDHAT, (row + odd).encode())
    assert list(ask().bodies) == [name(1)]
