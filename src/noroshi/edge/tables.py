"""Rows for spreadsheets: whatever the cells hold stays mere text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import xlsxwriter

from noroshi.core.characters import STEERING_IN_A_TEXT

BOM = b"\xef\xbb\xbf"
"""What tells Excel that a file is UTF-8."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that spreadsheets would calculate (OWASP, CSV injection).

The wide signs count, too: a spreadsheet in a Japanese locale reads them as the narrow ones.
"""

_LINES_AT_ONCE = 500
_LONGEST_CELL = 32_767  # Excel's limit
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")

Cell = str | Decimal | None
"""What stands in a cell of a workbook: a text, a number, or nothing."""


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180) in which no cell is a formula."""
    return "".join(_csv_parts(columns, rows))


def csv_file(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield rows as a CSV file that Excel opens as what it is, piece by piece."""
    yield BOM
    for part in _csv_parts(columns, rows):
        yield part.encode()


def _csv_parts(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([inert(cell) for cell in row])
        if number % _LINES_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def xlsx_file(title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as an Excel workbook of one sheet; a text stays one, whatever it begins with."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_NO_SHEET_NAME.sub(" ", title)[:31])
        bold = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, place, visible(cell)[:_LONGEST_CELL])
                elif cell is not None:
                    sheet.write_number(number, place, float(cell))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return buffer.getvalue()


def inert(cell: str) -> str:
    """Return the cell so that no spreadsheet calculates it, and nothing in it steers."""
    shown = visible(cell)
    return f"'{shown}" if cell.startswith(_FORMULA) else shown


def visible(cell: str) -> str:
    """Return the cell with a visible sign for each character that could steer whoever reads it."""
    return STEERING_IN_A_TEXT.sub("\ufffd", cell)


def number(value: Decimal | None) -> str:
    """Return a number to three decimals, without noughts at its end; empty for none."""
    if value is None:
        return ""
    text = f"{value:.3f}"
    return text.rstrip("0").rstrip(".")
