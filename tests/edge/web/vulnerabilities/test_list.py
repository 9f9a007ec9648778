"""The list of vulnerabilities: what it shows to whom, and how one moves through it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import OrganisationKind, Role, Sector
from noroshi.edge.web.vulnerabilities import views
from noroshi.hub.knowledge import catalogue
from noroshi.hub.knowledge.models import Entry, Vulnerability
from noroshi.hub.members import actions, queries
from tests.edge.web.site import sign_in
from tests.hub import sector
from tests.hub.feeds import cve
from tests.hub.sector import DAY, NOON
from tests.hub.sending import affect

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def taro(database, client):
    sector.sector()
    person = sector.person("hikari")
    sign_in(client, person)
    return person


def stored(number: int, **columns: object) -> Vulnerability:
    known: dict[str, object] = {
        "published": NOON - number * DAY,
        "title_en": f"Flaw {number}",
        "title_ja": f"欠陥{number}",
    }
    row = sector.vulnerability(cve(number), **(known | columns))
    Entry.objects.create(vulnerability=row, terms=f" flaw {number} ", shown="cve5  79")
    return row


def shown(answer: HttpResponse) -> list[str]:
    """The names in the list, in order."""
    return re.findall(r'<th scope="row"><a href="/vulnerabilities/([^"]+)"', text(answer))


def text(answer: HttpResponse) -> str:
    return str(answer.content.decode())


def following(answer: HttpResponse) -> str:
    """The address of the next page."""
    found = re.search(r'rel="next" href="([^"]+)"', text(answer))
    assert found
    return "/vulnerabilities" + found[1].replace("&amp;", "&")


class TestWhatIsListed:
    def test_the_newest_stands_first_in_the_language_of_the_reader(self, client, taro):
        stored(2), stored(1)
        english = client.get("/vulnerabilities", headers={"accept-language": "en"})
        assert shown(english) == [cve(1), cve(2)]
        assert "Flaw 1" in text(english)
        japanese = client.get("/vulnerabilities", headers={"accept-language": "ja"})
        assert "欠陥1" in text(japanese)

    def test_what_is_asked_for_goes_along_to_the_next_page(self, client, taro, monkeypatch):
        monkeypatch.setattr(views, "PAGE", 2)
        for number in range(1, 6):
            stored(number, severity="high" if number != 2 else "low")
        first = client.get("/vulnerabilities?severity=high&severity=critical&order=modified")
        second = client.get(following(first))
        assert [len(shown(first)), len(shown(second))] == [2, 2]
        assert cve(2) not in shown(first) + shown(second)
        assert "First page" in text(second)

    def test_one_that_may_hold_more_leads_further_on(self, client, taro, monkeypatch):
        for name in ("NEAR", "FAR"):
            monkeypatch.setattr(catalogue, name, 2)
        for number in range(1, 6):
            stored(number, severity="low" if number == 4 else "high")
        first = client.get("/vulnerabilities?severity=low")
        assert shown(first) == []
        assert "look further on" in text(first)
        assert "Nothing was found" not in text(first)

    def test_an_empty_list_says_what_was_searched(self, client, taro):
        answer = client.get("/vulnerabilities?q=uzu")
        assert "Nothing was found" in text(answer)
        assert "descriptions were searched" in text(answer)

    def test_states_and_attacks_stand_beside_the_title(self, client, taro):
        stored(1, state="rejected", disputed=True)
        stored(2, exploitation="active", exploited_since=(NOON - DAY).date(), epss=0.0001)
        answer = text(client.get("/vulnerabilities"))
        for words in ("rejected", "disputed", "used in attacks", "&lt; 0.1%"):
            assert words in answer

    def test_titles_are_text_and_nothing_else(self, client, taro):
        stored(1, title_en="<script>alert(1)</script>", title_ja="<b>")
        answer = text(client.get("/vulnerabilities"))
        assert "<script>alert" not in answer
        assert "&lt;script&gt;" in answer

    def test_it_asks_the_database_a_bounded_number_of_times(self, client, taro):
        for number in range(60):
            stored(number)
        client.get("/vulnerabilities")
        with CaptureQueriesContext(connection) as asked:
            client.get("/vulnerabilities?q=flaw&severity=high&severity=&order=score&mine=on")
        assert len(asked) <= 20


class TestSearch:
    @pytest.mark.parametrize("typed", [cve(1), cve(1).lower(), f" {cve(1)[4:]} ", "GHSA-1-a"])
    def test_the_whole_name_leads_straight_to_it(self, client, taro, typed):
        stored(1).aliases.create(name="GHSA-1-a")
        answer = client.get("/vulnerabilities", {"q": typed})
        assert answer.status_code == 302
        assert answer.url == f"/vulnerabilities/{cve(1)}"

    def test_not_where_something_else_is_asked_as_well(self, client, taro):
        stored(1)
        answer = client.get("/vulnerabilities", {"q": cve(1), "exploited": "on"})
        assert answer.status_code == 200
        assert shown(answer) == []

    def test_the_beginning_of_a_name_and_words_are_listed(self, client, taro):
        stored(1), stored(2)
        assert shown(client.get("/vulnerabilities?q=CVE-2024")) == [cve(1), cve(2)]
        assert shown(client.get("/vulnerabilities?q=flaw+2")) == [cve(2)]

    @pytest.mark.parametrize(
        "asked",
        [
            {"published": "yesterday"},
            {"changed": "2024-13-01"},
            {"severity": "awful"},
            {"order": "random"},
            {"q": "a\x00b"},
            {"q": "\u202egpj.exe"},
            {"q": "x" * 501},
            {"q": "vendro:x"},
            {"cwe": "seventy-nine"},
            {"purl": "npm"},
            {"published": "2024-02-01", "published_to": "2024-01-01"},
        ],
    )
    def test_what_cannot_be_asked_is_refused_beside_the_field(self, client, taro, asked):
        answer = client.get("/vulnerabilities", asked)
        assert answer.status_code == 422
        assert 'class="errors"' in text(answer)
        assert shown(answer) == []

    @pytest.mark.parametrize("cursor", ["x", "W251bGwsMV0x", "../.."])
    def test_a_place_that_no_page_gave_is_refused(self, client, taro, cursor):
        assert client.get("/vulnerabilities", {"after": cursor}).status_code == 409


class TestWhoSeesWhat:
    def test_nobody_without_signing_in(self, client, database):
        answer = client.get("/vulnerabilities")
        assert answer.status_code == 302

    @pytest.mark.parametrize(
        ("slug", "role"), [("ministry", Role.MINISTRY), ("isac", Role.AUDITOR)]
    )
    def test_not_those_outside_the_contents(self, client, database, slug, role):
        sector.sector()
        sector.organisation("ministry", OrganisationKind.MINISTRY, Sector.GOVERNMENT)
        sign_in(client, sector.person(slug, role))
        assert client.get("/vulnerabilities").status_code == 403

    def test_what_concerns_us_is_marked_and_can_be_asked_for(self, client, taro):
        affect("hikari", cve(1))
        stored(2)
        answer = client.get("/vulnerabilities")
        assert text(answer).count("concerns 1 of our systems") == 1
        assert shown(client.get("/vulnerabilities?mine=on")) == [cve(1)]

    def test_what_concerns_others_changes_nothing(self, client, taro):
        stored(1), stored(2)
        pages = ("/vulnerabilities", "/vulnerabilities?mine=on", "/vulnerabilities?order=score")
        before = [without_marks(client.get(page)) for page in pages]
        affect("minato", cve(2))
        affect("yama", cve(1))
        assert [without_marks(client.get(page)) for page in pages] == before

    def test_what_concerns_those_who_let_us_look_is_not_ours(self, client, taro):
        affect("minato", cve(1))
        minato, hikari = (queries.named(slug) for slug in ("minato", "hikari"))
        actions.set_grant(minato, hikari, GrantLevel.DETAIL, now=NOON, actor="minato")
        assert shown(client.get("/vulnerabilities?mine=on")) == []
        assert "of our systems" not in text(client.get("/vulnerabilities"))

    def test_nothing_of_ours_reassures(self, client, taro):
        stored(1)
        answer = client.get("/vulnerabilities?mine=on")
        assert "concerns your systems now" in text(answer)


def without_marks(answer: HttpResponse) -> str:
    """The page without what is different each time."""
    return re.sub(r'name="(csrfmiddlewaretoken|attempt|sender)" value="[^"]*"', "", text(answer))
