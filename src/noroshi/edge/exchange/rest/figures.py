"""The yardsticks of the programme."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from django.utils import timezone
from ninja import Path, Router

from noroshi.core.sector import Role
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import Promise, reading
from noroshi.edge.exchange.rest.shapes import Shape
from noroshi.hub.members.keys import Scope
from noroshi.hub.reports import figures
from noroshi.hub.reports.plan import FigureId

router = Router(tags=["figures"])

SEES_FIGURES = frozenset({Role.MINISTRY, Role.HUB_ANALYST, Role.HUB_ADMIN})

Year = Annotated[int, Path(..., ge=2000, le=2999, description="A fiscal year: April to March.")]


class Figure(Shape, frozen=True):
    """One yardstick, counted and planned; null where it cannot be told, or nothing was planned."""

    id: FigureId
    value: float | None
    plan: float | None
    unit: str


class Figures(Shape, frozen=True):
    """All yardsticks of a fiscal year. ``as_of``: the last day counted, in Japan."""

    year: int
    as_of: dt.date
    running: bool
    figures: tuple[Figure, ...]


@reading(
    router,
    "/figures/{year}",
    Promise(scope=Scope.READ_FIGURES, gives=Figures, roles=SEES_FIGURES),
)
def get_figures(request: Call, year: Year) -> Figures:  # noqa: ARG001 - the same for all who may
    """Give the yardsticks of a fiscal year.

    For keys of the ministry and of the hub. Exercises are not counted.
    """
    counted = figures.figures(year, timezone.localdate())
    return Figures(
        year=counted.year,
        as_of=counted.as_of,
        running=counted.running,
        figures=tuple(
            Figure(id=one.id, value=_number(one.value), plan=_number(one.plan), unit=one.unit)
            for one in counted.figures
        ),
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(round(value, 3))
