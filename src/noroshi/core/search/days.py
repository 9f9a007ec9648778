"""Spans of days as people type them: a day, a month, a year, or from one to another."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from noroshi.core.search.asked import Span

_PLACE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
BETWEEN = ".."


def span(text: str) -> Span | None:
    """Return ``2024``, ``2024-05``, ``2024-05-03`` or ``A..B``, an end left out; else ``None``."""
    first, between, last = text.partition(BETWEEN)
    if not between:
        last = first
    begin, end = _place(first), _place(last)
    if (first and begin is None) or (last and end is None) or not (begin or end):
        return None
    found = Span(begin and begin[0], end and end[1])
    if found.first and found.last and found.first > found.last:
        return None
    return found


def written(of: Span) -> str:
    """Return a span as `span` reads it."""
    if of.first and of.last:
        for text in (f"{of.first:%Y}", f"{of.first:%Y-%m}", f"{of.first:%Y-%m-%d}"):
            if span(text) == of:
                return text
    return f"{of.first or ''}{BETWEEN}{of.last or ''}"


def _place(text: str) -> tuple[dt.date, dt.date] | None:
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        if day:
            return (dt.date(year, month, day),) * 2
        if month:
            last = calendar.monthrange(year, month)[1]
            return dt.date(year, month, 1), dt.date(year, month, last)
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    except ValueError:
        return None
