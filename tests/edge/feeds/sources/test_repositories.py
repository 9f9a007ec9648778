"""Sources that are a Git repository: an archive at first, then what commits changed."""

from __future__ import annotations

import zipfile

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.sources import nvd_overrides, repositories, vulnrichment
from noroshi.edge.feeds.sources.repositories import Repository
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import redirect
from tests.edge.feeds.sources.trackers import GITHUB, RAW, override
from tests.edge.feeds.sources.trackers import Repository as World
from tests.edge.feeds.sources.worlds import archive
from tests.hub.feeds import cve, raw

NAME = "anchore/nvd-data-overrides"


@pytest.fixture
def world(served) -> World:
    found = World(served[0], NAME, override)
    found.commit("main", range(5))
    return found


@pytest.fixture
def ask(world, served, tmp_path):
    return lambda cursor=(): Asked(nvd_overrides.feed(), tmp_path, served[1], dict(cursor))


def path(number: int) -> str:
    return f"2024/0xxx/{cve(number)}.json"


def test_the_two_say_where_theirs_is():
    for feed, branch in ((nvd_overrides.feed(), "main"), (vulnrichment.feed(), "develop")):
        assert isinstance(feed, Repository)
        assert feed.branch == branch


def test_the_first_time_the_archive_comes_without_what_is_no_record(ask):
    (step,) = ask().steps
    with zipfile.ZipFile(step.files[0].path) as packed:
        assert sum(map(step.wanted, packed.namelist())) == step.cursor["records"] == 5
        assert len(packed.namelist()) == 6
    assert step.marks[0].address == f"{GITHUB}/{NAME}/commits/main"


def test_then_each_record_that_commits_changed(ask, world, served):
    known = ask().cursor
    world.commit("main", [7])
    newest = world.commit("main", [2], b" ")
    served[0].asked()
    found = ask(known)
    assert sorted(found.bodies) == [path(2), path(7)]
    assert found.cursor == {"commit": newest, "records": 5}
    assert not any("archive" in place for place in served[0].asked())


def test_what_was_removed_and_what_is_no_record_is_not_asked_for(ask, world, served):
    known = ask().cursor
    newest = world.commit("main", [7])
    gone, odd = {"filename": path(1), "status": "removed"}, f"../../x/{cve(3)}.json"
    world.compare(known["commit"], newest, [gone, {"filename": odd, "status": "added"}])
    assert ask(known).bodies == {}


@pytest.mark.parametrize("status", ["diverged", "behind"])
def test_where_history_was_written_anew_the_archive_comes(ask, world, status):
    known = ask().cursor
    newest = world.commit("main", [7])
    world.compare(known["commit"], newest, [], status)
    assert list(ask(known).bodies) == ["nvd-data-overrides.zip"]


def test_where_the_commit_is_gone_or_too_much_changed_the_archive_comes(ask, world, monkeypatch):
    known = ask().cursor
    world.commit("main", [7, 8])
    monkeypatch.setattr(repositories, "MOST_SINGLE", 2)
    assert list(ask(known).bodies) == ["nvd-data-overrides.zip"]
    gone = {**known, "commit": "0" * 40}
    assert list(ask(gone).bodies) == ["nvd-data-overrides.zip"]


def test_a_record_that_is_listed_and_missing_is_said(ask, world, served):
    known = ask().cursor
    newest = world.commit("main", [7, 8])
    del served[0].files[f"{RAW}/{NAME}/{newest}/{path(7)}".removeprefix("https://")]
    (step,) = ask(known).steps
    assert [(name, error.code) for name, error in step.problems] == [(path(7), "missing-part")]
    assert [file.name for file in step.files] == [path(8)]


def test_a_page_for_people_is_no_record(ask, world, served):
    known = ask().cursor
    newest = world.commit("main", [7])
    served[0].put(f"{RAW}/{NAME}/{newest}/{path(7)}", b"<html>")
    with pytest.raises(UnexpectedAnswer):
        ask(known)


def test_archives_lead_to_where_they_are_kept(ask, served):
    (commit,) = {place for place in served[0].files if "/archive/" in place}
    kept = "https://codeload.github.com/anchore/nvd-data-overrides/zip/x"
    served[0].put(kept, served[0].files[commit])
    served[0].fail(commit, redirect(kept))
    assert list(ask().bodies) == ["nvd-data-overrides.zip"]


@pytest.mark.parametrize("commit", [b"<html>", b"{}", raw({"sha": "main"}), raw({"sha": "../x"})])
def test_a_commit_that_is_none(ask, served, commit):
    served[0].put(f"{GITHUB}/{NAME}/commits/main", commit)
    with pytest.raises(UnexpectedAnswer):
        ask()


@pytest.mark.parametrize("records", [0, 1], ids=["no record", "less than half"])
def test_an_archive_that_has_lost_its_records_is_none(ask, served, records):
    known = ask().cursor
    (place,) = {place for place in served[0].files if "/archive/" in place}
    served[0].put(place, archive({path(n): override(n) for n in range(records)}))
    with pytest.raises(UnexpectedAnswer, match="records"):
        ask({**known, "commit": ""})


def test_half_an_archive_is_none(ask, served):
    (place,) = {place for place in served[0].files if "/archive/" in place}
    served[0].put(place, served[0].files[place][:-40])
    with pytest.raises(UnexpectedAnswer, match="zip"):
        ask()
