"""Product status of CSAF: the claims of one vulnerability.

All versions of a product that share an identity become one claim with many ranges, so that a tree
of thousands of service packs is a handful of claims. What holds only on some platforms is a claim
of its own with their names as its condition; versions that need the same platforms share it.

``first_affected``, ``last_affected`` and ``first_fixed`` are ends of intervals where a product has
one of each at most; of several, nobody says which belong together, and each is the version it is.
A document that gives one id to both halves of a release (``< 9.1`` and ``>= 9.1``) and calls it
affected *and* fixed means the half that never ends by fixed.
Source: CSAF 2.0 §3.2.3.9, CSAF 2.1 §3.2.4.10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Affected, Product, Status, VersionRange
from noroshi.core.formats import csaf_shapes
from noroshi.core.formats.configurations import Conditions
from noroshi.core.formats.csaf_products import Catalogue, Identity, Item
from noroshi.core.formats.csaf_versions import Span

_UNLIMITED = (Status.AFFECTED, Status.NOT_AFFECTED)
_LOOKED_INTO = "under_investigation"
"""A status of its own in CSAF; among ours it is unknown, for that reason."""
_EDGES = ("first_affected", "last_affected", "first_fixed")

_Stated = tuple[Status, Span]


def affected(
    said: csaf_shapes.Vulnerability,
    catalogue: Catalogue,
    conditions: Conditions,
    by: str,
    path: str,
) -> Iterator[Affected | FormatError]:
    """Yield the claims of one vulnerability, whose JSON path is ``path``.

    Statuses that name products the tree does not have yield one error.
    """
    reasons = _reasons(said.flags, catalogue)
    board = _Board()
    both = _called_both(said.product_status)
    missing: list[str] = []
    for field, status, ids in _lists(said.product_status):
        for index, product_id in enumerate(ids):
            items = catalogue.items(product_id)
            if not items:
                missing.append(f"{field}[{index}]")
            for item in _meant(items, status) if product_id in both else items:
                reason = reasons.get(product_id, "") if status is Status.NOT_AFFECTED else ""
                reason = field if field == _LOOKED_INTO else reason
                board.add(item, status, reason, field)
    if missing:
        place = f"{path}.product_status.{missing[0]}"
        yield WrongShape(place, detail=f"not a product of the tree ({len(missing)} such)")
    yield from board.claims(by, conditions)


def _lists(status: csaf_shapes.ProductStatus) -> Iterator[tuple[str, Status, list[str]]]:
    yield "known_affected", Status.AFFECTED, status.known_affected
    yield "first_affected", Status.AFFECTED, status.first_affected
    yield "last_affected", Status.AFFECTED, status.last_affected
    yield "known_not_affected", Status.NOT_AFFECTED, status.known_not_affected
    yield "fixed", Status.FIXED, status.fixed
    yield "first_fixed", Status.FIXED, status.first_fixed
    yield "recommended", Status.FIXED, status.recommended
    yield "under_investigation", Status.UNKNOWN, status.under_investigation
    yield "unknown", Status.UNKNOWN, status.unknown


def _called_both(status: csaf_shapes.ProductStatus) -> frozenset[str]:
    """Return the ids that are called affected and fixed at once."""
    fixed = {*status.fixed, *status.first_fixed, *status.recommended}
    return frozenset(fixed.intersection(status.known_affected))


def _meant(items: list[Item], status: Status) -> list[Item]:
    """Return what a status means of an id that is called affected and fixed at once."""
    halves = [item for item in items if item.upward is (status is Status.FIXED)]
    return halves if 0 < len(halves) < len(items) else items


def _reasons(flags: list[csaf_shapes.Flag], catalogue: Catalogue) -> dict[str, str]:
    """Return why products are not affected; what is said of a product counts before its group."""
    own = {product_id: flag.label for flag in flags for product_id in flag.product_ids}
    groups: dict[str, str] = {}
    for flag in flags:
        for group_id in flag.group_ids:
            groups.setdefault(group_id, flag.label)
    return {
        product_id: label
        for group_id, label in groups.items()
        for product_id in catalogue.group(group_id)
    } | own


class _Key(NamedTuple):
    """What one claim is about."""

    product: Product
    versions: str
    cpe: str | None
    reason: str


class _Board:
    """What has been stated so far: claim → (status, interval) → platforms it holds on."""

    def __init__(self) -> None:
        self._stated: dict[_Key, dict[_Stated, set[tuple[str, ...]]]] = {}
        self._edges: dict[tuple[_Key, tuple[str, ...]], dict[str, list[Span]]] = {}

    def add(self, item: Item, status: Status, reason: str, field: str) -> None:
        """Note that a product has a status."""
        for identity in item.identities:
            key = _Key(identity.product, identity.versions, identity.cpe, reason)
            spans = _spans(identity, status)
            if spans is None:  # named, but which versions nobody can tell
                self._stated.setdefault(key, {})
            elif field in _EDGES and len(spans) == 1 and _is_single(spans[0]):
                edges = self._edges.setdefault((key, item.platforms), {})
                edges.setdefault(field, []).append(spans[0])
            else:
                self._note(key, [(status, span) for span in spans], item.platforms)

    def claims(self, by: str, conditions: Conditions) -> Iterator[Affected]:
        """Yield the claims in the order in which their products were first named."""
        for (key, platforms), edges in self._edges.items():
            self._note(key, _runs(edges), platforms)
        self._edges.clear()
        for key, stated in self._stated.items():
            for platforms, ranges in _by_platforms(stated).items():
                yield Affected(
                    by,
                    key.product,
                    key.versions,
                    ranges,
                    cpe=key.cpe,
                    condition=conditions.index(platforms) if platforms else None,
                    reason=key.reason,
                )

    def _note(self, key: _Key, found: list[_Stated], platforms: tuple[str, ...]) -> None:
        stated = self._stated.setdefault(key, {})
        for each in found:
            stated.setdefault(each, set()).add(platforms)


def _spans(identity: Identity, status: Status) -> tuple[Span, ...] | None:
    """Return the intervals of an identity; a product without version is not fixed in all."""
    if not identity.versioned and status not in _UNLIMITED:
        return None
    return identity.spans


def _is_single(span: Span) -> bool:
    return span.low is not None and span.low == span.high


def _runs(edges: Mapping[str, list[Span]]) -> list[_Stated]:
    """Join the ends of an interval, if there is one of each kind at most."""
    first, last, fixed = (edges.get(field, []) for field in _EDGES)
    if max(len(first), len(last), len(fixed)) > 1:
        singles = [(Status.AFFECTED, span) for span in (*first, *last)]
        return singles + [(Status.FIXED, span) for span in fixed]
    runs = []
    if first or last:
        end = last or fixed
        low = first[0].low if first else None
        high = end[0].low if end else None
        runs.append((Status.AFFECTED, Span(low, high=high, high_inclusive=bool(last))))
    if fixed:
        runs.append((Status.FIXED, Span(fixed[0].low)))
    return runs


def _by_platforms(
    stated: Mapping[_Stated, set[tuple[str, ...]]],
) -> dict[tuple[str, ...], tuple[VersionRange, ...]]:
    """Return the ranges by the platforms they need; nothing stated is one empty claim."""
    grouped: dict[tuple[str, ...], list[VersionRange]] = {} if stated else {(): []}
    for (status, span), where in stated.items():
        needed = () if () in where else tuple(sorted({one for each in where for one in each}))
        grouped.setdefault(needed, []).append(span.as_range(status))
    return {platforms: tuple(ranges) for platforms, ranges in grouped.items()}
