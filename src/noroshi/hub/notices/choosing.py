"""Whom a draft is meant for: kept with it by name, and resolved each time it is looked at.

Between writing and publishing a community grows and an organisation leaves: so names are kept, not
what they stood for on the day of writing.
"""

from __future__ import annotations

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.errors import NobodyNamed
from noroshi.core.policy.audience import Everyone, Members, People
from noroshi.core.policy.selection import Selection
from noroshi.core.sector import District, OrganisationKind, Sector
from noroshi.hub.members import queries as members
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import Affected, Choice, WithBureaus, selection


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """What selects organisations; see `Selection`, where communities and organisations are ids."""

    districts: tuple[District, ...] = ()
    sectors: tuple[Sector, ...] = ()
    kinds: tuple[OrganisationKind, ...] = ()
    communities: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


class Some(msgspec.Struct, frozen=True, tag="some"):
    """Those who meet the criteria; ``bureaus``: those of their districts are informed."""

    criteria: Criteria
    bureaus: bool = False


class OnlyAffected(msgspec.Struct, frozen=True, tag="affected"):
    """Of those who meet the criteria (of all members, without any), those with a live finding."""

    criteria: Criteria
    bureaus: bool = False


class ByName(msgspec.Struct, frozen=True, tag="people"):
    """These people, by mail address."""

    people: tuple[str, ...]


Chosen = Everyone | Members | Some | OnlyAffected | ByName


def resolved(chosen: Chosen | None) -> Choice:
    """Return what the names stand for today.

    Raises `NotFound` for a name that stands for nothing, `NobodyNamed` where nobody is chosen yet.
    """
    match chosen:
        case None:
            raise NobodyNamed(detail=_("choose whom it is for"))
        case ByName(people=people):
            return People(frozenset(members.person_named(email).pk for email in people))
        case Some(criteria=criteria, bureaus=bureaus):
            among = _selection(criteria)
            return WithBureaus(among) if bureaus else among
        case OnlyAffected(criteria=criteria, bureaus=bureaus):
            affected = Affected(_selection(criteria))
            return WithBureaus(affected) if bureaus else affected
        case _:
            return chosen


def _selection(criteria: Criteria) -> Selection:
    return selection(
        districts=criteria.districts,
        sectors=criteria.sectors,
        kinds=criteria.kinds,
        communities=criteria.communities,
        organisations=criteria.organisations,
    )


def chosen_of(notice: Notice) -> Chosen | None:
    """Return whom a stored draft is meant for."""
    return None if notice.chosen is None else msgspec.convert(notice.chosen, Chosen)
