"""The figures in a browser: seen on a phone and a desk, in both looks, and fit for everybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from noroshi.core.sector import OrganisationKind, Role
from tests.hub import sector as world


@pytest.mark.parametrize(("width", "dark", "narrow"), [(1280, False, False), (390, True, True)])
def test_the_chart_is_loaded_in_the_width_there_is(site, visitor, width, dark, narrow):
    world.organisation("soumu", OrganisationKind.MINISTRY)
    tab = visitor(world.person("soumu", Role.MINISTRY), width=width, dark=dark)
    tab.goto(f"{site.address}/figures/2026")
    chart = tab.locator(".chart img")
    chart.evaluate("(image) => image.decode()")
    assert chart.evaluate("(image) => image.naturalWidth > 0")
    assert ("narrow" in chart.evaluate("(image) => image.currentSrc")) is narrow
    assert tab.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(site, visitor, dark):
    world.sector()
    tab = visitor(world.person("isac", Role.HUB_ADMIN), dark=dark)
    for place in ("", "/2026/assets", "/2026/organisations", "/2026/budget"):
        tab.goto(f"{site.address}/figures{place}")
        found = Axe().run(tab).response["violations"]
        serious = [one for one in found if one["impact"] in {"serious", "critical"}]
        assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == [], place


def test_a_chart_that_is_opened_by_itself_does_nothing_but_show(site, visitor):
    world.organisation("soumu", OrganisationKind.MINISTRY)
    tab = visitor(world.person("soumu", Role.MINISTRY))
    answer = tab.goto(f"{site.address}/figures/2026/chart.svg")
    assert answer.status == 200
    assert tab.locator("svg text").count() > 3
