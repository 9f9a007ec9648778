"""The yardsticks and the rows behind them, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from noroshi.edge import words
from noroshi.edge.tables import Cell, number
from noroshi.edge.web.downloads import csv_attachment, xlsx_attachment
from noroshi.edge.web.figures import counting, wording
from noroshi.edge.web.figures.counting import SEEING
from noroshi.edge.web.pages import Visit, page
from noroshi.hub.reports.figures import listing_behind
from noroshi.hub.reports.plan import FigureId


@page(SEEING)
def figures_csv(request: Visit, year: int) -> HttpResponseBase:  # noqa: ARG001 - as every page
    """Give the yardsticks of a year."""
    rows = (
        (words.figure(one.id), number(one.value), number(one.plan), words.unit(one.unit))
        for one in counting.counted(year).figures
    )
    return csv_attachment(f"figures-{year}", _columns(), rows)


@page(SEEING)
def figures_xlsx(request: Visit, year: int) -> HttpResponseBase:  # noqa: ARG001 - as every page
    """Give the yardsticks of a year as a workbook."""
    rows: list[tuple[Cell, ...]] = [
        (words.figure(one.id), one.value, one.plan, words.unit(one.unit))
        for one in counting.counted(year).figures
    ]
    return xlsx_attachment(f"figures-{year}", _columns(), rows)


@page(SEEING)
def rows_csv(request: Visit, year: int, figure: str) -> HttpResponseBase:
    """Give the rows behind a yardstick."""
    columns, rows = _behind(request, year, figure)
    return csv_attachment(f"{figure}-{year}", columns, rows)


@page(SEEING)
def rows_xlsx(request: Visit, year: int, figure: str) -> HttpResponseBase:
    """Give the rows behind a yardstick as a workbook."""
    columns, rows = _behind(request, year, figure)
    return xlsx_attachment(f"{figure}-{year}", columns, rows)


def _behind(
    request: Visit, year: int, figure: str
) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    found = listing_behind(request.viewer, FigureId(figure), year, counting.today())
    rows = found.rows.iterator() if isinstance(found.rows, QuerySet) else iter(found.rows)
    return wording.columns(found.columns), (wording.row(found.columns, row) for row in rows)


def _columns() -> tuple[str, ...]:
    return (_("Yardstick"), _("Counted"), _("Plan"), _("Unit"))
