"""Choosing an audience from the tree of districts, sectors, kinds and communities."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from noroshi.core.errors import NobodyNamed
from noroshi.core.sector import District, OrganisationKind, Sector


class MemberFacts(msgspec.Struct, frozen=True):
    """What a choice looks at in one organisation; ``district`` is ``None`` for a national one."""

    id: int
    kind: OrganisationKind
    district: District | None
    sector: Sector
    active: bool = True


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """A choice. An empty set is a criterion that is not given.

    ``communities`` holds the members of the chosen communities, already resolved to organisations.
    ``only_affected`` holds the organisations with a finding; ``None`` leaves findings out of it,
    an *empty* set means that nobody is affected and therefore nobody is chosen.
    """

    districts: frozenset[District] = frozenset()
    sectors: frozenset[Sector] = frozenset()
    kinds: frozenset[OrganisationKind] = frozenset()
    communities: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    only_affected: frozenset[int] | None = None


def select(selection: Selection, members: Iterable[MemberFacts]) -> frozenset[int]:
    """Return the ids of the active members chosen.

    Criteria of different kinds narrow each other (kanto AND telecom), values of one kind add up
    (kanto OR tohoku). Organisations named one by one are added to that, and ``only_affected``
    narrows the whole. Alone, it chooses all who are affected.

    Raises `NobodyNamed` if nothing at all is given: that must not come to mean everybody.
    """
    criteria = bool(
        selection.districts or selection.sectors or selection.kinds or selection.communities
    )
    affected = selection.only_affected
    if not criteria and not selection.organisations and affected is None:
        raise NobodyNamed(detail="no district, sector, kind, community or organisation is chosen")
    by_rule = criteria or not selection.organisations
    return frozenset(
        member.id
        for member in members
        if member.active
        and (member.id in selection.organisations or (by_rule and _meets(selection, member)))
        and (affected is None or member.id in affected)
    )


def _meets(selection: Selection, member: MemberFacts) -> bool:
    """Say whether every criterion that is given holds."""
    return (
        (not selection.districts or member.district in selection.districts)
        and (not selection.sectors or member.sector in selection.sectors)
        and (not selection.kinds or member.kind in selection.kinds)
        and (not selection.communities or member.id in selection.communities)
    )
