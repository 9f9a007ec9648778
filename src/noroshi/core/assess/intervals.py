"""Affected versions as intervals of keys, so that two voices' ranges can be compared.

Two ways of writing one range must not look like a contradiction. So, *for this comparison only*
(matching takes every bound as it stands): a range that starts at 0.0.0 starts at the beginning, and
version numbers are taken to count up by one in their last place, so that "≤ 2.2.78" ends where
"< 2.2.79" does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from noroshi.core.facets import Affected, Status, VersionRange
from noroshi.core.versions.ranges import salvage

Intervals = tuple[tuple[bytes, bytes], ...]
"""Disjoint, not touching, lowest first; each is ``low ≤ key < high``."""

_COMMITS = "git"  # commits have no order
_ANY = "generic"  # orders whatever looks like a version


def shared_scheme(one: Sequence[Affected], other: Sequence[Affected]) -> str | None:
    """Return the scheme in which two voices' ranges can be compared; ``None`` if in none.

    A scheme that both use, else the generic order: an assigner often says "semver" where NVD's
    CPE ranges say nothing.
    """
    left = {claim.versions for claim in one} - {_COMMITS}
    right = {claim.versions for claim in other} - {_COMMITS}
    if not left or not right:
        return None
    both = left & right
    return min(both) if both else _ANY


def affected_intervals(claims: Sequence[Affected], scheme: str) -> Intervals:
    """Return everything these claims, all by one voice, call affected.

    Claims in other schemes are read in the generic one, or left out where another was asked for.
    Bounds that are no versions are left out: they can neither agree nor disagree.
    """
    found: list[tuple[bytes, bytes]] = []
    for claim in claims:
        if claim.versions != scheme and (scheme != _ANY or claim.versions == _COMMITS):
            continue
        ranges = tuple(_evened(one) for one in claim.ranges)
        intervals, _ = salvage(msgspec.structs.replace(claim, versions=scheme, ranges=ranges))
        found += [(one.low, one.high) for one in intervals if one.status is Status.AFFECTED]
    return _merged(found)


_ZERO = re.compile(r"0(\.0){0,9}")
_COUNTED = re.compile(r"((?:\d{1,18}\.){0,9})(\d{1,18})", re.ASCII)


def _evened(one: VersionRange) -> VersionRange:
    """Return the range with bounds that are written in one way only."""
    low, high = one.low, one.high
    if low is not None and _ZERO.fullmatch(low) and one.low_inclusive and low != high:
        low = None
    if high is not None and one.high_inclusive and (counted := _COUNTED.fullmatch(high)):
        high = f"{counted[1]}{int(counted[2]) + 1}"
        return msgspec.structs.replace(one, low=low, high=high, high_inclusive=False)
    return one if low == one.low else msgspec.structs.replace(one, low=low)


def _merged(intervals: Iterable[tuple[bytes, bytes]]) -> Intervals:
    merged: list[tuple[bytes, bytes]] = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)
