"""Searches that people keep, and the counts that narrow one."""

from __future__ import annotations

import re

import pytest

from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.knowledge import saved
from noroshi.hub.knowledge.models import Entry, SavedSearch
from tests.edge.web.site import sign_in
from tests.hub import sector
from tests.hub.feeds import cve
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def taro(database, client):
    sector.sector()
    person = sector.person("hikari")
    sign_in(client, person)
    return person


def kept(client, name: str = "Routers", **asked: str):
    return client.post("/searches", {"name": name, **asked})


def text(answer) -> str:
    return str(answer.content.decode())


class TestKeeping:
    def test_a_search_is_kept_as_it_was_understood_and_opened_again(self, client, taro):
        assert kept(client, q="cwe:CWE-79 ルータ", order="score", mine="on").status_code == 302
        row = SavedSearch.objects.get()
        assert (row.person, row.query, row.mine) == (taro, "cwe:79 ルータ", True)
        page = text(client.get("/searches"))
        (address,) = re.findall(r'<th scope="row"><a href="([^"]+)"', page)
        opened = client.get(address.replace("&amp;", "&"))
        assert opened.status_code == 200
        assert 'value="cwe:79 ルータ"' in text(opened)

    def test_the_same_name_again_replaces_it(self, client, taro):
        kept(client, q="a")
        kept(client, q="b")
        assert SavedSearch.objects.get().query == "b"

    def test_it_can_be_deleted(self, client, taro):
        kept(client, q="a")
        number = SavedSearch.objects.get().pk
        assert client.post("/searches", {"delete": number}).status_code == 302
        assert not SavedSearch.objects.exists()

    def test_the_event_record_says_that_but_not_what(self, client, taro):
        kept(client, q="secretword")
        number = SavedSearch.objects.get().pk
        client.post("/searches", {"delete": number})
        events = list(AuditEvent.objects.filter(object=f"search:{number}").order_by("seq"))
        assert [one.verb for one in events] == ["search.kept", "search.deleted"]
        assert all(one.actor == taro.email and one.detail == "{}" for one in events)

    @pytest.mark.parametrize("asked", [{"q": "vendro:x"}, {"name": ""}, {"order": "random"}])
    def test_what_cannot_be_kept_is_refused_beside_the_field(self, client, taro, asked):
        answer = client.post("/searches", {"name": "x", **asked})
        assert answer.status_code == 422
        assert 'class="errors"' in text(answer)
        assert not SavedSearch.objects.exists()

    def test_there_is_a_most(self, client, taro, monkeypatch):
        monkeypatch.setattr(saved, "MOST", 1)
        kept(client, "one")
        assert kept(client, "two").status_code == 409
        assert kept(client, "one", q="b").status_code == 302


class TestWhoseItIs:
    @pytest.mark.parametrize("slug", ["hikari", "isac"])
    def test_nobody_else_sees_or_deletes_it(self, client, taro, slug):
        kept(client, "Ours alone", q="shy")
        number = SavedSearch.objects.get().pk
        sign_in(client, sector.person(slug, name="jiro"))
        assert "Ours alone" not in text(client.get("/searches"))
        hidden = client.post("/searches", {"delete": number})
        unknown = client.post("/searches", {"delete": 987654321})
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert SavedSearch.objects.filter(pk=number).exists()
        kept(client, "Ours alone", q="other")
        assert SavedSearch.objects.get(pk=number).query == "shy"

    @pytest.mark.parametrize("number", ["", "x", "-1", "1" * 30, "²"])
    def test_a_number_that_cannot_be_is_not_there(self, client, taro, number):
        assert client.post("/searches", {"delete": number}).status_code == 404


class TestNarrowing:
    @pytest.fixture(autouse=True)
    def rows(self, database):
        for number, severity in ((1, "high"), (2, "high"), (3, "")):
            row = sector.vulnerability(cve(number), published=NOON, severity=severity)
            Entry.objects.create(
                vulnerability=row, terms=" kasumi vendor=kasumi_works ", shown="nvd kasumi_works 79"
            )

    def test_counts_lead_to_what_they_count(self, client, taro):
        page = text(client.get("/vulnerabilities?q=kasumi"))
        assert "3 were found: of which" in page
        found = re.findall(r'<li><a href="([^"]+)">high</a> <span class="quiet">(\d+)<', page)
        ((address, number),) = found
        assert number == "2"
        narrowed = text(client.get("/vulnerabilities" + address.replace("&amp;", "&")))
        assert "2 were found: of which" in narrowed
        assert "<b>high</b>" in narrowed

    def test_counts_of_the_first_say_so(self, client, taro, monkeypatch):
        monkeypatch.setattr("noroshi.hub.knowledge.counting.MOST", 2)
        page = text(client.get("/vulnerabilities"))
        assert "More than 2 were found; of the first 2 in this order" in page
