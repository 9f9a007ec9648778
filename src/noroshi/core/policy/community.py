"""Who belongs to a community: the organisations listed, those its rule names, those inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from noroshi.core.policy.selection import MemberFacts
from noroshi.core.sector import District, OrganisationKind, Sector


class CommunityFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A community as it is defined. ``None`` in the rule is a field that is not given.

    ``inside`` holds the ids of the communities that are contained in this one.
    """

    kind: OrganisationKind | None = None
    sector: Sector | None = None
    district: District | None = None
    listed: frozenset[int] = frozenset()
    inside: frozenset[int] = frozenset()


def resolve(
    community: int, communities: Mapping[int, CommunityFacts], members: Iterable[MemberFacts]
) -> frozenset[int]:
    """Return the ids of the active organisations of a community and of all communities inside it.

    A rule is the conjunction of the fields given; without one only the organisations listed
    belong. A community that contains itself, however far around, is read once.
    """
    reached = [communities[number] for number in contained(community, communities)]
    return frozenset(
        member.id
        for member in members
        if member.active and any(_belongs(member, facts) for facts in reached)
    )


def contained(community: int, communities: Mapping[int, CommunityFacts]) -> frozenset[int]:
    """Return the ids of the community itself and of every community inside it, at any depth."""
    reached: set[int] = set()
    waiting = [community]
    while waiting:
        number = waiting.pop()
        if number not in reached:
            reached.add(number)
            waiting.extend(communities[number].inside)
    return frozenset(reached)


def _belongs(member: MemberFacts, facts: CommunityFacts) -> bool:
    if member.id in facts.listed:
        return True
    rule = (facts.kind, facts.sector, facts.district)
    here = (member.kind, member.sector, member.district)
    # Without a single field the conjunction would hold for everybody: no rule names nobody.
    return any(wanted is not None for wanted in rule) and all(
        wanted is None or wanted == found for wanted, found in zip(rule, here, strict=True)
    )
