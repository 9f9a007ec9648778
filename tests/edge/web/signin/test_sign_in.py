"""Signing in with a password: who comes in, what everybody else is told, and what is recorded."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import unquote

import msgspec
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import actions, people
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.reports import queries as reports
from tests.edge.web.site import PASSWORD, give_password
from tests.hub import sector as world
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")

SIGN_IN = reverse("account_login")


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


@pytest.fixture
def taro(rows) -> Person:
    return give_password(world.person("hikari"))


def attempt(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def leave(organisation: Organisation) -> None:
    facts = msgspec.structs.replace(actions.facts_of(organisation), active=False)
    actions.change_organisation(organisation, facts, now=NOON, actor="system")


def events(verb: str) -> list[tuple[str, str, dict[str, object]]]:
    rows = AuditEvent.objects.filter(verb=verb).order_by("seq")
    return [(row.actor, row.object, json.loads(row.detail)) for row in rows]


def asks_for(place: str) -> str:
    return f"{SIGN_IN}?next={place}"


def without_marks(body: bytes) -> str:
    """The page without what differs from one to the next, whoever asks."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", body.decode())
    return re.sub(r'(name="login" value=)"[^"]*"', r"\1", text)


class TestComingIn:
    def test_the_right_password_opens_the_start_page(self, client, taro):
        answer = attempt(client, taro.email)
        assert (answer.status_code, answer.url) == (302, "/")
        assert client.get("/").url == reverse("exposure")

    def test_capitals_in_the_address_do_not_matter(self, client, taro):
        assert attempt(client, "Taro@Hikari.EXAMPLE").status_code == 302

    def test_it_goes_on_to_where_somebody_wanted_to_go(self, client, taro):
        place = reverse("notices")
        assert unquote(client.get(place).url) == asks_for(place)
        assert attempt(client, taro.email, next=place).url == place

    @pytest.mark.parametrize(
        "place",
        [
            "https://elsewhere.example/",
            "//elsewhere.example/",
            "javascript:alert(1)",
            "/\\x",
            "http://[",
            "http://127.0.0.1/",  # answered by this server, but not where the reader is
        ],
    )
    def test_it_never_goes_on_to_another_site(self, client, taro, place):
        assert client.get(SIGN_IN, {"next": place}).status_code == 200
        assert attempt(client, taro.email, next=place).url == "/"

    def test_the_session_gets_a_new_name(self, client, taro):
        client.get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json")
        before = client.session.session_key
        attempt(client, taro.email)
        assert client.session.session_key != before
        assert not client.session.exists(before)

    def test_it_is_recorded_and_counts_as_signed_in(self, client, taro):
        attempt(client, taro.email)
        ((actor, item, detail),) = events("person.signed_in")
        assert (actor, item) == (taro.email, f"person:{taro.pk}")
        assert detail == {"from": "127.0.0.1", "with": ["password"]}
        today = timezone.localdate(AuditEvent.objects.latest("seq").at)
        span = reports.period(today.year - (today.month < 4), today)
        taking = {one.organisation.slug: one.by for one in reports.sharing_organisations(span)}
        assert taking == {"hikari": ("signed in",)}

    def test_signing_out_ends_the_session_and_is_recorded(self, client, taro):
        attempt(client, taro.email)
        key = client.session.session_key
        assert client.get(reverse("account_logout")).status_code == 200
        answer = client.post(reverse("account_logout"))
        assert answer.url == SIGN_IN
        assert not client.session.exists(key)
        assert events("person.signed_out") == [(taro.email, f"person:{taro.pk}", {})]

    def test_who_is_signed_in_has_nothing_to_do_at_the_sign_in(self, client, taro):
        attempt(client, taro.email)
        assert client.get(SIGN_IN).status_code == 302


