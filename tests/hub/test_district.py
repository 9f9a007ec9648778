"""A bureau's district: who stands where with which notice, the late ones first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.delivery import DeliveryState
from noroshi.core.errors import BadCursor, NotFound
from noroshi.core.policy.audience import Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import Member, System
from noroshi.core.sector import District, Role
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Grant, Organisation
from noroshi.hub.notices import actions, district
from noroshi.hub.notices.models import Delivery
from noroshi.hub.notices.recipients import Affected, WithBureaus
from noroshi.hub.notices.views import Progress
from tests.hub import sector as world
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import affect, published

pytestmark = pytest.mark.usefixtures("database")

LATER = NOON + 2 * DAY
TO_ALL: dict[str, Any] = {"choice": Members(), "tlp": Tlp.GREEN}


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


@pytest.fixture
def officer(rows) -> Member:
    return directory.viewer_of(world.person("bureau-kanto", Role.BUREAU_OFFICER))


def cells(viewer: Member, show: Progress = Progress.ALL) -> dict[str, list[str | None]]:
    """Return each operator's states, column by column."""
    columns = district.columns(viewer, now=LATER, show=show).items
    lines = district.lines(viewer, columns, now=LATER, show=show)
    return {
        line.organisation.slug: [cell.standing.state.value if cell else None for cell in line.cells]
        for line in lines
    }


def answer(slug: str, number: str, state: DeliveryState = DeliveryState.ACKNOWLEDGED) -> None:
    actions.respond(world.machine(slug), number, state, now=NOON + HOUR, actor="system")


class TestTheMatrix:
    def test_the_operators_of_the_district_and_nobody_else(self, rows, officer):
        one = published(**TO_ALL)
        answer("minato", one.number, DeliveryState.DONE)
        assert cells(officer) == {"hikari": ["delivered"], "minato": ["done"]}

    def test_who_left_is_not_asked_after(self, rows, officer):
        published(**TO_ALL)
        rows["minato"].active = False
        rows["minato"].save()
        assert set(cells(officer)) == {"hikari"}

    def test_the_newest_notice_stands_first_and_the_late_operator_on_top(self, rows, officer):
        first = published(**TO_ALL)
        second = published(at=NOON + HOUR, respond_within_hours=None, **TO_ALL)
        answer("hikari", first.number)
        columns = district.columns(officer, now=LATER).items
        assert [column.head.name for column in columns] == [second.number, first.number]
        lines = district.lines(officer, columns, now=LATER)
        assert [(line.organisation.slug, line.late) for line in lines] == [
            ("minato", 1),
            ("hikari", 0),
        ]
        assert [column.tally.late for column in columns] == [0, 1]

    def test_only_those_with_an_open_or_a_late_answer(self, rows, officer):
        first = published(**TO_ALL)
        published(at=NOON + HOUR, respond_within_hours=None, **TO_ALL)
        answer("hikari", first.number)
        assert cells(officer, show=Progress.LATE) == {"minato": ["delivered"]}
        assert cells(officer, show=Progress.UNANSWERED) == {
            "hikari": ["delivered", "acknowledged"],
            "minato": ["delivered", "delivered"],
        }

    def test_a_notice_that_was_withdrawn_makes_nobody_late(self, rows, officer):
        sent = published(**TO_ALL)
        actions.withdraw(System(), sent.number, now=NOON + HOUR, actor="system")
        assert district.overdue(officer, now=LATER) == ()
        assert district.tally(officer, now=LATER).total == 0
        assert cells(officer, show=Progress.UNANSWERED) == {}
        assert cells(officer) == {"hikari": ["delivered"], "minato": ["delivered"]}

    def test_notices_stand_page_by_page(self, rows, officer):
        sent = [published(at=NOON + hour * HOUR, **TO_ALL).number for hour in range(5)]
        page = district.columns(officer, now=LATER, limit=2)
        found = [column.head.name for column in page.items]
        while page.after:
            page = district.columns(officer, now=LATER, limit=2, after=page.after)
            found += [column.head.name for column in page.items]
        assert found == sent[::-1]
        with pytest.raises(BadCursor):
            district.columns(officer, now=LATER, after="x")

    def test_it_asks_as_much_for_many_as_for_few(self, rows, officer):
        def asked() -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                columns = district.columns(officer, now=LATER).items
                district.lines(officer, columns, now=LATER)
                district.overdue(officer, now=LATER)
                district.tally(officer, now=LATER)
            return len(captured)

        published(**TO_ALL)
        few = asked()
        for number in range(4):
            world.organisation(f"more-{number}", district=District.KANTO)
            published(at=NOON + HOUR, **TO_ALL)
        assert asked() == few


