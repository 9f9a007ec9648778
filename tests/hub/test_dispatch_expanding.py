"""One message for each person and each endpoint that is to hear of a delivery."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.delivery import DeliveryState
from noroshi.core.outgoing import Channel
from noroshi.core.policy.audience import Everyone, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import System
from noroshi.core.sector import District, Role
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.notices import actions
from noroshi.hub.notices.actions import DISPATCH
from noroshi.hub.notices.recipients import WithBureaus
from noroshi.hub.todo import actions as todo
from tests.hub import outbox
from tests.hub import sector as world
from tests.hub.outbox import HOOK, WEBHOOKS, endpoint, expand, messages, told
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import KANTO, published

pytestmark = pytest.mark.usefixtures("database")

TARO, HANA = "taro@hikari.example", "hana@hikari.example"


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    found = world.sector()
    world.person("hikari")
    return found


def only(slug: str) -> Selection:
    return Selection(organisations=members.ids_of([slug]))


def sent_to_all() -> None:
    """Let every message count as having been tried."""
    for channel in Channel:
        dispatch.claim(channel, 100, now=NOON)


class TestPublication:
    def test_people_who_act_and_endpoints_in_use_get_one_each(self, rows):
        world.person("hikari", Role.ORGANISATION_ADMIN, "hana")
        endpoint("minato")
        published()
        assert expand() == 4
        assert told() == {
            ("published", TARO),
            ("published", HANA),
            ("published", "admin@minato.example"),
            ("published", HOOK),
        }

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
    def test_who_only_reads_gets_none(self, rows, role):
        Person.objects.update(role=role)
        published()
        assert expand() == 0

    @pytest.mark.parametrize("column", ["is_active", "by_mail", "organisation"])
    def test_who_left_or_wants_no_mail_gets_none(self, rows, column):
        if column == "organisation":
            Organisation.objects.filter(slug="hikari").update(active=False)
        else:
            Person.objects.update(**{column: False})
        published(Everyone(), tlp=Tlp.CLEAR)
        assert expand() == 0

    def test_an_endpoint_that_is_switched_off_gets_none(self, rows):
        made = endpoint("minato")
        dispatch.switch_off(outbox.admin("minato"), made.pk, now=NOON, actor="x")
        published()
        expand()
        assert not messages(endpoint__isnull=False)

    def test_nobody_of_another_organisation_gets_one(self, rows):
        world.person("yama")
        endpoint("radio")
        published()
        expand()
        assert told() == {("published", TARO)}

    def test_without_a_mail_server_only_endpoints_get_one(self, rows):
        endpoint("hikari")
        published()
        assert expand(channels=WEBHOOKS) == 1
        assert told() == {("published", HOOK)}

    def test_asked_twice_it_writes_nothing_the_second_time(self, rows):
        published()
        assert expand() == 1
        todo.ask(DISPATCH, [outbox.delivery("hikari").pk])
        assert expand() == 0

    def test_who_joined_meanwhile_is_not_told_of_what_is_old(self, rows):
        published()
        expand()
        world.person("hikari", name="hana")
        todo.ask(DISPATCH, [outbox.delivery("hikari").pk])
        assert expand() == 0

    def test_a_message_is_due_at_once(self, rows):
        published()
        expand(at=NOON + HOUR)
        row = messages()[0]
        assert (row.state, row.made_at, row.next_at) == ("waiting", NOON + HOUR, NOON + HOUR)


class TestMarking:
    def test_of_a_red_notice_there_is_no_message_at_all(self, rows):
        taro = Person.objects.get()
        author = members.viewer_of(world.person("isac", Role.HUB_ANALYST))
        endpoint("hikari")
        published(People(frozenset({taro.pk})), author, tlp=Tlp.RED)
        assert expand() == 0
        assert messages() == []

    def test_where_people_are_named_only_they_get_one(self, rows):
        hana = world.person("hikari", name="hana")
        endpoint("hikari")
        published(People(frozenset({hana.pk})))
        expand()
        assert told() == {("published", HANA)}


class TestEscalation:
    @pytest.fixture
    def late(self, rows) -> None:
        world.person("bureau-kanto", Role.BUREAU_OFFICER)
        published(WithBureaus(only("hikari")))
        expand()
        for hours in (24, 48):
            at = NOON + hours * HOUR
            actions.escalate([outbox.delivery("hikari").pk], now=at, every=DAY)

    def test_the_people_of_whoever_it_was_brought_to_get_one(self, late):
        assert expand(at=NOON + DAY) == 1
        assert ("late", "taro@bureau-kanto.example") in told()

    def test_an_answer_leaves_nothing_to_say(self, late):
        viewer = members.viewer_of(Person.objects.get(email=TARO))
        number = outbox.delivery("hikari").notice.number
        actions.respond(viewer, number, DeliveryState.ACKNOWLEDGED, now=NOON + DAY, actor="x")
        assert expand(at=NOON + DAY) == 0

    def test_each_level_is_told_once(self, late):
        world.person("isac", Role.HUB_ANALYST)
        expand(at=NOON + DAY)
        todo.ask(DISPATCH, [outbox.delivery("hikari").pk])
        assert expand(at=NOON + 2 * DAY) == 0


class TestWithdrawal:
    def withdraw(self) -> None:
        number = outbox.delivery("hikari").notice.number
        actions.withdraw(System(), number, now=NOON + HOUR, actor="x")

    def test_whoever_was_reached_is_told(self, rows):
        endpoint("hikari")
        published()
        expand()
        sent_to_all()
        world.person("hikari", name="hana")
        self.withdraw()
        assert expand(at=NOON + HOUR) == 3
        assert {where for kind, where in told() if kind == "withdrawn"} == {
            TARO,
            "admin@hikari.example",
            HOOK,
        }

    def test_whoever_was_not_reached_is_told_nothing(self, rows):
        published()
        expand()
        self.withdraw()
        assert expand(at=NOON + HOUR) == 0

    def test_a_notice_withdrawn_before_anybody_was_told_is_not_told(self, rows):
        published()
        self.withdraw()
        assert expand(at=NOON + HOUR) == 0


class TestRevision:
    def test_whoever_is_asked_again_is_told_again(self, rows):
        published()
        expand()
        row = outbox.delivery("hikari")
        row.revision = 2
        row.save()
        todo.ask(DISPATCH, [row.pk])
        assert expand() == 1
        assert [one.revision for one in messages()] == [1, 2]


def test_many_deliveries_cost_no_more_queries_than_one(rows):
    for slug in ("minato", "bureau-kanto"):
        world.person(slug)
        endpoint(slug)
    counted = []
    for choice in (only("hikari"), KANTO, Selection(districts=frozenset(District))):
        published(choice)
        with CaptureQueriesContext(connection) as queries:
            expand()
        counted.append(len(queries))
    assert counted[0] == counted[1] == counted[2]
