"""A page asks once who granted its reader what, and the next page asks anew."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import Role
from noroshi.hub.members.models import Grant, Organisation
from tests.hub import sector as world

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def reader():
    world.organisation("hikari")
    world.organisation("lender")
    client = Client()
    client.force_login(world.person("hikari", Role.RESPONDER))
    return client


def grants_asked(client, place):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(place).status_code == 200
    grants = [row["sql"] for row in asked if 'FROM "members_grant"' in row["sql"]]
    return len(grants), len(set(grants))


@pytest.mark.parametrize("place", ["exposure", "assets", "notices"])
def test_a_page_asks_each_question_about_grants_once(reader, place):
    asked, different = grants_asked(reader, reverse(place))
    assert asked == different > 0


def test_a_grant_counts_from_the_next_page_on(reader):
    place = reverse("exposure") + "?organisation=lender"
    assert reader.get(place).status_code == 404
    own, lender = (Organisation.objects.get(slug=slug) for slug in ("hikari", "lender"))
    given = Grant.objects.create(owner=lender, grantee=own, level=GrantLevel.DETAIL)
    assert reader.get(place).status_code == 200
    given.delete()
    assert reader.get(place).status_code == 404
