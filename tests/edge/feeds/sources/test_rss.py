"""Feeds of the settings: each by itself, and only what is a feed."""

from __future__ import annotations

import pytest

from noroshi.core.errors import BadStatus, UnexpectedAnswer
from noroshi.edge.feeds.sources import rss
from tests.core.formats.contract import rss as samples
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import body, redirect, status
from tests.edge.feeds.sources.given_worlds import RSS, put_rss

OTHER = "https://nagomi.example/atom.xml"
BOTH = (("kasumi", RSS), ("nagomi", OTHER))


@pytest.fixture
def ask(served, tmp_path):
    put_rss(served[0], [1])
    served[0].put(OTHER, samples.atom(samples.entry()))
    return lambda cursor=(): Asked(rss.feed(BOTH), tmp_path, served[1], dict(cursor))


def test_each_feed_is_a_file_under_its_name(ask):
    found = ask()
    assert set(found.bodies) == {"kasumi.xml", "nagomi.xml"}
    assert set(found.cursor) == {"kasumi", "nagomi"}
    assert [step.marks[0].address for step in found.steps] == [RSS, OTHER]


def test_a_server_that_knows_no_conditions_brings_the_same_only_once(ask):
    assert ask(ask().cursor).steps == []


def test_one_that_cannot_be_asked_does_not_hold_up_the_next(ask, served):
    served[0].fail(RSS, status(404))
    with pytest.raises(BadStatus):
        ask()
    assert served[0].asked() == [RSS.removeprefix("https://"), OTHER.removeprefix("https://")]


def test_one_that_is_not_given_any_more_is_forgotten(ask, served, tmp_path):
    known = ask().cursor
    put_rss(served[0], [1, 2])
    found = Asked(rss.feed(BOTH[:1]), tmp_path, served[1], known)
    assert set(found.cursor) == {"kasumi"}


def test_without_addresses_there_is_nothing_to_ask(served, tmp_path):
    assert Asked(rss.feed(), tmp_path, served[1], {}).steps == []
    assert served[0].requests == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html><body>Please wait</body></html>",
        b'{"version": "https://jsonfeed.org/version/1.1"}',
        samples.rss(samples.item())[:-20],
        b"x" * 20_000 + samples.rss(samples.item()),
    ],
    ids=["nothing", "a page", "JSON", "cut", "late"],
)
def test_what_is_no_whole_feed_moves_nothing(ask, served, answer):
    served[0].fail(RSS, body(answer))
    with pytest.raises(UnexpectedAnswer):
        ask()


@pytest.mark.parametrize("answer", [b"<feed/>", samples.rss()], ids=["alone", "around nothing"])
def test_a_feed_without_items_is_one(ask, served, answer):
    served[0].put(RSS, answer)
    assert "kasumi.xml" in ask().bodies


def test_a_redirect_to_another_host_is_not_followed(ask, served):
    served[0].fail(RSS, redirect("https://192.0.2.7/news.xml"))
    with pytest.raises(Exception, match="this address is not asked"):
        ask()
