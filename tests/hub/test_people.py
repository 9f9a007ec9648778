"""People: changed, let go, back again; the hub keeps an administrator."""

from __future__ import annotations

import json

import pytest

from noroshi.core.errors import Refused
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import people, queries
from noroshi.hub.members.models import Person
from tests.hub import sector as world
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")

ADMIN = "hana@isac.example"


@pytest.fixture(autouse=True)
def rows(database):
    return world.sector()


def change(person: Person, role: Role = Role.RESPONDER, name: str = "Taro") -> Person:
    return people.change_person(person, name=name, role=role, now=NOON, actor=ADMIN)


def let_go(person: Person) -> Person:
    return people.deactivate_person(person, now=NOON, actor=ADMIN)


def last_event() -> tuple[str, str, str, dict[str, object]]:
    event = AuditEvent.objects.latest("seq")
    return event.verb, event.object, event.actor, json.loads(event.detail)


class TestChanging:
    def test_name_and_role_are_kept_and_the_role_is_recorded(self):
        taro = world.person("hikari")
        change(taro, Role.ORGANISATION_ADMIN, " 光 太郎 ")
        row = queries.person_named(taro.email)
        assert (row.name, row.role) == ("光 太郎", "organisation_admin")
        expected = ("person.changed", f"person:{taro.pk}", ADMIN, {"role": "organisation_admin"})
        assert last_event() == expected

    @pytest.mark.parametrize("role", [Role.HUB_ADMIN, Role.BUREAU_OFFICER, Role.MINISTRY])
    def test_a_role_of_another_house_is_refused(self, role):
        taro = world.person("hikari")
        with pytest.raises(Refused):
            change(taro, role)

    @pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", "\u202ea"])
    def test_a_name_that_is_none_is_refused(self, name):
        taro = world.person("hikari")
        with pytest.raises(Refused):
            change(taro, name=name)

    def test_what_was_read_long_ago_overwrites_nothing(self):
        taro = world.person("hikari")
        let_go(taro)
        change(taro, Role.VIEWER)
        row = queries.person_named(taro.email)
        assert (row.is_active, row.role) == (False, "viewer")


class TestLettingGo:
    def test_who_is_let_go_takes_no_part_and_has_no_password(self):
        taro = world.person("hikari")
        taro.set_password("one that was good")
        taro.save()
        let_go(taro)
        row = queries.person_named(taro.email)
        assert not row.is_active
        assert not row.has_usable_password()
        with pytest.raises(Refused):
            queries.viewer_of(row)
        assert last_event() == ("person.deactivated", f"person:{taro.pk}", ADMIN, {})

    def test_the_sessions_of_before_do_not_come_back_with_the_person(self):
        taro = world.person("hikari")
        taro.set_password("one that was good")
        taro.save()
        before = taro.get_session_auth_hash()
        let_go(taro)
        row = people.readmit_person(taro, now=NOON, actor=ADMIN)
        assert row.is_active
        assert row.get_session_auth_hash() != before
        assert last_event()[0] == "person.readmitted"


class TestTheHub:
    def test_its_last_administrator_stays_one(self):
        hana = world.person("isac", Role.HUB_ADMIN, name="hana")
        world.person("isac", Role.HUB_ANALYST, name="ken")
        with pytest.raises(Refused):
            let_go(hana)
        with pytest.raises(Refused):
            change(hana, Role.HUB_ANALYST)
        change(hana, Role.HUB_ADMIN, "花")
        row = queries.person_named(hana.email)
        assert (row.is_active, row.role, row.name) == (True, "hub_admin", "花")

    def test_one_of_two_may_go_and_then_no_more(self):
        hana = world.person("isac", Role.HUB_ADMIN, name="hana")
        ken = world.person("isac", Role.HUB_ADMIN, name="ken")
        let_go(ken)
        with pytest.raises(Refused):
            let_go(hana)
        people.readmit_person(ken, now=NOON, actor=ADMIN)
        change(hana, Role.HUB_ANALYST)

    def test_an_administrator_who_is_gone_already_may_be_changed(self):
        hana = world.person("isac", Role.HUB_ADMIN, name="hana")
        world.person("isac", Role.HUB_ADMIN, name="ken")
        let_go(hana)
        change(hana, Role.HUB_ANALYST)


class TestPreferences:
    def test_they_are_kept_and_recorded_without_the_name(self):
        taro = world.person("hikari")
        people.set_preferences(
            taro, name="太郎", language="en", by_mail=False, now=NOON, actor=taro.email
        )
        row = queries.person_named(taro.email)
        assert (row.name, row.language, row.by_mail) == ("太郎", "en", False)
        verb, _item, actor, detail = last_event()
        assert (verb, actor) == ("person.preferences_set", taro.email)
        assert detail == {"language": "en", "by_mail": False}

    def test_a_language_that_is_not_here_is_refused(self):
        taro = world.person("hikari")
        with pytest.raises(Refused):
            people.set_preferences(
                taro, name="x", language="fr", by_mail=True, now=NOON, actor=taro.email
            )
