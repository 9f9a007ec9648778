"""How many there are of each kind among what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from noroshi.core.assess.assessment import ExploitationLevel
from noroshi.core.search import asked
from noroshi.core.search.asked import Field
from noroshi.core.search.typing import SEVERITIES
from noroshi.hub.knowledge.indexing import shown

MOST = 1_000
"""Rows that are counted where more are found than can all be looked at."""

FAR = 4_000
"""Rows that are looked at for them."""

MOST_VALUES = 8
"""Values of one field that are told, those of most rows."""

COLUMNS = ("severity", "exploitation", "published", "entry__shown")
"""What a row is counted by."""

FIELDS = (
    Field.SEVERITY,
    Field.EXPLOITED,
    Field.PUBLISHED,
    Field.VENDOR,
    Field.CWE,
    Field.SOURCE,
)
"""What is counted, in the order in which it is shown. `Field.PUBLISHED`: by the year (UTC)."""


class Count(msgspec.Struct, frozen=True):
    """A value of a field, as a query says it, and how many have it."""

    value: str
    number: int


class Counts(msgspec.Struct, frozen=True):
    """``number`` rows were counted: all that was found, or only the first of them."""

    number: int
    complete: bool
    of: Mapping[Field, tuple[Count, ...]]


def counted(rows: Iterable[tuple[Any, ...]], *, complete: bool) -> Counts:
    """Count rows of `COLUMNS`; ``complete``: they are all that was found."""
    number = 0
    found: dict[Field, Counter[str]] = {field: Counter() for field in FIELDS}
    kept: Counter[str] = Counter()
    for severity, exploitation, published, text in rows:
        number += 1
        found[Field.SEVERITY][severity or asked.UNRATED] += 1
        found[Field.EXPLOITED][exploitation] += 1
        if published is not None:
            found[Field.PUBLISHED][f"{published.year:04}"] += 1
        if text:
            kept[text] += 1
    for text, times in kept.items():
        for field, values in shown(text).items():
            for value in values:
                found[field][value] += times
    attacked = found[Field.EXPLOITED][ExploitationLevel.ACTIVE.value]
    found[Field.EXPLOITED] = Counter({"yes": attacked} if attacked else {})
    return Counts(number, complete, {field: _told(field, found[field]) for field in FIELDS})


def _told(field: Field, counter: Counter[str]) -> tuple[Count, ...]:
    if field is Field.SEVERITY:
        return tuple(Count(one, counter[one]) for one in SEVERITIES if counter[one])
    if field is Field.PUBLISHED:
        years = sorted(counter.items(), reverse=True)[:MOST_VALUES]
        return tuple(Count(*one) for one in years)
    most = sorted(counter.items(), key=lambda one: (-one[1], one[0]))[:MOST_VALUES]
    return tuple(Count(*one) for one in most)
