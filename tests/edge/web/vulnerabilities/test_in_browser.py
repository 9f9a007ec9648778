"""The list and the page of one in a browser: both languages, both widths, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from noroshi.hub.knowledge import catalogue
from tests.edge.web.journeys import Journey
from tests.edge.web.vulnerabilities.rich import say_all
from tests.edge.web.vulnerabilities.test_one import CRITICAL, MEDIUM, by_nvd, scored
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, kev, npm, npm_component, nvd, work
from tests.hub.running import runs, system
from tests.hub.sector import DAY, NOON

ONE = cve(1)


@pytest.fixture
def known(site):
    world.sector()
    packages = [npm(f"kasumi-{n}", ("1.0.0", "1.4.2")) for n in range(20)]
    bring("cve5", cve5(ONE, *packages, metrics=[scored(CRITICAL, 9.8)]))
    bring("nvd", nvd(ONE, metrics=by_nvd(MEDIUM, 5.1)))
    bring("kev", kev(ONE))
    runs(npm_component("kasumi-1", "1.4.1"), owned=system("hikari", "mail-gw"))
    work()


@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [
        ("en", 1280, False),
        ("en", 800, False),
        ("en", 390, True),
        ("ja", 390, False),
        ("ja", 1280, True),
    ],
)
def test_pages_are_whole(site, visitor, known, language, width, dark):
    tab = visitor(world.person("hikari"), language=language, width=width, dark=dark)
    journey = Journey(site, tab, language)
    journey.go("/vulnerabilities?severity=medium&mine=on")
    journey.press(f"a[href='/vulnerabilities/{ONE}']")
    journey.press("#versions a[href$='/affected']")
    journey.go(f"/vulnerabilities/{ONE}?show=all")


@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("en", 1280, False), ("en", 390, True), ("ja", 390, False), ("ja", 1280, True)],
)
def test_all_that_sources_can_say_makes_whole_pages(site, visitor, language, width, dark):
    world.sector()
    document = say_all(world.vulnerability(ONE))
    options = {"language": language, "width": width, "dark": dark}
    journey = Journey(site, visitor(world.person("hikari"), **options), language)
    journey.go(f"/vulnerabilities/{ONE}")
    journey.press("#remedies a[href$='show=all#remedies']")
    journey.press(f"#sources a[href$='/documents/{document}']")
    tab = visitor(world.person("hikari", name="hanako"), java_script_enabled=False, **options)
    tab.goto(f"{site.address}/vulnerabilities/{ONE}/documents/{document}")
    with tab.expect_download() as kept:
        tab.locator("a[href$='/file']").click()
    assert kept.value.suggested_filename == f"redhat-{document}.txt"


def test_on_a_phone_a_caption_is_as_wide_as_its_table(site, visitor, known):
    tab = visitor(world.person("hikari"), width=390)
    tab.goto(f"{site.address}/vulnerabilities/{ONE}")
    caption = tab.get_by_text("What each part rests on").bounding_box()
    table = tab.get_by_role("table", name="What each part rests on").bounding_box()
    assert caption
    assert table
    assert caption["width"] == table["width"]


@pytest.fixture
def sparse(site, monkeypatch):
    """What is looked for lies a few windows away."""
    for name in ("NEAR", "FAR"):
        monkeypatch.setattr(catalogue, name, 2)
    world.sector()
    for number in range(1, 9):
        severity = "low" if number == 7 else "high"
        world.vulnerability(cve(number), published=NOON - number * DAY, severity=severity)


def test_the_list_looks_further_on_by_itself(site, visitor, sparse):
    tab = visitor(world.person("hikari"))
    tab.goto(f"{site.address}/vulnerabilities?severity=low")
    tab.get_by_role("link", name=cve(7)).wait_for()
    tab.get_by_role("link", name="First page").last.wait_for()
    expect(tab.locator(".further")).to_have_count(0)


def test_without_script_one_looks_further_on_oneself(site, visitor, sparse):
    tab = visitor(world.person("hikari"), java_script_enabled=False)
    tab.goto(f"{site.address}/vulnerabilities?severity=low")
    steps = 0
    while tab.get_by_role("link", name=cve(7)).count() == 0:
        tab.get_by_role("link", name="look further on").click()
        steps += 1
    assert steps > 1
