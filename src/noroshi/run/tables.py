"""Rows for people and for pipes; whatever the rows hold stays mere text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from noroshi.core.characters import STEERING_IN_A_LINE


def show(
    console: Console,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str = "",
) -> None:
    """Print a table: drawn on a terminal, plain columns elsewhere; a sentence if it is empty."""
    cells = [[clean(cell) for cell in row] for row in rows]
    if not cells:
        say(console, _("There is nothing to list."))
        return
    if console.is_terminal:
        table = Table(*columns, title=Text(clean(title)) if title else None, title_justify="left")
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
        return
    if title:
        say(console, title)
    lines = [[*columns], *cells]
    widths = _widths(lines)
    for row in lines:
        say(console, _aligned(row, widths))


def say(console: Console, text: str) -> None:
    """Print text as it is, whatever brackets it holds; lines stay lines."""
    for line in text.split("\n"):
        console.print(Text(clean(line)))


def clean(text: str) -> str:
    """Return the text without characters that could steer a terminal."""
    return STEERING_IN_A_LINE.sub("\ufffd", text)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    # Japanese characters take two columns: padding by len() would not line up.
    padded = (
        cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
    )
    return "  ".join(padded).rstrip()
