"""Uploading in a browser: chosen, dropped, refused, without script, and found."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.inventory.models import Inventory
from tests.edge.web.assets.rooms import A, B, system, upload
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, npm, sbom, work

GOOD = {"name": "gate.json", "mimeType": "application/json", "buffer": sbom(A, B)}
BAD = {"name": "gate.json", "mimeType": "application/json", "buffer": b"{"}

DROP = """
([target, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: "application/json"}));
  const more = {dataTransfer: data, bubbles: true, cancelable: true};
  for (const kind of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(kind, more));
  }
}
"""


@pytest.fixture
def owned(site):
    world.sector()
    bring("cve5", cve5(cve(1), npm("alpha", ("0", "2.0"))))
    return system()


def stored() -> int:
    return Inventory.objects.visible_to(SystemViewer()).count()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ja", 390)])
def test_an_sbom_is_chosen_sent_and_its_findings_are_seen(site, visitor, owned, language, width):
    tab = visitor(world.person("hikari"), language=language, width=width)
    tab.goto(f"{site.address}/assets/systems/{owned.pk}/upload")
    tab.locator("input[type=file]").set_input_files(GOOD)
    tab.locator("form[data-upload] button.primary").click()
    tab.wait_for_url(f"{site.address}/assets/systems/{owned.pk}")
    expect(tab.locator("#messages .note-good")).to_have_count(1)
    expect(tab.locator("#matching progress")).to_have_count(1)
    work()
    tab.get_by_role("link", name=cve(1)).wait_for()  # the page that waits shows them by itself
    expect(tab.locator("#matching progress")).to_have_count(0)


def test_a_file_is_dropped(site, visitor, owned):
    tab = visitor(world.person("hikari"))
    tab.goto(f"{site.address}/assets/systems/{owned.pk}/upload")
    target = tab.locator("[data-drop]").element_handle()
    tab.evaluate(DROP, [target, "dropped.json", sbom(A).decode()])
    assert tab.evaluate("() => document.querySelector('input[type=file]').files[0].name") == (
        "dropped.json"
    )
    tab.locator("form[data-upload] button.primary").click()
    tab.wait_for_url(f"{site.address}/assets/systems/{owned.pk}")
    assert stored() == 1


def test_what_was_refused_is_said_and_another_file_can_be_sent(site, visitor, owned):
    tab = visitor(world.person("hikari"))
    tab.goto(f"{site.address}/assets/systems/{owned.pk}/upload")
    for _ in range(2):
        tab.locator("input[type=file]").set_input_files(BAD)
        tab.locator("form[data-upload] button.primary").click()
        tab.locator("#id_file-errors").wait_for()
        expect(tab.locator("input[type=file]")).to_be_focused()
    tab.locator("input[type=file]").set_input_files(GOOD)
    tab.locator("form[data-upload] button.primary").click()
    tab.wait_for_url(f"{site.address}/assets/systems/{owned.pk}")
    assert stored() == 1


def test_it_works_without_script(site, visitor, owned):
    tab = visitor(world.person("hikari"), java_script_enabled=False)
    tab.goto(f"{site.address}/assets/systems/{owned.pk}/upload")
    assert not tab.locator("[data-progress]").is_visible()
    tab.locator("input[type=file]").set_input_files(GOOD)
    tab.locator("form[data-upload] button.primary").click()
    expect(tab.locator("#messages .note-good")).to_have_count(1)
    work()
    tab.get_by_role("link", name="Show how it stands now").click()
    expect(tab.get_by_role("link", name=cve(1))).to_have_count(1)


def test_who_was_signed_out_meanwhile_is_led_to_the_sign_in(site, visitor, owned):
    tab = visitor(world.person("hikari"))
    tab.goto(f"{site.address}/assets/systems/{owned.pk}/upload")
    tab.context.clear_cookies(name="sessionid")
    tab.locator("input[type=file]").set_input_files(GOOD)
    tab.locator("form[data-upload] button.primary").click()
    tab.wait_for_url("**next=**")
    assert stored() == 0


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(site, visitor, owned, dark):
    number = upload(owned, A, B, {"name": "bad", "purl": "not one"})
    upload(system(name="other"), A)
    work()
    tab = visitor(world.person("hikari"), dark=dark)
    for path in (
        "/assets", "/assets/new", "/assets/grants",
        *(f"/assets/systems/{owned.pk}{place}" for place in ("", "/edit", "/retire", "/upload")),
        *(f"/assets/inventories/{number}{place}" for place in ("", "/components", "/changes")),
    ):  # fmt: skip
        tab.goto(site.address + path)
        found = Axe().run(tab).response["violations"]
        serious = [
            (one["id"], [node["html"] for node in one["nodes"]])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == [], path
        assert tab.evaluate(
            "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), path
