"""The list of all vulnerabilities: searched, filtered, in pages whose cost has a limit.

Where the index, a name or a column leaves few (`MOST_FOUND`), all of them are looked at: the page
is exact, and so are the counts beside it. Where more are left than that, a page is read along the
order, from where the one before ended: it looks at so many rows (`FAR`) and no more, so it can hold
few, or none, and yet have one after it; the counts are then those of the first that were found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec
from django.db.models import Q, QuerySet

from noroshi.core.assess.assessment import SeverityClass
from noroshi.core.paging import Key, Slice, decode_cursor, encode_cursor
from noroshi.core.search.asked import Asked
from noroshi.hub.knowledge import counting, queries
from noroshi.hub.knowledge.conditions import Conditions, conditions
from noroshi.hub.knowledge.counting import Counts
from noroshi.hub.knowledge.models import Vulnerability

MOST_FOUND = 3_000
"""Rows that are all looked at, where the index finds no more."""

NEAR, FAR = 2_000, 10_000
"""Rows that one page looks at: first the nearer ones, and if they do not fill it, farther ones."""


class Order(StrEnum):
    """What comes first. What has no such date or score comes last."""

    PUBLISHED = "published"  # newest
    MODIFIED = "modified"  # last changed
    SCORE = "score"  # highest; of equal ones the last to be known here


_KINDS: dict[Order, Any] = {
    Order.PUBLISHED: dt.datetime | None,
    Order.MODIFIED: dt.datetime | None,
    Order.SCORE: float | None,
}


class Line(msgspec.Struct, frozen=True):
    """A vulnerability in a list: the fused answer of its newest assessment.

    ``number`` is that of its row, for the hub alone.
    """

    number: int
    name: str
    title_ja: str
    title_en: str
    state: str
    disputed: bool
    severity: str
    score: float | None
    exploited_since: dt.date | None
    exploitation: str
    epss: float | None
    confidence: int | None
    published: dt.datetime | None
    modified: dt.datetime | None


class Found(msgspec.Struct, frozen=True):
    """A page, and what there is of each kind."""

    page: Slice[Line]
    counts: Counts


Rows = QuerySet[Vulnerability, Any]
Place = tuple[Key, int]
Begin = Place | None
"""The sort key of the last row before; ``None``: begin at the beginning."""

_COLUMNS = ("pk", "preferred_id", *Line.__struct_fields__[2:])

# Not "IS NULL": SQLite would take the index of that column, which leaves out next to nothing.
_WHOLE = ~Q(merged_into__isnull=False)


def listing(
    what: Asked,
    after: str | None,
    limit: int,
    *,
    order: Order = Order.PUBLISHED,
    among: QuerySet[Any] | None = None,
) -> Slice[Line]:
    """Return a page of what is asked for; ``after`` is the cursor of the page before.

    ``among``: ids to choose from, all others are left out. Raises `BadCursor`.
    """
    return _answered(_reading(what, order, among), after, limit)


def search(
    what: Asked,
    after: str | None,
    limit: int,
    *,
    order: Order = Order.PUBLISHED,
    among: QuerySet[Any] | None = None,
) -> Found:
    """Return a page as `listing` does, and counts of what is asked for."""
    reading = _reading(what, order, among)
    page = _answered(reading, after, limit)
    if isinstance(reading, _Few):
        return Found(page, counting.counted(reading.facets(), complete=True))
    return Found(page, reading.counts())


def _reading(what: Asked, order: Order, among: QuerySet[Any] | None) -> _Few | _Many:
    asks = conditions(what)
    rows = Vulnerability.objects.filter(asks.columns, _WHOLE)
    if among is not None:
        rows = rows.filter(pk__in=among)
    if asks.named is not None:
        return _Few(rows.filter(queries.among(asks.named), asks.spoken), order)
    if among is not None or asks.few:
        return _Few(rows.filter(asks.spoken), order)
    if asks.wanted:
        found = queries.hits(asks.wanted, asks.without, MOST_FOUND)
        if found is not None:
            return _Few(rows.filter(queries.among(found)), order)
    return _Many(rows.filter(asks.spoken), order, asks)


def _answered(reading: _Few | _Many, after: str | None, limit: int) -> Slice[Line]:
    begin = decode_cursor(after, _KINDS[reading.order], int) if after else None
    return reading.page(begin, limit)


# --- few: all of them are looked at ---


class _Few:
    """Rows that are all looked at: sorted here, because no index has them in order."""

    def __init__(self, rows: Rows, order: Order) -> None:
        self.order = order
        column = order.value
        self._rows = list(rows.values_list("pk", column, *counting.COLUMNS))
        self._rows.sort(key=lambda row: _rank(row[1], row[0]), reverse=True)

    def facets(self) -> Iterator[tuple[Any, ...]]:
        """Yield what each row is counted under."""
        return (row[2:] for row in self._rows)

    def page(self, begin: Begin, limit: int) -> Slice[Line]:
        """Return the rows after that place."""
        left = self._rows
        if begin is not None:
            last = _rank(*begin)
            left = [row for row in left if _rank(row[1], row[0]) < last]
        numbers = [row[0] for row in left[:limit]]
        lines = {line.number: line for line in _lines(Vulnerability.objects, numbers)}
        items = tuple(lines[number] for number in numbers if number in lines)
        if len(left) <= limit:
            return Slice(items, None)
        return Slice(items, encode_cursor((left[limit - 1][1], left[limit - 1][0])))


def _rank(key: Any, number: int) -> tuple[bool, Any, int]:
    return (key is not None, key if key is not None else 0, number)


def _lines(rows: Any, numbers: list[int]) -> Iterator[Line]:
    found = rows.filter(pk__in=numbers).values_list(*_COLUMNS)
    return (Line(*values) for values in found)


# --- many: along the index of the order ---


class _Stretch(msgspec.Struct, frozen=True):
    """A piece of a list that an index gives in its order; ``keyed``: the sort key varies in it."""

    where: Q
    keyed: bool

    def of(self, rows: Rows, column: str) -> Rows:
        """Return the rows of this piece, in order."""
        order = (f"-{column}", "-pk") if self.keyed else ("-pk",)
        return rows.filter(self.where).order_by(*order)

    def down_to(self, last: Place, column: str) -> Q:
        """Return the condition that it ends with this row."""
        key, number = last
        if not self.keyed:
            return Q(pk__gte=number)
        return Q(**{f"{column}__gte": key}) & ~Q(**{column: key, "pk__lt": number})


def _stretches(column: str, begin: Begin) -> Iterator[_Stretch]:
    """Yield the list in pieces, whatever the database.

    After a row: those with the same key, those with a lower one, those without. (Said in one
    condition with OR, every database would read it all and sort it.)
    """
    undated = Q(**{f"{column}__isnull": True})
    if begin is None:
        yield _Stretch(Q(**{f"{column}__isnull": False}), keyed=True)
        yield _Stretch(undated, keyed=False)
        return
    key, number = begin
    if key is None:
        yield _Stretch(undated & Q(pk__lt=number), keyed=False)
        return
    yield _Stretch(Q(**{column: key, "pk__lt": number}), keyed=False)
    yield _Stretch(Q(**{f"{column}__lt": key}), keyed=True)
    yield _Stretch(undated, keyed=False)


# CVSS 3.1 §5; in version 2 "high" has no class above it.
_BELOW = {
    "": 0.0,
    SeverityClass.NONE.value: 0.1,
    SeverityClass.LOW.value: 4.0,
    SeverityClass.MEDIUM.value: 7.0,
}


class _Many:
    """Rows that are read along the order."""

    def __init__(self, rows: Rows, order: Order, asks: Conditions) -> None:
        self.order = order
        self._asked = rows
        self._column = order.value
        self._along = Vulnerability.objects.filter(asks.along(self._column))
        self._asks = asks

    @property
    def _first(self) -> Begin:
        """Where the list begins: by score, below what these severities can have."""
        classes = self._asks.severities
        if self.order is Order.SCORE and classes and classes <= set(_BELOW):
            return max(_BELOW[one] for one in classes), 0
        return None

    def page(self, begin: Begin, limit: int) -> Slice[Line]:
        """Return the rows after that place, as far as a page looks."""
        begin = begin or self._first
        if self._asks.told_by(self._column):
            return self._read(begin, limit, None)
        page: Slice[Line] = Slice((), None)
        for window in (NEAR, FAR):
            page = self._read(begin, limit, window)
            if page.after is None or len(page.items) == limit:
                break
        return page

    def counts(self) -> Counts:
        """Count what is found from the beginning."""
        found: list[tuple[Any, ...]] = []
        for stretch in _stretches(self._column, self._first):
            asked, last = self._in_window(stretch, counting.FAR)
            rows = stretch.of(asked, self._column).values_list(*counting.COLUMNS)
            found += rows[: counting.MOST + 1 - len(found)]
            if len(found) > counting.MOST or last is not None:
                return counting.counted(found[: counting.MOST], complete=False)
        return counting.counted(found, complete=True)

    def _read(self, begin: Begin, limit: int, window: int | None) -> Slice[Line]:
        """Read a page, in each piece no further than a window reaches."""
        found: list[Line] = []
        for stretch in _stretches(self._column, begin):
            asked, last = self._in_window(stretch, window)
            wanted = limit + 1 - len(found)
            lines = stretch.of(asked, self._column).values_list(*_COLUMNS)[:wanted]
            found += [Line(*values) for values in lines]
            if len(found) > limit:
                end = found[limit - 1]
                after = encode_cursor((getattr(end, self._column), end.number))
                return Slice(tuple(found[:limit]), after)
            if last is not None:
                return Slice(tuple(found), encode_cursor(last))
        return Slice(tuple(found), None)

    def _in_window(self, stretch: _Stretch, window: int | None) -> tuple[Rows, Place | None]:
        """Return what is asked for in a window, and its last row; ``None``: it is all of it."""
        if window is None:
            return self._asked, None
        last = _reached(stretch.of(self._along, self._column), self._column, window)
        within = Q() if last is None else stretch.down_to(last, self._column)
        return self._asked.filter(within), last


def _reached(rows: Rows, column: str, window: int) -> Place | None:
    """Return the sort key of the last row in the window; ``None``: the rows end before that."""
    found = list(rows.values_list(column, "pk")[window - 1 : window])
    return found[0] if found else None
