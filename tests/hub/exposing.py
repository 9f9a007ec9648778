"""Findings that rest on something, for the tests of exposure."""

from __future__ import annotations

import datetime as dt

import msgspec

from noroshi.core.facets import Affected, Product, VersionRange
from noroshi.core.facets import Record as Facets
from noroshi.core.policy.visibility import System
from noroshi.hub.inventory.models import Component, Inventory
from noroshi.hub.inventory.models import System as MemberSystem
from noroshi.hub.knowledge.models import Record, Vulnerability
from noroshi.hub.matching.models import Finding, FindingStatus, PackageMatch
from tests.hub import sector as world
from tests.hub.sector import NOON, Software

TODAY = NOON.date()


def known(name: str, **columns: object) -> Vulnerability:
    """Return a vulnerability, making it the first time."""
    found = Vulnerability.objects.filter(preferred_id=name).first()
    return found or world.vulnerability(name, **columns)


def expose(
    owned: MemberSystem,
    name: str,
    *,
    priority: str = "scheduled",
    status: FindingStatus = FindingStatus.OPEN,
    answer: str = "",
    due: dt.date | None = None,
    software: str = "soft",
    **columns: object,
) -> Finding:
    """Let a vulnerability concern a system through some software that it runs."""
    of = known(name, **columns)
    item = Software(software, "1.0")
    inventory = Inventory.objects.visible_to(System()).filter(system=owned, current=True).first()
    if inventory is None:
        world.inventory(owned, item)
    else:
        package = world.package(item)
        Component(inventory=inventory, package=package, path="$", kind="library").save()
    if not PackageMatch.objects.filter(package=world.package(item), vulnerability=of).exists():
        world.match(item, of)
    said = Affected(
        "kasumi", Product("purl", f"generic/{software}"), "generic", (VersionRange(high="2.0"),)
    )
    facets = Facets(source="test", external_id=name, names=(name,), affected=(said,))
    Record.objects.filter(vulnerability=of).update(facets=msgspec.json.encode(facets))
    row = world.finding(owned, of, status, priority)
    row.answer, row.due = answer, due
    row.answered_at = NOON if answer else None
    row.save()
    return row
