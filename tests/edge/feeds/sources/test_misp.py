"""MISP feeds: what the manifest lists, whether it comes, and whether it has its hash."""

from __future__ import annotations

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.sources import misp
from tests.core.formats.feed_samples import raw
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import body
from tests.edge.feeds.sources.given_worlds import MISP, Misp
from tests.hub.sector import DAY, HOUR, NOON

GIVEN = (("nagomi", f"{MISP}/"),)
MANIFEST = f"{MISP}/manifest.json"


@pytest.fixture
def events(served) -> Misp:
    found = Misp(served[0])
    found.put([1, 2, 3], NOON)
    return found


@pytest.fixture
def ask(events, served, tmp_path):
    return lambda cursor=(): Asked(misp.feed(GIVEN), tmp_path, served[1], dict(cursor))


def name(number: int) -> str:
    return f"nagomi/{Misp.uuid(number)}.json"


def problems(asked: Asked) -> dict[str, str]:
    return {file: error.code for step in asked.steps for file, error in step.problems}


def test_every_event_comes_the_oldest_first(ask, events):
    events.put([0], NOON + HOUR)
    found = ask()
    assert list(found.bodies) == [name(number) for number in (1, 2, 3, 0)]
    assert [mark.address for mark in found.steps[-1].marks] == [MANIFEST]


@pytest.mark.parametrize("address", [MISP, f"{MISP}/", MANIFEST])
def test_the_address_is_the_folder_however_it_is_written(events, served, tmp_path, address):
    assert len(Asked(misp.feed((("nagomi", address),)), tmp_path, served[1], {}).bodies) == 3


def test_then_comes_what_has_another_time_also_an_earlier_one(ask, events):
    known = ask().cursor
    events.put([2], NOON + DAY)
    events.put([7], NOON - 100 * DAY)  # published late
    assert list(ask(known).bodies) == [name(7), name(2)]


def test_it_goes_on_after_any_batch(ask, events, monkeypatch):
    monkeypatch.setattr(misp, "BATCH", 1)
    whole = ask()
    assert [len(step.marks) for step in whole.steps] == [0, 0, 1]
    for number, step in enumerate(whole.steps, start=1):
        rest = ask(step.cursor)
        assert len(rest.bodies) == 3 - number
        assert not rest.steps or rest.cursor == whole.cursor


def test_what_is_listed_and_missing_is_said_and_asked_for_again(ask, events, served):
    gone = events.address(2).removeprefix("https://")
    data = served[0].files.pop(gone)
    found = ask()
    assert problems(found) == {name(2): "missing-part"}
    assert len(found.bodies) == 2
    assert found.steps[-1].marks == ()
    served[0].files[gone] = data
    mended = ask(found.cursor)
    assert list(mended.bodies) == [name(2)]
    assert "again" not in mended.cursor["nagomi"]


def test_what_does_not_have_its_hash_is_said(ask, events, served):
    served[0].put(events.address(2), raw({"Event": {"uuid": Misp.uuid(2)}}))
    assert problems(ask()) == {name(2): "wrong-hash"}


def test_without_a_hash_it_must_look_like_an_event(ask, events, served):
    events.put([2], NOON, hashed=False)
    served[0].put(events.address(2), b"<html>")
    assert problems(ask()) == {name(2): "broken-json"}


@pytest.mark.parametrize("tag", ["tlp:green", "TLP:RED", "tlp:ex:chr"])
def test_what_the_manifest_marks_as_not_for_everybody_is_not_asked_for(ask, events, served, tag):
    events.put([2], NOON, "type:OSINT", tag)
    found = ask()
    assert set(found.bodies) == {name(1), name(3)}
    assert events.address(2).removeprefix("https://") not in served[0].asked()
    events.put([2], NOON + DAY, "tlp:clear")
    assert list(ask(found.cursor).bodies) == [name(2)]


@pytest.mark.parametrize(
    "manifest",
    [
        b"<html>",
        b"[]",
        b"{}",
        raw({"../../etc/passwd": {"timestamp": 1}}),
        raw({Misp.uuid(1): {"timestamp": "never"}}),
        raw({Misp.uuid(1): {}}),
    ],
    ids=["a page", "a list", "empty", "another place", "no time", "nothing"],
)
def test_a_manifest_that_is_none_moves_nothing(ask, served, manifest):
    known = ask().cursor
    served[0].fail(MANIFEST, body(manifest))
    with pytest.raises(UnexpectedAnswer):
        ask(known)
