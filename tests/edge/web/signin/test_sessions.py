"""Where somebody is signed in, and signing out everywhere else."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members.models import Person
from tests.edge.web.site import PASSWORD, give_password
from tests.hub import sector as world

pytestmark = pytest.mark.usefixtures("database")

SESSIONS, ACCOUNT = reverse("usersessions_list"), reverse("my-account")


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return give_password(world.person("hikari"))


def browser(person: Person, name: str = "Firefox", address: str = "192.0.2.7") -> Client:
    client = Client(HTTP_USER_AGENT=name, REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    return client


def test_each_is_listed_with_where_it_came_from(taro):
    browser(taro, "Phone <script>", "2001:db8::7")
    page = browser(taro).get(SESSIONS).content.decode()
    for word in ("Firefox", "192.0.2.7", "Phone &lt;script&gt;", "2001:db8::7"):
        assert word in page
    assert page.count("this one") == page.count("another one") == 1


def test_signing_out_everywhere_else_ends_the_others_and_not_this_one(taro):
    others, mine = [browser(taro), browser(taro)], browser(taro)
    page = mine.post(SESSIONS, follow=True).content.decode()
    assert "signed out everywhere else" in page
    assert mine.get(ACCOUNT).status_code == 200
    for other in others:
        assert other.get(ACCOUNT).status_code == 302
    event = AuditEvent.objects.get(verb="person.sessions_ended")
    assert (event.actor, json.loads(event.detail)) == (taro.email, {"sessions": 2})


def test_nobody_sees_or_ends_somebody_elses(taro):
    hana = give_password(world.person("yama", name="hana"))
    theirs = browser(hana, "Hanas own")
    mine = browser(taro)
    assert "Hanas own" not in mine.get(SESSIONS).content.decode()
    mine.post(SESSIONS)
    assert theirs.get(ACCOUNT).status_code == 200


def test_a_session_that_ended_is_not_listed(taro):
    ended, mine = browser(taro, "Old one"), browser(taro)
    ended.post(reverse("account_logout"))
    assert "Old one" not in mine.get(SESSIONS).content.decode()


def test_the_address_is_the_one_a_trusted_proxy_saw_and_no_other(taro):
    client = Client(HTTP_X_FORWARDED_FOR="203.0.113.9", REMOTE_ADDR="192.0.2.7")
    client.post(reverse("account_login"), {"login": taro.email, "password": PASSWORD})
    page = client.get(SESSIONS).content.decode()
    assert "192.0.2.7" in page
    assert "203.0.113.9" not in page
