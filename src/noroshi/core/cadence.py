"""When a source is pulled again: after a success, and after failures.

``chance`` is a number from 0 to 1 that whoever calls has drawn: many nodes that started at the same
minute shall not ask at the same minute for ever.
"""

from __future__ import annotations

import datetime as dt

JITTER = 0.1
"""Part of a cadence, up or down, that is left to chance."""

FIRST_REST, LONGEST_REST = dt.timedelta(minutes=5), dt.timedelta(hours=24)


def again(cadence: dt.timedelta, chance: float) -> dt.timedelta:
    """Return how long to wait after a success: the cadence, a little more or less."""
    return cadence * (1 - JITTER + 2 * JITTER * chance)


def rest(failures: int, chance: float, asked: dt.timedelta = dt.timedelta()) -> dt.timedelta:
    """Return how long a source rests after so many failures in a row: 5, 10, 20 … min, then 24 h.

    ``asked``: how long the source itself asks to be left alone; more than a day is not believed.
    """
    doubled = FIRST_REST * (1 << min(max(failures, 1) - 1, 10))
    longest = max(min(doubled, LONGEST_REST), min(asked, LONGEST_REST))
    return longest * (1 + JITTER * chance)
