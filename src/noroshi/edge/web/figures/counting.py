"""What a fiscal year comes to, kept for a minute: page and chart ask one after the other."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache
from django.utils import timezone

from noroshi.core.fiscal import TOKYO, fiscal_year
from noroshi.core.sector import Role
from noroshi.hub.reports.figures import SEES_WHO_SHARES, Figures, figures
from noroshi.hub.reports.plan import FIRST_YEAR

KEPT_SECONDS = 60

SEEING = SEES_WHO_SHARES
"""Roles that see the figures: they count the whole record."""
BUDGETING = frozenset({Role.HUB_ADMIN})

PLANNED_YEARS = 3


def today() -> dt.date:
    """Return the day in Tokyo, by which fiscal years begin and end."""
    return timezone.now().astimezone(TOKYO).date()


def this_year() -> int:
    """Return the fiscal year that is running."""
    return fiscal_year(timezone.now())


def years() -> list[int]:
    """Return the years worth choosing from: those of the programme, and up to this one."""
    first = min(FIRST_YEAR, this_year())
    last = max(FIRST_YEAR + PLANNED_YEARS - 1, this_year())
    return list(range(first, last + 1))


def counted(year: int) -> Figures:
    """Return the yardsticks of a fiscal year up to today, as they were at most a minute ago."""
    kept: Figures | None = cache.get(_key(year))
    if kept is None:
        kept = figures(year, today())
        cache.set(_key(year), kept, timeout=KEPT_SECONDS)
    return kept


def forget(year: int) -> None:
    """Count a year anew when it is asked for next."""
    cache.delete(_key(year))


def _key(year: int) -> str:
    return f"figures-{year}-{today().isoformat()}"
