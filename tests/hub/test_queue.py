"""The queue of the hub's analysts: what is in it, why, in which order, and what never is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.errors import BadCursor, Refused
from noroshi.core.formats.stix import Report as AttackReport
from noroshi.core.policy.audience import Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import GrantLevel, Member, System, Viewer
from noroshi.core.sector import Role
from noroshi.hub.intel import actions as intel
from noroshi.hub.intel import reviewing, reviews
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching.models import Finding, FindingStatus
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.queue import PAGE, queue
from noroshi.hub.notices.queued import (
    Exposure,
    Kind,
    Proposal,
    Reach,
    Report,
    Unanswered,
    Urgency,
)
from noroshi.hub.notices.recipients import Affected, Choice
from tests.hub import sector as world
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import affect, content, deliveries, published

pytestmark = pytest.mark.usefixtures("database")

CVE = "CVE-2021-44228"
TODAY = NOON.date()


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


@pytest.fixture
def analyst(rows) -> Member:
    return directory.viewer_of(world.person("isac", Role.HUB_ANALYST))


def grant(owner: str, level: GrantLevel | None = GrantLevel.COUNTS) -> None:
    hub = directory.the_hub()
    members.set_grant(directory.named(owner), hub, level, now=NOON, actor="x")


def made(name: str = CVE, **columns: Any) -> None:
    Vulnerability.objects.filter(preferred_id=name).update(**columns)


def shown(viewer: Viewer, **asked: Any) -> list[Any]:
    return list(queue(viewer, now=NOON + HOUR, **asked).items)


class TestWho:
    @pytest.mark.parametrize("role", [Role.HUB_ANALYST, Role.HUB_ADMIN])
    def test_the_analysts_of_the_hub(self, rows, role):
        assert shown(directory.viewer_of(world.person("isac", role))) == []

    @pytest.mark.parametrize(
        ("slug", "role"),
        [
            ("isac", Role.VIEWER),
            ("isac", Role.AUDITOR),
            ("bureau-kanto", Role.BUREAU_OFFICER),
            ("hikari", Role.RESPONDER),
            ("hikari", Role.HUB_ANALYST),
        ],
    )
    def test_and_nobody_else(self, rows, slug, role):
        with pytest.raises(Refused):
            shown(directory.viewer_of(world.person(slug, role)))
        with pytest.raises(Refused):
            shown(System())


class TestExposures:
    def test_what_members_have_and_nobody_wrote_about(self, analyst):
        for slug in ("hikari", "minato"):
            affect(slug)
            grant(slug)
        affect("hikari", system="billing")
        made(severity="critical", score=9.8)
        (one,) = shown(analyst)
        assert isinstance(one, Exposure)
        assert (one.threat.name, one.threat.score) == (CVE, 9.8)
        assert one.reach == Reach(systems=3, organisations=2)
        assert (one.urgency, one.at) == (Urgency.CRITICAL, NOON)

    def test_what_nobody_lets_the_hub_count_is_not_there(self, analyst):
        affect("hikari")
        affect("minato")
        grant("hikari", None)
        made(severity="critical")
        grant("minato")
        grant("yama", None)
        before = shown(analyst)
        assert [one.reach for one in before] == [Reach(1, 1)]
        affect("yama")
        assert shown(analyst) == before
        grant("minato", None)
        assert shown(analyst) == []

    @pytest.mark.parametrize(
        ("columns", "urgency"),
        [
            ({"severity": "critical"}, Urgency.CRITICAL),
            ({"exploited_since": TODAY}, Urgency.ATTACKED),
            ({"severity": "critical", "exploited_since": TODAY}, Urgency.ATTACKED),
            ({"severity": "high"}, None),
        ],
    )
    def test_it_is_attacked_or_critical(self, analyst, columns, urgency):
        affect("hikari")
        grant("hikari")
        made(**columns)
        assert [one.urgency for one in shown(analyst)] == ([urgency] if urgency else [])

    @pytest.mark.parametrize("status", [FindingStatus.FIXED, FindingStatus.NOT_AFFECTED])
    def test_a_closed_finding_is_none(self, analyst, status):
        affect("hikari")
        grant("hikari")
        made(severity="critical")
        Finding.objects.visible_to(System()).update(status=status)
        assert shown(analyst) == []

    def test_it_is_new_for_thirty_days(self, analyst):
        affect("hikari")
        grant("hikari")
        made(severity="critical")
        assert len(queue(analyst, now=NOON + 30 * DAY).items) == 1
        assert queue(analyst, now=NOON + 31 * DAY).items == ()

    def test_it_is_new_again_when_it_is_attacked(self, analyst):
        affect("hikari")
        grant("hikari")
        made(severity="critical", exploited_since=TODAY + dt.timedelta(days=60))
        assert len(queue(analyst, now=NOON + 61 * DAY).items) == 1

    def test_what_a_notice_speaks_of_is_not_there(self, analyst):
        affect("hikari")
        grant("hikari")
        made(exploited_since=TODAY)
        published(Members(), tlp=Tlp.GREEN, vulnerabilities=(CVE,))
        assert shown(analyst) == []

    def test_nor_what_a_notice_calls_by_a_former_name(self, analyst):
        affect("hikari")
        grant("hikari")
        made(exploited_since=TODAY)
        former = world.vulnerability("GHSA-former")
        published(Members(), tlp=Tlp.GREEN, vulnerabilities=("GHSA-former",))
        assert len(shown(analyst)) == 1
        former.merged_into = Vulnerability.objects.get(preferred_id=CVE)
        former.save()
        assert shown(analyst) == []

    def test_nor_what_the_hub_is_writing_about(self, analyst):
        affect("hikari")
        grant("hikari")
        made(exploited_since=TODAY)
        actions.draft(analyst, content(vulnerabilities=(CVE,)), now=NOON, actor="x")
        assert shown(analyst) == []

    def test_what_was_said_before_it_was_attacked_does_not_say_that_it_is(self, analyst):
        affect("hikari")
        grant("hikari")
        published(Members(), tlp=Tlp.GREEN, vulnerabilities=(CVE,), at=NOON - 3 * DAY)
        made(exploited_since=TODAY)
        assert [one.urgency for one in shown(analyst)] == [Urgency.ATTACKED]
        made(exploited_since=TODAY - 3 * DAY)
        assert shown(analyst) == []

    def test_what_others_wrote_for_themselves_leaves_no_trace(self, analyst):
        affect("hikari")
        grant("hikari")
        made(severity="critical")
        before = shown(analyst)
        published(
            Selection(organisations=frozenset({directory.named("minato").pk})),
            world.machine("yama"),
            vulnerabilities=(CVE,),
        )
        assert shown(analyst) == before


class TestProposals:
    def test_with_what_it_touches_of_those_that_show_it(self, analyst):
        proposed(analyst)
        affect("minato")
        grant("minato", None)
        (one,) = shown(analyst)
        assert isinstance(one, Proposal)
        assert (one.head.proposed, one.urgency) == (True, Urgency.ATTACKED)
        assert [threat.name for threat in one.threats] == [CVE]
        assert one.reach == Reach(1, 1)

    def test_not_when_it_is_sent_or_set_aside(self, analyst):
        name = proposed(analyst)
        seen = actions.draft_for(analyst, name).mark
        actions.discard(analyst, name, seen=seen, now=NOON, actor="x")
        assert shown(analyst) == []
        actions.edit(
            analyst, name, actions.draft_for(analyst, name), seen=seen, now=NOON, actor="x"
        )
        assert len(shown(analyst)) == 1
        actions.publish(analyst, name, Members(), now=NOON, actor="x")
        assert shown(analyst) == []

    def test_what_was_told_otherwise_comes_last(self, analyst):
        proposed(analyst)
        notice = published(Members(), tlp=Tlp.GREEN, vulnerabilities=(CVE,))
        (one,) = shown(analyst)
        assert (one.urgency, one.told) == (Urgency.TOLD, (notice.number,))

    def test_a_draft_of_a_person_is_not_proposed(self, analyst):
        actions.draft(analyst, content(), now=NOON, actor="x")
        assert shown(analyst) == []


def proposed(analyst: Member) -> str:
    affect("hikari")
    grant("hikari")
    made(exploited_since=TODAY)
    Finding.objects.visible_to(System()).update(priority="immediate")
    actions.propose(list(Vulnerability.objects.values_list("pk", flat=True)), now=NOON)
    return str(Notice.objects.visible_to(analyst).get(proposed=True))


class TestUnanswered:
    def test_what_was_brought_to_the_hub(self, analyst):
        notice = late(content(tlp=Tlp.GREEN), Members())
        (one,) = shown(analyst)
        assert isinstance(one, Unanswered)
        assert (one.head.name, one.organisations) == (notice.number, 2)
        assert (one.urgency, one.at) == (Urgency.UNANSWERED, NOON - DAY)

    def test_until_it_is_answered_or_withdrawn(self, analyst):
        notice = late(content(tlp=Tlp.GREEN), Members())
        actions.acknowledge(world.machine("radio"), notice.number, now=NOON, actor="x")
        assert [one.organisations for one in shown(analyst)] == [1]
        actions.withdraw(System(), notice.number, now=NOON, actor="x")
        assert shown(analyst) == []

    def test_or_asked_anew(self, analyst):
        notice = late(content(tlp=Tlp.GREEN), Members())
        seen = actions.sent_for(System(), notice.number).mark
        change = actions.Change(content(tlp=Tlp.GREEN), seen, actions.Asking.AGAIN)
        actions.revise(System(), notice.number, change, now=NOON, actor="x")
        assert shown(analyst) == []

    def test_not_who_does_not_let_the_hub_count_any_more(self, analyst):
        affect("radio")
        grant("radio")
        late(content(vulnerabilities=(CVE,)), Affected())
        assert len(shown(analyst, only=Kind.UNANSWERED)) == 1
        grant("radio", None)
        assert shown(analyst, only=Kind.UNANSWERED) == []


def late(said: Content, choice: Choice) -> Notice:
    """Send a notice two days ago, and let time pass without an answer of the broadcaster's."""
    notice = actions.send(System(), said, choice, now=NOON - 2 * DAY, actor="system")
    ours = [row.pk for row in deliveries(notice).values()]
    every = dt.timedelta(hours=1)
    for slug in ("hikari", "minato", "bureau-kanto", "bureau-tohoku"):
        viewer = world.machine(slug)
        if Notice.objects.visible_to(viewer).exists():
            actions.acknowledge(viewer, notice.number, now=NOON - DAY, actor="x")
    for hours in (0, 1):
        actions.escalate(ours, now=NOON - DAY + hours * HOUR, every=every)
    return notice


