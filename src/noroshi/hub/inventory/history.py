"""The inventories a system had, and what changed from one to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from noroshi.core.changes import Changes, Item, compare
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.models import Component, Inventory, Package


def previous(viewer: Viewer, inventory: Inventory) -> Inventory | None:
    """Return the inventory that the same system had before, if the viewer may see it."""
    rows = queries.inventories_of(viewer, inventory.system_id)
    return rows.filter(pk__lt=inventory.pk).first()


def changes(viewer: Viewer, before: int, after: int) -> Changes:
    """Return what changed from one inventory to another; raises `NotFound`.

    Loads the names of what differs, and only the ids of the rest.
    """
    old = _packages(queries.inventory_for(viewer, before).pk)
    new = _packages(queries.inventory_for(viewer, after).pk)
    return compare(_items(old - new).values(), _items(new - old).values())


def against(before: int, items: Mapping[str, Item]) -> Changes:
    """Return what changes when an inventory is replaced by these items (by their texts).

    For the action that stores them, before it does.
    """
    old = _items(_packages(before))
    gone = (item for text, item in old.items() if text not in items)
    return compare(gone, (item for text, item in items.items() if text not in old))


def _packages(inventory: int) -> set[int]:
    rows = Component.objects.visible_to(SystemViewer()).filter(inventory=inventory)
    return set(rows.values_list("package", flat=True))


def _items(packages: Iterable[int]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for chunk in bulk.chunks(packages):
        rows = Package.objects.filter(pk__in=chunk).values_list("text", "name", "version")
        found |= {text: Item(text, name, version) for text, name, version in rows}
    return found
