"""What the queries of dispatch return: values that hold what the viewer may know, and no more."""

from __future__ import annotations

import datetime as dt

import msgspec

from noroshi.core.outgoing import Channel, MessageKind, MessageState, Trouble


class Whose(msgspec.Struct, frozen=True):
    """The organisation that a message is for."""

    slug: str
    name: str
    name_en: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A message that has not arrived: the outside of it.

    ``notice`` is the number of the notice it is about, empty for a test call. ``to`` is the person
    or the address it goes to, for their own organisation; to anybody else it is empty.
    """

    number: int
    whose: Whose
    to: str
    channel: Channel
    kind: MessageKind
    notice: str
    state: MessageState
    made_at: dt.datetime
    tried_at: dt.datetime | None
    next_at: dt.datetime
    attempts: int
    trouble: Trouble | None
    code: int | None


class LastCall(msgspec.Struct, frozen=True):
    """What became of the newest message to an endpoint."""

    kind: MessageKind
    state: MessageState
    at: dt.datetime
    trouble: Trouble | None
    code: int | None


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint, without its secret. ``waiting``: how many messages are still to be sent."""

    number: int
    url: str
    active: bool
    gone: bool
    made_at: dt.datetime
    made_by: str
    waiting: int
    last: LastCall | None
