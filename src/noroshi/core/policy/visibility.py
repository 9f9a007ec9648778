"""The one rule: who may read what.

The rule is data: a tree of `AnyOf` and `AllOf` over atoms, each a statement about columns that any
database can check. `holds` reads the tree over one item; the hub compiles the *same* tree to a
query filter, so the two cannot drift apart. There is no "not" in the language: an atom that does
not apply is false, and false never opens anything.

What the rule says about a marked item:

* The system's own background stages read everything.
* People without an account, the ministry (it sees figures) and auditors (they see the audit
  record) read what is published, TLP:CLEAR and for everyone.
* Any other member reads what is published to an audience that contains it, and whatever its
  organisation owns, published or not, unless that is TLP:RED.
* TLP:RED is read by the people named and by the person who wrote it. Nobody else in the owning
  organisation does.
* An audience counts only as far as the marking allows it: should a row ever say "TLP:AMBER, for
  everyone", it stays closed instead of open.

Private things (systems, inventories, findings) carry no marking: their owner reads them, and
whoever the owner granted it to.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import msgspec

from noroshi.core.errors import NobodyNamed
from noroshi.core.policy.audience import Audience, Everyone, Members, Organisations, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.sector import Role


class System(msgspec.Struct, frozen=True):
    """A background stage of the platform itself."""


class Anonymous(msgspec.Struct, frozen=True):
    """Anybody who is not signed in."""


class Member(msgspec.Struct, frozen=True):
    """Somebody of a member organisation; ``person`` is ``None`` for an organisation's machine."""

    organisation: int
    person: int | None
    role: Role


Viewer = System | Anonymous | Member

OUTSIDE_THE_CONTENTS = frozenset({Role.MINISTRY, Role.AUDITOR})
"""Roles that see figures or the audit record, and of the contents what the public sees."""


class Item(msgspec.Struct, frozen=True):
    """The facts about a marked item that decide who reads it.

    ``owner`` is an organisation's id, ``author`` a person's, if a person wrote it.
    """

    owner: int
    tlp: Tlp
    audience: Audience
    published: bool
    author: int | None = None


class PrivateItem(msgspec.Struct, frozen=True):
    """The fact about an unmarked, private thing that decides who reads it."""

    owner: int


# --- the atoms: each is one condition on columns ---


def _not_empty(parts: frozenset[int] | tuple[Expression, ...], name: str) -> None:
    if not parts:
        raise NobodyNamed(detail=f"{name} of nothing")


class Always(msgspec.Struct, frozen=True):
    """True."""


class Never(msgspec.Struct, frozen=True):
    """False."""


class Published(msgspec.Struct, frozen=True):
    """The item is published, not a draft."""


class MarkedAtMost(msgspec.Struct, frozen=True):
    """The marking is ``tlp`` or a more open one."""

    tlp: Tlp


class ForEveryone(msgspec.Struct, frozen=True):
    """The audience is everyone."""


class ForMembers(msgspec.Struct, frozen=True):
    """The audience is all members."""


class ForOrganisation(msgspec.Struct, frozen=True):
    """The audience is a set of organisations with this one in it."""

    organisation: int


class ForPerson(msgspec.Struct, frozen=True):
    """The audience is a set of people with this one in it."""

    person: int


class OwnedBy(msgspec.Struct, frozen=True):
    """The owner is one of these organisations (one set, so that a query says ``IN`` once)."""

    organisations: frozenset[int]

    def __post_init__(self) -> None:
        _not_empty(self.organisations, "OwnedBy")


class WrittenBy(msgspec.Struct, frozen=True):
    """The author is this person."""

    person: int


class AnyOf(msgspec.Struct, frozen=True):
    """At least one of the parts holds. An empty list is refused: it would say nothing."""

    parts: tuple[Expression, ...]

    def __post_init__(self) -> None:
        _not_empty(self.parts, "AnyOf")


class AllOf(msgspec.Struct, frozen=True):
    """Every part holds. An empty list is refused: it would hold for anything."""

    parts: tuple[Expression, ...]

    def __post_init__(self) -> None:
        _not_empty(self.parts, "AllOf")


