"""Answers: each step, its time, and that nothing goes back."""

from __future__ import annotations

import pytest

from noroshi.core.delivery import DeliveryState
from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import GrantLevel, System
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions, listing
from noroshi.hub.notices.models import Response
from tests.hub import sector as world
from tests.hub.sector import HOUR, NOON
from tests.hub.sending import deliveries, published

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


class TestAnswering:
    def test_each_step_is_kept_with_its_time(self, rows):
        notice = published()
        viewer = world.machine("hikari")
        for number, step in enumerate(("read", "acknowledged", "responding", "done")):
            at = NOON + number * HOUR
            if step == "read":
                actions.mark_read(viewer, notice.number, now=at, actor="x")
            elif step == "acknowledged":
                actions.acknowledge(viewer, notice.number, now=at, actor="x")
            else:
                state = DeliveryState(step)
                actions.respond(viewer, notice.number, state, text="…", now=at, actor="x")
        row = deliveries(notice)["hikari"]
        times = (row.read_at, row.acknowledged_at, row.finished_at)
        assert (row.state, *times) == ("done", NOON, NOON + HOUR, NOON + 3 * HOUR)
        answers = Response.objects.visible_to(System()).order_by("at")
        assert [a.state for a in answers] == ["acknowledged", "responding", "done"]
        verbs = AuditEvent.objects.filter(verb__startswith="delivery.").order_by("seq")
        assert [v.verb.partition(".")[2] for v in verbs] == [
            "read",
            "acknowledged",
            "responding",
            "done",
        ]

    def test_a_later_step_brings_the_earlier_times(self, rows):
        notice = published()
        viewer = world.machine("hikari")
        state = DeliveryState.NOT_AFFECTED
        actions.respond(viewer, notice.number, state, now=NOON + HOUR, actor="x")
        row = deliveries(notice)["hikari"]
        assert {row.read_at, row.acknowledged_at, row.finished_at} == {NOON + HOUR}

    def test_nothing_goes_back(self, rows):
        notice = published()
        viewer = world.machine("hikari")
        actions.respond(viewer, notice.number, DeliveryState.DONE, now=NOON, actor="x")
        with pytest.raises(Refused):
            actions.respond(viewer, notice.number, DeliveryState.RESPONDING, now=NOON, actor="x")
        actions.acknowledge(viewer, notice.number, now=NOON + HOUR, actor="x")
        actions.mark_read(viewer, notice.number, now=NOON + HOUR, actor="x")
        row = deliveries(notice)["hikari"]
        assert (row.state, row.acknowledged_at) == ("done", NOON)

    def test_acknowledging_twice_is_acknowledging_once(self, rows):
        notice = published()
        for hours in (1, 2):
            at = NOON + hours * HOUR
            actions.acknowledge(world.machine("hikari"), notice.number, now=at, actor="x")
        assert deliveries(notice)["hikari"].acknowledged_at == NOON + HOUR
        assert Response.objects.visible_to(System()).count() == 1

    @pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.READ])
    def test_having_read_is_no_answer(self, rows, state):
        notice = published()
        with pytest.raises(Refused):
            actions.respond(world.machine("hikari"), notice.number, state, now=NOON, actor="x")

    def test_a_foreign_and_an_unknown_notice_answer_alike(self, rows):
        notice = published()
        for name in (notice.number, "N-2026-0999", "draft-1", "", "x\x00", "N-2026-" + "9" * 99):
            with pytest.raises(NotFound) as caught:
                actions.acknowledge(world.machine("yama"), name, now=NOON, actor="x")
            assert caught.value.facts == {"kind": "notice", "name": name[:80]}

    def test_a_grant_of_details_does_not_let_one_answer_for_another(self, rows):
        notice = published(Selection(organisations=frozenset({rows["hikari"].pk})))
        detail = GrantLevel.DETAIL
        members.set_grant(rows["hikari"], rows["minato"], detail, now=NOON, actor="x")
        assert listing.inbox(world.machine("minato")).items == ()
        with pytest.raises(NotFound):
            actions.acknowledge(world.machine("minato"), notice.number, now=NOON, actor="x")

    def test_who_only_reads_may_mark_it_read_and_no_more(self, rows):
        notice = published()
        viewer = directory.viewer_of(world.person("hikari", Role.VIEWER))
        actions.mark_read(viewer, notice.number, now=NOON, actor="x")
        with pytest.raises(Refused):
            actions.acknowledge(viewer, notice.number, now=NOON, actor="x")
        assert deliveries(notice)["hikari"].state == "read"

    @pytest.mark.parametrize("text", ["x" * 10_001, "nul\x00"])
    def test_a_text_that_is_none_is_refused(self, rows, text):
        notice = published()
        done = DeliveryState.DONE
        viewer = world.machine("hikari")
        with pytest.raises(Refused):
            actions.respond(viewer, notice.number, done, text=text, now=NOON, actor="x")
