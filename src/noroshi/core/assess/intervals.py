"""Affected versions as intervals of keys, so that two voices' ranges can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from noroshi.core.facets import Affected, Status
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
        same = claim if claim.versions == scheme else msgspec.structs.replace(claim, versions=_ANY)
        intervals, _ = salvage(same)
        found += [(one.low, one.high) for one in intervals if one.status is Status.AFFECTED]
    return _merged(found)


def _merged(intervals: Iterable[tuple[bytes, bytes]]) -> Intervals:
    merged: list[tuple[bytes, bytes]] = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)
