"""The yardsticks, counted from the record: what counts, when, once, and for whom it is listed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from noroshi.core.delivery import DeliveryState
from noroshi.core.errors import Refused
from noroshi.core.fiscal import first_moment
from noroshi.core.formats.stix import Report
from noroshi.core.policy.audience import Audience, Members, Organisations, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import Anonymous, System, Viewer
from noroshi.core.sector import Role
from noroshi.hub.audit import actions as audit
from noroshi.hub.intel import actions as intel
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions as notices
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import Affected
from noroshi.hub.reports.actions import set_budget
from noroshi.hub.reports.figures import figures, listing_behind, rows_behind
from noroshi.hub.reports.models import BudgetLine
from noroshi.hub.reports.plan import FigureId
from tests.hub import sector as world
from tests.hub.sector import DAY, HOUR, NOON, Software
from tests.hub.sending import KANTO, affect, content, published

pytestmark = pytest.mark.usefixtures("database")

TODAY = dt.date(2026, 6, 30)
YEAR_STARTS, YEAR_ENDS = first_moment(2026), first_moment(2027)
LAST_DAY = dt.date(2027, 3, 31)
MOMENT = dt.timedelta(microseconds=1)
CVES = ("CVE-2026-10001", "CVE-2026-10002")


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    made = world.sector()
    for name in CVES:
        world.vulnerability(name)
    return made


def counted(figure: str, year: int = 2026, today: dt.date = TODAY) -> Decimal | None:
    return next(f.value for f in figures(year, today).figures if f.id == figure)


def listed(
    figure: str, viewer: Viewer | None = None, year: int = 2026, today: dt.date = TODAY
) -> set[tuple[str, ...]]:
    return set(rows_behind(viewer or System(), FigureId(figure), year, today).rows)


def acknowledged(notice: Notice, *slugs: str, at: dt.datetime = NOON) -> None:
    for slug in slugs:
        notices.acknowledge(world.machine(slug), notice.number, now=at, actor="system")


class TestItems:
    def test_a_vulnerability_counts_once_a_year_however_often_it_is_shared(self, rows):
        for _ in range(2):
            published(vulnerabilities=CVES)
        assert counted("items") == 2
        assert listed("items") == {(name,) for name in CVES}

    def test_each_pair_of_item_and_other_reader_counts_once(self, rows):
        published(vulnerabilities=CVES)  # the bureau, hikari, minato
        published(Members(), tlp=Tlp.GREEN, vulnerabilities=CVES[:1])  # and three more
        assert counted("item_organisations") == Decimal(3 + 6) / 1000
        assert len(listed("item_organisations")) == 9

    def test_an_exercise_counts_nowhere(self, rows):
        notice = published(vulnerabilities=CVES, exercise=True)
        acknowledged(notice, "hikari")
        taro = world.person("hikari")
        notices.respond(
            directory.viewer_of(taro),
            notice.number,
            DeliveryState.DONE,
            now=NOON,
            actor=taro.email,
        )
        for figure in ("items", "item_organisations", "organisations", "districts"):
            assert counted(figure) == 0

    def test_a_draft_shares_nothing(self, rows):
        content = Content(tlp=Tlp.CLEAR, title_ja="題", text_ja="文", vulnerabilities=CVES)
        notices.draft(System(), content, now=NOON, actor="x")
        assert counted("items") == 0

    def test_what_no_other_organisation_could_read_is_not_shared(self, rows):
        author = world.person("isac", Role.HUB_ANALYST)
        only = People(frozenset({author.pk}))
        viewer = directory.viewer_of(author)
        published(only, viewer, tlp=Tlp.RED, vulnerabilities=CVES)
        assert counted("items") == 0

    def test_under_a_former_name_it_is_the_same_item(self, rows):
        former = world.vulnerability("GHSA-former")
        published(vulnerabilities=("GHSA-former", CVES[0]))
        former.merged_into = Vulnerability.objects.get(preferred_id=CVES[0])
        former.save()
        assert listed("items") == {(CVES[0],)}

    @pytest.mark.parametrize(
        ("at", "year"),
        [
            (YEAR_STARTS - MOMENT, 2025),
            (YEAR_STARTS, 2026),
            (YEAR_ENDS - MOMENT, 2026),
            (YEAR_ENDS, 2027),
        ],
    )
    def test_the_year_turns_at_midnight_in_tokyo(self, rows, at, year):
        published(vulnerabilities=CVES, at=at)
        today = dt.date(2028, 1, 1)
        found = {one: counted("items", one, today) for one in (2025, 2026, 2027)}
        assert found == {one: 2 if one == year else 0 for one in (2025, 2026, 2027)}

    def test_the_day_of_counting_counts_whole_and_the_next_not_at_all(self, rows):
        published(vulnerabilities=CVES[:1], at=dt.datetime(2026, 6, 30, 14, 59, tzinfo=dt.UTC))
        published(vulnerabilities=CVES[1:], at=dt.datetime(2026, 6, 30, 15, 0, tzinfo=dt.UTC))
        assert counted("items") == 1
        assert counted("items", today=TODAY + DAY) == 2

    def test_a_year_that_has_not_begun_is_empty(self, rows):
        published(vulnerabilities=CVES)
        found = figures(2027, TODAY)
        assert {figure.value for figure in found.figures} == {Decimal(0), None}


class TestReports:
    def share(self, slug: str, audience: Audience, tlp: Tlp = Tlp.AMBER) -> str:
        viewer = world.machine(slug)
        draft = intel.report_incident(
            viewer, Report(title="通信", text="文", tlp=tlp), now=NOON, actor=slug
        )
        return intel.share_incident(viewer, draft, audience, now=NOON, actor=slug)

    def test_a_shared_report_is_an_item_for_each_who_could_read_it(self, rows):
        some = Organisations(frozenset({rows["yama"].pk, rows["isac"].pk}))
        stix_id = self.share("hikari", some)
        assert listed("item_organisations") == {(stix_id, "yama")}
        self.share("minato", Members(), Tlp.GREEN)
        assert counted("items") == 2
        assert len(listed("item_organisations")) == 1 + 6

    def test_its_draft_is_none(self, rows):
        report = Report(title="通信", text="文", tlp=Tlp.AMBER)
        intel.report_incident(world.machine("hikari"), report, now=NOON, actor="x")
        assert counted("items") == 0

    def test_one_that_belongs_to_an_exercise_is_none(self, rows):
        stix_id = self.share("hikari", Members(), Tlp.GREEN)
        drill = notices.draft(
            System(),
            Content(tlp=Tlp.GREEN, title_ja="訓練", text_ja="文", exercise=True),
            now=NOON,
            actor="x",
            intel=[stix_id],
        )
        notices.publish(System(), str(drill), Members(), now=NOON, actor="x")
        assert counted("items") == 0


class TestOrganisations:
    def test_who_acknowledged_shares_and_its_district_with_it(self, rows):
        acknowledged(published(), "hikari", "minato")
        acknowledged(published(Selection(organisations=frozenset({rows["yama"].pk}))), "yama")
        assert counted("organisations") == 3
        assert counted("districts") == 2
        assert listed("districts") == {("kanto", "2"), ("tohoku", "1")}

    def test_having_been_sent_something_is_not_sharing(self, rows):
        published()
        assert counted("organisations") == 0

    def test_who_acts_under_the_own_name_has_signed_in(self, rows):
        taro = world.person("hikari")
        published(viewer=directory.viewer_of(taro))
        assert counted("organisations") == 0  # the action was recorded as the system's
        audit.record("session.opened", "person:1", actor=taro.email, at=NOON)
        assert listed("organisations") == {("hikari", "架空hikari", "kanto", "signed in")}

    def test_acting_in_an_exercise_is_not_sharing(self, rows):
        taro = world.person("hikari")
        viewer = directory.viewer_of(taro)
        drill = notices.draft(viewer, content(exercise=True), now=NOON, actor=taro.email)
        notices.publish(viewer, str(drill), KANTO, now=NOON, actor=taro.email)
        notices.withdraw(viewer, "N-2026-0001", now=NOON, actor=taro.email)
        assert counted("organisations") == 0

    def test_a_machine_that_pulls_shares(self, rows):
        audit.record("collection.pulled", "x", actor="organisation:yama", at=NOON)
        assert {row[0] for row in listed("organisations")} == {"yama"}

    def test_the_hub_shares_but_is_in_no_district(self, rows):
        audit.record("session.opened", "x", actor="organisation:isac", at=NOON)
        assert [counted("organisations"), counted("districts")] == [1, 0]

    def test_an_answer_of_another_year_does_not_count(self, rows):
        notice = published(at=YEAR_STARTS - HOUR)
        acknowledged(notice, "hikari", at=YEAR_STARTS - MOMENT)
        acknowledged(notice, "minato", at=YEAR_STARTS)
        assert {row[0] for row in listed("organisations")} == {"minato"}


class TestAssets:
    LOG, WEB = Software("log", "1"), Software("web", "2")

    @pytest.fixture(autouse=True)
    def matched(self, rows):
        found = Vulnerability.objects.get(preferred_id=CVES[0])
        world.match(self.LOG, found)
        world.match(self.LOG, Vulnerability.objects.get(preferred_id=CVES[1]))

    def test_a_matched_package_of_a_system_counts_once(self, rows):
        gate = world.system("hikari", "gate")
        world.inventory(gate, self.LOG, self.LOG, self.WEB)
        world.inventory(world.system("hikari", "other"), self.LOG)
        assert counted("assets") == 2
        text = "pkg:generic/log@1"
        assert listed("assets") == {("hikari", "gate", text), ("hikari", "other", text)}

    def test_only_the_current_inventory_counts(self, rows):
        gate = world.system("hikari", "gate")
        world.inventory(gate, self.LOG, at=NOON - DAY, current=False)
        world.inventory(gate, self.WEB)
        assert counted("assets") == 0

    def test_a_past_year_counts_what_was_current_at_its_end(self, rows):
        gate = world.system("hikari", "gate")
        world.inventory(gate, self.WEB, at=YEAR_STARTS - 2 * DAY, current=False)
        world.inventory(gate, self.LOG, at=YEAR_STARTS - DAY, current=False)
        world.inventory(gate, self.WEB, at=NOON)
        assert counted("assets", 2025) == 1
        assert counted("assets", 2026) == 0

    def test_a_system_that_was_retired_is_not_counted_from_then_on(self, rows):
        gate = world.system("hikari", "gate")
        world.inventory(gate, self.LOG, at=YEAR_STARTS - 2 * DAY, current=False)
        gate.retired_at = YEAR_STARTS - DAY
        gate.save()
        assert [counted("assets", year) for year in (2025, 2026)] == [0, 0]
        gate.retired_at = YEAR_STARTS + DAY
        gate.save()
        assert [counted("assets", year) for year in (2025, 2026)] == [1, 0]


class TestCosts:
    def test_a_unit_cost_is_the_budget_over_what_was_counted(self, rows):
        published(vulnerabilities=CVES)
        set_budget(2026, BudgetLine.SHARING, Decimal(169), now=NOON, actor="system")
        assert counted("cost_per_item") == Decimal("84.5")

    def test_without_a_budget_or_a_count_there_is_none(self, rows):
        set_budget(2026, BudgetLine.SHARING, Decimal(169), now=NOON, actor="system")
        assert counted("cost_per_item") is None
        published(vulnerabilities=CVES)
        assert counted("cost_per_item", 2026) is not None
        assert counted("cost_per_district") is None

    def test_a_budget_is_set_anew(self, rows):
        for amount in ("1", "2.125"):
            set_budget(2026, BudgetLine.LINKING, Decimal(amount), now=NOON, actor="system")
        assert listed("cost_per_asset") == {("linking", "2026", "2.125")}

    @pytest.mark.parametrize(
        ("year", "amount"),
        [
            (2026, "-1"),
            (2026, "NaN"),
            (2026, "Infinity"),
            (2026, "0.0001"),
            (2026, "1e10"),
            (1, "1"),
        ],
    )
    def test_what_is_no_cost_is_refused(self, rows, year, amount):
        with pytest.raises(Refused):
            set_budget(year, BudgetLine.SHARING, Decimal(amount), now=NOON, actor="system")

    def test_the_plan_stands_beside_the_figures(self, rows):
        plans = {figure.id.value: figure.plan for figure in figures(2027, TODAY).figures}
        assert plans["organisations"] == 25
        assert plans["assets"] == 200
        assert plans["cost_per_item"] is None


class TestFigures:
    def test_every_figure_counts_exactly_the_rows_behind_it(self, rows):
        affect("hikari", CVES[0])
        acknowledged(published(vulnerabilities=CVES), "hikari", "minato")
        for figure in figures(2026, TODAY).figures:
            if not figure.id.startswith("cost"):
                expected = len(listed(figure.id))
                scale = 1000 if figure.id == "item_organisations" else 1
                assert figure.value == Decimal(expected) / scale, figure.id

    def test_the_rows_behind_it_can_be_cut_into_pages(self, rows):
        for n in range(5):
            gate = world.system("hikari", f"gate {n}")
            world.inventory(gate, Software("log", "1"))
        world.match(Software("log", "1"), Vulnerability.objects.get(preferred_id=CVES[0]))
        acknowledged(published(vulnerabilities=CVES), "hikari", "minato")
        for figure in FigureId:
            whole = rows_behind(System(), figure, 2026, TODAY)
            found = listing_behind(System(), figure, 2026, TODAY).rows
            cut = [row for start in range(0, 8, 2) for row in found[start : start + 2]]
            assert tuple(row[: len(whole.columns)] for row in cut) == whole.rows, figure

    def test_it_says_up_to_which_day_it_counts(self, rows):
        running, ended = figures(2026, TODAY), figures(2025, TODAY)
        assert (running.as_of, running.running) == (TODAY, True)
        assert (ended.as_of, ended.running) == (dt.date(2026, 3, 31), False)
        assert not figures(2026, LAST_DAY).running


class TestListing:
    def test_a_member_sees_itself_as_a_reader_and_not_who_else_is(self, rows):
        published(vulnerabilities=CVES)
        viewer = world.machine("hikari")
        assert listed("items", viewer) == {(name,) for name in CVES}
        assert listed("item_organisations", viewer) == {(name, "hikari") for name in CVES}
        assert listed("items", world.machine("yama")) == set()

    def test_the_sender_sees_whom_it_told(self, rows):
        published(vulnerabilities=CVES[:1])
        found = listed("item_organisations", world.machine("isac"))
        assert {slug for _, slug in found} == {"bureau-kanto", "hikari", "minato"}

    def test_a_stranger_does_not_learn_who_was_affected(self, rows):
        affect("hikari", CVES[0])
        stranger = world.machine("yama")
        published(Affected(KANTO), stranger, vulnerabilities=CVES[:1])
        assert counted("items") == 1
        for figure in ("items", "item_organisations"):
            assert listed(figure, stranger) == set()

    def test_who_took_part_is_listed_for_hub_and_ministry(self, rows):
        acknowledged(published(), "hikari", "minato")
        seen = {
            slug: {row[0] for row in listed("organisations", world.machine(slug))}
            for slug in ("isac", "hikari", "yama")
        }
        assert seen == {"isac": {"hikari", "minato"}, "hikari": {"hikari"}, "yama": set()}

    def test_strangers_see_nothing(self, rows):
        affect("hikari", CVES[0])
        acknowledged(published(vulnerabilities=CVES), "hikari")
        set_budget(2026, BudgetLine.SHARING, Decimal(1), now=NOON, actor="system")
        for figure in FigureId:
            assert listed(figure, Anonymous()) == set()
