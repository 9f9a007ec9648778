"""FIRST EPSS: the daily table of exploitation probabilities (CSV).

Four layouts have been published since 2021: without and with a percentile, and with a first line
``#model_version:…,score_date:…`` since 2022. The earliest two name their day only in the file's
name; whoever fetches those puts that first line before them. Columns are found by their heading
(``cve``, ``epss``, ``percentile``, ``date``).
Source: https://www.first.org/epss/data_stats
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import BrokenLine, FormatError, NotText, WrongShape
from noroshi.core.facets import Epss, Record
from noroshi.core.formats import claims
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "epss"

LONGEST_LINE = 256
"""Bytes; a real line has fewer than 50."""

_SCORE_DATE = re.compile(rb"score_date:(\d{4}-\d{2}-\d{2})")


class _Layout(msgspec.Struct, frozen=True):
    """Where the columns are. ``day`` is the day of all scores, where the first line names it."""

    columns: int
    cve: int
    epss: int
    percentile: int | None
    date: int | None
    day: dt.date | None


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return the whole table as one document."""
    yield RawDocument("", payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record a line; a line that cannot be read yields its error."""
    lines = document.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    first = 1 if lines[0].startswith(b"#") else 0
    try:
        layout = _layout(lines[0] if first else b"", lines[first] if first < len(lines) else b"")
    except FormatError as error:
        yield error
        return
    for number, line in enumerate(lines[first + 1 :], start=first + 2):
        if line.strip():
            yield from _read_line(line, layout, f"line {number}")


def _layout(comment: bytes, heading: bytes) -> _Layout:
    names = [name.strip().lower() for name in heading[: LONGEST_LINE + 1].split(b",")]
    if len(heading) > LONGEST_LINE or b"cve" not in names or b"epss" not in names:
        raise WrongShape("line 1", detail="no heading with the columns cve and epss")
    found = _SCORE_DATE.search(comment[:LONGEST_LINE])
    day = claims.day(found[1].decode()) if found else None
    if day is None and b"date" not in names:
        raise WrongShape("line 1", detail="no score_date, and no column of dates")
    return _Layout(
        columns=len(names),
        cve=names.index(b"cve"),
        epss=names.index(b"epss"),
        percentile=names.index(b"percentile") if b"percentile" in names else None,
        date=names.index(b"date") if b"date" in names else None,
        day=day,
    )


def _read_line(line: bytes, layout: _Layout, where: str) -> Iterator[Record | FormatError]:
    try:
        cells = _cells(line, layout, where)
        name = cve_id(cells[layout.cve], where)
        score = _probability(cells[layout.epss], where)
        date = layout.day or _day(cells, layout, where)
    except FormatError as error:
        yield error
        return
    percentile = None
    if layout.percentile is not None and cells[layout.percentile]:
        try:
            percentile = _probability(cells[layout.percentile], where)
        except BrokenLine as error:
            yield error  # the score is good without it
    yield Record(
        source=SOURCE,
        external_id=name,
        names=(name,),
        modified=claims.midnight(date),
        epss=Epss(date, score, percentile),
    )


def _cells(line: bytes, layout: _Layout, where: str) -> list[str]:
    if len(line) > LONGEST_LINE:
        raise BrokenLine(where, detail=f"longer than {LONGEST_LINE} bytes")
    try:
        cells = [cell.strip() for cell in line.decode().split(",")]
    except UnicodeDecodeError as error:
        raise NotText(where, detail=str(error)) from error
    if len(cells) != layout.columns:
        raise BrokenLine(where, detail=f"{len(cells)} columns instead of {layout.columns}")
    return cells


def _day(cells: list[str], layout: _Layout, where: str) -> dt.date:
    day = None if layout.date is None else claims.day(cells[layout.date])
    if day is None:
        raise BrokenLine(where, detail="no date")
    return day


def _probability(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:  # also refuses NaN, which is not in any order
        raise BrokenLine(where, detail=f"{text[:40]!r} is not a number from 0 to 1")
    return value
