"""Systems, inventories and components, a page at a time."""

from __future__ import annotations

from django.db.models import Q

from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.models import Component, Inventory, System


def systems(viewer: Viewer, *, after: str | None, limit: int) -> Slice[System]:
    """Return a page of the systems in use that the viewer may see, in the order they were made.

    Raises `BadCursor`.
    """
    rows = System.objects.visible_to(viewer).filter(retired_at=None)
    if after is not None:
        (number,) = decode_cursor(after, int)
        rows = rows.filter(pk__gt=number)
    found = list(rows.select_related("organisation").order_by("pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Slice(tuple(found[:limit]), encode_cursor((last.pk,)) if last else None)


def inventories(
    viewer: Viewer, *, system: int | None, current: bool, after: str | None, limit: int
) -> Slice[Inventory]:
    """Return a page of inventories, the newest first: of one system or all, current ones or all.

    Raises `BadCursor`.
    """
    rows = Inventory.objects.visible_to(viewer).defer("body", "problems")
    if system is not None:
        rows = rows.filter(system=system)
    if current:
        rows = rows.filter(current=True)
    if after is not None:
        (number,) = decode_cursor(after, int)
        rows = rows.filter(pk__lt=number)
    found = list(rows.select_related("system__organisation").order_by("-pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Slice(tuple(found[:limit]), encode_cursor((last.pk,)) if last else None)


def components(
    viewer: Viewer, inventory: int, *, words: str, after: str | None, limit: int
) -> Slice[Component]:
    """Return a page of the components of an inventory, by name: all, or as `components_of` says.

    Raises `NotFound` if the viewer may not see the inventory, and `BadCursor`.
    """
    number = queries.inventory_for(viewer, inventory).pk
    rows = queries.components_of(viewer, number, words=words)
    if after is not None:
        name, place = decode_cursor(after, str, int)
        rows = rows.filter(Q(package__name__gt=name) | Q(package__name=name, pk__gt=place))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    key = (last.package.name, last.pk) if last else None
    return Slice(tuple(found[:limit]), encode_cursor(key) if key else None)
