"""A series of daily probabilities (EPSS), kept where it moved.

Every day every score is published anew, and nearly all of them say what they said the day before.
A day is kept when the score has moved noticeably (`moved`) since the last day that was kept, so
that a slow drift is kept too, in steps; and the day before a score first changed at all, which is
what the next ones are measured by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

LEAST = 0.0005
PART = 0.1
"""A score has moved if it differs by `LEAST`, and by this part of what it was."""


class Observation(NamedTuple):
    """What was published on a day."""

    day: dt.date
    score: float


def moved(before: float, now: float) -> bool:
    """Say whether a score is noticeably another one."""
    return abs(now - before) >= max(LEAST, PART * before) - 1e-9


def worth_keeping(last: Observation | None, seen: Iterable[Observation]) -> list[Observation]:
    """Return what is to be kept of days seen; ``last``: the day kept before them, if any is."""
    kept: list[Observation] = []
    base = before = last
    for one in sorted(dict(seen).items()):
        observed = Observation(*one)
        if before is not None and observed.score != before.score:
            if base is None:
                kept.append(before)
                base = before
            if moved(base.score, observed.score):
                kept.append(observed)
                base = observed
        before = observed
    return kept
