"""Components with what names them and what concerns them, for pages and exports alike."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from noroshi.core.policy.visibility import Viewer
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.models import Component, Inventory
from noroshi.hub.matching import tallies
from noroshi.hub.matching.models import Finding


class Line(msgspec.Struct, frozen=True):
    """One component: its package URL and CPE names, and the live findings that stand on it."""

    component: Component
    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def lines(viewer: Viewer, inventory: Inventory, rows: Sequence[Component]) -> list[Line]:
    """Return some components of an inventory; findings stand on the current one only."""
    packages = [row.package_id for row in rows]
    cpes = queries.cpe_names(packages)
    standing: dict[int, tuple[Finding, ...]] = {}
    if inventory.current:
        standing = tallies.of_packages(viewer, inventory.system_id, packages)
    return [
        Line(
            component=row,
            names=tuple(name for name in (row.package.purl, *cpes.get(row.package_id, ())) if name),
            findings=standing.get(row.package_id, ()),
        )
        for row in rows
    ]
