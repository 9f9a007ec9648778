"""What the journeys through the site share: the world, and how a page is looked at."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Role
from noroshi.hub.inventory.actions import add_inventory
from noroshi.hub.inventory.models import System
from noroshi.hub.members.models import Person
from tests.edge.web.site import Site, give_password
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, kev, npm, npm_component, sbom, work
from tests.hub.sector import NOON

KANA_OR_KANJI = re.compile(r"[ぁ-んァ-ヶ一-龠]")
_AXE = Axe()


def settle() -> None:
    """Put the sector there, and two vulnerabilities, one of them exploited."""
    world.sector()
    bring("cve5", cve5(cve(1), npm("alpha", ("0", "2.0"))), cve5(cve(2), npm("beta", ("0", "9"))))
    bring("kev", kev(cve(1)))
    work()


def running(slug: str, *components: tuple[str, str]) -> System:
    """Give an organisation a system with these components, matched."""
    owned = world.system(slug, f"gate of {slug}")
    data = sbom(*(npm_component(*component) for component in components))
    add_inventory(owned, "gate.json", data, now=NOON, actor="system")
    work()
    return System.objects.visible_to(SystemViewer()).get(pk=owned.pk)


def somebody(slug: str, role: Role = Role.RESPONDER, name: str = "taro") -> Person:
    """Take a person in who signs in with a password."""
    return give_password(world.person(slug, role, name))


class Journey:
    """One tab, in one language and width; every page it comes to is looked at."""

    def __init__(self, site: Site, tab: Page, language: str) -> None:
        self.site, self.tab, self.language = site, tab, language

    def go(self, path: str) -> Page:
        """Open a page."""
        answer = self.tab.goto(self.site.address + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        return self.look()

    def press(self, selector: str) -> Page:
        """Press what is there, and wait for the page that comes."""
        with self.tab.expect_navigation():
            self.tab.locator(selector).first.click()
        return self.look()

    def look(self) -> Page:
        """See that the page is whole: language, heading, width, nothing that shuts people out."""
        tab = self.tab
        assert tab.locator("html").get_attribute("lang") == self.language
        expect(tab.locator("h1"), tab.url).to_have_count(1)
        if self.language == "ja":
            assert KANA_OR_KANJI.search(tab.locator("main").inner_text()), tab.url
        wide = tab.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        assert not wide, f"{tab.url} is wider than the window"
        grave = [
            (found["id"], [node["html"][:200] for node in found["nodes"][:3]])
            for found in _AXE.run(tab).response["violations"]
            if found["impact"] in {"serious", "critical"}
        ]
        assert grave == [], tab.url
        return tab
