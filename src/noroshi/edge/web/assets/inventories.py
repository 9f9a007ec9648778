"""One SBOM: its components, its problems, what changed with it, and the file as received."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import zstandard
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from noroshi.core.changes import Change
from noroshi.core.errors import NotFound
from noroshi.edge.web.assets.component_lines import lines
from noroshi.edge.web.assets.forms import SearchForm
from noroshi.edge.web.downloads import attachment
from noroshi.edge.web.pages import Visit, page, show
from noroshi.edge.web.paging import leaf
from noroshi.hub.inventory import history, queries
from noroshi.hub.inventory.models import Component, Inventory
from noroshi.hub.matching import tallies
from noroshi.hub.scope import ScopedQuerySet

_ENDINGS = {"JSON": "json", "XML": "xml"}
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80


@page()
def inventory(request: Visit, inventory: int) -> HttpResponse:
    """Show what came with an SBOM: where it is from, and what of it could not be used."""
    found = queries.inventory_for(request.viewer, inventory)
    problems = leaf(request, found.problems)
    more = {"problems": problems, "digest": bytes(found.sha256).hex()}
    return _show(request, "assets/inventory.html", found, more)


@page()
def components(request: Visit, inventory: int) -> HttpResponse:
    """Show the components of an SBOM, with the findings that stand on each."""
    found = queries.inventory_for(request.viewer, inventory)
    search = SearchForm.asked(request)
    rows = queries.components_of(request.viewer, inventory, words=search.text)
    only = request.GET.get("only", "")
    listed = leaf(request, _narrowed(rows, found, only))
    more = {
        "search": search,
        "only": only,
        "components": listed,
        "lines": lines(request.viewer, found, listed.rows),
    }
    return _show(request, "assets/components.html", found, more)


def _narrowed(
    rows: ScopedQuerySet[Component], found: Inventory, only: str
) -> ScopedQuerySet[Component]:
    if only == "findings" and found.current:
        return tallies.with_findings(rows, found.system_id)
    return queries.unmatchable(rows) if only == "unmatchable" else rows


@page()
def changes(request: Visit, inventory: int) -> HttpResponse:
    """Show what changed from an earlier SBOM of the same system: the last one, or a chosen one."""
    found = queries.inventory_for(request.viewer, inventory)
    earlier = list(
        queries.inventories_of(request.viewer, found.system_id).filter(pk__lt=inventory)[:50]
    )
    before = _chosen(request, earlier)
    more: dict[str, Any] = {"earlier": earlier, "before": before}
    if before is not None:
        told = history.changes(request.viewer, before.pk, inventory)
        more |= {"told": told, "changes": leaf(request, list(_in_order(told)))}
    return _show(request, "assets/changes.html", found, more)


def _chosen(request: Visit, earlier: list[Inventory]) -> Inventory | None:
    """Return the inventory to compare with; any other than one before it on this system is none."""
    asked = request.GET.get("from", "")
    if not asked:
        return earlier[0] if earlier else None
    for row in earlier:
        if str(row.pk) == asked:
            return row
    raise NotFound(kind=_("inventory"), name=asked[:20])


def _in_order(told: Any) -> Iterator[tuple[str, Change]]:
    """Yield what came first: it may bring what concerns the system."""
    return chain(
        (("added", change) for change in told.added),
        (("updated", change) for change in told.updated),
        (("removed", change) for change in told.removed),
    )


@page()
def received(request: Visit, inventory: int) -> HttpResponseBase:
    """Give the SBOM back, byte for byte as it was received."""
    found = queries.inventory_for(request.viewer, inventory, received=True)
    body = zstandard.ZstdDecompressor().read_to_iter(bytes(found.body))
    return attachment(file_name(found), "application/octet-stream", body, size=found.size)


def file_name(found: Inventory) -> str:
    """Return a name that means on every machine what it says: a plain word, and the format."""
    stem = _UNSAFE.sub("-", found.file.partition(".")[0]).strip("-.")[:_LONGEST_NAME] or "sbom"
    ending = _ENDINGS.get(found.dialect.rpartition(" ")[2], "txt")
    standard = "spdx" if found.dialect.startswith("SPDX") else "cdx"
    return f"{stem}-{found.pk}.{standard}.{ending}"


def _show(request: Visit, template: str, found: Inventory, more: dict[str, Any]) -> HttpResponse:
    return show(request, template, {"inventory": found, "system": found.system, **more})
