"""What the queries of notices return: values that hold what the viewer may know, and no more."""

from __future__ import annotations

import datetime as dt

import msgspec

from noroshi.core.delivery import DeliveryState
from noroshi.core.policy.marking import Tlp


class Concern(msgspec.Struct, frozen=True):
    """One of an organisation's own systems that a notice is about; ``why``: the software."""

    system: str
    vulnerability: str
    why: str


class Sender(msgspec.Struct, frozen=True):
    """The organisation a notice comes from."""

    slug: str
    name: str
    name_en: str


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in a list. ``name`` is its number, or ``draft-17`` before it has one."""

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


class Answer(msgspec.Struct, frozen=True):
    """One answer of an organisation to a notice."""

    at: dt.datetime
    state: DeliveryState
    text: str


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


class Received(msgspec.Struct, frozen=True):
    """A notice in the inbox of the viewer's organisation."""

    head: Head
    delivery: OwnDelivery


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A whole notice. ``delivery`` is ``None`` for those it was not sent to.

    ``vulnerabilities`` by name; ``intel`` holds the STIX ids of attached objects that the viewer
    may read: an attachment can be marked more narrowly than the notice.
    """

    head: Head
    text_ja: str
    text_en: str
    respond_within_hours: int | None
    vulnerabilities: tuple[str, ...]
    intel: tuple[str, ...]
    delivery: OwnDelivery | None


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """A late answer that was brought to somebody's attention: whose, to whom, when."""

    slug: str
    name: str
    to: str
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
