"""A query that was understood, as the conditions of a database.

What has a column is asked of the column; everything else of the index, or, where most rows have
it, of the text that the index is made of: both hold the same tokens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from noroshi.core.assess.assessment import ExploitationLevel
from noroshi.core.search import asked
from noroshi.core.search.asked import Asked, Field, Span
from noroshi.core.search.tokens import Phrase
from noroshi.hub.knowledge.models import Alias
from noroshi.hub.knowledge.queries import Sought, beginning

MOST_NAMED = 1000
"""Names with the same beginning that are listed, in the order of the alphabet."""

COLUMN_OF = {Field.PUBLISHED: "published", Field.CHANGED: "modified"}


_OTHERS = (asked.Severities, asked.Exploited, asked.Names)


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """``columns``: all that columns say. ``wanted`` and ``without``: what the index is asked.

    ``named``: the only vulnerabilities that are called so; ``None``: names were not asked for.
    ``days``: the spans among them; ``others``: there are more than spans. ``few``: the columns
    leave so few that they can all be looked at.
    """

    columns: Q
    wanted: Sought = ()
    without: Sought = ()
    named: frozenset[int] | None = None
    severities: frozenset[str] = frozenset()
    days: tuple[asked.Days, ...] = ()
    others: bool = False
    few: bool = False

    def told_by(self, column: str) -> bool:
        """Say whether the index of this column tells all that is asked for."""
        of_days = all(COLUMN_OF[one.field] == column for one in self.days)
        return of_days and not (self.others or self.wanted or self.without)

    def along(self, column: str) -> Q:
        """Return what the index of this column can tell."""
        found = Q()
        for one in self.days:
            if COLUMN_OF[one.field] == column:
                found &= in_days(column, one.span)
        return found

    @property
    def spoken(self) -> Q:
        """What the index would be asked, of the text."""
        found = Q()
        for row in self.wanted:
            found &= _any(row)
        for row in self.without:
            found &= ~_any(row)
        return found


def conditions(what: Asked) -> Conditions:
    """Return what a query asks of the database."""
    what = _by_name(what)
    columns, named = Q(), None
    for one in what.conditions:
        match one:
            case asked.Names(without=False):
                here = frozenset(_called(one))
                named = here if named is None else named & here
            case asked.Names():
                columns &= ~Q(pk__in=list(_called(one)))
            case _:
                columns &= _column(one)
    severities = [
        frozenset("" if each == asked.UNRATED else each for each in one.values)
        for one in what.conditions
        if isinstance(one, asked.Severities) and not one.without
    ]
    return Conditions(
        columns=columns,
        wanted=tuple(_phrases(what, without=False)),
        without=tuple(_phrases(what, without=True)),
        named=named,
        severities=frozenset.intersection(*severities) if severities else frozenset(),
        days=tuple(one for one in what.conditions if isinstance(one, asked.Days)),
        others=any(isinstance(one, _OTHERS) for one in what.conditions),
        few=any(isinstance(one, asked.Exploited) and one.yes for one in what.conditions),
    )


def names_beginning(text: str) -> list[int]:
    """Return the vulnerabilities with a name that begins so; none if it can be no name's."""
    text = text.strip()
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


def begin_of(day: dt.date) -> dt.datetime:
    """Return the first moment of a day (UTC)."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def in_days(column: str, span: Span) -> Q:
    """Return the condition that a moment lies in a span of days (UTC)."""
    found = Q()
    if span.first:
        found &= Q(**{f"{column}__gte": begin_of(span.first)})
    if span.last and span.last < dt.date.max:
        found &= Q(**{f"{column}__lt": begin_of(span.last + dt.timedelta(days=1))})
    return found


def _by_name(what: Asked) -> Asked:
    """Take a single word for a name, where some name begins so."""
    words = [one for one in what.conditions if isinstance(one, asked.Words) and not one.without]
    if len(words) != 1 or '"' in words[0].typed:
        return what
    typed = words[0].typed.rstrip("*")
    if not names_beginning(typed):
        return what
    named = asked.Names(Field.ALIAS, (asked.Value(typed, open=True),))
    return Asked(tuple(named if one is words[0] else one for one in what.conditions))


def _called(one: asked.Names) -> Iterator[int]:
    for value in one.values:
        if value.open:
            found = names_beginning(value.text)
        else:
            rows = Alias.objects.filter(name__in=spellings(value.text))
            found = list(rows.values_list("vulnerability", flat=True))
        if one.field is Field.ID:
            # Any name leads to a row; here it has to be the one that the row is called by.
            rows = Alias.objects.filter(
                vulnerability__in=found, name=F("vulnerability__preferred_id")
            )
            begins = tuple(spellings(value.text))
            for number, name in rows.values_list("vulnerability", "name"):
                if name.startswith(begins) if value.open else name in begins:
                    yield number
        else:
            yield from found


def _column(one: asked.Condition) -> Q:
    match one:
        case asked.Severities(values=values, without=without):
            listed = sorted("" if each == asked.UNRATED else each for each in values)
            found = Q(severity__in=listed)
            return ~found if without else found
        case asked.Exploited(yes=yes):
            found = Q(exploitation=ExploitationLevel.ACTIVE.value)
            return found if yes else ~found
        case asked.Days(field=field, span=span):
            return in_days(COLUMN_OF[field], span)
        case _:
            return Q()


def _phrases(what: Asked, *, without: bool) -> Iterator[tuple[Phrase, ...]]:
    for one in what.conditions:
        match one:
            case asked.Words(phrase=phrase) if one.without is without:
                yield (phrase,)
            case asked.Terms(field=field, values=values) if one.without is without:
                yield tuple(Phrase((f"{field.value}={each.text}",), each.open) for each in values)
            case _:
                pass


def _any(row: Iterable[Phrase]) -> Q:
    found = Q()
    for one in row:
        found |= Q(GreaterThan(StrIndex(F("entry__terms"), Value(one.text)), 0))
    return found
