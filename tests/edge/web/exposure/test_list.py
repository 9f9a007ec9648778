"""The list of what concerns an organisation: what it shows, to whom, and one tap."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.inventory.models import System
from noroshi.hub.matching import exposure
from noroshi.hub.matching.models import FindingStatus
from noroshi.hub.todo import actions as todo
from tests.edge.web.exposure.rooms import enter, grant, lines, marks, standing, text
from tests.hub import sector as world
from tests.hub.exposing import expose
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import published

pytestmark = pytest.mark.usefixtures("database")

PLACE = "/exposure"


@pytest.fixture
def edge(database) -> System:
    world.sector()
    return world.system("hikari", "edge")


@pytest.fixture
def core(edge) -> System:
    return world.system("hikari", "core")


def acknowledge(client, name: str, place: str = PLACE, **more: str):
    return client.post(place, {"acknowledge": name, **more})


class TestACard:
    def test_it_says_what_why_how_sure_and_by_when(self, client, edge):
        today = timezone.localdate()
        rated: dict[str, Any] = {"severity": "critical", "score": 9.8, "exploited_since": today}
        due = today - 3 * DAY
        row = expose(edge, "CVE-1", priority="immediate", due=due, title_en="A weakness", **rated)
        notice = published()
        notice.vulnerabilities.add(row.vulnerability)
        enter(client)
        said = text(client.get(PLACE))
        for words in (
            "CVE-1 immediately critical 9.8 used in attacks A weakness",
            f"Act by {today - 3 * DAY} ( 3 days late )",
            "Affected: quite sure (confidence 80 of 100)",
            "soft 1.0: kasumi says < 2.0 (by package URL); not affected from 2.0",
            "to answer edge",
            notice.number,
            "1 needs you now 1 is late",
        ):
            assert words in said

    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (-1, "1 day late"),
            (0, "( today )"),
            (1, "in 1 day "),
            (2, "in 2 days"),
            (9, "in 9 days"),
        ],
    )
    def test_how_far_away_the_day_is(self, client, edge, days, words):
        expose(edge, "CVE-1", due=timezone.localdate() + days * DAY)
        enter(client)
        assert words in text(client.get(PLACE))

    def test_what_has_to_be_confirmed_says_so(self, client, edge):
        expose(edge, "CVE-1", status=FindingStatus.NEEDS_CONFIRMATION, priority="defer")
        enter(client)
        said = text(client.get(PLACE))
        assert "Possibly affected: please confirm (confidence 80 of 100)" in said
        assert "No deadline" in said

    def test_what_members_wrote_is_text(self, client, edge):
        bad = "<script>alert(1)</script>"
        edge.name = bad
        edge.save()
        expose(edge, "CVE-1", title_en=bad, software=bad)
        enter(client)
        page = client.get(PLACE).content.decode()
        assert bad not in page
        assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3

    def test_a_page_takes_as_many_queries_for_one_as_for_many(self, client, edge):
        def queries() -> int:
            with CaptureQueriesContext(connection) as taken:
                assert client.get(PLACE).status_code == 200
            return len(taken.captured_queries)

        enter(client)
        published().vulnerabilities.add(expose(edge, "CVE-0").vulnerability)
        few = queries()
        for number in range(12):
            owned = world.system("hikari", f"s{number}")
            expose(owned, "CVE-0")
            row = expose(owned, f"CVE-{number + 1}", software=f"x{number}")
            published().vulnerabilities.add(row.vulnerability)
        assert queries() == few


class TestOneTap:
    def test_it_acknowledges_for_every_system_and_comes_back_to_the_card(self, client, edge, core):
        row = expose(edge, "CVE-1")
        expose(core, "CVE-1")
        expose(world.system("hikari", "lab"), "CVE-1", status=FindingStatus.FIXED, answer="fixed")
        enter(client)
        answer = acknowledge(client, "CVE-1", f"{PLACE}?priority=scheduled")
        assert answer.url == f"{PLACE}?priority=scheduled#v{row.vulnerability_id}"
        assert standing() == [
            ("edge", "open", "acknowledged"),
            ("core", "open", "acknowledged"),
            ("lab", "fixed", "fixed"),
        ]
        page = client.get(PLACE)
        assert "CVE-1 is acknowledged." in text(page)
        assert b'name="acknowledge"' not in page.content

    def test_from_the_longest_question_it_comes_back_to_the_whole_list(self, client, edge):
        row = expose(edge, "CVE-1")
        enter(client)
        place = f"{PLACE}?q={quote('脆' * 100)}"
        answer = acknowledge(client, "CVE-1", place, **marks(client, PLACE))
        assert answer.url == f"{PLACE}#v{row.vulnerability_id}"

    def test_sent_twice_it_is_done_once(self, client, edge):
        expose(edge, "CVE-1")
        enter(client)
        form = marks(client, PLACE)
        first = acknowledge(client, "CVE-1", **form)
        second = acknowledge(client, "CVE-1", **form)
        assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
        assert lines() == 1
        assert "carried out once" in text(client.get(PLACE))

    def test_what_a_colleague_answered_meanwhile_stays_as_it_is(self, client, edge):
        expose(edge, "CVE-1")
        enter(client)
        for _ in range(2):
            assert acknowledge(client, "CVE-1").status_code == 302
        assert "CVE-1: no answer is waited for any more." in text(client.get(PLACE))
        assert lines() == 1

    def test_what_was_withdrawn_meanwhile_says_so(self, client, edge):
        expose(edge, "CVE-1", status=FindingStatus.RETRACTED)
        enter(client)
        assert acknowledge(client, "CVE-1").url == PLACE
        assert "CVE-1: no answer is waited for any more." in text(client.get(PLACE))
        assert lines() == 0

    def test_what_concerns_others_and_what_is_not_there_are_refused_alike(self, client, edge):
        expose(world.system("minato", "theirs"), "CVE-1")
        grant("minato", "hikari", GrantLevel.DETAIL)
        enter(client)
        answers = [acknowledge(client, name) for name in ("CVE-1", "CVE-2", "", "x" * 500, "\x00")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({text(answer) for answer in answers}) == 1
        theirs = acknowledge(client, "CVE-1", f"{PLACE}?organisation=minato")
        assert (theirs.status_code, text(theirs)) == (404, text(answers[1]))
        assert lines() == 0

    def test_who_only_reads_has_no_button_and_no_way_round(self, client, edge):
        expose(edge, "CVE-1")
        enter(client, role=Role.VIEWER)
        assert b'name="acknowledge"' not in client.get(PLACE).content
        answer = acknowledge(client, "CVE-1")
        assert answer.status_code == 409
        assert "your role does not answer for your organisation" in text(answer)
        assert lines() == 0

    @pytest.mark.parametrize("role", [Role.MINISTRY, Role.AUDITOR])
    def test_who_reads_no_contents_does_not_come_in(self, client, edge, role):
        slug = "ministry" if role is Role.MINISTRY else "hikari"
        if role is Role.MINISTRY:
            world.organisation(slug, OrganisationKind.MINISTRY)
        enter(client, slug, role)
        assert client.get(PLACE).status_code == 403
        assert acknowledge(client, "CVE-1").status_code == 403


class TestOthersExposure:
    @pytest.fixture
    def theirs(self, edge) -> System:
        theirs = world.system("minato", "their gate")
        expose(edge, "CVE-1")
        expose(theirs, "CVE-2")
        grant("minato", "hikari", GrantLevel.DETAIL)
        return theirs

    def test_ones_own_list_is_ones_own(self, client, theirs):
        enter(client)
        page = client.get(PLACE)
        said = text(page)
        assert "CVE-1" in said
        assert "CVE-2" not in said
        assert "Organisations that let you see their exposure Fictitious minato" in said
        assert f'href="{PLACE}?organisation=minato"' in page.content.decode()

    def test_what_a_grant_opens_is_shown_as_theirs_and_not_answered(self, client, theirs):
        enter(client)
        page = client.get(f"{PLACE}?organisation=minato")
        said = text(page)
        assert "Exposure of Fictitious minato" in said
        assert "Only Fictitious minato can answer." in said
        assert "CVE-2" in said
        assert "their gate" in said
        assert "CVE-1" not in said
        assert (
            b'method="post"'
            not in page.content[page.content.index(b"<main") :].partition(b"</main>")[0]
        )
        assert 'href="/exposure/CVE-2?organisation=minato"' in page.content.decode()

    @pytest.mark.parametrize("slug", ["yama", "nobody", "<b>", "\x00", "x" * 500])
    def test_what_no_grant_opens_is_unknown(self, client, theirs, slug):
        grant("yama", "hikari", GrantLevel.COUNTS)
        expose(world.system("yama", "hidden"), "CVE-3")
        enter(client)
        answer = client.get(PLACE, {"organisation": slug})
        other = client.get(PLACE, {"organisation": "really-nobody"})
        assert (answer.status_code, text(answer)) == (404, text(other))

    def test_a_filter_names_no_system_of_others(self, client, theirs):
        enter(client)
        page = client.get(PLACE, {"system": theirs.pk})
        unknown = client.get(PLACE, {"system": 999_999})
        assert text(page) == text(unknown)
        assert "CVE-1" in text(page)


class TestNarrowing:
    @pytest.fixture
    def several(self, edge, core) -> None:
        yesterday = timezone.localdate() - DAY
        expose(edge, "CVE-1", priority="immediate", due=yesterday)
        expose(core, "CVE-2", priority="out_of_cycle", status=FindingStatus.NEEDS_CONFIRMATION)
        expose(edge, "CVE-3", answer="responding")
        expose(core, "CVE-4", status=FindingStatus.FIXED, answer="fixed")

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("", "123"),
            ("?state=to-answer", "12"),
            ("?state=working", "3"),
            ("?state=answered", "4"),
            ("?priority=urgent", "12"),
            ("?priority=immediate", "1"),
            ("?sure=sure", "13"),
            ("?sure=to-confirm", "2"),
            ("?late=1", "1"),
            ("?q=cve-2", "2"),
            ("?state=working&q=edge", "3"),
            ("?state=nonsense&priority=x&system=y&sure=z&page=-1&late=", "123"),
            ("?page=0", "123"),
            ("?page=%E4%BA%8C", "123"),
            ("?q=%00", "123"),
            ("?q=" + "x" * 5000, "123"),
            ("?system=99999999999999999999999", "123"),
        ],
    )
    def test_each_question_is_answered_and_nonsense_is_not_asked(
        self, client, several, asked, found
    ):
        enter(client)
        said = text(client.get(PLACE + asked))
        assert [number for number in "1234" if f"CVE-{number} " in said] == list(found)

    def test_the_numbers_lead_to_what_they_count(self, client, several):
        enter(client)
        page = client.get(f"{PLACE}?state=answered&page=2").content.decode()
        for address in ("?priority=urgent&amp;state=to-answer", "?late=1", "?state=working"):
            assert f'href="{address}"' in page

    def test_a_list_leads_on_and_back(self, client, edge):
        for number in range(exposure.PAGE + 1):
            expose(edge, f"CVE-{number:03}")
        enter(client)
        first, second = (client.get(f"{PLACE}?q=cve&page={page}") for page in (1, 2))
        assert b'rel="next" href="?page=2&amp;q=cve"' in first.content
        assert b'rel="prev" href="?page=1&amp;q=cve"' in second.content
        assert b'rel="next"' not in second.content
        assert "The list ends before this page" in text(client.get(f"{PLACE}?page=9"))


class TestNothingThere:
    def test_without_an_inventory_it_says_that_nothing_can_be_said(self, client, edge):
        enter(client)
        said = text(client.get(PLACE))
        assert "Nothing can be said yet" in said
        assert "Nothing known concerns you" not in said

    def test_it_reassures_with_what_was_compared(self, client, edge, core):
        for owned in (edge, core):
            world.inventory(owned, world.Software("a", "1"), world.Software("b", "2"))
        world.vulnerability("CVE-1")
        enter(client)
        said = text(client.get(PLACE))
        assert "Nothing known concerns you" in said
        assert "Compared: 4 components of 2 systems with 1 known vulnerabilities." in said
        assert "Last inventory: 2026-06-01 12:00" in said

    def test_it_does_not_reassure_while_something_is_being_compared(self, client, edge):
        world.inventory(edge, world.Software("a", "1"))
        todo.ask("find", [edge.pk])
        enter(client)
        said = text(client.get(PLACE))
        assert "Still comparing" in said
        assert "Nothing known concerns you" not in said

    def test_systems_without_an_inventory_are_not_passed_over(self, client, edge, core):
        world.inventory(edge, world.Software("a", "1"))
        enter(client)
        said = text(client.get(PLACE))
        assert "1 system has no inventory: nothing can be said about it." in said

    def test_each_list_that_is_empty_says_why(self, client, edge):
        expose(edge, "CVE-1", status=FindingStatus.FIXED, answer="fixed")
        enter(client)
        for asked, words in {
            "": "Everything is answered",
            "?state=working": "Nothing is in hand",
            "?q=nothing": "Nothing matches these filters",
        }.items():
            assert words in text(client.get(PLACE + asked))


def test_what_is_due_is_counted_in_local_days(client, edge, monkeypatch):
    """Half past midnight in Tokyo, when it is still the day before in Greenwich."""
    expose(edge, "CVE-1", due=(NOON + DAY).date())
    enter(client)
    night = NOON.replace(hour=15, minute=30) + DAY
    monkeypatch.setattr(timezone, "now", lambda: night)
    assert "1 day late" in text(client.get(PLACE))
    monkeypatch.setattr(timezone, "now", lambda: night - HOUR)
    assert "( today )" in text(client.get(PLACE))
