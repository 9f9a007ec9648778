"""Taking organisations, communities and people in, and what they let each other see.

A new operator or broadcaster lets the hub and the bureau of its district see *counts* of its
inventories and findings (how many, never which): without that, nobody can tell who has to be
warned. It may take that back, or grant details, at any time (`set_grant`). Nobody else is granted
anything, and a bureau that joins after its operators is granted nothing until they say so.
"""

from __future__ import annotations

import datetime as dt
import re

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE
from noroshi.core.errors import Refused
from noroshi.core.policy.community import CommunityFacts, contained
from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import District, OrganisationKind, Role, Sector
from noroshi.hub.audit import actions as audit
from noroshi.hub.members import queries
from noroshi.hub.members.models import Community, Grant, Organisation, Person

WATCHED_KINDS = frozenset({OrganisationKind.OPERATOR, OrganisationKind.BROADCASTER})
"""The kinds that the hub and a bureau look after, and that grant them counts when they join."""

HOME_OF_ROLE = {
    Role.HUB_ANALYST: OrganisationKind.HUB,
    Role.HUB_ADMIN: OrganisationKind.HUB,
    Role.BUREAU_OFFICER: OrganisationKind.BUREAU,
    Role.MINISTRY: OrganisationKind.MINISTRY,
}
"""Roles that exist in one kind of organisation only."""

USUAL_SECTOR = {
    OrganisationKind.HUB: Sector.OTHER,
    OrganisationKind.BUREAU: Sector.GOVERNMENT,
    OrganisationKind.MINISTRY: Sector.GOVERNMENT,
    OrganisationKind.OPERATOR: Sector.TELECOM,
    OrganisationKind.BROADCASTER: Sector.BROADCAST,
    OrganisationKind.VENDOR: Sector.OTHER,
}
"""The sector of an organisation of which only the kind was said."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,58}[a-z0-9]", re.ASCII)


class OrganisationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an organisation; ``district`` is ``None`` for a national one."""

    slug: str
    name: str
    kind: OrganisationKind
    sector: Sector
    district: District | None = None
    name_en: str = ""
    active: bool = True


class NewCommunity(msgspec.Struct, frozen=True, kw_only=True):
    """A community to be made: its names, and its definition."""

    slug: str
    name: str
    name_en: str = ""
    facts: CommunityFacts


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person to be taken in."""

    email: str
    name: str
    organisation: str
    role: Role


# --- organisations ---


@transaction.atomic
def add_organisation(facts: OrganisationFacts, *, now: dt.datetime, actor: str) -> Organisation:
    """Take an organisation in, with the grants it makes by default (see above).

    Raises `Refused` if the name is taken, or for a second hub or a district's second bureau.
    """
    _check_slug(facts.slug)
    if Organisation.objects.filter(slug=facts.slug).exists():
        raise Refused(detail=_("there is already an organisation %(slug)s") % {"slug": facts.slug})
    _check_place(facts, None)
    organisation = Organisation.objects.create(joined_at=now, **_columns(facts))
    _grant_by_default(organisation)
    audit.record(
        "organisation.added",
        f"organisation:{organisation.pk}",
        actor=actor,
        at=now,
        detail={"slug": facts.slug, "kind": facts.kind.value},
    )
    return organisation


@transaction.atomic
def change_organisation(
    organisation: Organisation, facts: OrganisationFacts, *, now: dt.datetime, actor: str
) -> Organisation:
    """Change what is known of an organisation; raises `Refused` as `add_organisation` does.

    One that moves to another district takes the counts it granted there to its new bureau: the
    old one no longer looks after it. Details it granted stay where they are, and go nowhere.
    """
    if facts.slug != organisation.slug:
        raise Refused(detail=_("the short name of an organisation cannot be changed"))
    _check_place(facts, organisation)
    before = queries.bureau_of(organisation)
    for column, value in _columns(facts).items():
        setattr(organisation, column, value)
    organisation.save()
    _move_counts(organisation, before, queries.bureau_of(organisation))
    audit.record(
        "organisation.changed",
        f"organisation:{organisation.pk}",
        actor=actor,
        at=now,
        detail={"slug": facts.slug, "active": facts.active},
    )
    return organisation


def facts_of(organisation: Organisation) -> OrganisationFacts:
    """Return what is known of an organisation."""
    return OrganisationFacts(
        slug=organisation.slug,
        name=organisation.name,
        name_en=organisation.name_en,
        kind=OrganisationKind(organisation.kind),
        sector=Sector(organisation.sector),
        district=District(organisation.district) if organisation.district else None,
        active=organisation.active,
    )


def _columns(facts: OrganisationFacts) -> dict[str, str | bool]:
    return {
        "slug": facts.slug,
        "name": checked_name(facts.name),
        "name_en": facts.name_en and checked_name(facts.name_en),
        "kind": facts.kind.value,
        "sector": facts.sector.value,
        "district": facts.district.value if facts.district else "",
        "active": facts.active,
    }


def _check_place(facts: OrganisationFacts, itself: Organisation | None) -> None:
    """Refuse a second hub, a district's second bureau, and a bureau of nowhere."""
    others = Organisation.objects.filter(kind=facts.kind.value)
    if itself is not None:
        others = others.exclude(pk=itself.pk)
    if facts.kind is OrganisationKind.HUB and others.exists():
        raise Refused(detail=_("there is already a hub"))
    if facts.kind is not OrganisationKind.BUREAU:
        return
    if facts.district is None:
        raise Refused(detail=_("a bureau needs a district"))
    if others.filter(district=facts.district.value, active=True).exists():
        detail = _("the district %(district)s already has a bureau")
        raise Refused(detail=detail % {"district": facts.district.value})


