"""The sign-in in a real browser: keys, passkeys, an app, recovery codes, and no script at all."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import CDPSession, Page, expect

from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members.models import Person
from tests.edge.web.site import PASSWORD, code_now, give_password, give_second_factor
from tests.hub import sector as world

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def taro(site) -> Person:
    world.sector()
    return give_password(world.person("hikari"))


@pytest.fixture
def hana(taro) -> Person:
    """Somebody whose role needs a second factor."""
    return give_password(world.person("isac", Role.HUB_ADMIN, name="hana"))


def put_in_key(tab: Page, **options: object) -> tuple[CDPSession, str]:
    """Give the browser a security key that is touched whenever it is asked."""
    session = tab.context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, **options}})
    return session, str(made["authenticatorId"])


def press(tab: Page, name: str) -> None:
    """Press a button, and wait until the page that it leads to has come."""
    with tab.expect_navigation():
        tab.get_by_role("button", name=name, exact=True).click()


def type_password(tab: Page, site, person: Person) -> None:
    tab.goto(site.address + reverse("account_login"))
    tab.get_by_label("Mail address").fill(person.email)
    tab.get_by_label("Password").fill(PASSWORD)
    press(tab, "Sign in")


def sign_out(tab: Page, site) -> None:
    tab.goto(site.address + reverse("my-account"))
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()


def is_signed_in(tab: Page, site, person: Person) -> None:
    """Whatever page the day begins with has loaded, and the next one still knows who it is."""
    expect(tab).not_to_have_url(re.compile("/sign-in"))
    tab.goto(site.address + reverse("my-account"))
    expect(tab.locator("header").get_by_text(person.name)).to_be_visible()


def add_key(tab: Page, site, name: str, *, passkey: bool) -> None:
    tab.goto(site.address + reverse("mfa_add_webauthn"))
    tab.get_by_label("Name of the key").fill(name)
    if passkey:
        tab.get_by_label("Sign in with this key alone").check()
    press(tab, "Add the key")


class TestKeys:
    def test_a_passkey_signs_in_alone(self, site, visitor, hana):
        tab = visitor()
        put_in_key(tab)
        type_password(tab, site, hana)
        expect(tab.get_by_text("Your role needs a second factor")).to_be_visible()
        tab.get_by_role("link", name="Add a key").click()
        add_key(tab, site, "Laptop", passkey=True)
        expect(tab.get_by_role("heading", name="Recovery codes")).to_be_visible()
        tab.get_by_role("link", name="I have kept them").click()
        is_signed_in(tab, site, hana)
        sign_out(tab, site)
        tab.get_by_role("button", name="Sign in with a passkey").click()
        is_signed_in(tab, site, hana)
        newest = AuditEvent.objects.filter(verb="person.signed_in").latest("seq")
        assert (newest.actor, "webauthn" in newest.detail) == (hana.email, True)

    def test_a_passkey_leads_to_where_somebody_wanted_to_go(self, site, visitor, taro):
        tab = visitor(taro)
        put_in_key(tab)
        self.confirm(tab, site)
        add_key(tab, site, "Laptop", passkey=True)
        sign_out(tab, site)
        tab.goto(site.address + reverse("notices"))
        tab.get_by_role("button", name="Sign in with a passkey").click()
        tab.wait_for_url(site.address + reverse("notices"))

    def test_a_security_key_is_the_second_step(self, site, visitor, taro):
        tab = visitor(taro)
        put_in_key(tab, transport="usb")
        self.confirm(tab, site)
        add_key(tab, site, "Blue key", passkey=False)
        sign_out(tab, site)
        type_password(tab, site, taro)
        expect(tab.get_by_role("heading", name="Second factor")).to_be_visible()
        press(tab, "Use a security key")
        is_signed_in(tab, site, taro)

    def test_a_key_confirms_is_renamed_and_removed(self, site, visitor, taro):
        tab = visitor(taro)
        put_in_key(tab)
        self.confirm(tab, site)
        add_key(tab, site, "Old name", passkey=False)
        sign_out(tab, site)
        type_password(tab, site, taro)
        press(tab, "Use a security key")
        is_signed_in(tab, site, taro)
        tab.goto(site.address + reverse("mfa_reauthenticate_webauthn"))
        press(tab, "Use a security key")
        tab.goto(site.address + reverse("mfa_list_webauthn"))
        tab.get_by_role("link", name="Rename Old name").click()
        tab.get_by_label("Name of the key").fill("New name")
        tab.get_by_role("button", name="Save").click()
        tab.get_by_role("link", name="Remove New name").click()
        tab.get_by_role("button", name="Remove the key").click()
        expect(tab.get_by_text("You have no key yet.")).to_be_visible()
        assert not Authenticator.objects.exists()

    def test_the_last_key_of_who_needs_one_stays(self, site, visitor, hana):
        tab = visitor()
        put_in_key(tab)
        type_password(tab, site, hana)
        add_key(tab, site, "The only one", passkey=False)
        tab.goto(site.address + reverse("mfa_list_webauthn"))
        tab.get_by_role("link", name="Remove The only one").click()
        expect(tab.get_by_text("Add another one before")).to_be_visible()
        expect(tab.get_by_role("button", name="Remove the key")).to_have_count(0)

    def test_the_passkey_of_who_has_left_opens_nothing(self, site, visitor, taro):
        tab = visitor(taro)
        put_in_key(tab)
        self.confirm(tab, site)
        add_key(tab, site, "Laptop", passkey=True)
        sign_out(tab, site)
        Person.objects.filter(pk=taro.pk).update(is_active=False)
        tab.get_by_role("button", name="Sign in with a passkey").click()
        expect(tab.get_by_text("You cannot sign in this way.")).to_be_visible()

    def test_a_passkey_without_finger_or_pin_opens_nothing(self, site, visitor, taro):
        tab = visitor(taro)
        session, key = put_in_key(tab)
        self.confirm(tab, site)
        add_key(tab, site, "Laptop", passkey=True)
        sign_out(tab, site)
        session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
        tab.get_by_role("button", name="Sign in with a passkey").click()
        expect(tab.get_by_text("The key did not answer")).to_be_visible()

    def test_a_key_that_belongs_elsewhere_is_spoken_of(self, site, visitor, taro):
        tab = visitor()
        put_in_key(tab)
        tab.goto(site.address + reverse("account_login"))
        tab.get_by_role("button", name="Sign in with a passkey").click()
        expect(tab.get_by_role("alert")).to_contain_text("The key did not answer")

    def confirm(self, tab: Page, site) -> None:
        tab.goto(site.address + reverse("account_reauthenticate"))
        tab.get_by_label("Password").fill(PASSWORD)
        press(tab, "Confirm")


class TestAnApp:
    @pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
    def test_it_is_set_up_by_typing_its_secret_and_opens(self, site, visitor, hana, script):
        tab = visitor(java_script_enabled=script)
        type_password(tab, site, hana)
        tab.get_by_role("link", name="Set up an app").click()
        secret = tab.locator("#secret").inner_text()
        tab.locator("input[name=code]").fill(code_now(secret))
        tab.get_by_role("button", name="Set up").click()
        codes = tab.locator(".codes li").all_inner_texts()
        assert len(codes) == 10
        sign_out(tab, site)
        type_password(tab, site, hana)
        tab.locator("input[name=code]").fill(codes[3])
        tab.get_by_role("button", name="Sign in", exact=True).click()
        is_signed_in(tab, site, hana)

    def test_its_picture_can_be_seen_in_the_dark(self, site, visitor, taro):
        tab = visitor(taro, dark=True)
        tab.goto(site.address + reverse("account_reauthenticate"))
        tab.get_by_label("Password").fill(PASSWORD)
        press(tab, "Confirm")
        tab.goto(site.address + reverse("mfa_activate_totp"))
        picture = tab.get_by_role("img", name=re.compile("secret as a picture"))
        assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
        ground = picture.evaluate("image => getComputedStyle(image).backgroundColor")
        assert ground == "rgb(255, 255, 255)"


class TestTwoBrowsers:
    def test_one_signs_the_other_out(self, site, visitor, taro):
        here, there = visitor(), visitor()
        for tab in (here, there):
            type_password(tab, site, taro)
            is_signed_in(tab, site, taro)
        here.goto(site.address + reverse("usersessions_list"))
        expect(here.get_by_text("another one")).to_have_count(1)
        here.get_by_role("button", name="Sign out everywhere else").click()
        expect(here.get_by_text("You are signed in nowhere else.")).to_be_visible()
        there.goto(site.address + reverse("my-account"))
        expect(there.get_by_role("heading", name="Sign in")).to_be_visible()

    def test_the_keyboard_is_enough(self, site, visitor, taro):
        give_second_factor(taro)
        tab = visitor()
        tab.goto(site.address + reverse("account_login"))
        for _ in range(10):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.name") == "login":
                break
        tab.keyboard.type(taro.email)
        tab.keyboard.press("Tab")
        tab.keyboard.type(PASSWORD)
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("heading", name="Second factor")).to_be_visible()
        tab.locator("input[name=code]").focus()
        tab.keyboard.type(code_now())
        tab.keyboard.press("Enter")
        is_signed_in(tab, site, taro)


SIGNED_OUT = ("account_login", "account_reset_password", "account_reset_password_done",
              "account_reset_password_from_key_done")  # fmt: skip
SIGNED_IN = (
    "my-account", "account_change_password", "account_logout", "account_reauthenticate",
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn",
    "mfa_generate_recovery_codes", "usersessions_list",
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("ja", 390, False), ("en", 1280, True)], ids=["phone", "desk"]
)
def test_every_page_is_accessible_and_fits(site, visitor, taro, language, width, dark):
    tab = visitor(language=language, width=width, dark=dark)
    check(tab, [site.address + reverse(name) for name in SIGNED_OUT])
    tab = visitor(taro, language=language, width=width, dark=dark)
    tab.goto(site.address + reverse("account_reauthenticate"))
    tab.locator("input[type=password]").fill(PASSWORD)
    tab.locator("main button.primary").click()
    check(tab, [site.address + reverse(name) for name in SIGNED_IN])


def check(tab: Page, addresses: list[str]) -> None:
    for address in addresses:
        answer = tab.goto(address)
        assert answer is not None
        assert answer.status == 200
        found = Axe().run(tab).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], address
        expect(tab.locator("h1")).to_have_count(1)
        wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, address
