"""Audiences: to whom an item goes, and what its marking allows.

TLP 2.0 read for a platform of organisations:

=============  =====================================================================
CLEAR          everyone
GREEN          the community: all members of the platform
AMBER          named organisations (and, outside the platform, their own clients)
AMBER+STRICT   named organisations, not their clients: the same cap here
RED            named people
=============  =====================================================================

A narrower audience than the marking's cap is always allowed: a CLEAR notice may go to one
organisation only.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from noroshi.core.errors import NobodyNamed, PolicyError
from noroshi.core.policy.marking import Tlp


class Everyone(msgspec.Struct, frozen=True, tag="everyone"):
    """Anybody, signed in or not."""


class Members(msgspec.Struct, frozen=True, tag="members"):
    """Every organisation of the platform."""


class Organisations(msgspec.Struct, frozen=True, tag="organisations"):
    """The organisations with these ids."""

    ids: frozenset[int]


class People(msgspec.Struct, frozen=True, tag="people"):
    """The people with these ids, whatever their organisation."""

    ids: frozenset[int]


Audience = Everyone | Members | Organisations | People


class Width(IntEnum):
    """The kinds of audience, from narrow to wide."""

    PEOPLE = 0
    ORGANISATIONS = 1
    MEMBERS = 2
    EVERYONE = 3


WIDEST = {
    Tlp.CLEAR: Width.EVERYONE,
    Tlp.GREEN: Width.MEMBERS,
    Tlp.AMBER: Width.ORGANISATIONS,
    Tlp.AMBER_STRICT: Width.ORGANISATIONS,
    Tlp.RED: Width.PEOPLE,
}
"""The widest kind of audience each marking allows."""

_NAMES = {
    Width.EVERYONE: "everyone",
    Width.MEMBERS: "all members",
    Width.ORGANISATIONS: "organisations",
    Width.PEOPLE: "named people",
}


def width(audience: Audience) -> Width:
    """Return which kind of audience this is."""
    match audience:
        case Everyone():
            return Width.EVERYONE
        case Members():
            return Width.MEMBERS
        case Organisations():
            return Width.ORGANISATIONS
        case People():
            return Width.PEOPLE


def permit(tlp: Tlp, audience: Audience) -> Audience:
    """Return ``audience`` if the marking allows it.

    Raises `PolicyError` if it is wider than the marking's cap, `NobodyNamed` if it is an empty
    set: an empty choice is a mistake of whoever chose, and must never come to mean "all".
    """
    if isinstance(audience, Organisations | People) and not audience.ids:
        raise NobodyNamed(detail=f"the audience of {tlp.label} is an empty set")
    wanted, cap = width(audience), WIDEST[tlp]
    if wanted > cap:
        detail = f"{_NAMES[wanted]} were asked for, it may go to {_NAMES[cap]} at most"
        raise PolicyError(marking=tlp.label, detail=detail)
    return audience
