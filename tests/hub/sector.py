"""A small sector for the tests of the people side, made through the actions themselves."""

from __future__ import annotations

import datetime as dt

import msgspec

from noroshi.core.policy.visibility import Member
from noroshi.core.sector import District, OrganisationKind, Role, Sector
from noroshi.hub.inventory.models import Component, Inventory, Package
from noroshi.hub.inventory.models import System as MemberSystem
from noroshi.hub.knowledge.models import Alias, Document, Record, Source, Vulnerability
from noroshi.hub.matching.models import Finding, FindingStatus, PackageMatch
from noroshi.hub.members import actions, queries
from noroshi.hub.members.models import Organisation, Person

NOON = dt.datetime(2026, 6, 1, 3, tzinfo=dt.UTC)
"""Noon in Tokyo, in the fiscal year 2026."""
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)

PLACES: dict[str, tuple[OrganisationKind, Sector, District | None]] = {
    "isac": (OrganisationKind.HUB, Sector.OTHER, None),
    "bureau-kanto": (OrganisationKind.BUREAU, Sector.GOVERNMENT, District.KANTO),
    "bureau-tohoku": (OrganisationKind.BUREAU, Sector.GOVERNMENT, District.TOHOKU),
    "hikari": (OrganisationKind.OPERATOR, Sector.TELECOM, District.KANTO),
    "minato": (OrganisationKind.OPERATOR, Sector.CABLE, District.KANTO),
    "yama": (OrganisationKind.OPERATOR, Sector.TELECOM, District.TOHOKU),
    "radio": (OrganisationKind.BROADCASTER, Sector.BROADCAST, District.TOHOKU),
}
"""Who is in the sector: the hub, two bureaus, and two members of each district."""


def organisation(
    slug: str,
    kind: OrganisationKind = OrganisationKind.OPERATOR,
    sector: Sector = Sector.TELECOM,
    district: District | None = None,
) -> Organisation:
    """Add an organisation."""
    facts = actions.OrganisationFacts(
        slug=slug,
        name=f"架空{slug}",
        name_en=f"Fictitious {slug}",
        kind=kind,
        sector=sector,
        district=district,
    )
    return actions.add_organisation(facts, now=NOON, actor="system")


def sector() -> dict[str, Organisation]:
    """Add everybody of `PLACES`."""
    return {slug: organisation(slug, *place) for slug, place in PLACES.items()}


def person(slug: str, role: Role = Role.RESPONDER, name: str = "taro") -> Person:
    """Add a person to an organisation."""
    new = actions.NewPerson(
        email=f"{name}@{slug}.example", name=f"{name} of {slug}", organisation=slug, role=role
    )
    return actions.add_person(new, now=NOON, actor="system")


def machine(slug: str) -> Member:
    """The viewer that an organisation's own machine is."""
    return queries.viewer_of(queries.named(slug))


def vulnerability(name: str, **columns: object) -> Vulnerability:
    """Add a vulnerability with its name."""
    row = Vulnerability.objects.create(preferred_id=name, **columns)
    Alias.objects.create(name=name, vulnerability=row)
    return row


def system(slug: str, name: str) -> MemberSystem:
    """Add a system."""
    owner = queries.named(slug)
    row = MemberSystem(organisation=owner, name=name, criticality="high", exposure="open")
    row.save()
    return row


def finding(
    owned: MemberSystem,
    of: Vulnerability,
    status: FindingStatus = FindingStatus.OPEN,
    priority: str = "",
) -> Finding:
    """Add a finding."""
    row = Finding(
        system=owned,
        vulnerability=of,
        status=status,
        confidence=80,
        priority=priority,
        opened_at=NOON,
        changed_at=NOON,
    )
    row.save()
    return row


class Software(msgspec.Struct, frozen=True):
    """A package and how much of it a system runs."""

    name: str
    version: str


def inventory(
    owned: MemberSystem, *software: Software, at: dt.datetime = NOON, current: bool = True
) -> Inventory:
    """Add an inventory that lists the software."""
    row = Inventory(
        system=owned,
        current=current,
        uploaded_at=at,
        file="sbom.json",
        dialect="CycloneDX 1.5 JSON",
        sha256=bytes(32),
        size=1,
        component_count=len(software),
        body=b"",
    )
    row.save()
    for number, item in enumerate(software):
        Component(inventory=row, package=package(item), path=f"$[{number}]", kind="library").save()
    return row


def package(item: Software) -> Package:
    """Return the package, adding it if nobody has it yet."""
    text = f"pkg:generic/{item.name}@{item.version}"
    row, _ = Package.objects.get_or_create(
        text=text, defaults={"name": item.name, "version": item.version, "purl_type": "generic"}
    )
    return row


def match(item: Software, of: Vulnerability) -> PackageMatch:
    """Say that a vulnerability matches a package."""
    source, _ = Source.objects.get_or_create(name="test")
    document, _ = Document.objects.get_or_create(
        source=source,
        sha256=bytes(32),
        defaults={"external_id": "x", "retrieved_at": NOON, "size": 0, "body": b""},
    )
    record, _ = Record.objects.get_or_create(
        source=source,
        external_id=of.preferred_id,
        defaults={
            "vulnerability": of,
            "document": document,
            "asserted_at": NOON,
            "facets": b"",
        },
    )
    return PackageMatch.objects.create(
        package=package(item),
        vulnerability=of,
        record=record,
        claim=0,
        part=0,
        basis="purl",
        confidence=90,
    )