def checked_name(name: str) -> str:
    """Return a name as it is kept; raises `Refused` for what is none."""
    name = name.strip()
    if not 0 < len(name) <= 200 or STEERING_IN_A_LINE.search(name):
        raise Refused(detail=_("a name has 1 to 200 characters and no control characters"))
    return name


def _check_slug(slug: str) -> None:
    if _SLUG.fullmatch(slug) is None:
        detail = _("%(slug)r is not a short name: 2 to 60 of a-z, 0-9 and hyphens between them")
        raise Refused(detail=detail % {"slug": slug[:80]})


# --- grants ---


@transaction.atomic
def set_grant(
    owner: Organisation,
    grantee: Organisation,
    level: GrantLevel | None,
    *,
    now: dt.datetime,
    actor: str,
) -> None:
    """Let ``grantee`` see counts or details of what ``owner`` runs; ``None`` takes it back."""
    if owner.pk == grantee.pk:
        raise Refused(detail=_("an organisation always sees its own"))
    if level is None:
        Grant.objects.filter(owner=owner, grantee=grantee).delete()
    else:
        Grant.objects.update_or_create(
            owner=owner, grantee=grantee, defaults={"level": level.value}
        )
    audit.record(
        "grant.set",
        f"organisation:{owner.pk}",
        actor=actor,
        at=now,
        detail={"to": grantee.slug, "level": level.name.lower() if level else "none"},
    )


def _grant_by_default(organisation: Organisation) -> None:
    if OrganisationKind(organisation.kind) not in WATCHED_KINDS:
        return
    hub = Organisation.objects.filter(kind=OrganisationKind.HUB).first()
    for grantee in (hub, queries.bureau_of(organisation)):
        if grantee is not None:
            Grant.objects.create(owner=organisation, grantee=grantee, level=GrantLevel.COUNTS)


def _move_counts(
    owner: Organisation, before: Organisation | None, after: Organisation | None
) -> None:
    if before is None or before == after:
        return
    taken_back, _rows = Grant.objects.filter(
        owner=owner, grantee=before, level=GrantLevel.COUNTS
    ).delete()
    if taken_back and after is not None:
        Grant.objects.get_or_create(
            owner=owner, grantee=after, defaults={"level": GrantLevel.COUNTS}
        )


# --- communities and people ---


@transaction.atomic
def add_community(new: NewCommunity, *, now: dt.datetime, actor: str) -> Community:
    """Make a community; raises `Refused` if the name is taken."""
    _check_slug(new.slug)
    if Community.objects.filter(slug=new.slug).exists():
        raise Refused(detail=_("there is already a community %(slug)s") % {"slug": new.slug})
    facts = new.facts
    community = Community.objects.create(
        slug=new.slug,
        name=checked_name(new.name),
        name_en=new.name_en and checked_name(new.name_en),
        rule_kind=facts.kind.value if facts.kind else "",
        rule_sector=facts.sector.value if facts.sector else "",
        rule_district=facts.district.value if facts.district else "",
    )
    community.organisations.set(facts.listed)
    community.inside.set(facts.inside)
    item = f"community:{community.pk}"
    audit.record("community.added", item, actor=actor, at=now, detail={"slug": new.slug})
    return community


@transaction.atomic
def put_inside(outer: Community, inner: Community, *, now: dt.datetime, actor: str) -> None:
    """Make ``inner`` a part of ``outer``; raises `Refused` if that closed a circle."""
    if outer.pk in contained(inner.pk, queries.community_facts()):
        detail = _("%(outer)s is already inside %(inner)s")
        raise Refused(detail=detail % {"outer": outer.slug, "inner": inner.slug})
    outer.inside.add(inner)
    item = f"community:{outer.pk}"
    audit.record("community.changed", item, actor=actor, at=now, detail={"inside": inner.slug})


@transaction.atomic
def add_person(new: NewPerson, *, now: dt.datetime, actor: str) -> Person:
    """Take a person in, without a password: signing in is set up by the person.

    Raises `Refused` if the address is taken or none, or the role does not exist there.
    """
    organisation = queries.named(new.organisation)
    email = new.email.casefold().strip()
    _check_email(email)
    check_home(new.role, organisation)
    name, role = checked_name(new.name), new.role.value
    person = Person(email=email, name=name, organisation=organisation, role=role)
    person.set_unusable_password()
    person.save()
    item = f"person:{person.pk}"
    detail = {"organisation": organisation.slug, "role": role}
    audit.record("person.added", item, actor=actor, at=now, detail=detail)
    return person


def check_home(role: Role, organisation: Organisation) -> None:
    """Raise `Refused` if a role does not exist in an organisation of this kind."""
    home = HOME_OF_ROLE.get(role)
    if home is not None and organisation.kind != home.value:
        detail = _("the role %(role)s exists in organisations of the kind %(kind)s only")
        raise Refused(detail=detail % {"role": role.value, "kind": home.value})


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        detail = _("%(email)r is not a mail address") % {"email": email[:80]}
        raise Refused(detail=detail) from error
    if Person.objects.filter(email=email).exists():
        raise Refused(detail=_("%(email)s already takes part") % {"email": email})