class TestTheSession:
    def test_it_ends_so_many_hours_after_the_sign_in_however_busy_it_is(self, client, taro):
        attempt(client, taro.email)
        end = client.session.get_expiry_date()
        seconds = settings.NOROSHI.session_hours * 3600
        assert client.session.get_expiry_age() <= seconds
        assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] <= seconds
        account = reverse("my-account")
        client.post(account, {"name": "太郎", "language": "ja"})  # leaves a message
        client.get(account)
        assert client.session.get_expiry_date() == end

    def test_its_cookie_is_for_the_site_alone(self, client, taro):
        attempt(client, taro.email)
        for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
            cookie = client.cookies[name]
            assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")

    def test_sessions_that_ended_are_swept_away(self, client, taro):
        attempt(client, taro.email)
        model = client.session.model
        model.objects.update(expire_date=NOON)
        attempt(Client(), taro.email)
        assert model.objects.count() == 1


REFUSED = {
    "wrong password": lambda taro: attempt(Client(), taro.email, "not the password"),
    "unknown address": lambda taro: attempt(Client(), "nobody@hikari.example"),
    "never had a password": lambda taro: attempt(
        Client(), world.person("hikari", name="jiro").email
    ),
    "was let go": lambda taro: attempt(
        Client(), people.deactivate_person(taro, now=NOON, actor="system").email
    ),
    "inactive in any other way": lambda taro: (
        Person.objects.filter(pk=taro.pk).update(is_active=False),
        attempt(Client(), taro.email),
    )[1],
    "organisation has left": lambda taro: (
        Organisation.objects.filter(pk=taro.organisation_id).update(active=False),
        attempt(Client(), taro.email),
    )[1],
}
"""Everybody who may not come in; with the right password, unless it says otherwise."""


class TestStayingOut:
    @pytest.mark.parametrize("who", REFUSED.values(), ids=REFUSED.keys())
    def test_everybody_is_told_the_same(self, taro, who):
        expected = attempt(Client(), "somebody@else.example", "something")
        answer = who(taro)
        assert answer.status_code == 200
        assert "is not right" in answer.content.decode()
        assert without_marks(answer.content) == without_marks(expected.content)
        assert not answer.wsgi_request.user.is_authenticated

    @pytest.mark.parametrize("who", REFUSED.values(), ids=REFUSED.keys())
    def test_everybody_costs_the_same_work(self, taro, who, monkeypatch):
        hashed = []

        def count(name):
            real = getattr(Argon2PasswordHasher, name)

            def counted(self, *args, **kwargs):
                hashed.append(name)
                return real(self, *args, **kwargs)

            monkeypatch.setattr(Argon2PasswordHasher, name, counted)

        count("encode")
        count("verify")
        before = AuditEvent.objects.filter(verb="person.sign_in_failed").count()
        who(taro)
        assert len(hashed) == 1
        assert AuditEvent.objects.filter(verb="person.sign_in_failed").count() == before + 1

    def test_the_record_names_whom_it_knows_and_never_what_was_typed(self, client, taro):
        attempt(client, taro.email, "not the password")
        attempt(client, "nobody@hikari.example", "not the password either")
        here = {"from": "127.0.0.1"}
        assert events("person.sign_in_failed") == [
            ("system", f"person:{taro.pk}", here),
            ("system", "person:unknown", here),
        ]
        written = " ".join(map(str, AuditEvent.objects.values_list("object", "detail", "actor")))
        assert "not the password" not in written
        assert "nobody@" not in written

    @pytest.mark.parametrize("end", ["person", "organisation", "password"])
    def test_an_open_session_of_who_leaves_is_over(self, client, taro, end):
        attempt(client, taro.email)
        key = client.session.session_key
        if end == "person":
            Person.objects.filter(pk=taro.pk).update(is_active=False)
        elif end == "organisation":
            leave(taro.organisation)
        else:
            give_password(taro, "another good password")
        for name in ("exposure", "my-account", "mfa_index", "usersessions_list"):
            assert unquote(client.get(reverse(name)).url) == asks_for(reverse(name))
        assert not client.session.exists(key)


