"""Who takes part, as values the rules of `core.policy` work on.

The directory of members (who takes part, in which district) is known to every member; it carries
no marking. What members run and answer does, and is asked for elsewhere, with a viewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Manager, QuerySet
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy import audience as policy
from noroshi.core.policy.community import CommunityFacts, resolve
from noroshi.core.policy.selection import MemberFacts
from noroshi.core.policy.visibility import GrantLevel, Member, System, Viewer
from noroshi.core.sector import District, OrganisationKind, Role, Sector
from noroshi.hub.members.models import (
    Audience,
    AudienceKind,
    Community,
    Grant,
    Organisation,
    Person,
)
from noroshi.hub.remembering import once
from noroshi.hub.scope import granted_to

MACHINE_ROLES = {
    OrganisationKind.HUB: Role.HUB_ANALYST,
    OrganisationKind.BUREAU: Role.BUREAU_OFFICER,
    OrganisationKind.MINISTRY: Role.MINISTRY,
}
"""The role in which an organisation itself acts; any other kind answers as a responder."""


def named(slug: str) -> Organisation:
    """Return the organisation; raises `NotFound`."""
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(kind=_("organisation"), name=slug[:80])
    return found


def person_named(email: str) -> Person:
    """Return the person who signs in with this address; raises `NotFound`."""
    found = Person.objects.select_related("organisation").filter(email=email.casefold()).first()
    if found is None:
        raise NotFound(kind=_("person"), name=email[:80])
    return found


def ids_of(slugs: Iterable[str]) -> frozenset[int]:
    """Return the ids of the organisations; raises `NotFound` for the first unknown one."""
    wanted = sorted(set(slugs))
    found = dict(Organisation.objects.filter(slug__in=wanted).values_list("slug", "id"))
    for slug in wanted:
        if slug not in found:
            raise NotFound(kind=_("organisation"), name=slug[:80])
    return frozenset(found.values())


def directory() -> QuerySet[Organisation]:
    """Return all organisations, by district, then name."""
    return Organisation.objects.order_by("district", "slug")


def grants_given(organisation: Organisation) -> QuerySet[Grant]:
    """Return what an organisation lets others see, by the others' names."""
    rows = Grant.objects.filter(owner=organisation).select_related("grantee")
    return rows.order_by("grantee__slug")


def people(organisation: Organisation | None = None) -> QuerySet[Person]:
    """Return the people of an organisation, or of all, by organisation and address."""
    rows = Person.objects.select_related("organisation").order_by("organisation__slug", "email")
    return rows if organisation is None else rows.filter(organisation=organisation)


def communities() -> list[tuple[Community, tuple[str, ...]]]:
    """Return every community with the short names of its active organisations."""
    definitions, facts = community_facts(), member_facts()
    slugs = dict(Organisation.objects.values_list("pk", "slug"))
    return [
        (row, tuple(sorted(slugs[each] for each in resolve(row.pk, definitions, facts))))
        for row in Community.objects.order_by("slug")
    ]


def community_named(slug: str) -> Community:
    """Return the community; raises `NotFound`."""
    found = Community.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(kind=_("community"), name=slug[:80])
    return found


def the_hub() -> Organisation:
    """Return the organisation that runs the platform; raises `NotFound` before there is one."""
    hub = Organisation.objects.filter(kind=OrganisationKind.HUB).first()
    if hub is None:
        raise NotFound(kind=_("organisation"), name=OrganisationKind.HUB.value)
    return hub


def is_hub(organisation: int) -> bool:
    """Say whether an organisation runs the platform."""
    hub = Organisation.objects.filter(pk=organisation, kind=OrganisationKind.HUB.value)
    return once(("is hub", organisation), hub.exists)


def bureau_of(organisation: Organisation) -> Organisation | None:
    """Return the bureau that looks after an organisation; nobody looks after a bureau itself."""
    if not organisation.district:
        return None
    return (
        Organisation.objects.filter(
            kind=OrganisationKind.BUREAU, district=organisation.district, active=True
        )
        .exclude(pk=organisation.pk)
        .first()
    )


