"""Second factors: set up, asked for, used once, lost, removed; and nobody passes who lacks one."""

from __future__ import annotations

import json
import re
import time
from functools import partial

import msgspec
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from noroshi.core.sector import Role
from noroshi.edge.web.signin import factors
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members.models import Person
from tests.edge.web.site import (
    PASSWORD,
    SECRET,
    code_now,
    give_password,
    give_second_factor,
    sign_in,
)
from tests.hub import sector as world

pytestmark = pytest.mark.usefixtures("database")

SIGN_IN, SECOND = reverse("account_login"), reverse("mfa_authenticate")
APP, REMOVAL = reverse("mfa_activate_totp"), reverse("mfa_deactivate_totp")
FACTORS, CODES = reverse("mfa_index"), reverse("mfa_view_recovery_codes")


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return give_password(world.person("hikari"))


@pytest.fixture
def hana(taro) -> Person:
    """Somebody whose role needs a second factor."""
    return give_password(world.person("isac", Role.HUB_ADMIN, name="hana"))


committed = partial(TestCase.captureOnCommitCallbacks, execute=True)
"""What is done once the transaction is over is done now, though the test's own goes on."""


def password(client: Client, person: Person):
    return client.post(SIGN_IN, {"login": person.email, "password": PASSWORD})


def enter(client: Client, code: str):
    return client.post(SECOND, {"code": code})


def shown_secret(client: Client) -> str:
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', client.get(APP).content.decode())
    return str(secret)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def verbs(prefix: str = "person.") -> list[str]:
    rows = AuditEvent.objects.filter(verb__startswith=prefix).order_by("seq")
    return [row.verb for row in rows if row.verb != "person.added"]


class TestTheApp:
    def test_it_is_set_up_shows_recovery_codes_once_and_is_asked_for(self, client, taro):
        password(client, taro)
        answer = client.post(APP, {"code": code_now(shown_secret(client))})
        assert answer.url == CODES
        codes = re.findall(r"<li>(\d{8})</li>", client.get(CODES).content.decode())
        assert len(codes) == 10
        again = client.get(CODES).content.decode()
        assert "10 codes are left" in again
        assert codes[0] not in again
        client.post(reverse("account_logout"))
        assert password(client, taro).url == SECOND
        assert not signed_in(client)
        assert client.get(reverse("exposure")).status_code == 302

    def test_a_code_opens(self, client, taro):
        give_second_factor(taro)
        password(client, taro)
        assert enter(client, code_now()).url == "/"
        assert signed_in(client)
        event = AuditEvent.objects.get(verb="person.signed_in")
        assert json.loads(event.detail)["with"] == ["password", "totp"]

    def test_a_code_opens_once(self, client, taro):
        give_second_factor(taro)
        code = code_now()
        password(client, taro)
        enter(client, code)
        for typed in (code, f"{code[:3]} {code[3:]}", f"{code[:3]}-{code[3:]}"):
            other = Client()
            password(other, taro)
            assert "used before" in enter(other, typed).content.decode()
            assert not signed_in(other)

    def test_a_clock_may_be_half_a_minute_off_and_not_more(self, client, taro, monkeypatch):
        give_second_factor(taro)
        code, now = code_now(), time.time()
        monkeypatch.setattr(time, "time", lambda: now + 61)
        password(client, taro)
        assert "is not right" in enter(client, code).content.decode()
        monkeypatch.setattr(time, "time", lambda: now + 30)
        assert enter(client, code).status_code == 302

    @pytest.mark.parametrize(
        "code", ["", "000000", "12345", "1" * 5000, "abc", "１２３４５６", "<b>"]
    )
    def test_anything_else_does_not_open(self, client, taro, code):
        give_second_factor(taro)
        password(client, taro)
        assert enter(client, code).status_code == 200
        assert not signed_in(client)

    def test_the_address_of_the_second_step_alone_opens_nothing(self, client, taro):
        give_second_factor(taro)
        assert client.get(SECOND).url == SIGN_IN
        assert enter(client, code_now()).url == SIGN_IN

    def test_guessing_locks_the_second_step_and_is_recorded(self, client, taro):
        give_second_factor(taro)
        password(client, taro)
        for _ in range(5):
            enter(client, "000000")
        assert "Too many attempts" in enter(client, code_now()).content.decode()
        assert not signed_in(client)
        assert verbs() == ["person.sign_in_failed"] * 5 + ["person.locked"]
        detail = AuditEvent.objects.filter(verb="person.sign_in_failed").first()
        assert detail is not None
        assert json.loads(detail.detail) == {"at": "totp", "from": "127.0.0.1"}

    def test_setting_up_needs_a_code_that_fits(self, client, taro):
        password(client, taro)
        shown_secret(client)
        assert "is not right" in client.post(APP, {"code": "000000"}).content.decode()
        assert not factors.of(taro).exists()

    def test_secrets_are_not_kept_readable(self, taro):
        kept = give_second_factor(taro)
        assert SECRET not in json.dumps(kept.data)
        assert SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))

    def test_with_another_key_of_the_node_no_code_fits(self, client, taro, settings):
        give_second_factor(taro)
        settings.SECRET_KEY = "another one"
        password(client, taro)
        assert "is not right" in enter(client, code_now()).content.decode()


