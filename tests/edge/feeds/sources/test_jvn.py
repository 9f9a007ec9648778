"""JVN iPedia's years: each with its hash, each only when it has changed."""

from __future__ import annotations

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.sources import jvn
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.sources.worlds import JVN, put_jvn
from tests.hub.feeds import raw

NEW, OLD = "jvndb_detail_2026.rdf", "jvndb_detail_2025.rdf"


@pytest.fixture
def ask(served, tmp_path):
    put_jvn(served[0], range(6))
    return lambda cursor=(): Asked(jvn.feed(), tmp_path, served[1], dict(cursor))


def test_every_year_comes_the_newest_first(ask):
    found = ask()
    assert list(found.bodies) == [NEW, OLD]
    assert set(found.cursor) == {NEW, OLD}
    assert [len(step.marks) for step in found.steps] == [0, 1]


def test_then_those_that_have_changed(ask, served):
    known = ask().cursor
    put_jvn(served[0], [*range(6), 8])
    assert list(ask(known).bodies) == [NEW]


def test_a_year_that_does_not_have_its_hash_is_none(ask, served):
    known = ask().cursor
    put_jvn(served[0], range(6), written=False)
    with pytest.raises(UnexpectedAnswer, match="hash"):
        ask(known)
    put_jvn(served[0], range(6))
    assert ask(known).steps == []


@pytest.mark.parametrize("data", [b"", b"<html>", b"{}", b"[]", raw([{"filename": NEW}])])
def test_a_list_that_is_none(ask, served, data):
    served[0].put(f"{JVN}/checksum.txt", data)
    with pytest.raises(UnexpectedAnswer):
        ask()
