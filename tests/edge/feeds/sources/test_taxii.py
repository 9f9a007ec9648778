"""TAXII 2.1: from discovery to objects, page by page, and never with a login elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from noroshi.core.errors import BadStatus, UnexpectedAnswer, Unreachable
from noroshi.edge.feeds.client import ATTEMPTS
from noroshi.edge.feeds.sources import taxii
from tests.core.formats.contract.taxii import indicator, report, stix
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import body, half, redirect, status
from tests.edge.feeds.sources.given_worlds import (
    COLLECTION,
    LOGIN,
    OBJECTS,
    OPTIONS,
    ROOT,
    TAXII,
    Taxii,
)
from tests.hub.feeds import cve
from tests.hub.sector import DAY, NOON

ALONE = OBJECTS.removesuffix("objects/")


@pytest.fixture
def server(served) -> Taxii:
    found = Taxii(served[0])
    found.put_numbers(range(7), NOON)
    return found


@pytest.fixture
def ask(server, served, tmp_path):
    def asked(cursor: Any = (), address: str = TAXII, login: str = LOGIN) -> Asked:
        feed = taxii.feed((("sector", address),), {"sector": login})
        return Asked(feed, tmp_path, served[1], dict(cursor))

    return asked


def numbers(asked: Asked) -> list[str]:
    pages = [json.loads(page)["objects"] for page in asked.bodies.values()]
    return [one["name"] for page in pages for one in page]


def known(asked: Asked) -> dict[str, str]:
    found: dict[str, str] = asked.cursor["sector"][ALONE]
    return found


@pytest.mark.parametrize("address", [TAXII, TAXII[:-1], ROOT, ALONE])
def test_server_root_and_collection_lead_to_the_same(ask, address):
    found = ask(address=address)
    assert sorted(numbers(found)) == sorted(map(cve, range(7)))
    assert [len(step.files) for step in found.steps] == [1, 1, 1]


def test_requests_say_what_they_want_and_who_asks(ask, served):
    ask()
    for request in served[0].requests:
        assert request.headers["accept"] == "application/taxii+json;version=2.1"
        assert request.headers["authorization"] == LOGIN


def test_only_the_types_that_are_read_are_asked_for(ask, server):
    server.put([stix("malware"), report(), indicator()], NOON + DAY)
    ask()
    assert server.requests[0] == {"limit": "1000", "match[type]": "vulnerability,report,indicator"}


@pytest.mark.parametrize("follows", [True, False], ids=["next", "by time"])
def test_pages_are_followed_by_next_or_by_time(ask, server, follows):
    server.follows = follows
    found = ask()
    assert sorted(numbers(found)) == sorted(map(cve, range(7)))
    key = "next" if follows else "added_after"
    assert [key in query for query in server.requests] == [False, True, True]
    assert known(found) == {"after": server.added[-1][0]}


def test_then_comes_what_was_added_since(ask, server):
    first = ask()
    server.put_numbers([8], NOON + DAY)
    again = ask(first.cursor)
    assert numbers(again) == [cve(8)]
    assert ask(again.cursor).steps == []


@pytest.mark.parametrize("follows", [True, False], ids=["next", "by time"])
def test_killed_after_any_page_it_goes_on_with_the_next(ask, server, follows):
    server.follows = follows
    whole = ask()
    for number, step in enumerate(whole.steps, start=1):
        rest = ask(step.cursor)
        assert numbers(rest) == numbers(whole)[3 * number :]
        assert not rest.steps or rest.cursor == whole.cursor


def test_a_next_that_was_forgotten_meanwhile_is_begun_again(ask, server, served):
    first = ask()
    assert known_open(first)["next"] == "3"
    served[0].fail(OBJECTS, status(404))
    assert sorted(set(numbers(ask(first.steps[0].cursor)))) == sorted(map(cve, range(7)))


def known_open(asked: Asked) -> dict[str, str]:
    found: dict[str, str] = asked.steps[0].cursor["sector"][ALONE]
    return found


def test_a_next_that_leads_to_itself_is_an_end(ask, served):
    again = json.dumps({"more": True, "next": "a", "objects": [stix("report")]}).encode()
    served[0].fail(OBJECTS, *[body(again)] * 5)
    with pytest.raises(UnexpectedAnswer, match="lead nowhere"):
        ask()


def test_more_without_saying_where_is_an_end(ask, server):
    server.follows = server.dated = False
    with pytest.raises(UnexpectedAnswer, match="lead nowhere"):
        ask()


def test_a_server_that_does_not_say_when_is_asked_for_everything_again(ask, server):
    server.dated, server.most = False, 1000
    first = ask()
    assert known(first) == {}
    assert len(numbers(ask(first.cursor))) == 7


def test_a_time_that_moves_back_or_is_none_moves_nothing(ask, server, served):
    first = ask()
    for written in ("2001-01-01T00:00:00.000000Z", "soon"):
        page = json.dumps({"objects": [stix("report")]}).encode()
        served[0].fail(OBJECTS, body(page, X_TAXII_Date_Added_Last=written))
        assert known(ask(first.cursor)) == known(first)


def test_pages_that_grow_while_they_are_turned_lose_nothing(ask, server, served):
    first = ask().steps[0].cursor
    server.put_numbers([8, 9], NOON + DAY)
    assert numbers(ask(first)) == [cve(number) for number in (3, 4, 5, 6, 8, 9)]


# --- what is none ---


@pytest.mark.parametrize(
    "collection",
    [
        {"can_read": False},
        {"media_types": ["image/png"]},
        {"media_types": ["application/stix+json; version=2.0"]},
    ],
    ids=["closed", "pictures", "STIX 2.0"],
)
def test_a_collection_that_cannot_be_read_is_not_asked(ask, server, collection):
    server.collection |= collection
    for address in (TAXII, ALONE):
        with pytest.raises(UnexpectedAnswer, match="no collection"):
            ask(address=address)
    assert server.requests == []


def test_a_collection_that_does_not_say_holds_stix(ask, server):
    del server.collection["media_types"]
    assert numbers(ask())


def test_a_root_of_another_version_is_passed_over(ask, server):
    server.root["versions"] = ["application/taxii+json;version=2.0"]
    with pytest.raises(UnexpectedAnswer, match="no collection"):
        ask()


@pytest.mark.parametrize(
    "answer",
    [b"<html>", b"{}", b"[]", b'{"api_roots": []}', b'{"api_roots": [7]}'],
    ids=["a page", "nothing", "a list", "no roots", "odd roots"],
)
def test_an_address_of_nothing_is_said(ask, served, answer):
    served[0].fail(TAXII, body(answer))
    with pytest.raises(UnexpectedAnswer):
        ask()


def test_an_answer_of_another_type_is_said(ask, served):
    page = json.dumps({"objects": []}).encode()
    served[0].fail(OBJECTS, body(page, Content_Type="application/vnd.oasis.stix+json; version=2.0"))
    with pytest.raises(UnexpectedAnswer, match="its type is"):
        ask()


@pytest.mark.parametrize("identifier", ["", "../../x", "a/b", "a?b"])
def test_a_collection_is_no_path(ask, server, identifier):
    server.collection["id"] = identifier
    with pytest.raises(UnexpectedAnswer, match="without an identifier"):
        ask()


def test_a_page_that_is_half_is_not_taken(ask, served):
    served[0].fail(OBJECTS, *[half] * ATTEMPTS)
    with pytest.raises(Unreachable):
        ask()


def test_a_server_that_wants_to_be_left_alone_is(ask, served):
    served[0].fail(OBJECTS, *[status(429, Retry_After="3600")] * ATTEMPTS)
    with pytest.raises(BadStatus) as caught:
        ask()
    assert caught.value.facts["wait"] == 3600


# --- logins ---


def test_a_wrong_login_is_refused_and_not_told(ask):
    with pytest.raises(BadStatus) as caught:
        ask(login="Bearer something-secret")
    assert caught.value.facts["status"] == 401
    assert "secret" not in str(caught.value)


def test_a_root_on_another_host_is_asked_without_the_login(ask, server, served):
    server.discovery["api_roots"] = ["https://elsewhere.example/sector/"]
    served[0].put("https://elsewhere.example/sector/", json.dumps(server.root).encode())
    served[0].put("https://elsewhere.example/sector/collections/", b'{"collections": []}')
    with pytest.raises(UnexpectedAnswer, match="no collection"):
        ask()
    told = {r.place.partition("/")[0]: r.headers.get("authorization") for r in served[0].requests}
    assert told == {"taxii.nagomi.example": LOGIN, "elsewhere.example": None}


def test_a_redirect_takes_the_login_nowhere_else(ask, served):
    served[0].fail(OBJECTS, redirect("https://elsewhere.example/"))
    with pytest.raises(Exception, match="its host is not one of the source's"):
        ask()
    assert not any("elsewhere" in request.place for request in served[0].requests)


@pytest.mark.parametrize("root", ["http://taxii.nagomi.example/x/", "https://10.0.0.1/x/"])
def test_a_root_that_is_not_public_is_not_asked(ask, server, root):
    server.discovery["api_roots"] = [root]
    with pytest.raises(Exception, match="this address is not asked"):
        ask()


def test_one_server_that_cannot_be_asked_does_not_hold_up_the_next(server, served, tmp_path):
    given = (("other", "https://taxii.kasumi.example/"), *OPTIONS.taxii)
    with pytest.raises(BadStatus):
        Asked(taxii.feed(given, OPTIONS.taxii_logins), tmp_path, served[1], {})
    assert len(server.requests) == 3


def test_two_collections_keep_their_own_time(ask, server, served):
    other = "11a7b528-80eb-42ed-a74d-c6fbd5a26117"
    two = {"collections": [server.collection, {**server.collection, "id": other}]}
    served[0].answers[f"{ROOT}collections/".removeprefix("https://")] = body(
        json.dumps(two).encode()
    )
    served[0].put(OBJECTS.replace(COLLECTION, other), json.dumps({"objects": [report()]}).encode())
    assert set(ask().cursor["sector"]) == {ALONE, ALONE.replace(COLLECTION, other)}
