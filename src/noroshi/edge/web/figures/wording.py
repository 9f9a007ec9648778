"""Columns, rows and definitions of the yardsticks, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.edge import words
from noroshi.hub.reports.figures import Figure
from noroshi.hub.reports.models import BudgetLine
from noroshi.hub.reports.plan import COSTS, FigureId


def definition(figure: FigureId) -> str:
    """Return what a yardstick counts."""
    return {
        FigureId.ORGANISATIONS: _(
            "Organisations that signed in, pulled or acknowledged at least once in the year."
        ),
        FigureId.ITEMS: _(
            "Vulnerabilities in notices and attack reports published in the year that at least "
            "one other organisation could read; each is counted once."
        ),
        FigureId.ASSETS: _(
            "Packages in the systems' SBOMs at the end of the year, or now, that at least one "
            "known vulnerability matches."
        ),
        FigureId.DISTRICTS: _("Districts of the organisations that took part in the year."),
        FigureId.ITEM_ORGANISATIONS: _(
            "Pairs of an item that was shared and an organisation that could read it, in thousands."
        ),
        FigureId.COST_PER_ITEM: _("The cost of sharing, divided by the items shared."),
        FigureId.COST_PER_ASSET: _("The cost of linking, divided by the assets linked."),
        FigureId.COST_PER_DISTRICT: _("The cost of the districts, divided by their number."),
    }[figure]


def line(value: str) -> str:
    """Return a line of the budget in words."""
    return {
        BudgetLine.SHARING: _("sharing information"),
        BudgetLine.LINKING: _("linking assets"),
        BudgetLine.DISTRICTS: _("districts"),
    }[BudgetLine(value)]


def grouped(value: Decimal | None) -> str:
    """Return a number as people read it: thousands apart, to three decimals at most."""
    if value is None:
        return "–"
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")


def reached(figure: Figure) -> int | None:
    """Return how much of the plan was reached, in percent; none where less is better."""
    if figure.value is None or not figure.plan or figure.id in COSTS:
        return None
    return int(100 * figure.value / figure.plan)


def columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the columns."""
    told = {
        "organisation": _("Organisation"),
        "name": _("Name"),
        "district": _("District"),
        "by": _("Took part by"),
        "organisations": _("Organisations"),
        "item": _("Item"),
        "system": _("System"),
        "package": _("Package"),
        "line": _("Line"),
        "year": _("Fiscal year"),
        "million_yen": _("Million yen"),
    }
    return tuple(told[name] for name in names)


def row(names: tuple[str, ...], cells: tuple[Any, ...]) -> tuple[str, ...]:
    """Return a row with the words for what is a word of the programme's.

    What a row holds beyond its columns is not shown, but for the English name beside a name.
    """
    said: dict[str, Callable[[str], str]] = {
        "district": words.district,
        "by": _by,
        "line": line,
    }
    if "name" in names and get_language() != "ja":
        said["name"] = lambda japanese: str(cells[len(names)]) or japanese
    return tuple(
        said[name](cell) if name in said else cell for name, cell in zip(names, cells, strict=False)
    )


def _by(value: str) -> str:
    return {"acknowledged": _("acknowledging"), "signed in": _("signing in or pulling")}[value]
