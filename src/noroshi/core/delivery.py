"""The way of one delivery: its states, what follows what, when it is late and who hears of it.

::

    delivered → read → acknowledged → responding → done
                                                 ↘ not_affected

Any later state may be reached at once, and brings the times of the steps that it skips. Nothing
goes back. Both ends are final, but for one correction: an answer may change from one to the other,
because "we thought so, and it was not so" must be sayable.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec


class DeliveryState(StrEnum):
    """The steps of a delivery, in order; the last two both end it."""

    DELIVERED = "delivered"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"
    RESPONDING = "responding"
    DONE = "done"
    NOT_AFFECTED = "not_affected"


FINAL = frozenset({DeliveryState.DONE, DeliveryState.NOT_AFFECTED})
ANSWERS = frozenset({DeliveryState.ACKNOWLEDGED, DeliveryState.RESPONDING}) | FINAL
"""The states in which the organisation has told the sender something."""

_ORDER = {state: place for place, state in enumerate(DeliveryState)}
_ORDER[DeliveryState.NOT_AFFECTED] = _ORDER[DeliveryState.DONE]


class Progress(msgspec.Struct, frozen=True):
    """Where a delivery stands, and when it came there. Times are UTC."""

    state: DeliveryState = DeliveryState.DELIVERED
    read_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None


class Backwards(msgspec.Struct, frozen=True):
    """The step asked for lies behind the delivery: it stays where it is."""

    state: DeliveryState


def advance(progress: Progress, to: DeliveryState, at: dt.datetime) -> Progress | Backwards:
    """Take the delivery to a state. The same state again changes nothing."""
    if to is progress.state:
        return progress
    here, there = _ORDER[progress.state], _ORDER[to]
    if there < here:
        return Backwards(progress.state)
    return Progress(
        state=to,
        read_at=progress.read_at or at,
        acknowledged_at=progress.acknowledged_at or (at if to in ANSWERS else None),
        finished_at=at if to in FINAL else None,
    )


# --- lateness ---


class Finished(msgspec.Struct, frozen=True):
    """Nothing more will ever have to be escalated."""


class Wait(msgspec.Struct, frozen=True):
    """Look again, not before ``until``."""

    until: dt.datetime


class Escalate(msgspec.Struct, frozen=True):
    """Bring it to the attention of this level now: 1 the bureau, 2 the hub."""

    level: int


BUREAU_LEVEL, HUB_LEVEL = 1, 2


def lateness(
    due: dt.datetime | None,
    raised: dt.datetime | None,
    *,
    bureau: bool,
    now: dt.datetime,
    every: dt.timedelta,
) -> Finished | Wait | Escalate:
    """Say what an unanswered delivery needs now.

    ``raised``: when it was brought to the bureau, if it was. ``bureau``: there is a bureau that
    may hear of it; otherwise the hub is next. ``every``: from one level to the next.
    """
    if due is None:
        return Finished()
    step = due if raised is None else raised + every
    if now < step:
        return Wait(step)
    return Escalate(BUREAU_LEVEL if raised is None and bureau else HUB_LEVEL)