class TestRecoveryCodes:
    def codes(self, client: Client, person: Person) -> list[str]:
        give_second_factor(person)
        client.force_login(person)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        with committed():
            client.post(reverse("mfa_generate_recovery_codes"))
        found = re.findall(r"<li>(\d{8})</li>", client.get(CODES).content.decode())
        client.logout()
        return [str(code) for code in found]

    def test_each_opens_once(self, client, taro):
        first, second, *_rest = self.codes(client, taro)
        for code, opens in ((first, True), (first, False), (second, True)):
            other = Client()
            password(other, taro)
            enter(other, code)
            assert signed_in(other) is opens

    def test_new_ones_make_the_old_ones_worthless(self, client, taro):
        old = self.codes(client, taro)[0]
        Authenticator.objects.filter(type="totp").delete()
        new = self.codes(client, taro)[0]
        for code, opens in ((old, False), (new, True)):
            other = Client()
            password(other, taro)
            enter(other, code)
            assert signed_in(other) is opens
        assert verbs("person.recovery") == ["person.recovery_codes_renewed"] * 2

    def test_without_a_factor_there_are_none(self, client, taro):
        client.force_login(taro)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.post(reverse("mfa_generate_recovery_codes")).content.decode()
        assert "Set up a second factor first" in page
        assert client.get(CODES).status_code == 404


class TestConfirming:
    """Who changes factors shows once more who they are."""

    PAGES = ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes")

    def test_right_after_the_sign_in_it_is_not_asked_again(self, client, taro):
        password(client, taro)
        assert client.get(APP).status_code == 200

    def test_five_minutes_later_it_is(self, client, taro, monkeypatch):
        password(client, taro)
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 301)
        answer = client.get(APP)
        for name in self.PAGES:
            answer = client.get(reverse(name))
            assert answer.url.startswith(reverse("account_reauthenticate"))
        wrong = client.post(answer.url, {"password": "wrong", "next": APP})
        assert "not your password" in wrong.content.decode()
        assert client.post(answer.url, {"password": PASSWORD, "next": APP}).url == APP
        assert client.get(APP).status_code == 200

    def test_a_code_does_as_well_as_the_password(self, client, taro):
        give_second_factor(taro)
        sign_in(client, taro)
        assert client.get(REMOVAL).url.startswith(reverse("account_reauthenticate"))
        answer = client.post(reverse("mfa_reauthenticate"), {"code": code_now(), "next": REMOVAL})
        assert answer.url == REMOVAL

    def test_guessing_the_password_there_locks_as_at_the_sign_in(self, client, taro):
        sign_in(client, taro)
        for _ in range(5):
            client.post(reverse("account_reauthenticate"), {"password": "wrong"})
        answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert "Too many attempts" in answer.content.decode()