def member_facts() -> tuple[MemberFacts, ...]:
    """Return every organisation as a choice looks at it."""
    rows = Organisation.objects.values_list("id", "kind", "district", "sector", "active")
    return tuple(
        MemberFacts(
            id=number,
            kind=OrganisationKind(kind),
            district=District(district) if district else None,
            sector=Sector(sector),
            active=active,
        )
        for number, kind, district, sector, active in rows.order_by("id")
    )


def community_members(slug: str) -> frozenset[int]:
    """Return the ids of the active organisations of a community; raises `NotFound`."""
    return resolve(community_named(slug).pk, community_facts(), member_facts())


def community_facts() -> dict[int, CommunityFacts]:
    """Return the definition of every community, in three queries however many there are."""
    listed = _pairs(Community.organisations.through.objects, "community_id", "organisation_id")
    inside = _pairs(Community.inside.through.objects, "from_community_id", "to_community_id")
    return {
        row.pk: CommunityFacts(
            kind=OrganisationKind(row.rule_kind) if row.rule_kind else None,
            sector=Sector(row.rule_sector) if row.rule_sector else None,
            district=District(row.rule_district) if row.rule_district else None,
            listed=frozenset(listed[row.pk]),
            inside=frozenset(inside[row.pk]),
        )
        for row in Community.objects.all()
    }


def _pairs(rows: Manager[Any], key: str, value: str) -> defaultdict[int, set[int]]:
    pairs: defaultdict[int, set[int]] = defaultdict(set)
    for left, right in rows.values_list(key, value):
        pairs[left].add(right)
    return pairs


def viewer_of(who: Person | Organisation) -> Member:
    """Return the viewer a person is, or an organisation's own machine.

    Raises `Refused` for those who have left: they read nothing any more, not even their own.
    """
    if isinstance(who, Person):
        if not (who.is_active and who.organisation.active):
            raise Refused(detail=_("%(who)s takes no part any more") % {"who": who.email})
        return Member(who.organisation_id, who.pk, Role(who.role))
    if not who.active:
        raise Refused(detail=_("%(who)s takes no part any more") % {"who": who.slug})
    role = MACHINE_ROLES.get(OrganisationKind(who.kind), Role.RESPONDER)
    return Member(who.pk, None, role)


def granting(viewer: Viewer, level: GrantLevel) -> frozenset[int]:
    """Return the owners whose private things the viewer may count (`COUNTS`) or read (`DETAIL`).

    For the system that is every organisation, for a member also its own.
    """
    match viewer:
        case System():
            return frozenset(Organisation.objects.values_list("pk", flat=True))
        case Member(organisation=own, role=role) if role not in (Role.MINISTRY, Role.AUDITOR):
            return granted_to(own, level) | {own}
        case _:
            return frozenset()


def audience_value(row: Audience) -> policy.Audience:
    """Return what an audience row says."""
    match row.kind:
        case AudienceKind.EVERYONE:
            return policy.Everyone()
        case AudienceKind.MEMBERS:
            return policy.Members()
        case AudienceKind.ORGANISATIONS:
            return policy.Organisations(frozenset(row.organisations.values_list("pk", flat=True)))
        case _:
            return policy.People(frozenset(row.people.values_list("pk", flat=True)))


def audience_organisations(audiences: Iterable[int | None]) -> dict[int | None, set[int]]:
    """Return the organisations each audience lists, or whose people it lists.

    Audiences that list nobody (everyone, all members) are not in the answer.
    """
    wanted = {number for number in audiences if number is not None}
    found: defaultdict[int | None, set[int]] = defaultdict(set)
    listed = Audience.organisations.through.objects.filter(audience__in=wanted)
    people = Audience.people.through.objects.filter(audience__in=wanted)
    for number, organisation in (
        *listed.values_list("audience", "organisation"),
        *people.values_list("audience", "person__organisation"),
    ):
        found[number].add(organisation)
    return dict(found)
