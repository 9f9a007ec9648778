"""The yardsticks of the programme for one fiscal year, and the rows behind each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import msgspec
from django.db.models import QuerySet

from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.core.sector import Role
from noroshi.hub.inventory.models import Component
from noroshi.hub.members.models import Organisation
from noroshi.hub.reports import queries
from noroshi.hub.reports.models import Budget
from noroshi.hub.reports.plan import COSTS, FigureId, planned
from noroshi.hub.reports.queries import Period, period

UNITS = {
    FigureId.ORGANISATIONS: "organisations",
    FigureId.ITEMS: "items",
    FigureId.ASSETS: "assets",
    FigureId.DISTRICTS: "districts",
    FigureId.ITEM_ORGANISATIONS: "thousand item·organisations",
    FigureId.COST_PER_ITEM: "million yen",
    FigureId.COST_PER_ASSET: "million yen",
    FigureId.COST_PER_DISTRICT: "million yen",
}

SEES_WHO_SHARES = frozenset({Role.MINISTRY, Role.HUB_ANALYST, Role.HUB_ADMIN})
"""Roles that see which organisations took part; any other member sees whether its own did."""


class Figure(msgspec.Struct, frozen=True):
    """One yardstick. ``value`` is ``None`` where it cannot be told: no budget, or nothing counted.

    The rows behind it: ``rows_behind(viewer, figure.id, year, today)``.
    """

    id: FigureId
    value: Decimal | None
    unit: str
    plan: Decimal | None


class Figures(msgspec.Struct, frozen=True):
    """All yardsticks of a fiscal year. ``as_of``: the last day counted, in Tokyo."""

    year: int
    as_of: dt.date
    running: bool
    figures: tuple[Figure, ...]


class Rows(msgspec.Struct, frozen=True):
    """What was counted: the names of the columns, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Listing(msgspec.Struct, frozen=True):
    """What was counted, as `Rows`, but what there may be any number of is still in the database.

    A row may hold more than its columns: what keeps two rows of the same words apart.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] | QuerySet[Component, tuple[str, str, str, int]]


def figures(year: int, today: dt.date) -> Figures:
    """Count all yardsticks of a fiscal year up to ``today``; see `queries` for the definitions.

    * organisations: `queries.sharing_organisations`
    * items: the distinct items of `queries.shares`
    * assets: `queries.linked_assets`
    * districts: the districts of the sharing organisations
    * items × organisations: the distinct pairs of `queries.shares`, in thousands
    * unit costs: the budget of the year divided by items, assets, districts
    """
    span = period(year, today)
    counted = _counted(span)
    values = {**counted, **_costs(year, counted)}
    return Figures(
        year=year,
        as_of=min(today, dt.date(year + 1, 3, 31)),
        running=span.running,
        figures=tuple(
            Figure(figure, values[figure], UNITS[figure], planned(figure, year))
            for figure in FigureId
        ),
    )


def _counted(span: Period) -> dict[FigureId, Decimal | None]:
    pairs = queries.pairs(queries.shares(System(), span))
    taking = [each.organisation for each in queries.sharing_organisations(span)]
    return {
        FigureId.ORGANISATIONS: Decimal(len(taking)),
        FigureId.ITEMS: Decimal(len({item for item, _ in pairs})),
        FigureId.ASSETS: Decimal(queries.linked_assets(System(), span).count()),
        FigureId.DISTRICTS: Decimal(len({row.district for row in taking} - {""})),
        FigureId.ITEM_ORGANISATIONS: Decimal(len(pairs)) / 1000,
    }


def _costs(year: int, counted: dict[FigureId, Decimal | None]) -> dict[FigureId, Decimal | None]:
    budget = dict(Budget.objects.filter(year=year).values_list("line", "million_yen"))
    found: dict[FigureId, Decimal | None] = {}
    for figure, (line, divisor) in COSTS.items():
        cost, count = budget.get(line.value), counted[divisor]
        found[figure] = cost / count if cost is not None and count else None
    return found


# --- the rows behind a figure ---


def rows_behind(viewer: Viewer, figure: FigureId, year: int, today: dt.date) -> Rows:
    """Return the rows that a figure counts, as far as the viewer may know them.

    The system gets all of them. A member gets the items it may read, with itself as the reader or
    as the sender; the assets it may see in detail; who took part, and the costs, as
    `SEES_WHO_SHARES` says.
    """
    found = listing_behind(viewer, figure, year, today)
    width = len(found.columns)
    return Rows(found.columns, tuple(tuple(map(str, row[:width])) for row in found.rows))


def listing_behind(viewer: Viewer, figure: FigureId, year: int, today: dt.date) -> Listing:
    """Return what `rows_behind` does, to be cut into pages."""
    span = period(year, today)
    match figure:
        case FigureId.ORGANISATIONS:
            return _organisations(viewer, span)
        case FigureId.DISTRICTS:
            return _districts(viewer, span)
        case FigureId.ITEMS:
            return _items(viewer, span)
        case FigureId.ITEM_ORGANISATIONS:
            return _item_organisations(viewer, span)
        case FigureId.ASSETS:
            return _assets(viewer, span)
        case _:
            return _cost(viewer, figure, year)


def _taking(viewer: Viewer, span: Period) -> list[queries.Taking]:
    taking = queries.sharing_organisations(span)
    if _sees_all(viewer):
        return list(taking)
    own = viewer.organisation if isinstance(viewer, Member) else None
    return [each for each in taking if each.organisation.pk == own]


def _sees_all(viewer: Viewer) -> bool:
    return isinstance(viewer, System) or (
        isinstance(viewer, Member) and viewer.role in SEES_WHO_SHARES
    )


def _organisations(viewer: Viewer, span: Period) -> Listing:
    rows = (
        (one.slug, one.name, one.district, how, one.name_en)
        for one, ways in ((each.organisation, each.by) for each in _taking(viewer, span))
        for how in ways
    )
    return Listing(("organisation", "name", "district", "by"), tuple(rows))


def _districts(viewer: Viewer, span: Period) -> Listing:
    counted = Counter(each.organisation.district for each in _taking(viewer, span))
    rows = ((district, str(count)) for district, count in sorted(counted.items()) if district)
    return Listing(("district", "organisations"), tuple(rows))


def _items(viewer: Viewer, span: Period) -> Listing:
    items = sorted({item for one in queries.shares(viewer, span) for item in one.items})
    return Listing(("item",), tuple((item,) for item in items))


def _item_organisations(viewer: Viewer, span: Period) -> Listing:
    slugs = dict(Organisation.objects.values_list("pk", "slug"))
    shared = queries.shares(viewer, span)
    found = queries.pairs(shared)
    if not isinstance(viewer, System):
        # Who else can read something is its sender's to know.
        own = viewer.organisation if isinstance(viewer, Member) else None
        mine = queries.pairs(one for one in shared if one.sender == own)
        found = mine | {pair for pair in found if pair[1] == own}
    rows = sorted((item, slugs[reader]) for item, reader in found)
    return Listing(("item", "organisation"), tuple(rows))


def _assets(viewer: Viewer, span: Period) -> Listing:
    words = ("inventory__system__organisation__slug", "inventory__system__name", "package__text")
    rows = queries.linked_assets(viewer, span)
    told = rows.values_list(*words, "inventory__system").order_by(*words, "inventory__system")
    return Listing(("organisation", "system", "package"), told)


def _cost(viewer: Viewer, figure: FigureId, year: int) -> Listing:
    line, _divisor = COSTS[figure]
    budget = Budget.objects.filter(year=year, line=line.value) if _sees_all(viewer) else ()
    rows = ((row.line, str(row.year), f"{row.million_yen:f}") for row in budget)
    return Listing(("line", "year", "million_yen"), tuple(rows))