class TestRemoving:
    def test_it_goes_with_its_recovery_codes_and_is_recorded(self, client, taro):
        password(client, taro)
        with committed():
            client.post(APP, {"code": code_now(shown_secret(client))})
        client.post(REMOVAL)
        assert not Authenticator.objects.filter(user=taro).exists()
        kinds = [
            (row.verb, json.loads(row.detail)["kind"])
            for row in AuditEvent.objects.filter(verb__startswith="person.factor").order_by("seq")
        ]
        added, removed = "person.factor_added", "person.factor_removed"
        assert sorted(kinds) == [
            (added, "recovery_codes"),
            (added, "totp"),
            (removed, "recovery_codes"),
            (removed, "totp"),
        ]

    def test_the_last_one_stays_with_who_needs_one(self, client, hana):
        sign_in(client, hana)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(REMOVAL).content.decode()
        assert "Add another one before" in page
        client.post(REMOVAL)
        assert factors.of(hana).count() == 1

    def test_nobody_removes_what_is_somebody_elses(self, client, taro, hana):
        theirs = Authenticator.objects.create(user=hana, type="webauthn", data={"name": "x"})
        client.force_login(taro)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
            there = client.get(reverse(name, args=[theirs.pk]))
            nowhere = client.get(reverse(name, args=[999_999]))
            assert (there.status_code, nowhere.status_code) == (404, 404)
            assert client.post(reverse(name, args=[theirs.pk])).status_code == 404
        assert Authenticator.objects.filter(pk=theirs.pk).exists()


class TestWhoNeedsOne:
    def test_nothing_else_opens_before_it_is_set_up(self, client, hana):
        password(client, hana)
        for name in ("home", "hub", "queue", "vulnerabilities", "notices", "my-account"):
            assert client.get(reverse(name)).url == FACTORS, name
        for name in ("account_change_password", "usersessions_list", "mfa_list_webauthn"):
            assert client.get(reverse(name)).url == FACTORS, name
        assert client.post(reverse("my-account"), {"name": "x"}).url == FACTORS
        page = client.get(FACTORS).content.decode()
        assert "Your role needs a second factor" in page

    def test_a_fragment_of_a_page_sends_the_whole_page_there(self, client, hana):
        password(client, hana)
        answer = client.get(reverse("hub"), HTTP_HX_REQUEST="true")
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, FACTORS)

    def test_then_everything_opens(self, client, hana):
        password(client, hana)
        client.post(APP, {"code": code_now(shown_secret(client))})
        assert client.get(CODES).status_code == 200
        assert client.get("/").url == reverse("hub")
        assert client.get(reverse("vulnerabilities")).status_code == 200

    def test_recovery_codes_alone_are_no_second_factor(self, client, hana):
        Authenticator.objects.create(user=hana, type="recovery_codes", data={"used_mask": 0})
        client.force_login(hana)
        assert client.get("/").url == FACTORS

    def test_when_they_are_taken_away_it_begins_anew(self, client, hana):
        password(client, hana)
        client.post(APP, {"code": code_now(shown_secret(client))})
        assert client.get("/").url == reverse("hub")
        factors.reset_factors(hana, now=world.NOON, actor="system")
        assert "/sign-in" in client.get("/").url
        password(client, hana)
        assert client.get("/").url == FACTORS

    def test_a_new_role_needs_it_from_the_next_page_on(self, client, taro):
        officer = world.person("bureau-kanto", Role.VIEWER, name="officer")
        client.force_login(officer)
        assert client.get("/").url == reverse("exposure")
        Person.objects.filter(pk=officer.pk).update(role=Role.BUREAU_OFFICER)
        assert client.get("/").url == FACTORS

    def test_a_node_may_ask_nobody_for_it(self, client, hana, monkeypatch):
        lenient = msgspec.structs.replace(settings.NOROSHI, second_factor=frozenset())
        monkeypatch.setattr(settings, "NOROSHI", lenient)
        password(client, hana)
        assert client.get("/").url == reverse("hub")

    def test_the_door_costs_one_question_to_the_database_and_the_session(self, client, hana):
        sign_in(client, hana)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("home"))
        assert len(asked) == 2
