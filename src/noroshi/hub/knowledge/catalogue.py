"""The list of all vulnerabilities: filtered, searched, in pages whose cost has a limit.

A page is read along an index, from where the one before ended. Where a filter may leave out most
of what stands there, a page looks at so many rows (`FAR`) and no more: it can hold few, or none,
and yet have one after it. Nothing is ever counted.

The text of a search is the beginning of a name (CVE-2021-44, JVNDB-2021-0, GHSA-jfh8) if any
vulnerability has one that begins so; else words, all of which have to occur in what
`noroshi.hub.knowledge.wording` keeps: titles in Japanese and English, products, CWE ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec
from django.db.models import Q, QuerySet

from noroshi.core.assess.assessment import ExploitationLevel, SeverityClass
from noroshi.core.paging import Key, Slice, decode_cursor, encode_cursor
from noroshi.hub.knowledge.models import Alias, Vulnerability
from noroshi.hub.knowledge.queries import beginning
from noroshi.hub.knowledge.wording import sought

LONGEST = 200
"""Characters of a search that are looked at."""

MOST_NAMED = 1000
"""Names with the same beginning that are listed, in the order of the alphabet."""

MOST_SPOKEN = 200
"""Rows with the words of a search that one page looks at."""

UNRATED = ""
"""The severity class of what nobody has rated yet."""


class Order(StrEnum):
    """What comes first. What has no such date or score comes last."""

    PUBLISHED = "published"  # newest
    MODIFIED = "modified"  # last changed
    SCORE = "score"  # highest; of equal ones the last to be known here


NEAR, FAR, FAR_BY_WORDS = 2_000, 10_000, 40_000
"""Rows that one page looks at: first the nearer ones, and if they do not fill it, farther ones.

An index holds words beside the day of publication; everything else has to be fetched row by row.
"""

_KINDS: dict[Order, Any] = {
    Order.PUBLISHED: dt.datetime | None,
    Order.MODIFIED: dt.datetime | None,
    Order.SCORE: float | None,
}


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; as it stands: everything, the newest first.

    ``severities``: any of these classes (`UNRATED` among them); empty: all. ``exploited``: only
    what is known to be used in attacks. The days count in UTC.
    """

    text: str = ""
    severities: frozenset[str] = frozenset()
    exploited: bool = False
    published_since: dt.date | None = None
    modified_since: dt.date | None = None
    order: Order = Order.PUBLISHED


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


Rows = QuerySet[Vulnerability, Any]
Begin = tuple[Any, int] | None
"""The sort key of the last row before; ``None``: begin at the beginning."""

_COLUMNS = ("pk", "preferred_id", *Line.__struct_fields__[2:])


# Not "IS NULL": SQLite would take the index of that column, which leaves out next to nothing.
_WHOLE = ~Q(merged_into__isnull=False)


def listing(
    filters: Filters,
    after: str | None,
    limit: int,
    *,
    among: QuerySet[Any] | None = None,
) -> Slice[Line]:
    """Return a page of what the filters leave; ``after`` is the cursor of the page before.

    ``among``: ids to choose from, all others are left out. Raises `BadCursor`.
    """
    begin = decode_cursor(after, _KINDS[filters.order], int) if after else _first(filters)
    named = names_beginning(filters.text)
    spoken = Q() if named else _spoken(filters.text)
    wanted = _wanted(filters)
    rows = Vulnerability.objects.filter(_along(filters))
    asked = rows.filter(wanted, _WHOLE)
    if among is not None:
        asked = asked.filter(pk__in=among)
    if named:
        asked = asked.filter(pk__in=named)
    list_ = _List(rows, asked, filters.order.value, begin, limit)
    if named or among is not None or filters.exploited or not (wanted or spoken):
        return _page(msgspec.structs.replace(list_, asked=asked.filter(spoken)), None, Q())
    page: Slice[Line] = Slice((), None)
    for window in _windows(filters):
        page = _page(list_, window, spoken)
        if page.after is None or len(page.items) == limit:
            break
    return page


def _windows(filters: Filters) -> tuple[int, ...]:
    # Words stand in the index itself, and `MOST_SPOKEN` ends the reading where there are many.
    by_words = filters.order is Order.PUBLISHED and filters.text.strip()
    return (FAR_BY_WORDS,) if by_words else (NEAR, FAR)


def names_beginning(text: str) -> list[int]:
    """Return the vulnerabilities with a name that begins so; none if it can be no name's."""
    text = text.strip()[:LONGEST]
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        return []
    begins = Q()
    for spelling in spellings(text):
        begins |= beginning("name", spelling)
    rows = Alias.objects.filter(begins).order_by("name").values_list("vulnerability", flat=True)
    return list(dict.fromkeys(rows[:MOST_NAMED]))


