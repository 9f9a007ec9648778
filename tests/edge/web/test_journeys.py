"""Whole days' work in a real browser, in both languages, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Role
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.matching.models import Finding
from noroshi.hub.members.models import Person
from noroshi.hub.notices.models import Delivery
from tests.edge.web.journeys import Journey, running, settle, somebody
from tests.edge.web.site import PASSWORD
from tests.hub import sector as world
from tests.hub.feeds import cve, npm_component, sbom, work

EVERYWHERE = pytest.mark.parametrize(
    ("language", "width"), [("ja", 390), ("en", 390), ("ja", 1280), ("en", 1280)]
)
Begin = Callable[[Person | None], Journey]


@pytest.fixture
def begin(site, visitor, language, width) -> Begin:
    settle()

    def begun(person: Person | None) -> Journey:
        tab = visitor(person, language=language, width=width, dark=width == 390)
        return Journey(site, tab, language)

    return begun


def finding(slug: str) -> Finding:
    rows = Finding.objects.visible_to(SystemViewer())
    return rows.select_related("vulnerability").get(system__organisation__slug=slug)


@EVERYWHERE
def test_from_the_sign_in_to_the_exposure_to_the_answer(begin):
    running("hikari", ("alpha", "1.0"))
    taro = somebody("hikari")
    journey = begin(None)
    tab = journey.go("/exposure")
    assert "/sign-in" in tab.url
    tab.locator("input[name=login]").fill(taro.email)
    tab.locator("input[name=password]").fill(PASSWORD)
    journey.press("main form button.primary")
    assert tab.url.endswith("/exposure")
    tab.locator(f"button[name=acknowledge][value='{cve(1)}']").click()
    expect(tab.locator("button[name=acknowledge]")).to_have_count(0)
    journey.look()
    journey.press(f"a[href='/exposure/{cve(1)}']")
    tab.locator("input[name=state][value=not_affected]").check()
    tab.locator("select[name=justification]").select_option("vulnerable_code_not_present")
    tab.locator("textarea[name=text]").fill("<b>自社で</b> 確認済み")
    journey.press("#answer button.primary")
    journey.go(f"/exposure/{cve(1)}")
    assert "<b>自社で</b>" in tab.locator("main").inner_text()
    found = finding("hikari")
    assert found.status == "not_affected"


@EVERYWHERE
def test_from_an_sbom_to_what_concerns_it(begin):
    journey = begin(world.person("minato"))
    tab = journey.go("/assets/new")
    tab.locator("input[name=name]").fill("放送 <i>送出</i>")
    for name in ("criticality", "exposure"):
        tab.locator(f"[name={name}]").first.check()
    file = {"name": "gate.json", "mimeType": "application/json"}
    body = sbom(npm_component("alpha", "1.0"), npm_component("beta", "1.0"))
    if tab.locator("input[type=file]").count() == 0:
        journey.press("main form button.primary")
        journey.go(f"{tab.url.removeprefix(journey.site.address)}/upload")
    tab.locator("input[type=file]").set_input_files([{**file, "buffer": body}])
    journey.press("main form button.primary")
    work()
    journey.go(tab.url.removeprefix(journey.site.address))
    for number in (1, 2):
        expect(tab.get_by_role("link", name=cve(number))).to_have_count(1)
    journey.go("/exposure")
    journey.press(f"a[href='/exposure/{cve(1)}']")
    journey.go(f"/vulnerabilities/{cve(1)}")
    journey.go("/vulnerabilities")


@EVERYWHERE
def test_from_the_preview_to_those_and_only_those(begin, visitor, site, language, width):
    running("hikari", ("alpha", "1.0"))
    running("yama", ("alpha", "1.0"))
    analyst = world.person("isac", Role.HUB_ANALYST)
    told, other = world.person("hikari", name="told"), world.person("minato", name="other")
    journey = begin(analyst)
    journey.go("/notices/queue")
    tab = journey.go(f"/notices/new?vulnerability={cve(1)}")
    tab.locator("input[name=title_ja]").fill("急ぎの <script>確認</script>")
    tab.locator("textarea[name=text_ja]").fill("直ちに更新してください。")
    tab.locator("input[name=title_en]").fill("Urgent")
    tab.locator("textarea[name=text_en]").fill("Please update at once.")
    tab.locator("input[name=tlp][value=amber]").check()
    tab.locator("input[name=to][value=some]").check()
    _open_everything(tab)
    tab.locator("input[name=organisations][value=hikari]").check()
    journey.press("main form button.primary")
    seen = tab.locator("main").inner_text()
    assert "hikari" in seen
    assert "minato" not in seen
    journey.press("main form button.primary")
    delivered = Delivery.objects.visible_to(SystemViewer())
    assert [row.organisation.slug for row in delivered.select_related("organisation")] == ["hikari"]
    for person, expected in ((told, 1), (other, 0)):
        theirs = Journey(site, visitor(person, language=language, width=width), language)
        page = theirs.go("/notices")
        expect(page.locator("main a[href^='/notices/N-']")).to_have_count(expected)
        if expected:
            theirs.press("main a[href^='/notices/N-']")
            theirs.press("main form button.primary")
            row = delivered.get()
            assert row.acknowledged_at is not None


def _open_everything(tab: Page) -> None:
    tab.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")


@EVERYWHERE
def test_from_an_incident_to_all_members_without_the_name(begin, visitor, site, language, width):
    reporter = world.person("hikari", name="hanako")
    analyst = world.person("isac", Role.HUB_ANALYST)
    member = world.person("yama", name="reader")
    journey = begin(reporter)
    tab = journey.go("/incidents/new")
    tab.locator("input[name=title]").fill("架空hikari への攻撃")
    tab.locator("textarea[name=text]").fill("架空hikari の機器に不審な通信がありました。")
    tab.locator("textarea[name=indicators]").fill("198.51.100.7\nevil.example")
    tab.locator("input[name=tlp][value=green]").check()
    journey.press("main form button.primary")
    journey.press("main form button[name=preview]")
    journey.press("main form button[name=give]")
    hub = Journey(
        site, visitor(analyst, language=language, width=width, dark=width == 390), language
    )
    hub.go("/incidents/reviews")
    desk = hub.press("main table a")
    desk.locator("input[name=to][value=members]").check()
    hub.press("main form button[name=preview]")
    assert "架空hikari" not in desk.locator("main pre.letter").first.inner_text()
    hub.press("main form button.primary")
    reader = Journey(site, visitor(member, language=language, width=width), language)
    reader.go("/incidents")
    page = reader.press("main table a")
    text = page.locator("main").inner_text()
    assert "198.51.100.7" in text
    assert "hikari" not in text
    shared = IntelObject.objects.visible_to(SystemViewer()).filter(
        type="report", published_at__isnull=False
    )
    assert [row.owner.slug for row in shared.select_related("owner")] == ["isac"]
    assert all(b"hikari" not in bytes(row.body) for row in shared)


@EVERYWHERE
def test_the_figures_and_the_rows_behind_them(begin):
    running("hikari", ("alpha", "1.0"))
    journey = begin(world.person("isac", Role.HUB_ADMIN))
    tab = journey.go("/figures")
    assert tab.locator("main img[alt]").count() >= 1
    journey.press("main table a")


@EVERYWHERE
def test_the_other_pages_of_each_role(begin, visitor, site, language, width):
    running("hikari", ("alpha", "1.0"))
    rounds = {
        world.person("isac", Role.HUB_ADMIN): (
            "/hub",
            "/hub/sources",
            "/hub/organisations",
            "/hub/organisations/new",
            "/hub/communities",
            "/hub/communities/new",
            "/organisations/hikari",
            "/keys/new",
            "/hub/audit",
        ),
        world.person("bureau-kanto", Role.BUREAU_OFFICER): ("/bureau", "/notices/new"),
        world.person("hikari", Role.ORGANISATION_ADMIN): (
            "/organisation",
            "/assets/grants",
            "/account",
        ),
    }
    begin(None)
    for person, paths in rounds.items():
        theirs = Journey(site, visitor(person, language=language, width=width), language)
        for path in paths:
            theirs.go(path)


@pytest.mark.parametrize(("language", "width"), [("ja", 1280)])
def test_by_keyboard_alone_somebody_signs_in_acknowledges_and_answers(begin):
    running("hikari", ("alpha", "1.0"))
    taro = somebody("hikari")
    journey = begin(None)
    tab = journey.go("/exposure")
    _to(tab, "input[name=login]")
    tab.keyboard.type(taro.email)
    _to(tab, "input[name=password]")
    tab.keyboard.type(PASSWORD)
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    _to(tab, "button[name=acknowledge]")
    _is_seen(tab)
    tab.keyboard.press("Enter")
    expect(tab.locator("button[name=acknowledge]")).to_have_count(0)
    _to(tab, f"a[href='/exposure/{cve(1)}#answer']")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    _to(tab, "input[name=state]")
    while tab.evaluate("document.activeElement.value") != "fixed":
        tab.keyboard.press("ArrowDown")
    _to(tab, "#answer button.primary")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert finding("hikari").status == "fixed"


def _to(tab: Page, selector: str) -> None:
    """Go from one thing to the next until this one is reached."""
    for _step in range(80):
        tab.keyboard.press("Tab")
        if tab.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    pytest.fail(f"{selector} is not reached with the keyboard")


def _is_seen(tab: Page) -> None:
    """See that the reader can tell where the keyboard is."""
    style = "getComputedStyle(document.activeElement)"
    assert tab.evaluate(f"{style}.outlineStyle") != "none"
    assert float(tab.evaluate(f"parseFloat({style}.outlineWidth)")) >= 2
