"""My exposure in a browser: a tap on a phone, without scripts, by keyboard; and no barrier."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from noroshi.core.policy.visibility import GrantLevel
from noroshi.hub.matching.models import FindingStatus
from noroshi.hub.members.models import Person
from tests.edge.web.exposure.rooms import grant, standing
from tests.hub import sector as world
from tests.hub.exposing import expose
from tests.hub.sector import DAY
from tests.hub.sending import published

SERIOUS = {"serious", "critical"}


@pytest.fixture
def taro(site) -> Person:
    """Somebody whom three vulnerabilities concern, one of them in two systems."""
    world.sector()
    today = timezone.localdate()
    edge, core = (world.system("hikari", name) for name in ("edge", "core"))
    rated: dict[str, Any] = {"severity": "high", "score": 8.0}
    for owned in (edge, core):
        expose(owned, "CVE-1", priority="immediate", due=today - DAY, title_en="One", **rated)
    row = expose(edge, "CVE-2", status=FindingStatus.NEEDS_CONFIRMATION, title_en="Two")
    expose(core, "CVE-3", status=FindingStatus.FIXED, answer="fixed", title_en="Three")
    published().vulnerabilities.add(row.vulnerability)
    return world.person("hikari")


def acknowledge(tab: Page, name: str) -> Locator:
    return tab.get_by_role("button", name=f"Acknowledge {name}")


def test_one_tap_acknowledges_without_losing_the_place(site, visitor, taro):
    tab = visitor(taro, width=390)
    tab.goto(f"{site.address}/exposure")
    acknowledge(tab, "CVE-2").scroll_into_view_if_needed()
    tab.evaluate("window.untouched = true")
    acknowledge(tab, "CVE-2").click()
    expect(tab.get_by_role("status")).to_contain_text("CVE-2 is acknowledged.")
    expect(acknowledge(tab, "CVE-2")).to_have_count(0)
    expect(tab.get_by_role("link", name="Give an answer CVE-2")).to_be_focused()
    expect(tab.get_by_role("link", name="In hand 1")).to_be_visible()
    acknowledge(tab, "CVE-1").click()
    expect(tab.get_by_role("link", name="In hand 2")).to_be_visible()
    assert tab.evaluate("window.untouched") is True
    assert [answer for _, _, answer in standing()] == [
        "acknowledged",
        "acknowledged",
        "acknowledged",
        "fixed",
    ]


def test_it_works_without_scripts(site, visitor, taro):
    tab = visitor(taro, width=390, java_script_enabled=False)
    tab.goto(f"{site.address}/exposure")
    acknowledge(tab, "CVE-2").click()
    expect(tab.get_by_role("status")).to_contain_text("CVE-2 is acknowledged.")
    tab.get_by_role("link", name="Give an answer CVE-1").click()
    tab.get_by_label("We are not affected, because…").check()
    tab.get_by_label("Why not affected").select_option("the vulnerable code is never executed")
    tab.get_by_label("core").uncheck()
    tab.get_by_role("button", name="Send the answer").click()
    expect(tab.get_by_role("status")).to_contain_text("CVE-1: answered for 1 system.")
    assert standing()[0] == ("edge", "not_affected", "not_affected")
    assert standing()[1] == ("core", "open", "")


def test_a_reason_is_asked_for_where_one_is_needed(site, visitor, taro):
    tab = visitor(taro, width=390)
    tab.goto(f"{site.address}/exposure/CVE-1")
    expect(tab.get_by_label("Why not affected")).to_be_hidden()
    tab.get_by_label("We are not affected, because…").check()
    expect(tab.get_by_label("Why not affected")).to_be_visible()
    tab.get_by_role("button", name="Send the answer").click()
    expect(tab.get_by_text("Please choose why you are not affected.")).to_be_in_viewport()


def test_an_answer_is_given_by_keyboard_alone(site, visitor, taro):
    tab = visitor(taro)
    tab.goto(f"{site.address}/exposure")
    tab.get_by_role("link", name="Give an answer CVE-2").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/exposure/CVE-2#answer")
    tab.get_by_label("We have seen it").focus()
    tab.keyboard.press("ArrowDown")
    expect(tab.get_by_label("We are working on it")).to_be_checked()
    tab.keyboard.press("Tab")
    tab.keyboard.type("On Sunday.")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_contain_text("CVE-2: answered for 1 system.")
    assert ("edge", "needs_confirmation", "responding") in standing()


@pytest.mark.parametrize(
    "place",
    [
        "/exposure",
        "/exposure?state=answered",
        "/exposure?q=nothing",
        "/exposure?organisation=minato",
        "/exposure/CVE-1",
    ],
)
@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_nothing_shuts_anybody_out(site, visitor, taro, place, width, dark):
    grant("minato", "hikari", GrantLevel.DETAIL)
    tab = visitor(taro, width=width, dark=dark)
    tab.goto(site.address + place)
    expect(tab.locator("h1")).to_have_count(1)
    assert not tab.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    found = Axe().run(tab).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []
