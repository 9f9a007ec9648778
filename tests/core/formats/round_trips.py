"""What claims say of versions, so that it can be compared after a round trip."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from types import ModuleType

from noroshi.core.errors import FormatError
from noroshi.core.facets import Affected, Product, Record, State, Status
from noroshi.core.formats import merged
from noroshi.core.formats.merged import Merged
from noroshi.core.versions.ranges import salvage

Interval = tuple[bytes, bytes, bool]
Said = dict[tuple[Product, tuple[str, ...]], set[Interval]]

NOON = dt.datetime(2024, 10, 1, 12, tzinfo=dt.UTC)


def view(*records: Record, **changed: object) -> Merged:
    """The merged view of records."""
    names = dict.fromkeys(name for one in records for name in one.names)
    first = sorted(names, key=lambda name: not name.startswith("CVE-"))
    facts: dict[str, object] = {
        "names": tuple(first),
        "state": State.PUBLISHED,
        "disputed": False,
        "published": NOON,
        "modified": NOON,
        "records": records,
    }
    return Merged(**(facts | changed))  # type: ignore[arg-type]  # fields of any kind


def read_back(format_: ModuleType, written: bytes) -> Record:
    """What our own reader finds in it, in which nothing may be odd."""
    outcomes: list[Record | FormatError] = list(format_.read(written))
    (record,) = outcomes
    assert isinstance(record, Record)
    return record


def said(records: Iterable[Record], *, only: Sequence[Status] = (), commits: bool = True) -> Said:
    """Which versions are affected, and which not, by product and what it needs."""
    found: Said = defaultdict(set)
    for claim in merged.claims(view(*records)):
        if claim.affected.versions == "git" and not commits:
            continue
        intervals = _intervals(claim.affected, only)
        if intervals:
            product = claim.affected.product
            # Platforms of others stand in a field that readers, ours too, leave to people.
            found[product, claim.platforms if product.scheme == "cpe" else ()].update(intervals)
    return dict(found)


def _intervals(claim: Affected, only: Sequence[Status]) -> tuple[Interval, ...]:
    if claim.versions == "git":
        return tuple(
            (str(one.low).encode(), str(one.high).encode(), one.high_inclusive)
            for one in claim.ranges
            if not only or one.status in only
        )
    found, _ = salvage(claim)
    return tuple(
        (one.low, one.high, one.status is Status.AFFECTED)
        for one in found
        if one.status is not Status.UNKNOWN and (not only or one.status in only)
    )
