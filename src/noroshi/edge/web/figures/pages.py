"""The yardsticks of a year, their chart, and the rows behind each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.edge import words
from noroshi.edge.web import charts
from noroshi.edge.web.charts import Bar, Chart, Series
from noroshi.edge.web.figures import counting, wording
from noroshi.edge.web.figures.counting import BUDGETING, SEEING
from noroshi.edge.web.pages import CONTENTS, Visit, page, show
from noroshi.edge.web.paging import leaf
from noroshi.hub.reports.figures import Figure, Figures, listing_behind
from noroshi.hub.reports.plan import COSTS, FigureId

LONGEST_BAR = 150
"""Percent of the plan at which a bar ends, so that one that runs far ahead hides no other."""


class Line(msgspec.Struct, frozen=True):
    """One yardstick as the table shows it."""

    id: FigureId
    name: str
    unit: str
    value: str
    plan: str
    reached: int | None


class Cell(msgspec.Struct, frozen=True):
    """One cell of a row: the name of its column, what it says, and where that is to be read."""

    column: str
    text: str
    address: str


class Compared(msgspec.Struct, frozen=True):
    """A yardstick that has been counted, and has a plan to be compared with."""

    name: str
    value: Decimal
    plan: Decimal

    @property
    def percent(self) -> float:
        """How much of the plan it is, as far as the chart goes."""
        return min(float(100 * self.value / self.plan), LONGEST_BAR)


@page(SEEING)
def figures(request: Visit, year: int | None = None) -> HttpResponse:
    """Show the yardsticks of a fiscal year beside the plan."""
    found = counting.counted(counting.this_year() if year is None else year)
    context = {
        "counted": found,
        "years": counting.years(),
        "lines": [_line(one) for one in found.figures],
        "chart": _alternative(found),
        "may_budget": request.viewer.role in BUDGETING,
    }
    return show(request, "figures/figures.html", context)


@page(SEEING)
def chart(request: Visit, year: int) -> HttpResponse:
    """Draw what was counted beside the plan, each in percent of it."""
    found = _compared(counting.counted(year))
    planned = tuple(Bar(100.0, wording.grouped(one.plan)) for one in found)
    counted = tuple(Bar(one.percent, wording.grouped(one.value)) for one in found)
    drawn = Chart(
        title=_("Counted and planned in the fiscal year %(year)d") % {"year": year},
        labels=tuple(one.name for one in found),
        series=(Series(_("Plan"), planned, hollow=True), Series(_("Counted"), counted)),
    )
    return charts.answer(request, drawn)


@page(SEEING)
def rows(request: Visit, year: int, figure: str) -> HttpResponse:
    """Show the rows that a yardstick counts, as far as the reader may know them."""
    chosen = FigureId(figure)
    found = counting.counted(year)
    behind = listing_behind(request.viewer, chosen, year, counting.today())
    listed = leaf(request, behind.rows)
    line = _line(next(one for one in found.figures if one.id is chosen))
    context = {
        "counted": found,
        "line": line,
        "definition": wording.definition(chosen),
        "columns": wording.columns(behind.columns),
        "rows": [_cells(request, behind.columns, row) for row in listed],
        "listed": listed,
        "hidden": _hidden(found, chosen, listed.count),
    }
    return show(request, "figures/rows.html", context)


def _cells(request: Visit, names: tuple[str, ...], row: tuple[Any, ...]) -> list[Cell]:
    told = zip(names, wording.columns(names), wording.row(names, row), strict=True)
    reads = request.viewer.role in CONTENTS
    return [
        Cell(column, text, _place(text) if reads and name == "item" else "")
        for name, column, text in told
    ]


def _place(item: str) -> str:
    """Return where an item that was shared is to be read."""
    return reverse("incident" if item.startswith("report--") else "vulnerability", args=[item])


def _line(one: Figure) -> Line:
    return Line(
        id=one.id,
        name=words.figure(one.id),
        unit=words.unit(one.unit),
        value=wording.grouped(one.value),
        plan=wording.grouped(one.plan),
        reached=wording.reached(one),
    )


def _compared(found: Figures) -> list[Compared]:
    return [
        Compared(words.figure(one.id), one.value, one.plan)
        for one in found.figures
        if one.plan and one.value is not None
    ]


def _alternative(found: Figures) -> str:
    """Return in words what the chart shows; empty where there is none."""
    told = _("%(name)s: %(value)s of %(plan)s planned")
    return "; ".join(
        told
        % {
            "name": one.name,
            "value": wording.grouped(one.value),
            "plan": wording.grouped(one.plan),
        }
        for one in _compared(found)
    )


def _hidden(found: Figures, figure: FigureId, listed: int) -> int:
    """Return how many of the rows that were counted the reader may not know."""
    if figure in COSTS or figure is FigureId.ORGANISATIONS:
        return 0  # each of its rows is one way of taking part
    value = next(one.value for one in found.figures if one.id is figure) or Decimal(0)
    scale = 1000 if figure is FigureId.ITEM_ORGANISATIONS else 1
    return max(0, int(value * scale) - listed)
