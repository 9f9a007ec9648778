"""Asking about systems, inventories and packages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.policy.visibility import GrantLevel, Viewer
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.inventory.models import Component, Inventory, Package, PackageIdentity, System
from noroshi.hub.scope import ScopedQuerySet


def package_ids(texts: Iterable[str]) -> dict[str, int]:
    """Return the ids of those packages that are stored."""
    found: dict[str, int] = {}
    for chunk in bulk.chunks(texts):
        found |= dict(Package.objects.filter(text__in=chunk).values_list("text", "pk"))
    return found


def cpe_names(packages: Iterable[int]) -> dict[int, list[str]]:
    """Return the CPE names of packages; only of those that have any."""
    rows = PackageIdentity.objects.filter(package__in=list(packages)).exclude(cpe="")
    found: defaultdict[int, list[str]] = defaultdict(list)
    for package, cpe in rows.order_by("pk").values_list("package", "cpe"):
        found[package].append(cpe)
    return dict(found)


def current_inventory(system: int) -> Inventory | None:
    """Return the system's current inventory, for the stages and actions of the hub itself."""
    rows = Inventory.objects.visible_to(SystemViewer())
    return rows.defer("body").filter(system=system, current=True).first()


def retired(system: int) -> bool:
    """Say whether nobody runs a system any more, for the actions of the hub itself."""
    rows = System.objects.visible_to(SystemViewer()).filter(pk=system)
    return rows.exclude(retired_at=None).exists()


def systems_running(packages: Iterable[int]) -> list[int]:
    """Return the systems whose current inventory holds one of the packages."""
    rows = bulk.select_in(
        "SELECT DISTINCT i.system_id FROM inventory_component c "
        "JOIN inventory_inventory i ON i.id = c.inventory_id AND i.current "
        "WHERE c.package_id IN {in}",
        list(packages),
    )
    return sorted({int(str(row[0])) for row in rows})


def systems(viewer: Viewer) -> list[System]:
    """Return the systems in use that the viewer may see, with their organisations."""
    rows = System.objects.visible_to(viewer).filter(retired_at=None)
    return list(rows.select_related("organisation").order_by("organisation__slug", "name"))


def systems_of(viewer: Viewer, organisation: int, *, words: str = "") -> ScopedQuerySet[System]:
    """Return an organisation's systems in use by name, or those with these words in it."""
    rows = System.objects.visible_to(viewer).filter(organisation=organisation, retired_at=None)
    return (rows.filter(name__icontains=words) if words else rows).order_by("name", "pk")


def retired_systems(viewer: Viewer, organisation: int) -> ScopedQuerySet[System]:
    """Return the systems that an organisation no longer runs, the last one first."""
    rows = System.objects.visible_to(viewer).filter(organisation=organisation)
    return rows.exclude(retired_at=None).order_by("-retired_at", "-pk")


def system_for(viewer: Viewer, number: int) -> System:
    """Return a system; raises `NotFound`, also for what may not be seen."""
    rows = System.objects.visible_to(viewer).select_related("organisation")
    found = rows.filter(pk=number).first()
    if found is None:
        raise NotFound(kind=_("system"), name=number)
    return found


class Counted(msgspec.Struct, frozen=True):
    """How many systems an organisation runs, and how many components they are made of."""

    systems: int
    components: int


def counted(viewer: Viewer) -> dict[int, Counted]:
    """Return what organisations run, in numbers: those that let the viewer count it."""
    rows = System.objects.visible_to(viewer, GrantLevel.COUNTS).filter(retired_at=None)
    listed = Sum("inventories__component_count", filter=Q(inventories__current=True))
    numbers = rows.values_list("organisation").annotate(
        systems=Count("pk", distinct=True), components=listed
    )
    return {
        organisation: Counted(systems, components or 0)
        for organisation, systems, components in numbers
    }


# --- inventories ---


def inventories(viewer: Viewer) -> list[Inventory]:
    """Return the current inventories the viewer may see."""
    rows = Inventory.objects.visible_to(viewer).filter(current=True).defer("body")
    return list(rows.select_related("system__organisation").order_by("system_id"))


def current_inventories(viewer: Viewer, systems: Iterable[int]) -> dict[int, Inventory]:
    """Return the current inventories of some systems, by system."""
    rows = Inventory.objects.visible_to(viewer).filter(current=True, system__in=list(systems))
    return {row.system_id: row for row in rows.defer("body", "problems")}


def inventories_of(viewer: Viewer, system: int) -> ScopedQuerySet[Inventory]:
    """Return every inventory that a system has had, the newest first."""
    rows = Inventory.objects.visible_to(viewer).filter(system=system)
    return rows.defer("body", "problems").order_by("-pk")


def inventory_for(viewer: Viewer, number: int, *, received: bool = False) -> Inventory:
    """Return an inventory, with the bytes as received only where they are wanted.

    Raises `NotFound`, also for what may not be seen.
    """
    rows = Inventory.objects.visible_to(viewer).select_related("system__organisation")
    found = (rows if received else rows.defer("body")).filter(pk=number).first()
    if found is None:
        raise NotFound(kind=_("inventory"), name=number)
    return found


def inventory_of(viewer: Viewer, organisation: int, system: str) -> Inventory:
    """Return a system's current inventory; raises `NotFound`, also for what may not be seen."""
    rows = Inventory.objects.visible_to(viewer).defer("body").select_related("system")
    found = rows.filter(system__organisation=organisation, system__name=system, current=True)
    inventory = found.first()
    if inventory is None:
        raise NotFound(kind=_("system with an inventory"), name=system[:80])
    return inventory


# --- components ---


def components(viewer: Viewer, inventory: int) -> list[Component]:
    """Return the components of an inventory, if the viewer may see it."""
    return list(components_of(viewer, inventory))


def components_of(viewer: Viewer, inventory: int, *, words: str = "") -> ScopedQuerySet[Component]:
    """Return the components of an inventory by name, or those with the words in name or purl."""
    rows = Component.objects.visible_to(viewer).filter(inventory=inventory)
    if words:
        rows = rows.filter(Q(package__name__icontains=words) | Q(package__text__icontains=words))
    return rows.select_related("package").order_by("package__name", "pk")


def unmatchable(rows: ScopedQuerySet[Component]) -> ScopedQuerySet[Component]:
    """Keep the components that have no identity with a comparable version."""
    comparable = PackageIdentity.objects.filter(package=OuterRef("package"), key__isnull=False)
    return rows.filter(~Exists(comparable))
