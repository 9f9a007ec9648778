"""A message on its way out: where it stands, what became of an attempt, when the next one is due.

::

    waiting ──arrived──▸ sent
       │ ▲
       │ └─ again (by a person) ──┐
       ├──failed──▸ failed ──…──▸ given up
       ├──rejected──────────────▸ given up
       └──unwanted──▸ dropped

``waiting`` and ``failed`` are tried when their time has come. An attempt of which nobody hears any
more (the process was killed) is repeated when its lease is over: whoever receives a message can
receive it twice, under the same id.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec


class MessageState(StrEnum):
    """Where a message stands; the last three are final."""

    WAITING = "waiting"
    FAILED = "failed"
    SENT = "sent"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


OPEN = frozenset({MessageState.WAITING, MessageState.FAILED})
"""The states in which a message is still to be sent."""


class MessageKind(StrEnum):
    """What a message is about."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    LATE = "late"
    TEST = "test"


class Channel(StrEnum):
    """How a message leaves."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class Trouble(StrEnum):
    """Why an attempt failed. What the other side said is a number, never its words."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    UNKNOWN_HOST = "unknown_host"
    NOT_PUBLIC = "not_public"
    STATUS = "status"
    GONE = "gone"
    MAIL_REFUSED = "mail_refused"
    SIGN_IN_REFUSED = "sign_in_refused"
    UNREADABLE_SECRET = "unreadable_secret"  # noqa: S105 - a name of trouble, not a secret
    DEFECT = "defect"


class Arrived(msgspec.Struct, frozen=True):
    """The other side took it."""


class Failed(msgspec.Struct, frozen=True):
    """It did not arrive, and may arrive later. ``wait``: how long the other side asked to wait."""

    trouble: Trouble
    code: int | None = None
    wait: dt.timedelta | None = None


class Rejected(msgspec.Struct, frozen=True):
    """The other side will never take it."""

    trouble: Trouble
    code: int | None = None


class Unwanted(msgspec.Struct, frozen=True):
    """Nobody is to get it any more: the reader left, the notice was withdrawn or answered."""


Outcome = Arrived | Failed | Rejected | Unwanted

# --- when to try again ---

ATTEMPTS = 12
"""Attempts after which a message is given up: more than three days after the first."""

FIRST_PAUSE, LONGEST_PAUSE, FACTOR = dt.timedelta(minutes=1), dt.timedelta(hours=12), 4
LONGEST_WAIT = dt.timedelta(days=1)
"""The longest that the other side can put us off."""

HOLD = dt.timedelta(minutes=1)
"""How long a server that does not answer at all is left alone with everything else too."""

LEASE = dt.timedelta(minutes=5)
"""After this an attempt of which nobody has heard is repeated; no attempt takes as long."""

_SILENT = frozenset(
    {
        Trouble.UNREACHABLE,
        Trouble.TIMEOUT,
        Trouble.TLS,
        Trouble.UNKNOWN_HOST,
        Trouble.NOT_PUBLIC,
        Trouble.SIGN_IN_REFUSED,
    }
)
_BUSY = frozenset({429, 502, 503, 504})


class Step(msgspec.Struct, frozen=True):
    """What becomes of a message; ``next_at`` is ``None`` in a final state."""

    state: MessageState
    next_at: dt.datetime | None = None


def pause(attempts: int) -> dt.timedelta:
    """Return how long to wait after this many failed attempts: 1, 4, 16 … minutes, then 12 h."""
    factor: int = FACTOR ** min(attempts - 1, 10)
    return min(FIRST_PAUSE * factor, LONGEST_PAUSE)


def step(outcome: Outcome, attempts: int, now: dt.datetime) -> Step:
    """Say what an attempt, the ``attempts``-th, made of the message."""
    match outcome:
        case Arrived():
            return Step(MessageState.SENT)
        case Unwanted():
            return Step(MessageState.DROPPED)
        case Failed(wait=wait) if attempts < ATTEMPTS:
            asked = min(wait or dt.timedelta(), LONGEST_WAIT)
            return Step(MessageState.FAILED, now + max(pause(attempts), asked))
        case Failed() | Rejected():
            return Step(MessageState.GIVEN_UP)


def hold_others(outcome: Outcome, now: dt.datetime) -> dt.datetime | None:
    """Return until when nothing else is to be sent to the same server; ``None``: no reason.

    An answer that speaks of one message only (400, "no such mailbox") is no reason.
    """
    match outcome:
        case Failed(trouble=trouble, code=code, wait=wait) if trouble in _SILENT or (
            trouble is Trouble.STATUS and code in _BUSY
        ):
            return now + max(HOLD, min(wait or HOLD, LONGEST_WAIT))
        case _:
            return None
