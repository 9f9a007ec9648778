"""What the programme planned: the value of each yardstick in each of its years."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from noroshi.hub.reports.models import BudgetLine

FIRST_YEAR = 2026
"""The fiscal year that is the programme's year 1."""


class FigureId(StrEnum):
    """The yardsticks, in the order of the report."""

    ORGANISATIONS = "organisations"
    ITEMS = "items"
    ASSETS = "assets"
    DISTRICTS = "districts"
    ITEM_ORGANISATIONS = "item_organisations"
    COST_PER_ITEM = "cost_per_item"
    COST_PER_ASSET = "cost_per_asset"
    COST_PER_DISTRICT = "cost_per_district"


COSTS = {
    FigureId.COST_PER_ITEM: (BudgetLine.SHARING, FigureId.ITEMS),
    FigureId.COST_PER_ASSET: (BudgetLine.LINKING, FigureId.ASSETS),
    FigureId.COST_PER_DISTRICT: (BudgetLine.DISTRICTS, FigureId.DISTRICTS),
}
"""Unit costs: which line of the budget is divided by which other yardstick."""

PLAN: dict[FigureId, dict[int, Decimal]] = {
    FigureId.ORGANISATIONS: {2: Decimal(25), 3: Decimal(26)},
    FigureId.ITEMS: {1: Decimal(600), 2: Decimal(600), 3: Decimal(600)},
    FigureId.ASSETS: {1: Decimal(50), 2: Decimal(200)},
    FigureId.DISTRICTS: {1: Decimal(2), 2: Decimal(11)},
    FigureId.ITEM_ORGANISATIONS: {2: Decimal(12), 3: Decimal(25)},
    FigureId.COST_PER_ITEM: {1: Decimal("0.282")},
    FigureId.COST_PER_ASSET: {1: Decimal("0.280")},
    FigureId.COST_PER_DISTRICT: {1: Decimal(17)},
}
"""Yardstick → year of the programme → planned value, in the yardstick's unit.

The unit costs are 169/600, 14/50 and 34/2 million yen, to a thousand yen.
"""


def planned(figure: FigureId, year: int) -> Decimal | None:
    """Return the plan for a fiscal year; ``None`` where the programme planned nothing."""
    return PLAN[figure].get(year - FIRST_YEAR + 1)
