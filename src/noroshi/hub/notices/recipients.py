"""From a choice to an audience, and to the organisations that get a delivery."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.errors import NobodyNamed, Refused
from noroshi.core.policy.audience import (
    Audience,
    Everyone,
    Members,
    Organisations,
    People,
    permit,
)
from noroshi.core.policy.duties import may_act
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import MemberFacts, Selection, select
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.core.sector import District, OrganisationKind, Sector
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Person
from noroshi.hub.notices.concerns import affected_organisations


class Affected(msgspec.Struct, frozen=True):
    """Those of a selection that have a live finding; of all members if it selects nothing."""

    among: Selection = Selection()


class WithBureaus(msgspec.Struct, frozen=True):
    """A choice, and beside it the bureaus of the districts it looks at.

    The bureaus may read the notice and follow up their operators, so that a late answer can be
    brought to them; nobody waits for an answer of theirs.
    """

    choice: Selection | Affected


Choice = Everyone | Members | Selection | Affected | WithBureaus | People
"""What the sender chooses. There is no default: to choose nothing is refused."""


class Addressees(msgspec.Struct, frozen=True):
    """Who may read, and which organisations get a delivery (never the sender).

    ``among``: the organisations that were chosen among by looking at findings; empty if findings
    had no part in it. Who is in ``among`` is known to anybody, who of them is in ``deliver_to``
    only to those they granted counts. ``informed``: who may read it whether or not it gets a
    delivery.
    """

    audience: Audience
    deliver_to: frozenset[int]
    among: frozenset[int] = frozenset()
    informed: frozenset[int] = frozenset()


def sending(viewer: Viewer) -> int:
    """Return the organisation a viewer sends for: its own, or the hub for the system itself."""
    match viewer:
        case Member(organisation=own) if may_act(viewer):
            return own
        case System():
            return members.the_hub().pk
    raise Refused(detail=_("your role does not send notices"))


def audience_of(choice: Choice) -> Audience:
    """Return the audience of something that is read and not delivered, such as a report."""
    match choice:
        case Selection():
            return Organisations(select(choice, members.member_facts()))
        case Affected() | WithBureaus():
            raise Refused(detail=_("only a notice can be addressed by who is affected"))
        case _:
            return choice


def address(
    choice: Choice,
    tlp: Tlp,
    *,
    sender: int,
    vulnerabilities: frozenset[int],
    countable: frozenset[int],
) -> Addressees:
    """Decide who a notice reaches. ``countable``: who granted the sender at least counts.

    Raises `PolicyError` where the marking does not allow it, `NobodyNamed` where nobody but the
    sender is left, `Refused` for "those affected" by nothing.
    """
    facts = members.member_facts()
    if isinstance(choice, WithBureaus):
        inner = address(
            choice.choice,
            tlp,
            sender=sender,
            vulnerabilities=vulnerabilities,
            countable=countable,
        )
        return _with_bureaus(inner, facts)
    if isinstance(choice, Affected):
        found = _affected(choice.among, facts, sender, vulnerabilities, countable)
        permit(tlp, found.audience)
        return found
    audience = Organisations(select(choice, facts)) if isinstance(choice, Selection) else choice
    deliver_to = _receiving(permit(tlp, audience), facts) - {sender}
    if isinstance(audience, Organisations) and not deliver_to:
        raise NobodyNamed(detail="nobody is left but the sender")
    return Addressees(audience, deliver_to)


def _with_bureaus(found: Addressees, facts: tuple[MemberFacts, ...]) -> Addressees:
    """Let the bureaus read too.

    Those of all districts that were *looked at*: those of the districts that were hit would tell
    every reader of the audience where somebody is affected.
    """
    looked_at = found.among or found.deliver_to
    districts = {member.district for member in facts if member.id in looked_at}
    bureaus = frozenset(
        member.id
        for member in facts
        if member.active and member.kind is OrganisationKind.BUREAU and member.district in districts
    )
    ids = found.audience.ids if isinstance(found.audience, Organisations) else frozenset()
    # A bureau that is affected itself stays in the list: to leave it out would say that it is.
    informed = bureaus if found.among else bureaus - ids
    return msgspec.structs.replace(found, audience=Organisations(ids | bureaus), informed=informed)


def _affected(
    selection: Selection,
    facts: tuple[MemberFacts, ...],
    sender: int,
    vulnerabilities: frozenset[int],
    countable: frozenset[int],
) -> Addressees:
    """Look among the selection for those with live findings.

    That nobody is affected is an error only where the sender may know it. Otherwise the refusal
    would answer, for any single organisation, the question it never let the sender ask; so the
    notice goes out, to those who are affected, be it nobody.
    """
    if not vulnerabilities:
        raise Refused(detail=_("only those affected, but by what? Name a vulnerability"))
    among = select(_anybody_among(selection, facts), facts) - {sender}
    deliver_to = among & affected_organisations(vulnerabilities)
    if not deliver_to and among <= countable:
        raise NobodyNamed(detail="nobody among those chosen is affected")
    return Addressees(Organisations(deliver_to | {sender}), deliver_to, among)


def _anybody_among(selection: Selection, facts: tuple[MemberFacts, ...]) -> Selection:
    everybody = frozenset(member.id for member in facts)
    return msgspec.structs.replace(selection, only_affected=everybody)


def _receiving(audience: Audience, facts: tuple[MemberFacts, ...]) -> frozenset[int]:
    match audience:
        case Everyone() | Members():
            # The ministry sees figures: nobody waits for its acknowledgement.
            asked = (m for m in facts if m.active and m.kind is not OrganisationKind.MINISTRY)
            return frozenset(member.id for member in asked)
        case Organisations(ids=ids):
            return ids
        case People(ids=ids):
            people = Person.objects.filter(pk__in=ids, is_active=True, organisation__active=True)
            return frozenset(people.values_list("organisation", flat=True))


def selection(
    *,
    districts: Iterable[District] = (),
    sectors: Iterable[Sector] = (),
    kinds: Iterable[OrganisationKind] = (),
    communities: Iterable[str] = (),
    organisations: Iterable[str] = (),
) -> Selection:
    """Return a selection in which communities and organisations are named.

    Raises `NotFound` for an unknown name, and `NobodyNamed` for a community without members: an
    empty set would mean "communities do not matter" and open the choice instead of closing it.
    """
    chosen: set[int] = set()
    for slug in communities:
        inside = members.community_members(slug)
        if not inside:
            raise NobodyNamed(detail=f"the community {slug} has no members")
        chosen |= inside
    return Selection(
        districts=frozenset(districts),
        sectors=frozenset(sectors),
        kinds=frozenset(kinds),
        communities=frozenset(chosen),
        organisations=members.ids_of(organisations),
    )
