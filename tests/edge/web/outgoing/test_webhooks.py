"""The webhooks of an organisation: added, shown, tried out, switched."""

from __future__ import annotations

import re

import msgspec
import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from noroshi.core.outgoing import Channel, Failed, Rejected, Trouble
from noroshi.core.policy.visibility import System
from noroshi.core.sector import Role
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch.models import Endpoint
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.outbox import HOOK, admin, endpoint, messages
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture(autouse=True)
def rows(database):
    return world.sector()


@pytest.fixture
def hikari(client):
    """Somebody who administers an operator, signed in."""
    person = world.person("hikari", Role.ORGANISATION_ADMIN, "admin")
    sign_in(client, person)
    return client


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def stored() -> list[Endpoint]:
    return list(Endpoint.objects.visible_to(System()).order_by("pk"))


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.ORGANISATION_ADMIN, Role.HUB_ADMIN}]
)
def test_the_room_is_for_those_who_administer(client, role):
    person = world.person("hikari")
    person.role = role.value
    person.save()
    sign_in(client, person)
    for path in ("/endpoints", "/endpoints/new", "/endpoints/1", "/outgoing"):
        assert client.get(path).status_code == 403


class TestAdding:
    def test_it_is_added_and_its_secret_shown_once(self, hikari):
        answer = hikari.post("/endpoints/new", {"url": HOOK}, follow=True)
        (made,) = stored()
        assert answer.redirect_chain == [(f"/endpoints/{made.pk}/secret", 302)]
        (shown,) = SECRET.findall(answer.content.decode())
        assert shown == dispatch.secret_of(admin("hikari"), made.pk)
        assert hikari.get(f"/endpoints/{made.pk}/secret").status_code == 404
        assert SECRET.search(text(hikari, f"/endpoints/{made.pk}")) is None

    @pytest.mark.parametrize(
        "url",
        ["", "x", "http://soc.example.jp/", "https://10.0.0.1/", "https://a\x00b/", "x" * 501,
         "javascript:alert(1)", "https://soc.example.jp/\u202e"],
    )  # fmt: skip
    def test_what_is_no_address_is_said_beside_the_field(self, hikari, url):
        answer = hikari.post("/endpoints/new", {"url": url})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()
        assert stored() == []

    def test_within_our_own_network_if_the_node_says_so(self, hikari):
        open_node = msgspec.structs.replace(settings.NOROSHI, private_webhooks=True)
        with override_settings(NOROSHI=open_node):
            hikari.post("/endpoints/new", {"url": "http://10.0.0.1/"})
        assert [row.url for row in stored()] == ["http://10.0.0.1/"]

    def test_sent_twice_it_is_added_once(self, hikari):
        for _ in range(2):
            hikari.post("/endpoints/new", {"url": HOOK, "attempt": "one"})
        assert len(stored()) == 1

    def test_an_address_is_text_and_nothing_else(self, hikari):
        hikari.post("/endpoints/new", {"url": "https://soc.example.jp/<script>alert(1)</script>"})
        page = text(hikari, "/endpoints")
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page


class TestOne:
    @pytest.fixture
    def made(self, hikari) -> Endpoint:
        hikari.post("/endpoints/new", {"url": HOOK})
        hikari.get(f"/endpoints/{stored()[0].pk}/secret")
        return stored()[0]

    def test_a_new_secret_is_another_one_and_shown_once(self, hikari, made):
        before = dispatch.secret_of(admin("hikari"), made.pk)
        answer = hikari.post(f"/endpoints/{made.pk}/secret", follow=True)
        (shown,) = SECRET.findall(answer.content.decode())
        assert shown != before
        assert shown == dispatch.secret_of(admin("hikari"), made.pk)
        assert hikari.get(f"/endpoints/{made.pk}/secret").status_code == 404

    def test_a_test_call_is_asked_for(self, hikari, made):
        hikari.post(f"/endpoints/{made.pk}/test")
        (row,) = messages()
        assert (row.kind, row.endpoint_id) == ("test", made.pk)

    def test_what_became_of_it_stands_on_the_page(self, hikari, made):
        hikari.post(f"/endpoints/{made.pk}/test")
        (one,) = dispatch.claim(Channel.WEBHOOK, 1, now=messages()[0].next_at)
        dispatch.record(one, Failed(Trouble.STATUS, 404), now=NOON)
        for path in ("/endpoints", f"/endpoints/{made.pk}"):
            assert "the answer was 404" in text(hikari, path)

    def test_it_is_switched_off_and_on(self, hikari, made):
        hikari.post(f"/endpoints/{made.pk}/switch", {"to": "off"})
        assert not stored()[0].active
        assert "Switch on" in text(hikari, f"/endpoints/{made.pk}")
        hikari.post(f"/endpoints/{made.pk}/switch", {"to": "on"})
        assert stored()[0].active

    def test_one_that_is_switched_off_is_not_called(self, hikari, made):
        hikari.post(f"/endpoints/{made.pk}/switch", {"to": "off"})
        assert hikari.post(f"/endpoints/{made.pk}/test").status_code == 409
        assert messages() == []

    def test_that_it_is_gone_is_said(self, hikari, made):
        hikari.post(f"/endpoints/{made.pk}/test")
        (one,) = dispatch.claim(Channel.WEBHOOK, 1, now=messages()[0].next_at)
        dispatch.record(one, Rejected(Trouble.GONE, 410), now=NOON)
        assert "it said that it is gone" in text(hikari, "/endpoints")


def test_somebody_elses_is_not_there(hikari):
    theirs = endpoint("minato")
    for path in (f"/endpoints/{theirs.pk}", f"/endpoints/{theirs.pk}/secret"):
        assert hikari.get(path).status_code == hikari.get("/endpoints/987654").status_code == 404
    for deed in ("secret", "test", "switch"):
        assert hikari.post(f"/endpoints/{theirs.pk}/{deed}").status_code == 404
    assert HOOK not in text(hikari, "/endpoints")
    assert stored()[0].active


def test_a_page_costs_the_same_however_many_there_are(hikari):
    counted = []
    for place in range(4):
        endpoint("hikari", f"{HOOK}/{place}")
        with CaptureQueriesContext(connection) as asked:
            text(hikari, "/endpoints")
        counted.append(len(asked))
    assert len(set(counted)) == 1
