"""Passwords: forgotten, set through a link, changed."""

from __future__ import annotations

import datetime as dt
import logging
import re

import msgspec
import pytest
from django.conf import settings
from django.contrib.auth import tokens
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from noroshi.core.errors import Refused
from noroshi.edge.web.signin import invitation, letters
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import actions, people
from noroshi.hub.members.models import Person
from tests.edge.web.site import PASSWORD, give_password
from tests.hub import sector as world
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")

FORGOTTEN, SENT = reverse("account_reset_password"), reverse("account_reset_password_done")
SIGN_IN, CHANGE = reverse("account_login"), reverse("account_change_password")
NEW = "snow on the far hill"


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return give_password(world.person("hikari"))


@pytest.fixture(autouse=True)
def mailing(monkeypatch):
    """A node that sends mails (into Django's outbox)."""
    configured = msgspec.structs.replace(settings.NOROSHI, mail="smtp://mail.example")
    monkeypatch.setattr(settings, "NOROSHI", configured)


def ask(email: str, client: Client | None = None):
    answer = (client or Client()).post(FORGOTTEN, {"email": email})
    letters.delivered()
    return answer


def path_of(link: str) -> str:
    return link.removeprefix(settings.NOROSHI.site_url)


def link_in(letter: mail.EmailMessage) -> str:
    (link,) = re.findall(r"https?://\S+/password/\S+", str(letter.body))
    return path_of(link)


def set_password(client: Client, path: str, first: str = NEW, second: str = NEW):
    form = client.get(path, follow=True)
    address = form.redirect_chain[-1][0] if form.redirect_chain else path
    return client.post(address, {"password1": first, "password2": second})


def opens(person: Person, password: str) -> bool:
    answer = Client().post(SIGN_IN, {"login": person.email, "password": password})
    return bool(answer.status_code == 302)


class TestForgotten:
    def test_a_link_comes_by_mail_and_sets_a_new_password(self, client, taro):
        assert ask(taro.email).url == SENT
        (letter,) = mail.outbox
        assert letter.to == [taro.email]
        assert set_password(client, link_in(letter)).url == reverse(
            "account_reset_password_from_key_done"
        )
        assert opens(taro, NEW)
        assert not opens(taro, PASSWORD)
        event = AuditEvent.objects.get(verb="person.password_reset")
        assert (event.actor, event.object) == (taro.email, f"person:{taro.pk}")

    @pytest.mark.parametrize(
        ("language", "word"), [("ja", "パスワード"), ("en", "asked for a new password")]
    )
    def test_the_mail_is_in_the_persons_language(self, taro, language, word):
        Person.objects.filter(pk=taro.pk).update(language=language)
        ask(taro.email)
        (letter,) = mail.outbox
        assert word in str(letter.body)
        assert "\n" not in letter.subject
        assert "{" not in str(letter.body)

    def test_the_link_leads_to_the_site_whatever_the_request_calls_it(self, taro):
        Client(SERVER_NAME="localhost", SERVER_PORT="6666").post(FORGOTTEN, {"email": taro.email})
        letters.delivered()
        assert f"{settings.NOROSHI.site_url}/password/" in str(mail.outbox[0].body)
        assert "6666" not in str(mail.outbox[0].body)

    def test_it_is_the_way_out_of_a_lock_that_somebody_else_caused(self, client, taro):
        assert not any(opens(taro, "wrong") for _ in range(6))
        assert not opens(taro, PASSWORD)
        ask(taro.email)
        set_password(client, link_in(mail.outbox[0]))
        assert opens(taro, NEW)

    def test_a_link_holds_once(self, client, taro):
        ask(taro.email)
        link = link_in(mail.outbox[0])
        set_password(client, link)
        page = Client().get(link, follow=True).content.decode()
        assert "does not hold any more" in page
        set_password(Client(), link, PASSWORD, PASSWORD)
        assert opens(taro, NEW)

    def test_a_link_is_void_after_a_sign_in(self, client, taro):
        ask(taro.email)
        assert opens(taro, PASSWORD)
        page = client.get(link_in(mail.outbox[0]), follow=True).content.decode()
        assert "does not hold any more" in page

    def test_a_link_holds_three_days(self, client, taro, monkeypatch):
        ask(taro.email)
        link = link_in(mail.outbox[0])
        now = dt.datetime.now()  # noqa: DTZ005 - what Django's tokens count with
        for days, holds in ((2.9, True), (3.1, False)):
            later = now + dt.timedelta(days=days)
            monkeypatch.setattr(
                tokens.PasswordResetTokenGenerator, "_now", lambda _self, later=later: later
            )
            page = Client().get(link, follow=True).content.decode()
            assert ("does not hold any more" not in page) is holds

    def test_all_sessions_of_before_end(self, client, taro):
        client.force_login(taro)
        ask(taro.email)
        set_password(Client(), link_in(mail.outbox[0]))
        assert SIGN_IN in client.get(reverse("my-account")).url

    def test_a_node_without_mail_says_so_to_everybody(self, client, taro, monkeypatch):
        silent = msgspec.structs.replace(settings.NOROSHI, mail="")
        monkeypatch.setattr(settings, "NOROSHI", silent)
        page = client.get(FORGOTTEN).content.decode()
        assert "sends no mail" in page

    def test_a_mail_server_that_fails_is_logged_and_nothing_more(self, taro, monkeypatch, caplog):
        def fail(_self):
            message = "no route"
            raise OSError(message)

        monkeypatch.setattr(mail.EmailMessage, "send", fail)
        with caplog.at_level(logging.WARNING):
            assert ask(taro.email).url == SENT
        assert "no route" in caplog.text
        assert taro.email not in caplog.text


