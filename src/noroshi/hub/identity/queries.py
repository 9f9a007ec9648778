"""Interning products."""

from __future__ import annotations

from collections.abc import Iterable

from noroshi.core.facets import Product
from noroshi.hub.bulk import queries as bulk


def intern(products: Iterable[Product]) -> dict[Product, int]:
    """Return the id of each product, making those that are new."""
    wanted = sorted({(product.scheme, product.name) for product in products})
    found = _ids(wanted)
    missing = [pair for pair in wanted if pair not in found]
    if missing:
        bulk.insert_missing("identity_product", ("scheme", "name"), missing)
        found |= _ids(missing)
    return {Product(scheme, name): number for (scheme, name), number in found.items()}


def _ids(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for scheme in {scheme for scheme, _ in pairs}:
        rows = bulk.select_in(
            "SELECT name, id FROM identity_product WHERE scheme = %s AND name IN {in}",
            [name for other, name in pairs if other == scheme],
            [scheme],
        )
        found |= {(scheme, str(name)): int(str(number)) for name, number in rows}
    return found