class TestTheLock:
    def test_after_five_failures_not_even_the_right_password_opens(self, client, taro):
        for _ in range(5):
            assert "is not right" in attempt(client, taro.email, "wrong").content.decode()
        answer = attempt(client, taro.email)
        assert "Too many attempts" in answer.content.decode()
        assert not answer.wsgi_request.user.is_authenticated

    def test_another_name_for_the_site_is_no_way_around_it(self, client, taro):
        for number in range(5):
            wrong = {"login": taro.email, "password": "wrong"}
            client.post(SIGN_IN, wrong, headers={"Host": f"localhost:{number + 1}"})
        assert "Too many attempts" in attempt(client, taro.email).content.decode()

    def test_an_unknown_address_locks_just_the_same(self, taro):
        last = {}
        for email in (taro.email, "nobody@hikari.example"):
            answers = [attempt(Client(), email, "wrong") for _ in range(6)]
            last[email] = without_marks(answers[-1].content)
        assert "Too many attempts" in last[taro.email]
        assert last[taro.email] == last["nobody@hikari.example"]

    def test_it_is_recorded_once(self, client, taro):
        for _ in range(8):
            attempt(client, taro.email, "wrong")
        assert events("person.locked") == [("system", f"person:{taro.pk}", {"from": "127.0.0.1"})]
        assert len(events("person.sign_in_failed")) == 5

    def test_others_come_in_meanwhile(self, client, taro):
        for _ in range(6):
            attempt(client, taro.email, "wrong")
        hana = give_password(world.person("yama", name="hana"))
        assert attempt(client, hana.email).status_code == 302

    def test_it_opens_after_five_minutes(self, client, taro, monkeypatch):
        for _ in range(6):
            attempt(client, taro.email, "wrong")
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 301)
        assert attempt(client, taro.email).status_code == 302

    def test_the_right_password_in_between_does_not_forgive_the_wrong_ones(self, taro):
        for _ in range(4):
            attempt(Client(), taro.email, "wrong")
        assert attempt(Client(), taro.email).status_code == 302
        attempt(Client(), taro.email, "wrong")
        assert "Too many" in attempt(Client(), taro.email).content.decode()

    def test_one_network_cannot_try_one_address_after_the_other(self, client, taro):
        for number in range(20):
            attempt(client, f"somebody{number}@hikari.example", "wrong")
        assert "Too many attempts" in attempt(client, taro.email).content.decode()


class TestWhatIsNotThere:
    def test_no_page_of_allauth_that_is_not_used_here_can_be_reached(self, client, rows):
        client.force_login(world.person("hikari"))
        paths = (
            "signup", "email", "confirm-email", "inactive", "password/set/", "login/code", "login",
            "phone/change", "social/signup", "2fa/recovery-codes/download", "3rdparty", "2fa",
        )  # fmt: skip
        for prefix in ("/account/", "/accounts/", "/"):
            for path in paths:
                for address in (prefix + path, f"{prefix}{path}/"):
                    assert client.get(address).status_code == 404, address

    def test_nobody_signs_up(self, client, rows):
        page = client.get(SIGN_IN).content.decode()
        assert "no sign-up" in page
        assert "signup" not in page
        assert Person.objects.count() == 0

    def test_a_program_is_answered_as_a_person(self, client, taro):
        for header in (
            {"HTTP_ACCEPT": "application/json"},
            {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
        ):
            answer = client.post(SIGN_IN, {"login": taro.email, "password": "wrong"}, **header)
            assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("role", list(Role))
def test_every_role_signs_in(client, rows, role):
    world.organisation("ministry", OrganisationKind.MINISTRY)
    home = {"hub_admin": "isac", "hub_analyst": "isac", "bureau_officer": "bureau-kanto"}
    home["ministry"] = "ministry"
    person = give_password(world.person(home.get(role, "hikari"), role))
    assert attempt(client, person.email).status_code == 302
    needs_factor = role in settings.NOROSHI.second_factor
    assert (client.get("/").url == reverse("mfa_index")) is needs_factor