class TestWhatFindingsSay:
    def test_of_a_notice_to_those_affected_only_who_granted_counts_is_shown(self, rows, officer):
        for slug in ("hikari", "minato"):
            affect(slug)
        Grant.objects.filter(owner=rows["minato"]).delete()
        kanto = Selection(districts=frozenset({District.KANTO}))
        published(WithBureaus(Affected(kanto)), vulnerabilities=("CVE-2021-44228",))
        assert cells(officer) == {"hikari": ["delivered"], "minato": [None]}
        assert [cell.standing.slug for cell in district.overdue(officer, now=LATER)] == ["hikari"]
        assert district.deliveries_of(officer, "minato", now=LATER).items == ()

    def test_what_the_bureau_may_not_read_is_in_no_column(self, rows, officer):
        only = Selection(organisations=frozenset({rows["hikari"].pk}))
        published(only)
        assert district.columns(officer, now=LATER).items == ()
        assert district.tally(officer, now=LATER).total == 0


class TestLate:
    def test_the_longest_overdue_first_with_whom_it_was_brought_to(self, rows, officer):
        first = published(**TO_ALL)
        published(at=NOON + HOUR, **TO_ALL)
        answer("minato", first.number)
        late = district.overdue(officer, now=LATER)
        assert [(one.standing.slug, one.head.name == first.number) for one in late] == [
            ("hikari", True),
            ("hikari", False),
            ("minato", False),
        ]
        sent = Delivery.objects.visible_to(System()).values_list("pk", flat=True)
        actions.escalate(list(sent), now=NOON + DAY + HOUR / 2, every=DAY)
        raised = district.overdue(officer, now=LATER)[0].raised
        assert [one.to for one in raised] == [rows["bureau-kanto"].name]

    def test_in_numbers(self, rows, officer):
        sent = published(**TO_ALL)
        answer("minato", sent.number, DeliveryState.RESPONDING)
        tally = district.tally(officer, now=LATER)
        assert tally.states == {DeliveryState.DELIVERED: 1, DeliveryState.RESPONDING: 1}
        assert (tally.total, tally.late, tally.unanswered) == (2, 1, 1)


class TestOneOperator:
    def test_what_it_got_the_newest_first(self, rows, officer):
        sent = [published(at=NOON + hour * HOUR, **TO_ALL).number for hour in range(3)]
        page = district.deliveries_of(officer, "hikari", now=LATER, limit=2)
        rest = district.deliveries_of(officer, "hikari", now=LATER, limit=2, after=page.after)
        found = [cell.head.name for cell in (*page.items, *rest.items)]
        assert (found, rest.after) == (sent[::-1], None)

    @pytest.mark.parametrize("slug", ["yama", "bureau-kanto", "isac", "nobody", "", "nul\x00"])
    def test_those_of_others_are_not_found(self, rows, officer, slug):
        with pytest.raises(NotFound):
            district.operator(officer, slug)

    @pytest.mark.parametrize("slug", ["isac", "hikari"])
    def test_who_is_no_bureau_looks_after_nobody(self, rows, slug):
        published(**TO_ALL)
        viewer = Member(rows[slug].pk, None, Role.BUREAU_OFFICER)
        assert list(district.operators(viewer)) == []
        assert district.columns(viewer, now=LATER).items == ()
