"""The one rule against an independent account of it, over every case there is."""

from __future__ import annotations

import itertools

import pytest

from noroshi.core.errors import NobodyNamed, PolicyError
from noroshi.core.policy.audience import Audience, Everyone, Members, Organisations, People, permit
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import (
    AllOf,
    Always,
    Anonymous,
    AnyOf,
    Expression,
    ForEveryone,
    ForMembers,
    ForOrganisation,
    ForPerson,
    Grant,
    GrantLevel,
    Item,
    MarkedAtMost,
    Member,
    Never,
    OwnedBy,
    PrivateItem,
    Published,
    System,
    Viewer,
    WrittenBy,
    granting,
    holds,
    private_readable_by,
    readable_by,
)
from noroshi.core.sector import Role

OWNER, TOLD, NEIGHBOUR = 10, 20, 30  # organisations: owns it, is in audiences, is in none
AUTHOR, COLLEAGUE, NAMED, UNNAMED = 11, 12, 21, 22  # people: two of OWNER, two of TOLD
STRANGER = 31  # of NEIGHBOUR

RELATIONS: dict[str, tuple[int, int | None]] = {
    "the author": (OWNER, AUTHOR),
    "a colleague of the author": (OWNER, COLLEAGUE),
    "a machine of the owner": (OWNER, None),
    "somebody named": (TOLD, NAMED),
    "somebody of a named organisation": (TOLD, UNNAMED),
    "a machine of a named organisation": (TOLD, None),
    "a member outside": (NEIGHBOUR, STRANGER),
    "a machine of a member outside": (NEIGHBOUR, None),
}
AUDIENCES: tuple[Audience, ...] = (
    Everyone(),
    Members(),
    Organisations(frozenset({TOLD})),
    People(frozenset({NAMED})),
)
ITEMS = [
    Item(OWNER, tlp, audience, published, author)
    for tlp, audience, published, author in itertools.product(
        Tlp, AUDIENCES, (True, False), (AUTHOR, None)
    )
]
VIEWERS: list[tuple[str, Viewer]] = [
    ("system", System()),
    ("anonymous", Anonymous()),
    *(
        (f"{relation} as {role}", Member(organisation, person, role))
        for relation, (organisation, person) in RELATIONS.items()
        for role in Role
    ),
]


def expected(viewer: Viewer, item: Item) -> bool:
    """The rule once more, told from the item's side and without the tree."""
    if isinstance(viewer, System):
        return True
    if isinstance(viewer, Anonymous) or viewer.role.value in ("ministry", "auditor"):
        return item.tlp == "clear" and item.published and item.audience == Everyone()
    wrote_it = viewer.person is not None and viewer.person == item.author
    owns_it = viewer.organisation == OWNER and item.tlp != "red"
    return wrote_it or owns_it or (item.published and addressed(viewer, item))


def addressed(viewer: Member, item: Item) -> bool:
    """Whether an audience that the marking allows contains the viewer."""
    readers = {
        Everyone: {"clear"},
        Members: {"clear", "green"},
        Organisations: {"clear", "green", "amber", "amber+strict"},
        People: {"clear", "green", "amber", "amber+strict", "red"},
    }
    if item.tlp.value not in readers[type(item.audience)]:
        return False
    if isinstance(item.audience, Organisations):
        return viewer.organisation == TOLD
    if isinstance(item.audience, People):
        return viewer.person == NAMED
    return True


@pytest.mark.parametrize(("name", "viewer"), VIEWERS, ids=[name for name, _ in VIEWERS])
def test_every_viewer_reads_exactly_what_the_rule_says(name: str, viewer: Viewer) -> None:
    rule = readable_by(viewer)
    wrong = [item for item in ITEMS if holds(rule, item) != expected(viewer, item)]
    assert wrong == []


def test_an_unpublished_item_stays_with_its_owner() -> None:
    drafts = [item for item in ITEMS if not item.published]
    for name, viewer in VIEWERS:
        outside = isinstance(viewer, Anonymous) or (
            isinstance(viewer, Member) and viewer.organisation != OWNER
        )
        if outside:
            assert not any(holds(readable_by(viewer), item) for item in drafts), name


