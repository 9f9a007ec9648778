"""What the queries of notices return: values that hold what the viewer may know, and no more."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec

from noroshi.core.delivery import ANSWERS, DeliveryState
from noroshi.core.policy.marking import Tlp


class Concern(msgspec.Struct, frozen=True):
    """One of an organisation's own systems that a notice is about; ``why``: the software."""

    system: str
    vulnerability: str
    why: str


class Sender(msgspec.Struct, frozen=True):
    """The organisation a notice comes from, or is told to."""

    slug: str
    name: str
    name_en: str


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in a list. ``name`` is its number, or ``draft-17`` before it has one.

    ``revision`` counts from 1; ``revised_at`` is ``None`` while it is the first.
    """

    name: str
    sender: Sender
    tlp: Tlp
    title_ja: str
    title_en: str
    created_at: dt.datetime
    published_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    exercise: bool
    proposed: bool
    revision: int
    revised_at: dt.datetime | None


class Answer(msgspec.Struct, frozen=True):
    """One answer of an organisation to a notice."""

    at: dt.datetime
    state: DeliveryState
    text: str


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """Where an organisation stood with an earlier revision, when a later one asked again."""

    revision: int
    state: DeliveryState
    due_at: dt.datetime | None
    read_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    finished_at: dt.datetime | None


class OwnDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """How a notice stands with the viewer's own organisation."""

    state: DeliveryState
    delivered_at: dt.datetime
    due_at: dt.datetime | None
    read_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    finished_at: dt.datetime | None
    concerns: tuple[Concern, ...]
    answers: tuple[Answer, ...] = ()
    earlier: tuple[Earlier, ...] = ()


class Show(StrEnum):
    """Which notices of a list are shown: all, those told, and parts of them."""

    ALL = ""
    PUBLISHED = "published"
    UNREAD = "unread"
    TO_ANSWER = "to-answer"
    ANSWERED = "answered"
    SENT = "sent"
    EXERCISE = "exercise"
    WITHDRAWN = "withdrawn"
    DRAFTS = "drafts"


class Listed(msgspec.Struct, frozen=True):
    """A notice in a list of what one may read; ``delivery``: if it was sent to the viewer."""

    head: Head
    delivery: OwnDelivery | None


class Waiting(msgspec.Struct, frozen=True):
    """How many notices an organisation has not read, has not answered, and has not sent yet."""

    unread: int
    to_answer: int
    drafts: int


class Received(msgspec.Struct, frozen=True):
    """A notice in the inbox of the viewer's organisation."""

    head: Head
    delivery: OwnDelivery


class Former(msgspec.Struct, frozen=True, kw_only=True):
    """What a notice said until ``replaced_at``, when the next revision took its place."""

    number: int
    tlp: Tlp
    title_ja: str
    title_en: str
    text_ja: str
    text_en: str
    respond_within_hours: int | None
    vulnerabilities: tuple[str, ...]
    replaced_at: dt.datetime


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A whole notice. ``delivery`` is ``None`` for those it was not sent to.

    ``vulnerabilities`` by name; ``intel`` holds the STIX ids of attached objects that the viewer
    may read: an attachment can be marked more narrowly than the notice. ``formers``: what it said
    before, the newest first.
    """

    head: Head
    text_ja: str
    text_en: str
    respond_within_hours: int | None
    vulnerabilities: tuple[str, ...]
    intel: tuple[str, ...]
    delivery: OwnDelivery | None
    formers: tuple[Former, ...]
    withdrawal_reason: str


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """A late answer that was brought to somebody's attention: whose, to whom, when."""

    slug: str
    name: str
    to: str
    to_en: str
    at: dt.datetime


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where one organisation stands with a notice: never which of its systems are concerned."""

    slug: str
    name: str
    name_en: str
    district: str
    state: DeliveryState
    delivered_at: dt.datetime
    due_at: dt.datetime | None
    read_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    finished_at: dt.datetime | None

    def is_late(self, now: dt.datetime) -> bool:
        """Say whether the deadline has passed without an answer."""
        return self.due_at is not None and self.due_at <= now and self.acknowledged_at is None


class Late(msgspec.Struct, frozen=True):
    """A delivery whose deadline has passed; ``raised`` lists the levels that have heard of it."""

    head: Head
    standing: Standing
    raised: tuple[int, ...]


class Progress(StrEnum):
    """Which organisations are shown of those that got a notice."""

    ALL = ""
    UNANSWERED = "unanswered"
    LATE = "late"


class Followed(msgspec.Struct, frozen=True):
    """One organisation that got a notice; ``raised``: to whom its late answer was brought."""

    standing: Standing
    raised: tuple[Raised, ...]


class Tally(msgspec.Struct, frozen=True):
    """How many organisations stand where with a notice; ``late`` are counted in ``states``, too."""

    states: dict[DeliveryState, int]
    late: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values())

    @property
    def unanswered(self) -> int:
        """Those that said nothing yet."""
        return sum(count for state, count in self.states.items() if state not in ANSWERS)
