"""My account: how somebody is called and written to."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members.models import Person
from tests.edge.web.site import give_second_factor, sign_in
from tests.hub import sector as world

pytestmark = pytest.mark.usefixtures("database")

ACCOUNT = reverse("my-account")


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return world.person("hikari")


def known(person: Person) -> tuple[str, str, bool]:
    row = Person.objects.get(pk=person.pk)
    return row.name, row.language, row.by_mail


def test_it_says_who_somebody_is_here(client, taro):
    give_second_factor(taro)
    sign_in(client, taro)
    page = client.get(ACCOUNT).content.decode()
    for word in (taro.email, "Fictitious hikari", "1 set up", taro.name):
        assert word in page


@pytest.mark.parametrize("role", list(Role))
def test_it_opens_to_every_role(client, taro, role):
    Person.objects.filter(pk=taro.pk).update(role=role)
    sign_in(client, Person.objects.get(pk=taro.pk))
    assert client.get(ACCOUNT).status_code == 200


def test_a_change_is_kept_recorded_and_said(client, taro):
    sign_in(client, taro)
    page = client.post(ACCOUNT, {"name": "光 太郎", "language": "en"}, follow=True)
    assert "Your account was changed." in page.content.decode()
    assert known(taro) == ("光 太郎", "en", False)
    event = AuditEvent.objects.get(verb="person.preferences_set")
    assert (event.actor, event.object) == (taro.email, f"person:{taro.pk}")
    client.post(ACCOUNT, {"name": "光 太郎", "language": "ja", "by_mail": "on"})
    assert known(taro) == ("光 太郎", "ja", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\u202eb"},
        {"name": "a\x00b"},
        {"language": "fr"},
        {"language": ""},
    ],
)
def test_what_cannot_be_is_refused_beside_the_form(client, taro, wrong):
    sign_in(client, taro)
    before = known(taro)
    answer = client.post(ACCOUNT, {"name": "太郎", "language": "ja", **wrong})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert known(taro) == before


def test_a_name_is_text_and_nothing_else(client, taro):
    sign_in(client, taro)
    client.post(ACCOUNT, {"name": "<script>alert(1)</script>", "language": "ja"})
    page = client.get(ACCOUNT).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_neither_address_nor_role_nor_organisation_can_be_sent_along(client, taro):
    sign_in(client, taro)
    more = {"email": "x@y.example", "role": "hub_admin", "organisation": "1", "is_active": ""}
    client.post(ACCOUNT, {"name": "太郎", "language": "ja", **more})
    row = Person.objects.get(pk=taro.pk)
    assert (row.email, row.role, row.organisation_id) == (
        taro.email,
        taro.role,
        taro.organisation_id,
    )


def test_it_asks_the_database_no_more_than_it_has_to(client, taro):
    sign_in(client, taro)
    with CaptureQueriesContext(connection) as asked:
        client.get(ACCOUNT)
    assert len(asked) <= 4
