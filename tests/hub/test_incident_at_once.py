"""A member and an analyst who decide about one report at once, on two connections that commit.

On PostgreSQL; SQLite has one writer at a time by itself.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from noroshi.core.errors import NotFound, Refused
from noroshi.core.sector import Role
from noroshi.hub.intel import reviewing, reviews
from noroshi.hub.intel.models import ReviewState
from noroshi.hub.members import queries as directory
from tests.hub import sector as world
from tests.hub.committing import Other, committed
from tests.hub.reporting import drafted, give, only, shared, submitted
from tests.hub.sector import DAY, NOON


@pytest.fixture(autouse=True)
def aside(databases, django_db_blocker):
    with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
        yield lambda doing: Other(database, doing)


@pytest.fixture
def both():
    world.sector()
    analyst = directory.viewer_of(world.person("isac", Role.HUB_ANALYST, "hana"))
    return directory.viewer_of(world.person("hikari")), analyst


def test_what_is_being_shared_is_not_taken_back(aside, both):
    taro, analyst = both
    stix_id = submitted(taro)
    with transaction.atomic():
        shared(analyst)
        other = aside(lambda: reviewing.take_back(taro, stix_id, now=NOON + DAY, actor="taro"))
        assert other.waits
    with pytest.raises(Refused):
        other.finish()
    assert reviews.own_reviews(taro, [stix_id])[stix_id].state is ReviewState.SHARED


def test_what_is_being_taken_back_is_not_shared(aside, both):
    taro, analyst = both
    stix_id = submitted(taro)
    with transaction.atomic():
        reviewing.take_back(taro, stix_id, now=NOON + DAY, actor="taro")
        other = aside(lambda: shared(analyst))
        assert other.waits
    with pytest.raises(NotFound):
        other.finish()
    assert reviews.own_reviews(taro, [stix_id])[stix_id].state is ReviewState.TAKEN_BACK


def test_a_draft_given_twice_at_once_is_given_once(aside, both):
    taro, analyst = both
    stix_id = drafted(taro)
    with transaction.atomic():
        give(taro, stix_id)
        other = aside(lambda: give(taro, stix_id))
        assert other.waits
    with pytest.raises(Refused):
        other.finish()
    assert only(analyst).head.state is ReviewState.SUBMITTED
    assert reviews.waiting(analyst) == 1
