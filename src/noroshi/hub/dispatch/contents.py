"""What a message says, decided at the moment it is sent.

Between writing a message down and sending it, people leave and notices are withdrawn, revised and
answered. So everything is looked at again: whether the receiver may still read the notice, and how
much of it may leave. What may not leave is not in the values returned here.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import msgspec

from noroshi.core.errors import Refused
from noroshi.core.outgoing import MessageKind, Rejected, Trouble, Unwanted
from noroshi.core.policy.duties import may_act
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.telling import Telling, telling
from noroshi.core.policy.visibility import GrantLevel, Member, System
from noroshi.hub.dispatch.models import Message
from noroshi.hub.dispatch.sealing import unseal
from noroshi.hub.members import queries as members
from noroshi.hub.notices.actions import content_of
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Delivery, Notice


class AboutNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said of a notice. ``content`` is ``None`` where only the envelope may be told."""

    number: str
    tlp: Tlp
    exercise: bool
    revision: int
    content: Content | None


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says. ``notice`` is ``None`` for a test call."""

    uid: UUID
    kind: MessageKind
    at: dt.datetime
    notice: AboutNotice | None


class Mail(msgspec.Struct, frozen=True):
    """A message to a person."""

    news: News
    to: str
    language: str


class Call(msgspec.Struct, frozen=True):
    """A message to an endpoint; ``key`` signs it."""

    news: News
    url: str
    key: bytes


def prepared_mail(number: int) -> Mail | Unwanted:
    """Return the mail that is to be sent for a message now, or that there is none."""
    message = _message(number)
    news = _news(message) if message else None
    if message is None or news is None or message.person is None:
        return Unwanted()
    return Mail(news, message.person.email, message.person.language)


def prepared_call(number: int) -> Call | Unwanted | Rejected:
    """Return the call that is to be made for a message now, or why there is none."""
    message = _message(number)
    news = _news(message) if message else None
    if message is None or news is None or message.endpoint is None:
        return Unwanted()
    try:
        return Call(news, message.endpoint.url, unseal(bytes(message.endpoint.secret)))
    except Refused:
        return Rejected(Trouble.UNREADABLE_SECRET)


def _message(number: int) -> Message | None:
    rows = Message.objects.visible_to(System()).select_related(
        "delivery", "person__organisation", "endpoint__organisation"
    )
    return rows.filter(pk=number).defer("delivery__concerns").first()


def _news(message: Message) -> News | None:
    """Return what the message says; ``None`` if its receiver is to hear nothing of it any more."""
    reader = _reader(message)
    if reader is None:
        return None
    about = None
    if message.delivery is not None:
        about = _about(message, message.delivery, reader)
        if about is None:
            return None
    return News(uid=message.uid, kind=MessageKind(message.kind), at=message.made_at, notice=about)


def _reader(message: Message) -> Member | None:
    """Return as whom the receiver reads; ``None`` if nothing is sent to it any more."""
    person, endpoint = message.person, message.endpoint
    try:
        if endpoint is not None:
            return members.viewer_of(endpoint.organisation) if endpoint.active else None
        if person is None or not person.by_mail:
            return None
        viewer = members.viewer_of(person)
    except Refused:
        return None
    stayed = viewer.organisation == message.organisation_id
    return viewer if stayed and may_act(viewer) else None


def _about(message: Message, delivery: Delivery, reader: Member) -> AboutNotice | None:
    notice = Notice.objects.visible_to(reader).filter(pk=delivery.notice_id).first()
    if notice is None or not _still_true(message, delivery, notice, reader):
        return None
    said = telling(notice.marking, affected_only=notice.affected_only)
    if said is Telling.NOTHING:
        return None
    return AboutNotice(
        number=notice.number,
        tlp=notice.marking,
        exercise=notice.exercise,
        revision=message.revision,
        content=content_of(notice) if said is Telling.CONTENTS else None,
    )


def _still_true(message: Message, delivery: Delivery, notice: Notice, reader: Member) -> bool:
    if notice.published_at is None or message.revision != delivery.revision:
        return False
    if message.kind == MessageKind.WITHDRAWN:
        return notice.withdrawn_at is not None
    if notice.withdrawn_at is not None:
        return False
    if message.kind == MessageKind.LATE:
        return delivery.acknowledged_at is None and _may_know(delivery, notice, reader)
    return True


def _may_know(delivery: Delivery, notice: Notice, reader: Member) -> bool:
    """Say whether the reader may know that this organisation got the notice."""
    return not notice.affected_only or delivery.organisation_id in members.granting(
        reader, GrantLevel.COUNTS
    )
