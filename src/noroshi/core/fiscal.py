"""The Japanese fiscal year: 1 April to 31 March, by the clock in Tokyo."""

from __future__ import annotations

import datetime as dt

# Japan has kept UTC+9 the whole year round since 1952, so no time zone table is needed here.
TOKYO = dt.timezone(dt.timedelta(hours=9), "Asia/Tokyo")


def fiscal_year(moment: dt.datetime) -> int:
    """Return the fiscal year of a moment: the calendar year in which it began."""
    day = moment.astimezone(TOKYO)
    return day.year if day.month >= 4 else day.year - 1


def first_moment(year: int) -> dt.datetime:
    """Return the moment at which the fiscal year begins, in UTC."""
    return midnight(dt.date(year, 4, 1))


def midnight(day: dt.date) -> dt.datetime:
    """Return the moment at which a day begins in Tokyo, in UTC."""
    return dt.datetime.combine(day, dt.time(), TOKYO).astimezone(dt.UTC)
