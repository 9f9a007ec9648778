"""What did not arrive: whoever administers sees it, and sends it again."""

from __future__ import annotations

import msgspec
import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from noroshi.core.outgoing import Channel, Failed, MessageState, Rejected, Trouble
from noroshi.core.policy.selection import Selection
from noroshi.core.sector import Role
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch import queries
from noroshi.hub.members import queries as members
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.outbox import admin, endpoint, expand, messages
from tests.hub.sector import NOON
from tests.hub.sending import published

pytestmark = pytest.mark.usefixtures("database")

TARO = "taro@hikari.example"


@pytest.fixture(autouse=True)
def rows(database):
    found = world.sector()
    world.person("hikari")
    return found


def enter(client, slug: str) -> None:
    role = Role.HUB_ADMIN if slug == "isac" else Role.ORGANISATION_ADMIN
    sign_in(client, world.person(slug, role, "admin"))


def fail() -> None:
    """Publish something, and let everything that is sent about it fail for good."""
    published()
    expand()
    for channel in Channel:
        while claims := dispatch.claim(channel, 100, now=NOON):
            for one in claims:
                dispatch.record(one, Rejected(Trouble.MAIL_REFUSED, 550), now=NOON)


def text(client, path: str = "/outgoing") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_nothing_failed_reassures(client):
    enter(client, "hikari")
    assert "Everything has arrived." in text(client)


def test_an_organisation_sees_to_whom_and_why(client):
    fail()
    enter(client, "hikari")
    page = text(client)
    for part in ("N-2026-0001", TARO, "the mail server refused it (550)", "given up"):
        assert part in page


def test_the_hub_sees_the_outside(client):
    fail()
    enter(client, "isac")
    page = text(client)
    assert "N-2026-0001" in page
    assert "Fictitious hikari" in page
    assert TARO not in page


def test_not_even_that_of_what_it_may_not_read(client):
    sender = members.viewer_of(world.person("bureau-kanto", Role.BUREAU_OFFICER))
    published(Selection(organisations=members.ids_of(["hikari"])), sender)
    expand()
    (one,) = dispatch.claim(Channel.MAIL, 1, now=NOON)
    dispatch.record(one, Failed(Trouble.TIMEOUT), now=NOON)
    enter(client, "isac")
    assert "Everything has arrived." in text(client)


def test_without_a_mail_server_the_hub_is_told(client):
    enter(client, "isac")
    assert "No mail server is set up" in text(client)
    configured = msgspec.structs.replace(settings.NOROSHI, mail="smtp://mail.example.jp")
    with override_settings(NOROSHI=configured):
        assert "No mail server is set up" not in text(client)


def test_an_organisation_is_not_told_how_the_node_is_set_up(client):
    enter(client, "hikari")
    assert "NOROSHI_MAIL" not in text(client)


@pytest.mark.parametrize("slug", ["hikari", "isac"])
def test_it_is_sent_again(client, slug):
    fail()
    enter(client, slug)
    (row,) = messages(person__email=TARO)
    assert f"/outgoing/{row.pk}/again" in text(client)
    answer = client.post(f"/outgoing/{row.pk}/again", follow=True)
    assert "It is on its way again." in answer.content.decode()
    assert messages(pk=row.pk)[0].state == MessageState.WAITING


def test_somebody_elses_is_not_there(client):
    fail()
    enter(client, "minato")
    (row,) = messages(person__email=TARO)
    assert TARO not in text(client)
    assert client.post(f"/outgoing/{row.pk}/again").status_code == 404
    assert client.post("/outgoing/987654/again").status_code == 404
    assert messages(pk=row.pk)[0].state == MessageState.GIVEN_UP


def test_to_a_webhook_that_is_switched_off_nothing_is_sent_again(client):
    endpoint("hikari")
    fail()
    (row,) = messages(endpoint__isnull=False)
    dispatch.switch_off(admin("hikari"), row.endpoint_id or 0, now=NOON, actor="x")
    sign_in(client, members.person_named("admin@hikari.example"))
    answer = client.post(f"/outgoing/{row.pk}/again")
    assert answer.status_code == 409
    assert "switched off" in answer.content.decode()


def test_older_ones_are_on_the_next_page(client, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 1)
    fail()
    fail()
    enter(client, "hikari")
    first = text(client)
    assert "N-2026-0002" in first
    assert "N-2026-0001" not in first
    address = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = text(client, f"/outgoing{address}")
    assert "N-2026-0001" in second
    assert 'rel="next"' not in second


def test_a_page_nobody_gave_is_refused(client):
    enter(client, "hikari")
    assert client.get("/outgoing?after=nonsense").status_code == 409


def test_a_page_costs_the_same_however_much_is_on_it(client):
    enter(client, "isac")
    counted = []
    for _ in range(3):
        fail()
        with CaptureQueriesContext(connection) as asked:
            text(client)
        counted.append(len(asked))
    assert len(set(counted)) == 1
