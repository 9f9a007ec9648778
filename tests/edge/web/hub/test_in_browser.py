"""The hub's own pages in a browser: whole and open to everybody, on a phone and at a desk."""

from __future__ import annotations

import pytest

from noroshi.core.policy.community import CommunityFacts
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.audit import actions as audit
from noroshi.hub.members import actions as members
from noroshi.hub.members import keys
from noroshi.hub.members.actions import NewCommunity
from noroshi.hub.members.models import Person
from tests.edge.web.journeys import Journey, settle
from tests.hub import sector as world
from tests.hub.outbox import endpoint
from tests.hub.sector import DAY, NOON

EVERYWHERE = pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("ja", 390, False), ("en", 800, False), ("en", 1280, True)],
    ids=["phone", "tablet", "desk"],
)
ROOMS = (
    "/hub", "/hub/sources", "/hub/organisations", "/hub/organisations/new",
    "/hub/organisations/hikari/edit", "/hub/communities", "/hub/communities/new", "/hub/audit",
    "/organisation", "/organisations/hikari", "/organisations/hikari/people/new", "/keys/new",
    "/outgoing", "/endpoints", "/endpoints/new",
)  # fmt: skip


@pytest.fixture
def hana(site) -> Person:
    """The administrator of a hub that has something to show."""
    settle()
    facts = CommunityFacts(kind=OrganisationKind.OPERATOR)
    members.add_community(
        NewCommunity(slug="operators", name="通信", facts=facts), now=NOON, actor="system"
    )
    return world.person("isac", Role.HUB_ADMIN, "hana")


def key_of(person: Person) -> int:
    new = keys.NewKey(
        name="build",
        role=Role.VIEWER,
        scopes=frozenset(keys.Scope),
        expires_at=NOON + 90 * DAY,
    )
    home = person.organisation
    return int(keys.make_key(home, person, new, now=NOON, actor="system").row.pk)


@EVERYWHERE
def test_every_room_is_whole(site, visitor, hana, language, width, dark):
    hook, other, key = endpoint("isac"), world.person("hikari"), key_of(hana)
    journey = Journey(site, visitor(hana, language=language, width=width, dark=dark), language)
    for path in (
        *ROOMS,
        f"/endpoints/{hook.pk}",
        f"/people/{other.pk}",
        f"/people/{other.pk}/leave",
        f"/keys/{key}/revocation",
    ):
        journey.go(path)
    audit.record("delivery.not_affected", "delivery:1", actor="a" * 99, at=NOON)
    journey.go("/hub/audit")
    journey.press("form[action$=verification] button")


def test_names_and_what_they_stand_for_are_on_one_line(site, visitor, hana):
    world.organisation("umi", OrganisationKind.OPERATOR)
    tab = visitor(hana)
    tab.goto(f"{site.address}/organisations/umi")
    tops = tab.evaluate(
        "[...document.querySelectorAll('.facts > *')].map((one) => one.getBoundingClientRect().top)"
    )
    assert tops[::2] == tops[1::2]


def test_a_time_and_an_event_of_the_record_stay_in_one_piece(site, visitor, hana):
    told = {"organisations": " ".join(["hikari"] * 30)}
    audit.record("delivery.not_affected", "delivery:1", actor="a" * 60, at=NOON, detail=told)
    tab = visitor(hana)
    tab.goto(f"{site.address}/hub/audit")
    pieces = tab.evaluate(
        """[...document.querySelectorAll('tbody tr')].flatMap((row) =>
             [row.querySelector('time'), row.cells[3].firstChild].map((one) => {
               const range = document.createRange();
               range.selectNodeContents(one);
               return range.getClientRects().length;
             }))"""
    )
    assert set(pieces) == {1}
