"""Providers of CSAF: what they list, what they have, and whether it has its hash."""

from __future__ import annotations

import pytest

from noroshi.core.errors import BadStatus, UnexpectedAnswer
from noroshi.edge.feeds.sources import csaf
from noroshi.edge.feeds.sources.csaf_listing import Advisory
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import status
from tests.edge.feeds.sources.worlds import Csaf
from tests.hub.feeds import raw
from tests.hub.sector import DAY, HOUR, NOON

ONE = "https://psirt.kasumi.example/.well-known/csaf/provider-metadata.json"
TWO = "https://psirt.nagomi.example/csaf/provider-metadata.json"
WHITE = "psirt.kasumi.example/.well-known/csaf/white/2026"


@pytest.fixture(params=[False, True], ids=["rolie", "folder"])
def provider(request, served, monkeypatch) -> Csaf:
    monkeypatch.setattr(csaf, "PROVIDERS", (ONE,))
    found = Csaf(served[0], ONE, folder=request.param)
    found.put(range(3), NOON)
    return found


@pytest.fixture
def ask(provider, served, tmp_path):
    return lambda cursor=(): Asked(csaf.feed(), tmp_path, served[1], dict(cursor))


def problems(asked: Asked) -> dict[str, str]:
    return {name: error.code for step in asked.steps for name, error in step.problems}


def test_every_open_advisory_comes_with_its_hash_checked(ask, provider, served):
    found = ask()
    assert set(found.bodies) == {f"{WHITE}/ksa-{number}.json" for number in range(3)}
    assert found.steps[-1].marks[0].address == provider.list
    assert f"{WHITE}/ksa-1.json.sha512" in served[0].asked()
    assert not any("amber" in place for place in served[0].asked())


def test_then_what_changed_the_oldest_first(ask, provider):
    known = ask().cursor
    provider.put([7], NOON + 2 * HOUR)
    provider.put([1], NOON + HOUR)
    assert list(ask(known).bodies)[-2:] == [f"{WHITE}/ksa-{number}.json" for number in (1, 7)]


def test_it_goes_on_after_any_batch(ask, provider, monkeypatch):
    monkeypatch.setattr(csaf, "BATCH", 2)
    for number in range(3, 9):
        provider.put([number], NOON + number * HOUR)
    whole = ask()
    assert len(whole.steps) == 5
    assert [len(step.marks) for step in whole.steps] == [0, 0, 0, 0, 1]
    for step in whole.steps:
        rest = ask(step.cursor)
        assert rest.cursor == whole.cursor
        assert f"{WHITE}/ksa-8.json" in rest.bodies


def test_what_does_not_have_its_hash_is_said_and_asked_for_again(ask, provider):
    provider.write(1, NOON, about=b"something else")
    found = ask()
    assert problems(found) == {f"{WHITE}/ksa-1.json": "wrong-hash"}
    assert f"{WHITE}/ksa-1.json" not in found.bodies
    provider.put([2], NOON + DAY)  # that one is not among what changed
    again = ask(found.cursor)
    assert problems(again) == {f"{WHITE}/ksa-1.json": "wrong-hash"}
    provider.write(1, NOON)
    mended = ask(again.cursor)
    assert problems(mended) == {}
    assert f"{WHITE}/ksa-1.json" in mended.bodies
    (known,) = mended.cursor.values()
    assert "again" not in known


def test_what_is_listed_and_missing_is_said(ask, provider, served):
    del served[0].files[provider.address(1).removeprefix("https://")]
    found = ask()
    assert problems(found) == {f"{WHITE}/ksa-1.json": "missing-part"}
    assert len(found.bodies) == 2


def test_a_weaker_hash_is_enough_and_none_is_no_complaint(ask, provider, served):
    hashed = f"{provider.address(1)}.sha512".removeprefix("https://")
    served[0].files[hashed.replace("512", "256")] = b"0" * 64
    del served[0].files[hashed]
    del served[0].files[f"{provider.address(2)}.sha512".removeprefix("https://")]
    assert problems(ask()) == {f"{WHITE}/ksa-1.json": "wrong-hash"}


def test_a_page_for_people_is_no_advisory(ask, provider, served):
    served[0].put(provider.address(1), b"<html>")
    del served[0].files[f"{provider.address(1)}.sha512".removeprefix("https://")]
    assert problems(ask()) == {f"{WHITE}/ksa-1.json": "broken-json"}


def test_a_provider_that_cannot_be_asked_does_not_hold_up_the_next(served, provider, tmp_path):
    Csaf(served[0], TWO).put([1], NOON)
    served[0].fail(ONE, status(404))
    with pytest.raises(BadStatus):
        Asked(csaf.feed((TWO,)), tmp_path, served[1], {})
    assert "psirt.nagomi.example/csaf/white/2026/ksa-1.json" in served[0].asked()


def test_two_providers_keep_their_own_time(served, provider, tmp_path):
    Csaf(served[0], TWO).put([1], NOON - 100 * DAY)
    found = Asked(csaf.feed((TWO,)), tmp_path, served[1], {})
    assert len(found.bodies) == 4
    assert len(found.cursor) == 2


@pytest.mark.parametrize(
    "metadata",
    [b"<html>", b"{}", raw({"distributions": []}), raw({"distributions": [{"rolie": None}]})],
)
def test_what_is_no_provider_is_none(ask, served, metadata):
    served[0].put(ONE, metadata)
    with pytest.raises(UnexpectedAnswer):
        ask()


@pytest.mark.parametrize("data", [b"", b"<html>", b'{"feed": {}}', b"a,b,c\n", b"x,never\n"])
def test_a_list_that_is_none(ask, provider, served, data):
    served[0].put(provider.list, data)
    with pytest.raises(UnexpectedAnswer):
        ask()


def test_a_name_in_a_list_leads_nowhere_else(ask, provider, served, tmp_path):
    name = "https://psirt.kasumi.example/a/%2e%2e/../..//etc/x y.json"
    advisory = Advisory(NOON, name)
    assert advisory.name == "psirt.kasumi.example/a/_2e_2e/etc/x_y.json"
