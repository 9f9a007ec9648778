"""The furniture of the other tests: a site, a browser that goes nowhere else, and complaints."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.members.models import Person
from tests.edge.web.site import Complaints, sign_in
from tests.hub import sector as world


def test_what_a_test_writes_is_what_the_site_reads(site, visitor):
    world.organisation("isac", OrganisationKind.HUB)
    hana = world.person("isac", Role.HUB_ANALYST, name="hana")
    tab = visitor(hana)
    answer = tab.goto(f"{site.address}/vulnerabilities")
    assert answer.status == 200
    expect(tab.locator("header").get_by_text(hana.name)).to_have_count(1)


def test_every_test_begins_with_an_empty_site(site, visitor):
    assert Person.objects.count() == 0
    tab = visitor()
    assert tab.goto(f"{site.address}/").status == 200
    assert reverse("account_login") in tab.url


def test_a_tab_speaks_the_language_that_was_asked_for(site, visitor):
    for language in ("ja", "en"):
        tab = visitor(language=language)
        tab.goto(f"{site.address}/")
        assert tab.locator("html").get_attribute("lang") == language


BAD = {
    "inline script": "() => { document.head.append(Object.assign(document.createElement('script'),"
    " {textContent: 'window.bad = 1'})) }",
    "inline style": "() => { document.body.setAttribute('style', 'color: red') }",
    "outside": "() => { new Image().src = 'https://elsewhere.example/x.png' }",
    "error": "() => { setTimeout(() => { throw new Error('bad') }, 0) }",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_what_a_tab_does_wrong_is_noticed(site, visitor, bad):
    tab = visitor()
    complaints = visitor.complaints
    visitor.complaints = Complaints(site.address)  # the fixture shall not fail this test
    tab.goto(site.address + reverse("account_login"))
    assert complaints.found == []
    tab.evaluate(bad)
    tab.evaluate("() => new Promise((done) => setTimeout(done))")
    tab.goto(site.address + reverse("account_login"))
    assert complaints.found


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_be_signed_in(database, client, role):
    kinds = {
        Role.HUB_ADMIN: "isac",
        Role.HUB_ANALYST: "isac",
        Role.BUREAU_OFFICER: "bureau-kanto",
        Role.MINISTRY: "ministry",
    }
    world.sector()
    world.organisation("ministry", OrganisationKind.MINISTRY)
    sign_in(client, world.person(kinds.get(role, "hikari"), role))
    assert client.session["_auth_user_id"]
    assert settings.SESSION_COOKIE_NAME in client.cookies
    assert client.get("/").status_code == 302
    assert reverse("mfa_index") not in client.get("/").url


@pytest.mark.parametrize(
    ("chosen", "device", "ground"),
    [
        ("auto", "light", "rgb(245, 245, 247)"),
        ("auto", "dark", "rgb(22, 24, 29)"),
        ("light", "dark", "rgb(245, 245, 247)"),
        ("dark", "light", "rgb(22, 24, 29)"),
    ],
)
def test_the_look_is_the_chosen_one_else_that_of_the_device(site, visitor, chosen, device, ground):
    tab = visitor(dark=device == "dark")
    tab.context.add_cookies([{"name": "theme", "value": chosen, "url": site.address}])
    tab.goto(site.address + "/sign-in")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == ground
