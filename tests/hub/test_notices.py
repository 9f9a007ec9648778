"""Notices: written, published, followed, taken back."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from noroshi.core.errors import NobodyNamed, NotFound, PolicyError, Refused
from noroshi.core.policy.audience import Everyone, Members, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import System
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions, listing, queries
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import Affected
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import KANTO, affect, content, deliveries, published

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


class TestWriting:
    def test_a_draft_is_read_by_its_owner_only(self, rows):
        viewer = directory.viewer_of(world.person("hikari"))
        draft = actions.draft(viewer, content(), now=NOON, actor="taro")
        assert queries.notice_for(viewer, str(draft)).text_ja == "本文です。"
        assert str(draft) == f"draft-{draft.pk}"
        with pytest.raises(NotFound):
            queries.notice_for(world.machine("isac"), str(draft))

    @pytest.mark.parametrize(
        "change",
        [
            {"title_ja": " "},
            {"text_ja": ""},
            {"title_ja": "x" * 301},
            {"title_ja": "two\nlines"},
            {"text_ja": "nul\x00"},
            {"text_ja": "x" * 100_001},
            {"title_en": ""},
            {"text_en": ""},
            {"respond_within_hours": 0},
            {"respond_within_hours": -1},
            {"respond_within_hours": 10**9},
        ],
    )
    def test_what_cannot_be_sent_is_refused(self, rows, change):
        with pytest.raises(Refused):
            actions.draft(System(), content(**change), now=NOON, actor="system")

    @pytest.mark.parametrize("name", ["CVE-2099-0001", "", "nul\x00", "x" * 5000])
    def test_an_unknown_vulnerability_is_named(self, rows, name):
        with pytest.raises(NotFound):
            actions.draft(System(), content(vulnerabilities=(name,)), now=NOON, actor="system")

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
    def test_who_only_reads_writes_nothing(self, rows, role):
        viewer = directory.viewer_of(world.person("hikari", role))
        with pytest.raises(Refused):
            actions.draft(viewer, content(), now=NOON, actor="taro")


class TestPublishing:
    def test_everybody_chosen_gets_one_delivery_but_the_sender(self, rows):
        notice = published()
        assert set(deliveries(notice)) == {"bureau-kanto", "hikari", "minato"}
        assert {row.due_at for row in deliveries(notice).values()} == {NOON + DAY}

    @pytest.mark.parametrize(("choice", "tlp"), [(Everyone(), Tlp.CLEAR), (Members(), Tlp.GREEN)])
    def test_a_notice_to_all_is_delivered_to_all_active_members(self, rows, choice, tlp):
        world.organisation("ministry", OrganisationKind.MINISTRY)
        gone = rows["radio"]
        facts = members.facts_of(gone)
        members.change_organisation(
            gone, msgspec.structs.replace(facts, active=False), now=NOON, actor="system"
        )
        found = deliveries(published(choice, tlp=tlp))
        assert set(found) == set(rows) - {"isac", "radio"}

    @pytest.mark.parametrize(
        ("choice", "tlp"),
        [
            (Everyone(), Tlp.GREEN),
            (Members(), Tlp.AMBER),
            (KANTO, Tlp.RED),
            (Affected(KANTO), Tlp.RED),
        ],
    )
    def test_an_audience_wider_than_the_marking_is_refused_and_leaves_no_trace(
        self, rows, choice, tlp
    ):
        affect("hikari")
        facts = content(tlp=tlp, vulnerabilities=("CVE-2021-44228",))
        draft = actions.draft(System(), facts, now=NOON, actor="system")
        with pytest.raises(PolicyError):
            actions.publish(System(), str(draft), choice, now=NOON, actor="system")
        assert published().number == "N-2026-0001"

    def test_nobody_but_the_sender_is_nobody(self, rows):
        only = Selection(organisations=frozenset({rows["isac"].pk}))
        with pytest.raises(NobodyNamed):
            published(only)
        with pytest.raises(NobodyNamed):
            published(Selection())

    def test_numbers_count_by_the_fiscal_year_in_tokyo(self, rows):
        before = dt.datetime(2026, 3, 31, 14, 59, tzinfo=dt.UTC)
        assert [published(at=at).number for at in (before, before, before + HOUR)] == [
            "N-2025-0001",
            "N-2025-0002",
            "N-2026-0001",
        ]

    def test_numbers_go_on_after_9999(self, rows):
        for number in (9999, 10_000):
            Notice.objects.visible_to(System()).filter(pk=published().pk).update(
                number=f"N-2026-{number}"
            )
        assert published().number == "N-2026-10001"

    def test_a_draft_is_published_once(self, rows):
        draft = actions.draft(System(), content(), now=NOON, actor="system")
        name = str(draft)
        actions.publish(System(), name, KANTO, now=NOON, actor="system")
        with pytest.raises(NotFound):
            actions.publish(System(), name, KANTO, now=NOON, actor="system")

    def test_only_the_owner_publishes(self, rows):
        draft = actions.draft(world.machine("hikari"), content(), now=NOON, actor="hikari")
        for viewer in (world.machine("isac"), world.machine("yama")):
            with pytest.raises(NotFound):
                actions.publish(viewer, str(draft), KANTO, now=NOON, actor="x")

    def test_a_published_notice_is_not_published_again_by_its_number(self, rows):
        notice = published()
        with pytest.raises(NotFound):
            actions.publish(System(), notice.number, KANTO, now=NOON, actor="system")

    def test_it_is_on_record_without_its_contents(self, rows):
        notice = published()
        event = AuditEvent.objects.get(verb="notice.published")
        assert event.object == f"notice:{notice.pk}"
        assert '"deliveries":3' in event.detail
        assert notice.title_ja not in event.detail

    def test_the_stage_is_asked_for_the_deadline(self, rows):
        notice = published()
        asked = set(Todo.objects.filter(stage="escalate").values_list("object_id", "not_before"))
        assert asked == {(row.pk, NOON + DAY) for row in deliveries(notice).values()}

    def test_without_a_deadline_nothing_is_asked(self, rows):
        published(respond_within_hours=None)
        assert not Todo.objects.filter(stage="escalate").exists()


class TestRed:
    def test_it_goes_to_named_people_and_their_organisations_are_answerable(self, rows):
        named = world.person("hikari", name="named")
        other = world.person("hikari", name="other")
        notice = published(People(frozenset({named.pk})), tlp=Tlp.RED)
        assert set(deliveries(notice)) == {"hikari"}
        reader = directory.viewer_of(named)
        assert queries.notice_for(reader, notice.number).delivery is not None
        for viewer in (directory.viewer_of(other), world.machine("hikari")):
            assert listing.inbox(viewer).items == ()
            for ask in (queries.notice_for, queries.progress):
                with pytest.raises(NotFound):
                    ask(viewer, notice.number)
            with pytest.raises(NotFound):
                actions.acknowledge(viewer, notice.number, now=NOON, actor="x")
        actions.acknowledge(reader, notice.number, now=NOON, actor=named.email)

    def test_who_wrote_it_follows_it_and_the_colleagues_do_not(self, rows):
        author = world.person("isac", Role.HUB_ANALYST, "author")
        other = world.person("isac", Role.HUB_ADMIN, "other")
        named = world.person("hikari")
        viewer = directory.viewer_of(author)
        notice = published(People(frozenset({named.pk})), viewer, tlp=Tlp.RED)
        assert [row.slug for row in queries.progress(viewer, notice.number)] == ["hikari"]
        with pytest.raises(NotFound):
            queries.progress(directory.viewer_of(other), notice.number)

    def test_a_machine_writes_none_because_nobody_could_read_it(self, rows):
        with pytest.raises(Refused):
            actions.draft(world.machine("isac"), content(tlp=Tlp.RED), now=NOON, actor="x")


class TestWithdrawing:
    def test_it_stays_readable_and_asks_for_nothing(self, rows):
        notice = published()
        actions.withdraw(System(), notice.number, now=NOON + HOUR, actor="system")
        viewer = world.machine("hikari")
        assert queries.notice_for(viewer, notice.number).head.withdrawn_at == NOON + HOUR
        actions.mark_read(viewer, notice.number, now=NOON, actor="x")
        with pytest.raises(Refused):
            actions.acknowledge(viewer, notice.number, now=NOON, actor="x")
        assert queries.late(System(), NOON + 9 * DAY) == ()

    def test_only_its_sender_withdraws_it_and_once(self, rows):
        notice = published()
        with pytest.raises(Refused):
            actions.withdraw(world.machine("hikari"), notice.number, now=NOON, actor="x")
        with pytest.raises(NotFound):
            actions.withdraw(world.machine("yama"), notice.number, now=NOON, actor="x")
        actions.withdraw(world.machine("isac"), notice.number, now=NOON, actor="x")
        with pytest.raises(Refused):
            actions.withdraw(world.machine("isac"), notice.number, now=NOON, actor="x")

    def test_a_draft_has_nothing_to_withdraw(self, rows):
        draft = actions.draft(System(), content(), now=NOON, actor="system")
        with pytest.raises(Refused):
            actions.withdraw(System(), str(draft), now=NOON, actor="system")


class TestFollowing:
    def test_the_sender_sees_all_and_the_bureau_its_district(self, rows):
        notice = published(Members(), tlp=Tlp.GREEN)
        seen = {
            slug: {row.slug for row in queries.progress(world.machine(slug), notice.number)}
            for slug in ("isac", "bureau-kanto", "bureau-tohoku")
        }
        assert seen["isac"] == set(rows) - {"isac"}
        assert seen["bureau-kanto"] == {"bureau-kanto", "hikari", "minato"}
        assert seen["bureau-tohoku"] == {"bureau-tohoku", "yama", "radio"}

    def test_other_readers_are_refused(self, rows):
        notice = published()
        with pytest.raises(Refused):
            queries.progress(world.machine("hikari"), notice.number)

    def test_a_bureau_that_may_not_read_it_knows_nothing_of_it(self, rows):
        notice = published(Selection(organisations=frozenset({rows["hikari"].pk})))
        with pytest.raises(NotFound):
            queries.progress(world.machine("bureau-kanto"), notice.number)
        assert queries.late(world.machine("bureau-kanto"), NOON + 9 * DAY) == ()

    def test_those_who_see_figures_follow_nobody(self, rows):
        notice = published(Everyone(), tlp=Tlp.CLEAR)
        auditor = directory.viewer_of(world.person("isac", Role.AUDITOR))
        with pytest.raises(Refused):
            queries.progress(auditor, notice.number)
        assert queries.late(auditor, NOON + 9 * DAY) == ()

    def test_lateness_is_listed_for_those_concerned(self, rows):
        notice = published()
        actions.acknowledge(world.machine("minato"), notice.number, now=NOON, actor="x")
        at = NOON + DAY
        assert queries.late(world.machine("isac"), at - HOUR) == ()
        seen = {
            slug: {row.standing.slug for row in queries.late(world.machine(slug), at)}
            for slug in rows
        }
        assert seen == {
            "isac": {"bureau-kanto", "hikari"},
            "bureau-kanto": {"bureau-kanto", "hikari"},
            "bureau-tohoku": set(),
            "hikari": {"hikari"},
            "minato": set(),
            "yama": set(),
            "radio": set(),
        }
