"""Amazon Linux's repositories, and the advisories that they carry."""

from __future__ import annotations

import gzip

import pytest

from noroshi.core.errors import BadStatus, UnexpectedAnswer
from noroshi.edge.feeds.sources import amazon
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import status
from tests.edge.feeds.sources.trackers import put_amazon

NEWEST = amazon.RELEASES["al2023"]


@pytest.fixture
def ask(served, tmp_path):
    put_amazon(served[0], range(3))
    return lambda cursor=(): Asked(amazon.feed(), tmp_path, served[1], dict(cursor))


def place(served, end: str) -> str:
    (found,) = {name for name in served[0].files if name.endswith(end) and "al2023" in name}
    return str(found)


def test_each_release_comes_with_its_hash_checked(ask):
    found = ask()
    assert list(found.bodies) == ["al2023-updateinfo.xml.gz", "amzn2-updateinfo.xml.gz"]
    assert found.cursor.keys() == set(amazon.RELEASES)


def test_what_has_the_hash_of_before_is_not_fetched_again(ask, served):
    known = ask().cursor
    served[0].asked()
    assert ask(known).steps == []
    assert not any("updateinfo" in name for name in served[0].asked())
    put_amazon(served[0], range(4))
    assert len(ask(known).steps) == 2


def test_it_goes_on_with_the_next_release(ask):
    first, second = ask().steps
    (rest,) = ask(first.cursor).steps
    assert rest.cursor == second.cursor


def test_a_release_that_cannot_be_had_does_not_hold_up_the_next(ask, served):
    served[0].fail(NEWEST, status(404))
    with pytest.raises(BadStatus):
        ask()
    assert any("/amzn2/" in name and "updateinfo" in name for name in served[0].asked())


@pytest.mark.parametrize("mirrors", [b"", b"<html>", b"https://elsewhere.example/x\n", b"\xff"])
def test_a_list_that_names_no_repository(ask, served, mirrors):
    served[0].put(NEWEST, mirrors)
    with pytest.raises(UnexpectedAnswer):
        ask()


@pytest.mark.parametrize(
    "told",
    [
        {"place": "../../x-updateinfo.xml.gz"},
        {"place": "https://elsewhere.example/updateinfo.xml.gz"},
        {"kind": "md5"},
        {"digest": "00"},
    ],
    ids=["outside", "elsewhere", "a weak hash", "another hash"],
)
def test_metadata_that_cannot_be_believed(ask, served, told):
    put_amazon(served[0], range(4), **told)
    with pytest.raises(UnexpectedAnswer):
        ask()


@pytest.mark.parametrize("data", [b"", b"<html>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_metadata_that_are_none(ask, served, data):
    served[0].put(place(served, "repomd.xml"), data)
    with pytest.raises(UnexpectedAnswer, match="metadata"):
        ask()


def test_a_catalogue_without_anything_is_none(ask, served):
    put_amazon(served[0], [])
    with pytest.raises(UnexpectedAnswer, match="no advisories"):
        ask()


def test_what_was_written_meanwhile_is_not_taken(ask, served):
    served[0].put(place(served, "updateinfo.xml.gz"), gzip.compress(b"<updates><update/>"))
    with pytest.raises(UnexpectedAnswer, match="hash"):
        ask()