MarkingAtom = Published | MarkedAtMost | ForEveryone | ForMembers | ForOrganisation | ForPerson
Atom = Always | Never | OwnedBy | WrittenBy | MarkingAtom
Expression = AnyOf | AllOf | Atom

PUBLIC = AllOf((Published(), MarkedAtMost(Tlp.CLEAR), ForEveryone()))
"""What anybody may read."""


def readable_by(viewer: Viewer) -> Expression:
    """Return the rule for marked items as it reads for this viewer."""
    match viewer:
        case System():
            return Always()
        case Anonymous():
            return PUBLIC
        case Member(role=role) if role in OUTSIDE_THE_CONTENTS:
            return PUBLIC
        case Member(organisation=organisation, person=person):
            return _readable_by_member(organisation, person)


def _readable_by_member(organisation: int, person: int | None) -> Expression:
    in_audience: list[Expression] = [
        AllOf((MarkedAtMost(Tlp.CLEAR), ForEveryone())),
        AllOf((MarkedAtMost(Tlp.GREEN), ForMembers())),
        AllOf((MarkedAtMost(Tlp.AMBER_STRICT), ForOrganisation(organisation))),
    ]
    own: list[Expression] = [
        AllOf((MarkedAtMost(Tlp.AMBER_STRICT), OwnedBy(frozenset({organisation}))))
    ]
    if person is not None:
        in_audience.append(ForPerson(person))
        own.append(WrittenBy(person))
    return AnyOf((AllOf((Published(), AnyOf(tuple(in_audience)))), *own))


def holds(expression: Expression, item: Item | PrivateItem) -> bool:
    """Say whether the rule holds for this item."""
    match expression:
        case AnyOf(parts=parts):
            return any(holds(part, item) for part in parts)
        case AllOf(parts=parts):
            return all(holds(part, item) for part in parts)
        case Always() | Never():
            return isinstance(expression, Always)
        case OwnedBy(organisations=organisations):
            return item.owner in organisations
        case WrittenBy(person=person):
            return isinstance(item, Item) and item.author == person
        case _:
            # A private item has neither marking nor audience: no statement about them opens it.
            return isinstance(item, Item) and _marking_holds(expression, item)


def _marking_holds(atom: MarkingAtom, item: Item) -> bool:
    match atom:
        case Published():
            return item.published
        case MarkedAtMost(tlp=tlp):
            return item.tlp <= tlp
        case ForEveryone():
            return isinstance(item.audience, Everyone)
        case ForMembers():
            return isinstance(item.audience, Members)
        case ForOrganisation(organisation=organisation):
            return isinstance(item.audience, Organisations) and organisation in item.audience.ids
        case ForPerson(person=person):
            return isinstance(item.audience, People) and person in item.audience.ids


# --- private things and grants ---


class GrantLevel(IntEnum):
    """How much of its private things an owner lets another organisation see."""

    COUNTS = 1
    DETAIL = 2


class Grant(msgspec.Struct, frozen=True):
    """``owner`` lets ``grantee`` see its systems, inventories and findings, as far as ``level``."""

    owner: int
    grantee: int
    level: GrantLevel


def granting(grants: Iterable[Grant], grantee: int, level: GrantLevel) -> frozenset[int]:
    """Return the owners that granted ``grantee`` at least ``level``."""
    return frozenset(
        grant.owner for grant in grants if grant.grantee == grantee and grant.level >= level
    )


def private_readable_by(viewer: Viewer, granted: frozenset[int]) -> Expression:
    """Return the rule for private things as it reads for this viewer.

    ``granted`` holds the owners that granted the viewer's organisation `GrantLevel.DETAIL`; for a
    query that only counts, those that granted at least `GrantLevel.COUNTS` (see `granting`).
    """
    match viewer:
        case System():
            return Always()
        case Member(organisation=organisation, role=role) if role not in OUTSIDE_THE_CONTENTS:
            return OwnedBy(granted | {organisation})
        case _:
            return Never()