class TestNobodyLearnsWhoIsHere:
    UNWELCOME = ("unknown", "let go", "left")

    def address(self, who: str, taro: Person) -> str:
        if who == "let go":
            people.deactivate_person(taro, now=NOON, actor="system")
        elif who == "left":
            facts = msgspec.structs.replace(actions.facts_of(taro.organisation), active=False)
            actions.change_organisation(taro.organisation, facts, now=NOON, actor="system")
        return "nobody@hikari.example" if who == "unknown" else taro.email

    @pytest.mark.parametrize("who", UNWELCOME)
    def test_they_get_the_same_answer_and_no_mail(self, taro, who):
        address = self.address(who, taro)
        answer = ask(address)
        assert (answer.status_code, answer.url) == (302, SENT)
        assert mail.outbox == []
        assert not answer.cookies

    @pytest.mark.parametrize("who", UNWELCOME)
    def test_they_cost_the_same_work(self, taro, who, monkeypatch):
        work: list[str] = []
        for module, name in (
            (letters, "render_to_string"),
            (invitation, "user_pk_to_url_str"),
            (letters._sender, "submit"),
        ):
            real = getattr(module, name)

            def noted(*args, real=real, name=name, **kwargs):
                work.append(name)
                return real(*args, **kwargs)

            monkeypatch.setattr(module, name, noted)
        done = []
        for address in (taro.email, self.address(who, taro)):
            work.clear()
            with CaptureQueriesContext(connection) as asked:
                ask(address)
            done.append((tuple(work), len(asked)))
        assert done[0] == done[1]
        assert len(done[0][0]) == 3

    @pytest.mark.parametrize("who", ["let go", "left"])
    def test_a_link_from_before_is_void(self, client, taro, who):
        link = path_of(invitation.link_of(taro))
        self.address(who, taro)
        page = client.get(link, follow=True).content.decode()
        assert "does not hold any more" in page
        before = Person.objects.get(pk=taro.pk).password
        set_password(client, link)
        assert Person.objects.get(pk=taro.pk).password == before

    @pytest.mark.parametrize(
        "path", ["0-x-y", "zzzzzzzzzzzzz-abc-def", "1-set-password", "1-c-" + "a" * 60, "999-a-b"]
    )
    def test_a_link_that_was_guessed_is_void(self, client, taro, path):
        answer = client.get(f"/password/{path}", follow=True)
        assert answer.status_code == 200
        assert "does not hold any more" in answer.content.decode()

    def test_asking_too_often_is_refused_for_any_address(self, taro):
        for address in (taro.email, "nobody@hikari.example"):
            answers = [ask(address).status_code for _ in range(6)]
            assert answers == [302] * 5 + [429]


class TestInviting:
    def test_the_link_sets_the_first_password(self, client, taro):
        jiro = world.person("hikari", name="jiro")
        link = invitation.invite(jiro, now=NOON, actor="hana@isac.example")
        letters.delivered()
        (letter,) = mail.outbox
        assert link_in(letter) == path_of(link)
        assert jiro.organisation.name in str(letter.body)
        set_password(client, path_of(link))
        assert opens(jiro, NEW)
        event = AuditEvent.objects.get(verb="person.invited")
        assert (event.actor, event.object) == ("hana@isac.example", f"person:{jiro.pk}")
        assert path_of(link) not in event.detail

    def test_who_has_left_is_not_invited(self, taro):
        gone = people.deactivate_person(taro, now=NOON, actor="system")
        with pytest.raises(Refused):
            invitation.invite(gone, now=NOON, actor="system")
        assert mail.outbox == []


WEAK = ["short", "password1234", "123456789012345", "taro@hikari.example", ""]


class TestANewPassword:
    @pytest.mark.parametrize("weak", WEAK)
    def test_a_weak_one_is_refused_through_a_link(self, client, taro, weak):
        answer = set_password(client, path_of(invitation.link_of(taro)), weak, weak)
        assert answer.status_code == 200
        assert opens(taro, PASSWORD)

    @pytest.mark.parametrize("weak", WEAK)
    def test_a_weak_one_is_refused_in_my_account(self, client, taro, weak):
        client.force_login(taro)
        client.post(CHANGE, {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
        assert opens(taro, PASSWORD)

    def test_two_that_differ_are_refused(self, client, taro):
        set_password(client, path_of(invitation.link_of(taro)), NEW, NEW + "x")
        assert opens(taro, PASSWORD)

    def test_it_is_changed_with_the_old_one_and_ends_every_session(self, client, taro):
        other = Client()
        other.force_login(taro)
        client.force_login(taro)
        answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
        assert answer.url == SIGN_IN
        for browser in (client, other):
            assert SIGN_IN in browser.get(reverse("my-account")).headers["Location"]
        assert opens(taro, NEW)
        event = AuditEvent.objects.get(verb="person.password_changed")
        assert (event.actor, event.object) == (taro.email, f"person:{taro.pk}")

    def test_without_the_old_one_it_stays(self, client, taro):
        client.force_login(taro)
        answer = client.post(CHANGE, {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
        assert "not your password" in answer.content.decode()
        assert opens(taro, PASSWORD)
