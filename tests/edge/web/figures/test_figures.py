"""The pages of the yardsticks: who sees them, what they show, and what can be taken along."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import GrantLevel, System
from noroshi.core.sector import District, OrganisationKind, Role
from noroshi.edge.web.figures import counting
from noroshi.hub.audit import actions as audit
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.members import actions as members
from noroshi.hub.notices import actions as notices
from noroshi.hub.notices.letters import Content
from noroshi.hub.reports.actions import set_budget
from noroshi.hub.reports.models import Budget, BudgetLine
from noroshi.hub.reports.plan import FigureId
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.sector import NOON, Software

CVE = "CVE-2024-99990001"
TODAY = dt.date(2026, 11, 1)
LOG = Software("log", "1")


@pytest.fixture(autouse=True)
def rows(database, monkeypatch):
    monkeypatch.setattr(counting, "today", lambda: TODAY)
    found = world.sector()
    found["soumu"] = world.organisation("soumu", OrganisationKind.MINISTRY)
    return found


def enter(client, role: Role = Role.MINISTRY):
    home = {Role.MINISTRY: "soumu", Role.BUREAU_OFFICER: "bureau-kanto"}
    slug = home.get(role, "isac" if role.value.startswith("hub") else "hikari")
    sign_in(client, world.person(slug, role, name=role.value.replace("_", "-")))


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return str(answer.text)


def linked(slug: str = "hikari", name: str = "gate", item: Software = LOG) -> None:
    world.inventory(world.system(slug, name), item)
    found, _new = Vulnerability.objects.get_or_create(preferred_id=CVE)
    if not found.matches.filter(package=world.package(item)).exists():
        world.match(item, found)


def published() -> None:
    world.vulnerability(CVE)
    content = Content(tlp=Tlp.AMBER, title_ja="題", text_ja="文", vulnerabilities=(CVE,))
    draft = notices.draft(System(), content, now=NOON, actor="x")
    chosen = Selection(districts=frozenset({District.KANTO}))
    notices.publish(System(), str(draft), chosen, now=NOON, actor="x")


def table(answer) -> list[list[str]]:
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def workbook(answer) -> tuple[list[str], etree._Element]:
    """Return the texts of a workbook, and its sheet."""
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as parts:
        strings = etree.fromstring(parts.read("xl/sharedStrings.xml"))
        sheet = etree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    return [str(node.findtext("{*}t")) for node in strings], sheet


PLACES = [
    "",
    "/2026",
    "/2026/chart.svg",
    "/2026/figures.csv",
    "/2026/figures.xlsx",
    "/2026/assets",
    "/2026/assets.csv",
    "/2026/assets.xlsx",
]


class TestWho:
    @pytest.mark.parametrize("role", [Role.MINISTRY, Role.HUB_ANALYST, Role.HUB_ADMIN])
    def test_ministry_and_hub_see_them(self, client, role):
        enter(client, role)
        assert [client.get(f"/figures{place}").status_code for place in PLACES] == [200] * 8

    @pytest.mark.parametrize("role", [Role.RESPONDER, Role.ORGANISATION_ADMIN, Role.BUREAU_OFFICER])
    def test_nobody_else_does(self, client, role):
        enter(client, role)
        assert {client.get(f"/figures{place}").status_code for place in PLACES} == {403}

    @pytest.mark.parametrize("path", ["/figures/1999", "/figures/2026/nothing", "/figures/20266"])
    def test_there_is_no_other_year_or_yardstick(self, client, path):
        enter(client)
        assert client.get(path).status_code == 404


class TestFigures:
    def test_counted_and_planned_stand_beside_each_other(self, client):
        linked()
        enter(client)
        answer = client.get("/figures/2026")
        line = next(one for one in answer.context["lines"] if one.id is FigureId.ASSETS)
        assert (line.value, line.plan, line.reached) == ("1", "50", 2)
        assert "Counted up to" in answer.text
        assert "the year is still running" in answer.text

    def test_each_leads_to_its_rows(self, client):
        enter(client)
        text = page(client, "/figures/2026")
        for figure in FigureId:
            path = f"/figures/2026/{figure.value}"
            assert f'href="{path}"' in text
            assert client.get(path).status_code == 200

    def test_a_cost_that_is_less_than_planned_is_not_called_unreached(self, client):
        linked()
        set_budget(2026, BudgetLine.LINKING, Decimal("0.1"), now=NOON, actor="x")
        enter(client)
        answer = client.get("/figures/2026")
        line = next(one for one in answer.context["lines"] if one.id is FigureId.COST_PER_ASSET)
        assert (line.value, line.plan, line.reached) == ("0.1", "0.28", None)

    def test_the_chart_has_its_words_and_is_drawn(self, client):
        linked()
        enter(client)
        text = page(client, "/figures/2026")
        assert 'src="/figures/2026/chart.svg"' in text
        assert "software assets linked: 1 of 50 planned" in text
        drawn = client.get("/figures/2026/chart.svg")
        assert drawn.headers["Content-Type"] == "image/svg+xml"
        assert drawn.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
        assert drawn.headers["Cache-Control"] == "private, no-store"

    def test_a_year_without_a_plan_has_no_chart(self, client):
        enter(client)
        assert "chart.svg" not in page(client, "/figures/2040")

    def test_years_can_be_chosen(self, client):
        enter(client)
        text = page(client, "/figures/2027")
        for year in (2026, 2027, 2028):
            assert f'href="/figures/{year}"' in text

    def test_page_and_chart_count_once(self, client):
        enter(client)
        with CaptureQueriesContext(connection) as first:
            page(client, "/figures/2026")
        with CaptureQueriesContext(connection) as second:
            client.get("/figures/2026/chart.svg")
        assert len(first) > len(second)
        assert len(second) <= 6


class TestRows:
    def test_the_hub_reads_what_it_may_and_is_told_of_the_rest(self, client, rows):
        linked()
        linked("minato", "door")
        members.set_grant(rows["hikari"], rows["isac"], GrantLevel.DETAIL, now=NOON, actor="x")
        enter(client, Role.HUB_ANALYST)
        text = page(client, "/figures/2026/assets")
        assert "gate" in text
        assert "door" not in text
        assert "1 more was counted that is not listed here" in text

    def test_the_ministry_reads_no_contents(self, client):
        published()
        linked()
        enter(client)
        for figure in ("assets", "items", "item_organisations"):
            text = page(client, f"/figures/2026/{figure}")
            assert CVE not in text
            assert "gate" not in text
            assert "not listed here" in text

    def test_items_lead_to_where_they_are_read(self, client):
        published()
        enter(client, Role.HUB_ANALYST)
        assert f'href="/vulnerabilities/{CVE}"' in page(client, "/figures/2026/items")

    def test_words_are_the_readers(self, client):
        audit.record("collection.pulled", "x", actor="organisation:hikari", at=NOON)
        enter(client, Role.HUB_ADMIN)
        text = page(client, "/figures/2026/organisations")
        assert "signing in or pulling" in text
        assert "Kanto" in text
        assert "Fictitious hikari" in text
        assert "架空hikari" not in text

    def test_long_lists_come_in_pages_that_ask_the_same(self, client, rows):
        members.set_grant(rows["hikari"], rows["isac"], GrantLevel.DETAIL, now=NOON, actor="x")
        enter(client, Role.HUB_ANALYST)
        counts, text = [], ""
        for number in (3, 60):
            for n in range(number):
                linked(name=f"s{number}-{n:03d}")
            counting.forget(2026)
            with CaptureQueriesContext(connection) as asked:
                text = page(client, "/figures/2026/assets")
            counts.append(len(asked))
        assert counts[0] == counts[1]
        assert "Page 1 of 2 (1–50 of 63)" in text


class TestExports:
    def test_the_figures_as_csv(self, client):
        linked()
        enter(client)
        answer = client.get("/figures/2026/figures.csv")
        head, *rows = table(answer)
        assert head == ["Yardstick", "Counted", "Plan", "Unit"]
        assert ["software assets linked", "1", "50", "assets"] in rows
        assert answer.headers["Content-Disposition"] == 'attachment; filename="figures-2026.csv"'

    def test_the_figures_as_a_workbook_with_numbers(self, client):
        linked()
        enter(client)
        texts, sheet = workbook(client.get("/figures/2026/figures.xlsx"))
        assert "software assets linked" in texts
        numbers = {c.findtext("{*}v") for c in sheet.iter("{*}c") if c.get("t") != "s"}
        assert {"1", "50", "0.282"} <= numbers

    def test_no_cell_of_the_rows_is_a_formula(self, client, rows):
        members.set_grant(rows["hikari"], rows["isac"], GrantLevel.DETAIL, now=NOON, actor="x")
        linked(name="=HYPERLINK(1)")
        enter(client, Role.HUB_ANALYST)
        assert table(client.get("/figures/2026/assets.csv"))[1][1] == "'=HYPERLINK(1)"
        texts, sheet = workbook(client.get("/figures/2026/assets.xlsx"))
        assert "=HYPERLINK(1)" in texts
        assert list(sheet.iter("{*}f")) == []

    def test_every_yardstick_can_be_taken_along(self, client):
        enter(client, Role.HUB_ADMIN)
        set_budget(2026, BudgetLine.SHARING, Decimal(169), now=NOON, actor="x")
        for figure in FigureId:
            assert client.get(f"/figures/2026/{figure.value}.csv").getvalue()
            assert client.get(f"/figures/2026/{figure.value}.xlsx").getvalue()
        assert table(client.get("/figures/2026/cost_per_item.csv"))[1] == [
            "sharing information", "2026", "169.000"
        ]  # fmt: skip


class TestBudget:
    PATH = "/figures/2026/budget"

    def test_the_administrator_of_the_hub_enters_what_it_cost(self, client):
        linked()
        enter(client, Role.HUB_ADMIN)
        page(client, "/figures/2026")  # counted, and kept for a minute
        answer = client.post(self.PATH, {"linking": "14", "sharing": "169.5"}, follow=True)
        assert "The costs have been entered." in answer.text
        line = next(one for one in answer.context["lines"] if one.id is FigureId.COST_PER_ASSET)
        assert line.value == "14"
        assert {row.line for row in Budget.objects.all()} == {"linking", "sharing"}
        events = AuditEvent.objects.filter(verb="budget.set")
        assert {event.actor for event in events} == {"hub-admin@isac.example"}

    def test_what_stays_as_it_is_leaves_no_trace(self, client):
        enter(client, Role.HUB_ADMIN)
        for _ in range(2):
            client.post(self.PATH, {"linking": "14"})
        assert AuditEvent.objects.filter(verb="budget.set").count() == 1
        assert 'value="14.000"' in page(client, self.PATH)

    @pytest.mark.parametrize("amount", ["-1", "x", "NaN", "1e20", "0.0001", "=1"])
    def test_what_is_no_cost_is_refused(self, client, amount):
        enter(client, Role.HUB_ADMIN)
        assert client.post(self.PATH, {"linking": amount}).status_code == 422
        assert not Budget.objects.exists()

    @pytest.mark.parametrize("role", [Role.HUB_ANALYST, Role.MINISTRY, Role.ORGANISATION_ADMIN])
    def test_nobody_else_enters_any(self, client, role):
        enter(client, role)
        assert client.get(self.PATH).status_code == 403
        assert client.post(self.PATH, {"linking": "1"}).status_code == 403
        assert not Budget.objects.exists()
