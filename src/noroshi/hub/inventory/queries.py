"""Asking about systems, inventories and packages."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.inventory.models import Component, Inventory, Package, System


def package_ids(texts: Iterable[str]) -> dict[str, int]:
    """Return the ids of those packages that are stored."""
    found: dict[str, int] = {}
    for chunk in bulk.chunks(texts):
        found |= dict(Package.objects.filter(text__in=chunk).values_list("text", "pk"))
    return found


def current_inventory(system: int) -> Inventory | None:
    """Return the system's current inventory, for the stages and actions of the hub itself."""
    rows = Inventory.objects.visible_to(SystemViewer())
    return rows.defer("body").filter(system=system, current=True).first()


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
    """Return the systems the viewer may see, with their organisations."""
    rows = System.objects.visible_to(viewer).select_related("organisation")
    return list(rows.order_by("organisation__slug", "name"))


def inventories(viewer: Viewer) -> list[Inventory]:
    """Return the current inventories the viewer may see."""
    rows = Inventory.objects.visible_to(viewer).filter(current=True).defer("body")
    return list(rows.select_related("system__organisation").order_by("system_id"))


def inventory_of(viewer: Viewer, organisation: int, system: str) -> Inventory:
    """Return a system's current inventory; raises `NotFound`, also for what may not be seen."""
    rows = Inventory.objects.visible_to(viewer).defer("body").select_related("system")
    found = rows.filter(system__organisation=organisation, system__name=system, current=True)
    inventory = found.first()
    if inventory is None:
        raise NotFound(kind=_("system with an inventory"), name=system[:80])
    return inventory


def components(viewer: Viewer, inventory: int) -> list[Component]:
    """Return the components of an inventory, if the viewer may see it."""
    rows = Component.objects.visible_to(viewer).filter(inventory=inventory)
    return list(rows.select_related("package").order_by("package__name", "pk"))
