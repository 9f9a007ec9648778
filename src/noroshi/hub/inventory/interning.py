"""Components become packages: each distinct one is stored once for the whole hub."""

from __future__ import annotations

from collections.abc import Sequence

from noroshi.core.components import Component
from noroshi.core.packages import PackageFacts
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.identity.queries import intern
from noroshi.hub.inventory import queries


def add_components(
    inventory: int, components: Sequence[Component], facts: Sequence[PackageFacts]
) -> list[int]:
    """Store the components of an inventory; return the ids of the packages that are new.

    ``facts`` are those of the components' packages, in the same order. Must run inside a
    transaction that holds "inventory": two uploads may bring the same package.
    """
    known = queries.package_ids({fact.text for fact in facts})
    fresh = list({fact.text: fact for fact in facts if fact.text not in known}.values())
    numbers = dict(
        zip(
            (fact.text for fact in fresh),
            bulk.reserve("inventory_package", len(fresh)),
            strict=True,
        )
    )
    _write_packages(fresh, numbers)
    known |= numbers
    bulk.insert(
        "inventory_component",
        ("inventory_id", "package_id", "path", "kind"),
        [
            (inventory, known[fact.text], component.path[:600], component.kind[:40])
            for component, fact in zip(components, facts, strict=True)
        ],
    )
    return sorted(numbers.values())


def _write_packages(packages: Sequence[PackageFacts], numbers: dict[str, int]) -> None:
    bulk.insert(
        "inventory_package",
        ("id", "text", "name", "version", "purl_type"),
        [
            (n, fact.text, fact.name[:512], fact.version[:512], fact.purl_type[:40])
            for n, fact in ((numbers[fact.text], fact) for fact in packages)
        ],
    )
    products = intern(identity.product for fact in packages for identity in fact.identities)
    bulk.insert_missing(
        "inventory_packageidentity",
        ("package_id", "product_id", "key", "cpe"),
        [
            (numbers[fact.text], products[identity.product], identity.key, identity.cpe)
            for fact in packages
            for identity in fact.identities
        ],
    )
