"""API keys: whom they speak for, and everything that ends them."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest

from noroshi.core.errors import NobodyNamed, NotFound, Refused
from noroshi.core.policy.duties import LENDS
from noroshi.core.policy.visibility import Member
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import actions, keys, people, queries
from noroshi.hub.members.keys import LONGEST_LIFE, Caller, MadeKey, NewKey, Scope
from noroshi.hub.members.models import ApiKey, Person
from noroshi.hub.reports.queries import period, sharing_organisations
from tests.hub import sector as world
from tests.hub.sector import DAY, HOUR, NOON

pytestmark = pytest.mark.usefixtures("database")

ANYWHERE = "192.0.2.7"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def rows(database):
    return world.sector()


@pytest.fixture
def maker() -> Person:
    return world.person("minato", Role.ORGANISATION_ADMIN)


def wanted(**changes: Any) -> NewKey:
    facts: dict[str, Any] = {
        "name": "the build server",
        "role": Role.RESPONDER,
        "scopes": frozenset({Scope.READ_FINDINGS, Scope.WRITE_INVENTORIES}),
        "expires_at": NOON + 90 * DAY,
    }
    return NewKey(**facts | changes)


def make(maker: Person | None, slug: str = "minato", **changes: Any) -> MadeKey:
    actor = maker.email if maker else "system"
    return keys.make_key(queries.named(slug), maker, wanted(**changes), now=NOON, actor=actor)


def ask(made: MadeKey, address: str = ANYWHERE, at: dt.datetime = NOON) -> Caller | None:
    return keys.caller_with(made.text, address, now=at)


def events(verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=verb).order_by("seq"))


class TestMaking:
    def test_a_key_speaks_for_its_organisation_and_for_no_person(self, maker):
        caller = ask(make(maker))
        assert caller is not None
        assert caller.viewer == Member(maker.organisation_id, None, Role.RESPONDER)
        assert caller.scopes == {Scope.READ_FINDINGS, Scope.WRITE_INVENTORIES}
        assert caller.actor == "organisation:minato"

    def test_the_text_is_kept_nowhere(self, maker):
        made = make(maker)
        assert re.fullmatch(r"noroshi_[a-z0-9]{8}_[0-9a-f]{64}", made.text)
        assert made.text.startswith(f"{made.row.prefix}_")
        secret = made.text.rpartition("_")[2]
        stored = ApiKey.objects.values().get()
        assert secret not in repr(stored)
        assert bytes.fromhex(secret) not in bytes(stored["digest"])
        assert secret not in "".join(AuditEvent.objects.values_list("detail", flat=True))

    def test_making_is_recorded_with_what_it_may_do(self, maker):
        made = make(maker)
        (event,) = events("key.made")
        assert (event.actor, event.object) == (maker.email, f"key:{made.row.pk}")
        assert json.loads(event.detail) == {
            "key": made.row.prefix,
            "organisation": "minato",
            "role": "responder",
            "scopes": ["findings:read", "inventories:write"],
        }

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "  "},
            {"name": "two\nlines"},
            {"expires_at": NOON},
            {"expires_at": NOON + LONGEST_LIFE + HOUR},
            {"networks": ("192.0.2",)},
            {"networks": tuple(f"10.0.{n}.0/24" for n in range(51))},
            {"role": Role.HUB_ANALYST},
            {"role": Role.AUDITOR},
            {"role": Role.BUREAU_OFFICER},
        ],
    )
    def test_what_a_key_cannot_be_is_refused(self, maker, changes):
        with pytest.raises(Refused):
            make(maker, **changes)
        assert not ApiKey.objects.exists()

    def test_a_key_for_nothing_is_refused(self, maker):
        with pytest.raises(NobodyNamed):
            make(maker, scopes=frozenset())

    def test_nobody_makes_a_key_for_another_organisation(self, maker):
        with pytest.raises(Refused):
            make(maker, slug="hikari")

    def test_nobody_lends_a_role_above_the_own(self):
        viewer = world.person("hikari", Role.VIEWER)
        with pytest.raises(Refused):
            make(viewer, slug="hikari")
        assert ask(make(viewer, slug="hikari", role=Role.VIEWER))

    def test_the_node_makes_keys_within_what_exists_there(self):
        assert ask(make(None, slug="isac", role=Role.HUB_ADMIN))
        with pytest.raises(Refused):
            make(None, role=Role.HUB_ADMIN)

    def test_everybody_lends_the_own_role_and_only_the_hub_lends_the_hubs(self):
        assert all(role in LENDS[role] for role in Role)
        lenders = {role for role in Role if LENDS[role] & {Role.HUB_ANALYST, Role.HUB_ADMIN}}
        assert lenders == {Role.HUB_ANALYST, Role.HUB_ADMIN}


class TestTakingIn:
    @pytest.mark.parametrize(
        "change",
        [
            lambda text: text[:-1],
            lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
            lambda text: text.upper(),
            lambda text: f" {text}",
            lambda text: f"{text}\x00",
            lambda text: text + "\ud800",
            lambda text: "x" * 100_000,
            lambda text: "",
            lambda text: text.rpartition("_")[2],
        ],
    )
    def test_anything_else_opens_nothing(self, maker, change):
        made = make(maker)
        assert keys.caller_with(change(made.text), ANYWHERE, now=NOON) is None

    def test_a_key_ends_with_its_date(self, maker):
        made = make(maker)
        assert ask(made, at=NOON + 90 * DAY - MINUTE)
        assert ask(made, at=NOON + 90 * DAY) is None

    def test_a_revoked_key_is_refused_and_revoking_it_again_changes_nothing(self, maker):
        made = make(maker)
        for _again in range(2):
            keys.revoke_key(made.row, now=NOON + HOUR, actor=maker.email)
        assert ask(made) is None
        assert len(events("key.revoked")) == 1

    def test_it_ends_when_its_maker_leaves_and_lives_when_the_maker_returns(self, maker):
        made = make(maker)
        people.deactivate_person(maker, now=NOON, actor="x")
        assert ask(made) is None
        people.readmit_person(maker, now=NOON, actor="x")
        assert ask(made)

    def test_it_ends_when_its_maker_could_no_longer_make_it(self, maker):
        made = make(maker)
        people.change_person(maker, name="x", role=Role.VIEWER, now=NOON, actor="x")
        assert ask(made) is None

    def test_it_ends_when_its_organisation_leaves(self, maker):
        for made in (make(maker), make(None)):
            organisation = queries.named("minato")
            facts = actions.facts_of(organisation)
            gone = {**{f: getattr(facts, f) for f in facts.__struct_fields__}, "active": False}
            actions.change_organisation(
                organisation, actions.OrganisationFacts(**gone), now=NOON, actor="x"
            )
            assert ask(made) is None
            actions.change_organisation(organisation, facts, now=NOON, actor="x")
            assert ask(made)

    @pytest.mark.parametrize(
        ("address", "taken"),
        [
            ("192.0.2.7", True),
            ("192.0.3.7", False),
            ("::ffff:192.0.2.7", True),
            ("2001:db8::1", True),
            ("2001:db9::1", False),
            ("", False),
            ("unix:", False),
        ],
    )
    def test_a_key_bound_to_networks_works_from_there_alone(self, maker, address, taken):
        made = make(maker, networks=("192.0.2.99/24", "2001:db8::/32"))
        assert made.row.networks == ["192.0.2.0/24", "2001:db8::/32"]
        assert (ask(made, address) is not None) == taken
        assert ask(make(maker), address)


class TestUse:
    def test_the_use_is_noted_to_the_minute(self, maker):
        made = make(maker)
        seen = []
        for seconds in (0, 59, 60, 90, 121):
            ask(made, at=NOON + dt.timedelta(seconds=seconds))
            seen.append((ApiKey.objects.get().used_at or NOON) - NOON)
        assert [step.seconds for step in seen] == [0, 0, 60, 60, 121]

    def test_the_first_use_of_a_day_is_recorded_as_taking_part(self, maker):
        made = make(maker)
        for hours in (0, 1, 11, 12, 13, 40):
            ask(made, at=NOON + hours * HOUR)
        used = events("key.used")
        assert [event.actor for event in used] == ["organisation:minato"] * 3
        assert [(event.at - NOON) / HOUR for event in used] == [0, 12, 40]
        AuditEvent.objects.exclude(verb="key.used").delete()
        taking = sharing_organisations(period(2026, (NOON + 3 * DAY).date()))
        assert [one.organisation.slug for one in taking] == ["minato"]

    def test_a_refused_key_is_not_noted(self, maker):
        made = make(maker, networks=("192.0.2.0/24",))
        assert ask(made, "198.51.100.1") is None
        assert ApiKey.objects.get().used_at is None
        assert events("key.used") == []


class TestListing:
    def test_each_organisation_has_its_own(self, maker):
        mine, other = make(maker), make(None, slug="hikari")
        assert [row.pk for row in keys.keys_of(queries.named("minato"))] == [mine.row.pk]
        assert [row.pk for row in keys.keys_of()] == [other.row.pk, mine.row.pk]

    def test_a_key_is_found_by_its_beginning_within_its_organisation(self, maker):
        made = make(maker)
        assert keys.key_named(made.row.prefix, queries.named("minato")).pk == made.row.pk
        with pytest.raises(NotFound):
            keys.key_named(made.row.prefix, queries.named("hikari"))