class TestReports:
    def test_what_a_member_gave_waits(self, analyst):
        name = given("攻撃を受けました")
        (one,) = shown(analyst)
        assert isinstance(one, Report)
        assert (one.title, one.name, one.tlp) == ("攻撃を受けました", name, Tlp.GREEN)
        assert one.urgency is Urgency.REPORTED


def given(title: str) -> str:
    hikari = world.machine("hikari")
    report = AttackReport(title=title, text="本文", tlp=Tlp.GREEN)
    draft = intel.report_incident(hikari, report, now=NOON, actor="x")
    reviewing.submit(hikari, draft, reviewing.Handover(report=report), now=NOON, actor="x")
    analyst = directory.viewer_of(directory.people(directory.the_hub())[0])
    return reviews.reviews(analyst).items[0].name


class TestOrder:
    @pytest.fixture
    def full(self, analyst: Member) -> Member:
        late(content(tlp=Tlp.GREEN), Members())
        proposed(analyst)
        for number in range(7):
            name = f"CVE-2026-{number:04d}"
            affect("hikari", name, system=f"system-{number}")
            made(name, severity="critical", exploited_since=TODAY if number % 2 else None)
        given("攻撃")
        return analyst

    def test_the_most_urgent_comes_first(self, full):
        levels = [one.urgency for one in shown(full)]
        assert levels == sorted(levels)
        assert len(set(levels)) == 4

    @pytest.mark.parametrize("limit", [1, 2, 3, 10, 11])
    def test_page_by_page_nothing_is_lost_or_shown_twice(self, full, limit):
        found: list[Any] = []
        page = queue(full, now=NOON, limit=limit)
        while True:
            found += page.items
            if page.after is None:
                break
            page = queue(full, now=NOON, limit=limit, after=page.after)
        assert found == list(queue(full, now=NOON).items)
        assert len(found) == 10

    @pytest.mark.parametrize("kind", list(Kind))
    def test_one_kind_alone(self, full, kind):
        alone = shown(full, only=kind)
        assert alone == [one for one in shown(full) if type(one).__name__.lower() == kind]
        assert alone

    @pytest.mark.parametrize("after", ["", "x", "W10", "WzEsMiwzLDRd"])
    def test_what_is_no_place_in_it_is_refused(self, analyst, after):
        with pytest.raises(BadCursor):
            shown(analyst, after=after)

    def test_it_asks_the_same_number_of_questions_however_much_there_is(self, full):
        with CaptureQueriesContext(
            connection,
        ) as few:
            shown(full)
        for number in range(20):
            name = f"CVE-2026-1{number:03d}"
            affect("hikari", name, system=f"more-{number}")
            made(name, severity="critical")
        with CaptureQueriesContext(connection) as many:
            assert len(shown(full)) == PAGE
        assert len(many) == len(few) <= 16
