"""Revisions: same number, same readers, new text; and taking a notice back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from noroshi.core.delivery import DeliveryState
from noroshi.core.errors import NotFound, PolicyError, Refused, Stale
from noroshi.core.policy.audience import Members, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions, listing, queries, revising
from noroshi.hub.notices.actions import Asking, Change
from noroshi.hub.notices.models import Escalation, Notice
from noroshi.hub.notices.recipients import Affected
from noroshi.hub.notices.views import Show, Whole
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import affect, content, deliveries, published

pytestmark = pytest.mark.usefixtures("database")

LATER = NOON + 6 * HOUR
AGAIN = Asking.AGAIN
CVE = "CVE-2021-44228"


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


def revised(
    notice: Notice,
    viewer: Viewer | None = None,
    *,
    asking: Asking = Asking.AS_BEFORE,
    seen: str | None = None,
    at: dt.datetime = LATER,
    **changes: Any,
) -> Notice:
    who = viewer or System()
    mark = seen or actions.sent_for(who, notice.number).mark
    change = Change(content(**changes), mark, asking)
    return actions.revise(who, notice.number, change, now=at, actor="taro")


def read(slug: str, notice: Notice) -> Whole:
    return queries.notice_for(world.machine(slug), notice.number)


class TestSayingSomethingElse:
    def test_the_number_stays_and_the_text_is_new(self, rows):
        notice = published()
        revised(notice, text_ja="改めた文")
        whole = read("hikari", notice)
        assert (whole.head.name, whole.text_ja) == (notice.number, "改めた文")
        assert (whole.head.revision, whole.head.revised_at) == (2, LATER)
        assert listing.inbox(world.machine("hikari")).items[0].head.revised_at == LATER

    def test_what_it_said_before_stays_readable(self, rows):
        world.vulnerability(CVE)
        notice = published(vulnerabilities=(CVE,))
        revised(notice, title_ja="第二の題", respond_within_hours=48)
        revised(notice, title_ja="第三の題", at=LATER + HOUR)
        second, first = read("hikari", notice).formers
        assert (first.number, first.title_ja, first.replaced_at) == (1, "至急の確認", LATER)
        assert (first.vulnerabilities, first.respond_within_hours) == ((CVE,), 24)
        assert (second.number, second.title_ja) == (2, "第二の題")
        assert (second.vulnerabilities, second.replaced_at) == ((), LATER + HOUR)

    def test_each_is_recorded_without_its_contents(self, rows):
        notice = published()
        revised(notice, text_ja="改めた文")
        event = AuditEvent.objects.get(verb="notice.revised")
        assert event.actor == "taro"
        assert '"revision":2' in event.detail
        assert "改" not in event.detail

    def test_what_was_answered_stands(self, rows):
        notice = published()
        done = DeliveryState.DONE
        actions.respond(world.machine("hikari"), notice.number, done, now=NOON, actor="x")
        before = deliveries(notice)["hikari"]
        revised(notice, text_ja="改めた文")
        after = deliveries(notice)["hikari"]
        assert (after.state, after.acknowledged_at) == ("done", NOON)
        assert (after.due_at, after.revision) == (before.due_at, 1)
        assert Todo.objects.filter(stage=actions.DISPATCH).count() == 3  # as for the publication

    def test_nothing_changed_is_nothing_done(self, rows):
        notice = published()
        revised(notice)
        revised(notice, seen="whatever somebody saw")
        assert queries.notice_for(System(), notice.number).formers == ()

    def test_an_exercise_stays_one(self, rows):
        notice = published(exercise=True)
        revised(notice, text_ja="改めた文", exercise=False)
        assert read("hikari", notice).head.exercise

    @pytest.mark.parametrize("change", [{"title_ja": ""}, {"text_ja": "x\u202e"}, {"text_en": ""}])
    def test_what_cannot_be_sent_is_refused(self, rows, change):
        notice = published()
        with pytest.raises(Refused):
            revised(notice, **change)

    def test_an_unknown_vulnerability_is_named(self, rows):
        with pytest.raises(NotFound):
            revised(published(), vulnerabilities=("CVE-2099-0001",))

    def test_who_comes_second_does_not_overwrite_who_came_first(self, rows):
        notice = published()
        seen = actions.sent_for(System(), notice.number).mark
        revised(notice, text_ja="太郎の文", seen=seen)
        with pytest.raises(Stale):
            revised(notice, text_ja="次郎の文", seen=seen)
        revised(notice, text_ja="太郎の文", seen=seen)  # the same again
        assert read("hikari", notice).head.revision == 2

    def test_it_ends_somewhere(self, rows, monkeypatch):
        monkeypatch.setattr(revising, "MOST_REVISIONS", 2)
        notice = published()
        revised(notice, text_ja="二")
        with pytest.raises(Refused):
            revised(notice, text_ja="三")


class TestWhoMay:
    def test_the_sender_alone(self, rows):
        notice = published()
        with pytest.raises(Refused):
            revised(notice, world.machine("hikari"), text_ja="改めた文")
        with pytest.raises(Refused):
            revised(notice, directory.viewer_of(world.person("isac", Role.VIEWER)), text_ja="文")

    def test_to_who_may_not_read_it_it_is_not_there(self, rows):
        notice = published()
        with pytest.raises(NotFound):
            revised(notice, world.machine("yama"), text_ja="改めた文")

    def test_neither_a_draft_nor_what_is_withdrawn(self, rows):
        draft = actions.draft(System(), content(), now=NOON, actor="x")
        with pytest.raises(Refused):
            actions.sent_for(System(), str(draft))
        notice = published()
        seen = actions.sent_for(System(), notice.number).mark
        actions.withdraw(System(), notice.number, now=NOON, actor="x")
        with pytest.raises(Refused):
            revised(notice, text_ja="改めた文", seen=seen)


class TestMarking:
    def test_it_may_become_narrower(self, rows):
        notice = published(tlp=Tlp.GREEN)
        revised(notice, tlp=Tlp.AMBER_STRICT)
        assert read("hikari", notice).head.tlp is Tlp.AMBER_STRICT
        assert [one.tlp for one in read("hikari", notice).formers] == [Tlp.GREEN]

    def test_never_wider(self, rows):
        notice = published(tlp=Tlp.AMBER)
        with pytest.raises(Refused):
            revised(notice, tlp=Tlp.GREEN)

    def test_never_narrower_than_its_audience(self, rows):
        notice = published(Members(), tlp=Tlp.GREEN)
        with pytest.raises(PolicyError):
            revised(notice, tlp=Tlp.AMBER)

    def test_an_earlier_text_is_read_by_those_alone_who_read_the_notice_now(self, rows):
        taro, jiro = (person("isac", name) for name in ("taro", "jiro"))
        named = world.person("hikari")
        notice = published(People(frozenset({named.pk})), taro, tlp=Tlp.AMBER)
        with pytest.raises(Refused):
            revised(notice, jiro, tlp=Tlp.RED)
        revised(notice, taro, tlp=Tlp.RED)
        assert len(queries.notice_for(taro, notice.number).formers) == 1
        assert len(queries.notice_for(directory.viewer_of(named), notice.number).formers) == 1
        with pytest.raises(NotFound):
            queries.notice_for(jiro, notice.number)


def person(slug: str, name: str) -> Member:
    return directory.viewer_of(world.person(slug, Role.HUB_ANALYST, name=name))


class TestAskingAgain:
    def test_everybody_is_asked_anew_and_what_was_is_kept(self, rows):
        notice = published()
        hikari = world.machine("hikari")
        actions.acknowledge(hikari, notice.number, now=NOON + HOUR, actor="x")
        revised(notice, asking=AGAIN, text_ja="改めた文")
        row = deliveries(notice)["hikari"]
        assert (row.state, row.read_at, row.acknowledged_at) == ("delivered", None, None)
        assert (row.due_at, row.revision) == (LATER + DAY, 2)
        own = read("hikari", notice).delivery
        assert own is not None
        (earlier,) = own.earlier
        assert (earlier.revision, earlier.state) == (1, "acknowledged")
        assert (earlier.acknowledged_at, earlier.due_at) == (NOON + HOUR, NOON + DAY)
        assert [answer.at for answer in own.answers] == [NOON + HOUR]
        assert len(listing.notices(hikari, show=Show.UNREAD).items) == 1

    def test_one_can_answer_again(self, rows):
        notice = published()
        hikari = world.machine("hikari")
        actions.respond(hikari, notice.number, DeliveryState.DONE, now=NOON, actor="x")
        revised(notice, asking=AGAIN)
        actions.acknowledge(hikari, notice.number, now=LATER + HOUR, actor="x")
        own = read("hikari", notice).delivery
        assert own is not None
        assert [answer.state for answer in own.answers] == ["done", "acknowledged"]
        assert own.state is DeliveryState.ACKNOWLEDGED

    def test_being_late_again_is_brought_up_again(self, rows):
        notice = published()
        every = dt.timedelta(hours=1)
        ours = [deliveries(notice)["hikari"].pk]
        actions.escalate(ours, now=NOON + DAY, every=every)
        actions.escalate(ours, now=NOON + DAY + HOUR, every=every)
        assert levels() == [(1, 1), (1, 2)]
        revised(notice, asking=AGAIN, at=NOON + 2 * DAY)
        assert actions.escalate(ours, now=NOON + 2 * DAY + HOUR, every=every) == 0
        late = queries.late(System(), NOON + 4 * DAY)
        assert [one.raised for one in late if one.standing.slug == "hikari"] == [()]
        actions.escalate(ours, now=NOON + 3 * DAY, every=every)
        assert levels() == [(1, 1), (1, 2), (2, 1)]

    def test_people_and_programs_outside_are_told(self, rows):
        notice = published()
        Todo.objects.all().delete()
        revised(notice, asking=AGAIN)
        numbers = {row.pk for row in deliveries(notice).values()}
        for stage in (actions.DISPATCH, actions.ESCALATE):
            assert set(Todo.objects.filter(stage=stage).values_list("object_id", flat=True)) == (
                numbers
            )


def levels() -> list[tuple[int, int]]:
    rows = Escalation.objects.visible_to(System()).order_by("revision", "level")
    return list(rows.values_list("revision", "level"))


class TestDeadline:
    def test_a_new_one_counts_from_the_revision_for_those_who_have_not_answered(self, rows):
        notice = published()
        actions.acknowledge(world.machine("hikari"), notice.number, now=NOON, actor="x")
        revised(notice, respond_within_hours=48)
        found = deliveries(notice)
        assert (found["hikari"].due_at, found["hikari"].revision) == (NOON + DAY, 1)
        assert (found["minato"].due_at, found["minato"].revision) == (LATER + 2 * DAY, 2)

    def test_it_can_be_lifted(self, rows):
        notice = published()
        revised(notice, respond_within_hours=None)
        assert {row.due_at for row in deliveries(notice).values()} == {None}
        ours = [deliveries(notice)["hikari"].pk]
        assert actions.escalate(ours, now=NOON + 9 * DAY, every=DAY) == 0

    def test_what_was_brought_up_before_does_not_shorten_it(self, rows):
        notice = published()
        ours = [deliveries(notice)["hikari"].pk]
        actions.escalate(ours, now=NOON + DAY, every=dt.timedelta(hours=1))
        revised(notice, respond_within_hours=72, at=NOON + DAY)
        assert actions.escalate(ours, now=NOON + 2 * DAY, every=dt.timedelta(hours=1)) == 0


class TestVulnerabilities:
    def test_the_systems_concerned_are_those_of_the_new_ones(self, rows):
        affect("hikari")
        affect("hikari", "CVE-2026-2000", system="billing")
        notice = published(vulnerabilities=(CVE,))
        revised(notice, vulnerabilities=("CVE-2026-2000",))
        found = deliveries(notice)
        assert [one["system"] for one in found["hikari"].concerns] == ["billing"]
        assert found["minato"].concerns == []

    def test_they_are_those_of_the_day_of_delivery_while_the_vulnerabilities_stay(self, rows):
        affect("hikari")
        notice = published(vulnerabilities=(CVE,))
        affect("hikari", system="billing")
        revised(notice, vulnerabilities=(CVE,), text_ja="改めた文")
        assert [one["system"] for one in deliveries(notice)["hikari"].concerns] == ["mail-gw"]

    def test_what_went_to_those_affected_stays_about_what_affects_them(self, rows):
        affect("hikari")
        affect("yama", "CVE-2026-2000")
        notice = published(Affected(), vulnerabilities=(CVE,))
        with pytest.raises(Refused):
            revised(notice, vulnerabilities=(CVE, "CVE-2026-2000"))
        revised(notice, vulnerabilities=(CVE,), text_ja="改めた文")


class TestWithdrawing:
    def test_its_readers_read_why(self, rows):
        notice = published()
        why = "別の製品の話でした。"
        actions.withdraw(System(), notice.number, reason=why, now=LATER, actor="x")
        assert read("hikari", notice).withdrawal_reason == why
        assert all(why not in event.detail for event in AuditEvent.objects.all())

    @pytest.mark.parametrize("reason", ["x" * 2001, "x\u202e", "nul\x00"])
    def test_a_reason_that_is_no_text_is_refused(self, rows, reason):
        notice = published()
        with pytest.raises(Refused):
            actions.withdraw(System(), notice.number, reason=reason, now=LATER, actor="x")
