"""A memory of product ids for one long import, so that each is asked for once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from noroshi.core.facets import Product
from noroshi.hub.identity import queries

LARGEST = 400_000
"""Products remembered at once (about 60 MB); beyond it the memory starts again."""


class ProductIds:
    """Product → id. Ids are remembered only once the transaction that made them has committed."""

    def __init__(self) -> None:
        self._known: dict[Product, int] = {}

    def of(self, products: Iterable[Product]) -> dict[Product, int]:
        """Return the id of each product, making those that are new."""
        wanted = set(products)
        answer = {product: self._known[product] for product in wanted if product in self._known}
        fresh = queries.intern(wanted.difference(answer))
        transaction.on_commit(lambda: self._remember(fresh))
        return answer | fresh

    def _remember(self, fresh: dict[Product, int]) -> None:
        if len(self._known) > LARGEST:
            self._known.clear()
        self._known.update(fresh)
