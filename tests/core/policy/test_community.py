"""Communities: listed, by rule, one inside another."""

from __future__ import annotations

import pytest

from noroshi.core.policy.community import CommunityFacts, contained, resolve
from noroshi.core.policy.selection import MemberFacts
from noroshi.core.sector import District, OrganisationKind, Sector

OPERATOR, BUREAU = OrganisationKind.OPERATOR, OrganisationKind.BUREAU
MEMBERS = [
    MemberFacts(1, OPERATOR, District.KANTO, Sector.TELECOM),
    MemberFacts(2, OPERATOR, District.KANTO, Sector.CABLE),
    MemberFacts(3, OPERATOR, District.TOHOKU, Sector.TELECOM),
    MemberFacts(4, BUREAU, District.KANTO, Sector.GOVERNMENT),
    MemberFacts(5, OPERATOR, District.KANTO, Sector.TELECOM, active=False),
]


def members_of(number: int, **communities: CommunityFacts) -> set[int]:
    numbered = {int(name.removeprefix("c")): facts for name, facts in communities.items()}
    return set(resolve(number, numbered, MEMBERS))


def test_the_fields_of_a_rule_narrow_each_other() -> None:
    rule = CommunityFacts(kind=OPERATOR, district=District.KANTO, sector=Sector.TELECOM)
    assert members_of(1, c1=rule) == {1}
    assert members_of(1, c1=CommunityFacts(district=District.KANTO)) == {1, 2, 4}


def test_without_a_rule_only_the_listed_belong() -> None:
    assert members_of(1, c1=CommunityFacts()) == set()
    assert members_of(1, c1=CommunityFacts(listed=frozenset({3}))) == {3}


def test_the_listed_come_on_top_of_the_rule() -> None:
    both = CommunityFacts(kind=BUREAU, listed=frozenset({3}))
    assert members_of(1, c1=both) == {3, 4}


def test_who_has_left_belongs_nowhere() -> None:
    assert members_of(1, c1=CommunityFacts(listed=frozenset({5}))) == set()


def test_communities_inside_bring_their_members_at_any_depth() -> None:
    assert members_of(
        1,
        c1=CommunityFacts(inside=frozenset({2})),
        c2=CommunityFacts(inside=frozenset({3}), listed=frozenset({2})),
        c3=CommunityFacts(kind=BUREAU),
    ) == {2, 4}


@pytest.mark.parametrize("start", [1, 2, 3])
def test_a_circle_is_read_once(start: int) -> None:
    circle = {
        1: CommunityFacts(inside=frozenset({2}), listed=frozenset({1})),
        2: CommunityFacts(inside=frozenset({3}), listed=frozenset({2})),
        3: CommunityFacts(inside=frozenset({1}), listed=frozenset({3})),
    }
    assert contained(start, circle) == {1, 2, 3}
    assert resolve(start, circle, MEMBERS) == {1, 2, 3}
