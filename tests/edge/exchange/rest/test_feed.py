"""A search as an Atom feed."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from lxml import etree

from noroshi.core.formats.atom_feed import NAMESPACE
from noroshi.hub.members.keys import Scope
from tests.edge.exchange.rest.asking import Answer, program
from tests.hub.feeds import bring, cve, cve5, kev, npm, work

pytestmark = pytest.mark.usefixtures("rows")

FEED = "/vulnerabilities.atom"
NAMES = {"a": NAMESPACE}


@pytest.fixture(autouse=True)
def stored(rows):
    bring(
        "cve5",
        cve5(cve(1), npm("kasumi", ("1.0.0", "2.0.0")), updated="2024-05-01T00:00:00Z"),
        cve5(cve(2), npm("kasumi", ("1.0.0", "2.0.0")), updated="2024-05-03T00:00:00Z"),
        cve5(cve(3), npm("uzu", ("1.0.0", "2.0.0"))),
    )
    bring("kev", kev(cve(1)))
    work()


def titles(answer: Answer) -> list[str]:
    return [title.split()[0] for title in inside(answer, "a:entry/a:title/text()")]


def inside(answer: Answer, path: str) -> list[str]:
    """What stands at a place of the document."""
    found: Any = etree.fromstring(answer.body).xpath(path, namespaces=NAMES)
    return [str(one) for one in found]


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()}


def key() -> str:
    return program().headers["Authorization"].partition(" ")[2]


class TestFeed:
    def test_what_was_changed_last_comes_first(self):
        answer = program().get(FEED, q="kasumi")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/atom+xml"
        assert titles(answer) == [cve(1), cve(2)]  # that it is exploited came last

    def test_its_fields_are_those_of_the_list(self):
        assert titles(program().get(FEED, q="source:kev")) == [cve(1)]
        assert titles(program().get(FEED, exploited="true")) == [cve(1)]
        assert program().get(FEED, q="vendro:x").problem() == (422, "invalid")
        assert program().get(FEED, limit="3").problem() == (422, "invalid")

    def test_an_entry_leads_to_its_page_and_says_what_is_known(self):
        answer = program().get(FEED, q=cve(1))
        (address,) = inside(answer, "a:entry/a:link/@href")
        assert address.endswith(f"/vulnerabilities/{cve(1)}")
        assert inside(answer, "a:entry/a:summary/text()") == ["Known to be used in attacks."]
        assert inside(answer, "a:entry/a:category/@term") == ["exploited"]

    def test_nothing_new_is_told_as_such(self):
        asking = program()
        first = asking.get(FEED, q="kasumi")
        again = asking.get(FEED, q="kasumi", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        bring("cve5", cve5(cve(4), npm("kasumi", ("1.0.0", "2.0.0"))))
        work()
        later = asking.get(FEED, q="kasumi", headers={"If-None-Match": first.headers["ETag"]})
        assert later.status == 200

    def test_it_speaks_the_language_of_the_reader(self):
        answer = program().get(FEED, headers={"Accept-Language": "ja"})
        assert inside(answer, "@xml:lang") == ["ja"]


class TestWhoMayAsk:
    def test_a_key_may_come_as_a_password(self):
        answer = program("yama").get(FEED, headers=basic(key()))
        assert titles(answer)

    @pytest.mark.parametrize("sent", ["Basic !!!", "Basic /w==", "Basic", "Digest x", "Bearer x"])
    def test_nothing_else_opens_it(self, sent):
        answer = program().get(FEED, headers={"Authorization": sent})
        assert answer.problem() == (401, "unauthenticated")
        assert "Basic" in answer.headers["WWW-Authenticate"]

    def test_a_password_opens_nothing_else(self):
        answer = program().get("/vulnerabilities", headers=basic(key()))
        assert answer.problem() == (401, "unauthenticated")
        assert "Basic" not in answer.headers["WWW-Authenticate"]

    def test_the_scope_of_the_key_holds(self):
        narrow = program(scopes={Scope.READ_NOTICES})
        assert narrow.get(FEED).problem() == (403, "out-of-scope")
