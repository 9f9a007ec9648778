"""Sources that are one file, or a few."""

from __future__ import annotations

import pytest

from noroshi.core.errors import BadStatus, UnexpectedAnswer
from noroshi.edge.feeds.sources import alpine, debian, exploitdb, metasploit, nuclei
from noroshi.edge.feeds.sources.downloads import Download
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import status
from tests.edge.feeds.sources import worlds

ALL = [exploitdb, metasploit, nuclei, debian]


@pytest.fixture(params=ALL, ids=lambda module: module.__name__.rpartition(".")[2])
def feed(request) -> Download:
    feed: Download = request.param.feed()
    return feed


@pytest.fixture
def ask(feed, served, tmp_path):
    served[0].put(feed.address, getattr(worlds, feed.source)(range(40)))
    return lambda cursor=(): Asked(feed, tmp_path, served[1], dict(cursor))


def test_the_file_comes_as_it_is(ask, feed, served):
    (step,) = ask().steps
    (file,) = step.files
    assert file.path.read_bytes() == served[0].files[feed.address.removeprefix("https://")]
    assert [mark.address for mark in step.marks] == [feed.address]


def test_one_that_has_shrunk_to_less_than_half_is_none(ask, feed, served):
    known = ask().cursor
    served[0].put(feed.address, getattr(worlds, feed.source)(range(40))[: known["size"] // 3])
    with pytest.raises(UnexpectedAnswer, match="bytes"):
        ask(known)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"<html>" * 1000, bytes(5000)])
def test_what_is_no_such_file_is_none(ask, feed, served, data):
    served[0].put(feed.address, data)
    with pytest.raises(UnexpectedAnswer):
        ask()


class TestAlpine:
    @pytest.fixture
    def ask(self, served, tmp_path):
        for release in ("edge", "v3.16", "v3.17"):
            for repository in alpine.REPOSITORIES:
                address = f"{alpine.BASE}/{release}/{repository}.json"
                served[0].put(address, worlds.alpine(range(3)))
        return lambda cursor=(): Asked(alpine.feed(), tmp_path, served[1], dict(cursor))

    def test_every_repository_of_every_release_comes(self, ask):
        found = ask()
        assert len(found.bodies) == 6
        assert found.cursor["v3.17/main.json"] == 3
        assert all(step.marks for step in found.steps)

    def test_a_server_without_releases_is_the_wrong_one(self, ask, served):
        served[0].fail(f"{alpine.BASE}/v3.16/main.json", status(404))
        with pytest.raises(BadStatus):
            ask()

    def test_an_empty_repository_is_none(self, ask, served):
        served[0].put(f"{alpine.BASE}/v3.16/main.json", worlds.alpine([]))
        with pytest.raises(UnexpectedAnswer, match="empty"):
            ask()
