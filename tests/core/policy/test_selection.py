"""Choosing organisations from the tree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import NobodyNamed
from noroshi.core.policy.selection import MemberFacts, Selection, select
from noroshi.core.sector import District, OrganisationKind, Sector

OPERATOR, BUREAU = OrganisationKind.OPERATOR, OrganisationKind.BUREAU
KANTO, TOHOKU = District.KANTO, District.TOHOKU

MEMBERS = [
    MemberFacts(1, OPERATOR, KANTO, Sector.TELECOM),
    MemberFacts(2, OPERATOR, KANTO, Sector.CABLE),
    MemberFacts(3, OPERATOR, TOHOKU, Sector.TELECOM),
    MemberFacts(4, BUREAU, KANTO, Sector.GOVERNMENT),
    MemberFacts(5, OPERATOR, KANTO, Sector.TELECOM, active=False),
    MemberFacts(6, OrganisationKind.HUB, None, Sector.OTHER),
]


def chosen(**criteria: Any) -> set[int]:
    return set(select(Selection(**criteria), MEMBERS))


def test_values_of_one_kind_add_up() -> None:
    assert chosen(districts=frozenset({KANTO})) == {1, 2, 4}
    assert chosen(districts=frozenset({KANTO, TOHOKU})) == {1, 2, 3, 4}


def test_criteria_of_different_kinds_narrow() -> None:
    districts, sectors = frozenset({KANTO}), frozenset({Sector.TELECOM, Sector.GOVERNMENT})
    assert chosen(districts=districts, sectors=sectors) == {1, 4}
    assert chosen(districts=districts, sectors=sectors, kinds=frozenset({OPERATOR})) == {1}
    assert chosen(districts=districts, communities=frozenset({2, 3})) == {2}


def test_organisations_named_one_by_one_are_added() -> None:
    assert chosen(organisations=frozenset({3})) == {3}
    assert chosen(districts=frozenset({KANTO}), organisations=frozenset({3})) == {1, 2, 3, 4}


def test_only_affected_narrows_everything() -> None:
    affected = frozenset({2, 3})
    assert chosen(only_affected=affected) == {2, 3}
    assert chosen(districts=frozenset({KANTO}), only_affected=affected) == {2}
    assert chosen(organisations=frozenset({1, 3}), only_affected=affected) == {3}


def test_nobody_affected_means_nobody_and_not_everybody() -> None:
    assert chosen(only_affected=frozenset()) == set()
    assert chosen(districts=frozenset({KANTO}), only_affected=frozenset()) == set()


def test_an_inactive_or_unknown_organisation_is_never_chosen() -> None:
    assert chosen(organisations=frozenset({5, 99})) == set()
    assert chosen(only_affected=frozenset({5, 99})) == set()


def test_choosing_nothing_at_all_is_refused() -> None:
    with pytest.raises(NobodyNamed):
        select(Selection(), MEMBERS)


some = st.frozensets(st.integers(1, 6))
selections = st.builds(
    Selection,
    districts=st.frozensets(st.sampled_from([KANTO, TOHOKU])),
    sectors=st.frozensets(st.sampled_from(list(Sector))),
    kinds=st.frozensets(st.sampled_from(list(OrganisationKind))),
    communities=some,
    organisations=some.filter(bool),
    only_affected=st.none() | some,
)


@given(selections, some)
def test_narrowing_to_the_affected_never_adds_anybody(
    selection: Selection, affected: frozenset[int]
) -> None:
    if selection.only_affected is None:
        wide = select(selection, MEMBERS)
        narrowed = Selection(
            districts=selection.districts,
            sectors=selection.sectors,
            kinds=selection.kinds,
            communities=selection.communities,
            organisations=selection.organisations,
            only_affected=affected,
        )
        assert select(narrowed, MEMBERS) == wide & affected


@given(selections, st.permutations(MEMBERS))
def test_the_order_of_members_does_not_matter(
    selection: Selection, members: list[MemberFacts]
) -> None:
    assert select(selection, members) == select(selection, MEMBERS)