def spellings(name: str) -> tuple[str, ...]:
    """Return how a name may be written that somebody typed as ``cve-2021-1`` or ``2021-1``."""
    upper = name.upper()
    found = [name, upper]
    if upper.startswith("GHSA-"):
        found.append(f"GHSA-{name[5:].lower()}")
    elif len(name) > 5 and name[:4].isdecimal() and name[4] == "-":
        found.append(f"CVE-{name}")
    return tuple(dict.fromkeys(found))


def _along(filters: Filters) -> Q:
    """Return the condition that the index of the order itself can tell."""
    days = {
        Order.PUBLISHED: filters.published_since,
        Order.MODIFIED: filters.modified_since,
        Order.SCORE: None,
    }
    day = days[filters.order]
    return Q(**{f"{filters.order}__gte": _begin_of(day)}) if day else Q()


def _first(filters: Filters) -> Begin:
    """Return where the list begins: by score, below what these severities can have."""
    if filters.order is Order.SCORE and filters.severities and filters.severities <= set(_BELOW):
        return max(_BELOW[one] for one in filters.severities), 0
    return None


# CVSS 3.1 §5; in version 2 "high" has no class above it.
_BELOW = {
    UNRATED: 0.0,
    SeverityClass.NONE.value: 0.1,
    SeverityClass.LOW.value: 4.0,
    SeverityClass.MEDIUM.value: 7.0,
}


def _wanted(filters: Filters) -> Q:
    """Return the other conditions: they may leave out most of what an index gives."""
    wanted = Q()
    if filters.severities:
        wanted &= Q(severity__in=sorted(filters.severities))
    if filters.exploited:
        wanted &= Q(exploitation=ExploitationLevel.ACTIVE.value)
    if filters.published_since and filters.order is not Order.PUBLISHED:
        wanted &= Q(published__gte=_begin_of(filters.published_since))
    if filters.modified_since and filters.order is not Order.MODIFIED:
        wanted &= Q(modified__gte=_begin_of(filters.modified_since))
    return wanted


def _spoken(text: str) -> Q:
    wanted = Q()
    for word in sought(text[:LONGEST]):
        wanted &= Q(words__contains=word)
    return wanted


def _begin_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


# --- along the index ---


class _Stretch(msgspec.Struct, frozen=True):
    """A piece of a list that an index gives in its order; ``keyed``: the sort key varies in it."""

    where: Q
    keyed: bool

    def of(self, rows: Rows, column: str) -> Rows:
        """Return the rows of this piece, in order."""
        order = (f"-{column}", "-pk") if self.keyed else ("-pk",)
        return rows.filter(self.where).order_by(*order)

    def down_to(self, last: tuple[Key, int], column: str) -> Q:
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


class _List(msgspec.Struct, frozen=True):
    """What a page is read from: all ``rows`` of the order, those ``asked`` for, and where."""

    rows: Rows
    asked: Rows
    column: str
    begin: Begin
    limit: int


def _page(of: _List, window: int | None, spoken: Q) -> Slice[Line]:
    """Read a page, in each piece no further than a window reaches."""
    found: list[Line] = []
    for stretch in _stretches(of.column, of.begin):
        asked, last = _in_window(of, stretch, window, spoken)
        wanted = of.limit + 1 - len(found)
        lines = stretch.of(asked, of.column).values_list(*_COLUMNS)[:wanted]
        found += [Line(*values) for values in lines]
        if len(found) > of.limit:
            end = found[of.limit - 1]
            after = encode_cursor((getattr(end, of.column), end.number))
            return Slice(tuple(found[: of.limit]), after)
        if last is not None:
            return Slice(tuple(found), encode_cursor(last))
    return Slice(tuple(found), None)


def _in_window(
    of: _List, stretch: _Stretch, window: int | None, spoken: Q
) -> tuple[Rows, tuple[Key, int] | None]:
    """Return what is asked for in a window, and its last row; ``None``: it is the whole piece.

    Words are looked for first, and alone: then PostgreSQL, too, reads nothing but the index.
    """
    if window is None:
        return of.asked, None
    last = _reached(stretch.of(of.rows, of.column), of.column, window)
    within = Q() if last is None else stretch.down_to(last, of.column)
    if not spoken:
        return of.asked.filter(within), last
    most = max(MOST_SPOKEN, of.limit + 1)
    speaking = stretch.of(of.rows.filter(within, spoken), of.column)
    keys = list(speaking.values_list(of.column, "pk")[:most])
    if len(keys) == most:
        last = keys[-1]
    return of.asked.filter(pk__in=[number for _key, number in keys]), last


def _reached(rows: Rows, column: str, window: int) -> tuple[Key, int] | None:
    """Return the sort key of the last row in the window; ``None``: the rows end before that."""
    found = list(rows.values_list(column, "pk")[window - 1 : window])
    return found[0] if found else None
