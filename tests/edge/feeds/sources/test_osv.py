"""OSV's ecosystems: an archive at first, then single records."""

from __future__ import annotations

import pytest

from noroshi.core.errors import BadStatus, UnexpectedAnswer
from noroshi.edge.feeds.sources import osv
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import status
from tests.edge.feeds.sources.worlds import OSV, Osv, ghsa
from tests.hub.sector import DAY, HOUR, NOON

NPM = f"{OSV}/npm"


@pytest.fixture
def npm(served, monkeypatch) -> Osv:
    monkeypatch.setattr(osv, "ECOSYSTEMS", ("npm", "Go"))
    found = Osv(served[0], osv.ECOSYSTEMS, "npm")
    found.put(range(5), NOON)
    return found


@pytest.fixture
def ask(npm, served, tmp_path):
    return lambda cursor=(): Asked(osv.feed(), tmp_path, served[1], dict(cursor))


def test_the_first_time_each_archive_comes(ask):
    found = ask()
    assert list(found.bodies) == ["npm.zip", "Go.zip"]
    assert found.cursor == {"npm": NOON.isoformat(), "Go": NOON.isoformat()}
    assert [len(step.marks) for step in found.steps] == [1, 1]


def test_then_what_was_modified_the_oldest_first(ask, npm):
    known = ask().cursor
    npm.put([7], NOON + 2 * HOUR)
    npm.put([2], NOON + HOUR)
    found = ask(known)
    # Those of the last second that was known are asked for again: the table names it only once.
    assert [name for name in found.bodies if name.startswith("npm/")][-2:] == [
        f"npm/{ghsa(2)}.json",
        f"npm/{ghsa(7)}.json",
    ]
    assert found.cursor["npm"] == (NOON + 2 * HOUR).isoformat()


def test_many_changes_are_in_the_archive(ask, npm, monkeypatch):
    known = ask().cursor
    monkeypatch.setattr(osv, "MOST_SINGLE", 3)
    npm.put([5, 6, 7, 8], NOON + HOUR)
    assert "npm.zip" in ask(known).bodies


def test_it_goes_on_after_any_batch(ask, npm, monkeypatch):
    monkeypatch.setattr(osv, "BATCH", 2)
    known = ask().cursor
    for number in range(5, 11):
        npm.put([number], NOON + number * HOUR)
    whole = ask(known)
    steps = [step for step in whole.steps if step.cursor["Go"] == NOON.isoformat()]
    assert len(steps) > 3
    assert [bool(step.marks) for step in steps if step.files[0].name.startswith("npm")][-1]
    for step in steps:
        rest = ask(step.cursor)
        assert rest.cursor == whole.cursor
        assert f"npm/{ghsa(10)}.json" in rest.bodies


def test_those_of_one_moment_stay_together(ask, npm, monkeypatch):
    monkeypatch.setattr(osv, "BATCH", 2)
    known = ask().cursor
    npm.put(range(20, 27), NOON + HOUR)
    npm.put([30], NOON + 2 * HOUR)
    steps = [
        [file for file in step.files if file.name.startswith("npm")] for step in ask(known).steps
    ]
    sizes = [len(files) for files in steps if files]
    assert sizes[-2:] == [7, 1]


def test_a_record_that_is_listed_and_missing_is_said(ask, npm, served):
    known = ask().cursor
    npm.put([7, 8], NOON + HOUR)
    del served[0].files[f"{NPM}/{ghsa(7)}.json".removeprefix("https://")]
    found = ask(known)
    problems = [(name, error.code) for step in found.steps for name, error in step.problems]
    assert problems == [(f"npm/{ghsa(7)}.json", "missing-part")]
    assert f"npm/{ghsa(8)}.json" in found.bodies


def test_a_page_for_people_is_no_record(ask, npm, served):
    known = ask().cursor
    npm.put([7], NOON + HOUR)
    served[0].put(f"{NPM}/{ghsa(7)}.json", b"<html>")
    with pytest.raises(UnexpectedAnswer):
        ask(known)


def test_an_ecosystem_that_cannot_be_had_does_not_hold_up_the_next(served, npm, tmp_path):
    served[0].fail(f"{NPM}/modified_id.csv", status(404))
    steps = []
    with pytest.raises(BadStatus):
        steps.append(Asked(osv.feed(), tmp_path, served[1], {}))
    assert any(place.endswith("Go/all.zip") for place in served[0].asked())


@pytest.mark.parametrize(
    "table", [b"", b"\n\n", b"<html>", b"\xff", b"2026-06-01T00:00:00Z,../../x\n", b"never,A-1\n"]
)
def test_a_table_that_is_none(ask, served, table):
    served[0].put(f"{NPM}/modified_id.csv", table)
    with pytest.raises(UnexpectedAnswer):
        ask()


def test_a_table_that_moves_back_in_time_brings_nothing(ask, npm, served):
    known = ask().cursor
    npm.put(range(5), NOON - DAY)
    found = ask(known)
    assert [name for name in found.bodies if name.startswith("npm")] == []