def test_red_is_closed_even_to_the_owning_organisation() -> None:
    item = Item(OWNER, Tlp.RED, People(frozenset({NAMED})), published=True, author=AUTHOR)
    readers = {
        name
        for name, viewer in VIEWERS
        if isinstance(viewer, Member)
        and viewer.role is Role.ORGANISATION_ADMIN
        and holds(readable_by(viewer), item)
    }
    assert readers == {
        "the author as organisation_admin",
        "somebody named as organisation_admin",
    }


def test_a_stricter_marking_never_opens_an_item_to_more_viewers() -> None:
    for audience, published in itertools.product(AUDIENCES, (True, False)):
        for _, viewer in VIEWERS:
            rule = readable_by(viewer)
            seen = [holds(rule, Item(OWNER, tlp, audience, published, AUTHOR)) for tlp in Tlp]
            assert seen == sorted(seen, reverse=True)


def test_the_hub_has_no_back_door() -> None:
    item = Item(OWNER, Tlp.AMBER, Organisations(frozenset({TOLD})), published=True)
    admin = Member(NEIGHBOUR, STRANGER, Role.HUB_ADMIN)
    assert not holds(readable_by(admin), item)


def test_an_audience_wider_than_its_marking_stays_closed() -> None:
    for tlp, audience in itertools.product(Tlp, AUDIENCES):
        try:
            permit(tlp, audience)
        except PolicyError:
            item = Item(OWNER, tlp, audience, published=True)
            for _, viewer in VIEWERS:
                if isinstance(viewer, Member) and viewer.organisation != OWNER:
                    assert not holds(readable_by(viewer), item)


def test_a_rule_over_nothing_cannot_be_made() -> None:
    for build in (lambda: AnyOf(()), lambda: AllOf(()), lambda: OwnedBy(frozenset())):
        with pytest.raises(NobodyNamed):
            build()


@pytest.mark.parametrize(
    "atom",
    [
        Published(),
        MarkedAtMost(Tlp.RED),
        ForEveryone(),
        ForMembers(),
        ForOrganisation(OWNER),
        ForPerson(AUTHOR),
        WrittenBy(AUTHOR),
        Never(),
    ],
    ids=lambda atom: type(atom).__name__,
)
def test_no_statement_about_markings_opens_a_private_thing(atom: Expression) -> None:
    assert not holds(atom, PrivateItem(OWNER))


def test_rules_are_values_that_can_be_compared_and_kept() -> None:
    viewer = Member(OWNER, AUTHOR, Role.VIEWER)
    assert readable_by(viewer) == readable_by(Member(OWNER, AUTHOR, Role.RESPONDER))
    assert hash(readable_by(viewer)) == hash(readable_by(viewer))


class TestPrivateThings:
    @pytest.mark.parametrize("role", Role)
    def test_the_owner_reads_its_own_and_nobody_elses(self, role: Role) -> None:
        rule = private_readable_by(Member(OWNER, AUTHOR, role), frozenset())
        figures_only = role in (Role.MINISTRY, Role.AUDITOR)
        assert holds(rule, PrivateItem(OWNER)) == (not figures_only)
        assert not holds(rule, PrivateItem(TOLD))

    @pytest.mark.parametrize("role", Role)
    def test_a_grant_opens_the_granting_owner_only(self, role: Role) -> None:
        rule = private_readable_by(Member(TOLD, NAMED, role), frozenset({OWNER}))
        figures_only = role in (Role.MINISTRY, Role.AUDITOR)
        assert holds(rule, PrivateItem(OWNER)) == (not figures_only)
        assert not holds(rule, PrivateItem(NEIGHBOUR))

    def test_outsiders_see_nothing_and_stages_everything(self) -> None:
        everybody = frozenset({OWNER, TOLD})
        assert private_readable_by(Anonymous(), everybody) == Never()
        assert private_readable_by(System(), frozenset()) == Always()
        assert holds(private_readable_by(System(), frozenset()), PrivateItem(OWNER))

    def test_counts_do_not_open_details(self) -> None:
        grants = [
            Grant(OWNER, TOLD, GrantLevel.COUNTS),
            Grant(NEIGHBOUR, TOLD, GrantLevel.DETAIL),
            Grant(TOLD, OWNER, GrantLevel.DETAIL),
        ]
        assert granting(grants, TOLD, GrantLevel.DETAIL) == {NEIGHBOUR}
        assert granting(grants, TOLD, GrantLevel.COUNTS) == {OWNER, NEIGHBOUR}
        assert granting(grants, NEIGHBOUR, GrantLevel.COUNTS) == frozenset()
