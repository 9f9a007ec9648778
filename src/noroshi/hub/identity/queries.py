"""Interning products."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from noroshi.core.facets import Product
from noroshi.hub.bulk import queries as bulk

LONGEST = 1000
"""Bytes of a name as it is stored; an index takes little more."""


def intern(products: Iterable[Product]) -> dict[Product, int]:
    """Return the id of each product, making those that are new."""
    stored = {product: (product.scheme, _stored(product.name)) for product in products}
    wanted = sorted(set(stored.values()))
    found = _ids(wanted)
    missing = [pair for pair in wanted if pair not in found]
    if missing:
        bulk.insert_missing("identity_product", ("scheme", "name"), missing)
        found |= _ids(missing)
    return {product: found[pair] for product, pair in stored.items()}


def _stored(name: str) -> str:
    """Return the name, or the beginning of one that is too long and what tells it apart."""
    text = name.encode()
    if len(text) <= LONGEST:
        return name
    digest = hashlib.sha256(text).hexdigest()
    return f"{text[: LONGEST - len(digest) - 1].decode(errors='ignore')} {digest}"


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
