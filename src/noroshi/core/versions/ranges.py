"""From the ranges a source wrote to intervals of keys, and back to text for a person.

What the sources mean is decided here once: explicit ranges speak for themselves; a default of
"affected" fills what they leave open (CVE record format 5, ``defaultStatus``); where one range lies
within another, the narrower statement holds for its part. Where two merely overlap, "affected"
stands: a version in doubt counts as affected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import pairwise

import msgspec

from noroshi.core.errors import VersionError
from noroshi.core.facets import Affected, Status, VersionRange
from noroshi.core.versions.registry import key
from noroshi.core.versions.scheme import BEYOND, FIRST, successor

DEFAULT_CLAIM = -1
"""The ``claim`` of an interval that no range states: it follows from `Affected.default`."""

_UNORDERED = "git"
_UNBOUNDED_LOW = frozenset({None, "", "*", "-"})
_UNBOUNDED_HIGH = frozenset({None, "*"})


class KeyRange(msgspec.Struct, frozen=True):
    """The versions with ``low ≤ key < high`` have this status.

    ``claim`` is the index in `Affected.ranges` of the statement behind it, or `DEFAULT_CLAIM`.
    """

    low: bytes
    high: bytes
    status: Status
    claim: int


def contains(interval: KeyRange, version_key: bytes) -> bool:
    """Return whether the version with that key lies in the interval."""
    return interval.low <= version_key < interval.high


def key_ranges(affected: Affected) -> tuple[KeyRange, ...]:
    """Return what ``affected`` states as disjoint intervals, lowest first.

    Commits (scheme ``git``) have no order and give none; nor does a range that ends before it
    starts. Raises `VersionError` if a bound is no version; see `salvage`.
    """
    if affected.versions == _UNORDERED:
        return ()
    scheme = affected.versions
    ranges = affected.ranges
    if len(ranges) == 1 and affected.default is not Status.AFFECTED:
        low, high = _bounds(ranges[0], scheme)
        return (KeyRange(low, high, ranges[0].status, 0),) if low < high else ()
    stated = []
    for claim, stated_range in enumerate(ranges):
        low, high = _bounds(stated_range, scheme)
        stated.append(KeyRange(low, high, stated_range.status, claim))
    return _settled(stated, affected.default)


def salvage(affected: Affected) -> tuple[tuple[KeyRange, ...], tuple[VersionError, ...]]:
    """Return `key_ranges` of what can be ordered, and an error for each range that cannot.

    ``where`` of an error is the range's place (``ranges[3]``). An unknown scheme breaks them all.
    """
    if affected.versions == _UNORDERED:
        return (), ()
    stated, broken = [], []
    for claim, stated_range in enumerate(affected.ranges):
        try:
            low, high = _bounds(stated_range, affected.versions)
        except VersionError as error:
            broken.append(VersionError(f"ranges[{claim}]", **error.facts))
        else:
            stated.append(KeyRange(low, high, stated_range.status, claim))
    return _settled(stated, affected.default), tuple(broken)


def readable(stated: VersionRange) -> str:
    """Return the range in signs no language needs: ``≥ 2.0, < 2.17.1``, ``= 1.2.3``, ``*``."""
    bounded_below = not _starts_first(stated)
    bounded_above = stated.high not in _UNBOUNDED_HIGH
    if bounded_above and stated.low == stated.high:
        if stated.low_inclusive and stated.high_inclusive:
            return f"= {stated.high}"
        bounded_below = True  # "> 2, ≤ 2" shows what is wrong with it
    signs = []
    if bounded_below:
        signs.append(f"{'≥' if stated.low_inclusive else '>'} {stated.low}")
    if bounded_above:
        signs.append(f"{'≤' if stated.high_inclusive else '<'} {stated.high}")
    return ", ".join(signs) or "*"


def _starts_first(stated: VersionRange) -> bool:
    """Say whether nothing comes before: an inclusive ``0`` is the sources' word for the start."""
    low = stated.low
    if low == "0":
        return stated.low_inclusive and stated.high != "0"
    return low in _UNBOUNDED_LOW


def _bounds(stated: VersionRange, scheme: str) -> tuple[bytes, bytes]:
    low, high = stated.low, stated.high
    if low is None or _starts_first(stated):
        low_key = FIRST
    else:
        low_key = key(scheme, low)
        if not stated.low_inclusive:
            low_key = successor(low_key)
    if high is None or high in _UNBOUNDED_HIGH:
        return low_key, BEYOND
    high_key = key(scheme, high)
    return low_key, successor(high_key) if stated.high_inclusive else high_key


def _settled(stated: list[KeyRange], default: Status) -> tuple[KeyRange, ...]:
    ordered = [interval for interval in stated if interval.low < interval.high]
    # Lowest first; of those that start together the wider first, and "affected" the last of equals.
    ordered.sort(key=lambda interval: interval.status is Status.AFFECTED)
    ordered.sort(key=lambda interval: interval.high, reverse=True)
    ordered.sort(key=lambda interval: interval.low)
    if any(before.high > after.low for before, after in pairwise(ordered)):
        ordered = _joined(_disjoint(ordered))
    return tuple(_filled(ordered) if default is Status.AFFECTED else ordered)


def _disjoint(ordered: list[KeyRange]) -> Iterator[KeyRange]:
    """Walk from edge to edge and yield, for each stretch, the statement that holds there."""
    open_ranges: list[KeyRange] = []  # the last of them that still runs is the innermost
    affected: list[tuple[bytes, int, KeyRange]] = []  # a heap: which of them ends next
    entering = 0
    for low, high in pairwise(sorted({edge for one in ordered for edge in (one.low, one.high)})):
        while entering < len(ordered) and ordered[entering].low == low:
            one = ordered[entering]
            open_ranges.append(one)
            if one.status is Status.AFFECTED:
                heappush(affected, (one.high, one.claim, one))
            entering += 1
        while open_ranges and open_ranges[-1].high <= low:
            open_ranges.pop()
        while affected and affected[0][0] <= low:
            heappop(affected)
        if open_ranges:
            holds = open_ranges[-1]
            if holds.status is not Status.AFFECTED and affected and affected[0][0] < holds.high:
                holds = affected[0][2]  # it overlaps the innermost without containing it
            yield KeyRange(low, high, holds.status, holds.claim)


def _joined(stretches: Iterable[KeyRange]) -> list[KeyRange]:
    """Join what was cut at an edge of no consequence: neighbours of one claim always touch."""
    joined: list[KeyRange] = []
    for one in stretches:
        if joined and joined[-1].claim == one.claim:
            joined[-1] = KeyRange(joined[-1].low, one.high, one.status, one.claim)
        else:
            joined.append(one)
    return joined


def _filled(ordered: list[KeyRange]) -> Iterator[KeyRange]:
    """Yield the intervals and, as affected by default, the gaps around them."""
    reached = FIRST
    for one in ordered:
        if reached < one.low:
            yield KeyRange(reached, one.low, Status.AFFECTED, DEFAULT_CLAIM)
        yield one
        reached = one.high
    if reached < BEYOND:
        yield KeyRange(reached, BEYOND, Status.AFFECTED, DEFAULT_CLAIM)
