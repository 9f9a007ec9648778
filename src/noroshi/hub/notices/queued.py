"""What stands in the queue of the hub's analysts, as values."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum, StrEnum

import msgspec

from noroshi.core.policy.marking import Tlp
from noroshi.hub.notices.views import Head


class Urgency(IntEnum):
    """Why something is in the queue, the most urgent first; last, what others were told already."""

    ATTACKED = 1
    REPORTED = 2
    UNANSWERED = 3
    CRITICAL = 4
    TOLD = 5


class Kind(StrEnum):
    """What an entry of the queue is about."""

    PROPOSAL = "proposal"
    EXPOSURE = "exposure"
    REPORT = "report"
    UNANSWERED = "unanswered"


class Reach(msgspec.Struct, frozen=True):
    """How much a vulnerability touches, among those that let the viewer count it."""

    systems: int = 0
    organisations: int = 0


class Threat(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability, as short as a list has it."""

    name: str
    title_ja: str
    title_en: str
    severity: str
    score: float | None
    exploited_since: dt.date | None


class Proposal(msgspec.Struct, frozen=True):
    """A draft that the machine proposes; next: look at it, change it, see whom it reaches.

    ``told``: the numbers of notices that speak of the same, oldest first.
    """

    urgency: Urgency
    at: dt.datetime
    head: Head
    threats: tuple[Threat, ...]
    reach: Reach
    told: tuple[str, ...]


class Exposure(msgspec.Struct, frozen=True):
    """A vulnerability that members have and no notice speaks of; next: write one."""

    urgency: Urgency
    at: dt.datetime
    threat: Threat
    reach: Reach


class Report(msgspec.Struct, frozen=True):
    """An attack report that a member gave; next: review it. ``name``: as the analysts call it."""

    urgency: Urgency
    at: dt.datetime
    name: str
    title: str
    tlp: Tlp


class Unanswered(msgspec.Struct, frozen=True):
    """A notice whose late answers were brought to the hub; next: follow them up."""

    urgency: Urgency
    at: dt.datetime
    head: Head
    organisations: int


Entry = Proposal | Exposure | Report | Unanswered
