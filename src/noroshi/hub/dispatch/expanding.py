"""From deliveries to messages: one for each person and each endpoint that is to hear of them.

The stage asks about a delivery when it was made, when it was escalated, when its notice was revised
or withdrawn; what has not been said by then is written down to be said. Asked twice, it writes
nothing the second time.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from django.db import transaction

from noroshi.core.outgoing import Channel, MessageKind
from noroshi.core.policy.duties import may_act
from noroshi.core.policy.telling import Telling, telling
from noroshi.core.policy.visibility import Item, System, Viewer, holds, readable_by
from noroshi.hub.dispatch.models import Endpoint, Message
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Person
from noroshi.hub.notices.models import Delivery, Escalation, Notice


class Receiver(msgspec.Struct, frozen=True):
    """A person or an endpoint: one of the two is given."""

    person: int | None = None
    endpoint: int | None = None


class Topic(msgspec.Struct, frozen=True):
    """What is to be said about a delivery. ``to``: the organisation that hears of it."""

    delivery: int
    kind: MessageKind
    revision: int
    to: int
    level: int = 0

    @property
    def key(self) -> tuple[int, str, int, int]:
        """What makes it the same topic as one that was expanded before."""
        return self.delivery, self.kind.value, self.revision, self.level


@transaction.atomic
def expand(deliveries: Sequence[int], *, channels: frozenset[Channel], now: dt.datetime) -> int:
    """Write the messages about these deliveries that are not there yet; return how many.

    ``channels``: those that lead somewhere from this node. Nothing is written about TLP:RED.
    """
    rows = {row.pk: row for row in _tellable(deliveries)}
    known = list(Message.objects.visible_to(System()).filter(delivery__in=rows))
    said = {(row.delivery_id, row.kind, row.revision, row.level) for row in known}
    topics = [topic for topic in _topics(rows.values()) if topic.key not in said]
    everybody = _Everybody({topic.to for topic in topics}, channels)
    messages = []
    for topic in topics:
        if topic.kind is MessageKind.WITHDRAWN:
            hearing = _reached(known, topic.delivery, channels)
        else:
            hearing = everybody.readers(topic.to, rows[topic.delivery].notice)
        messages += [_message(topic, receiver, now) for receiver in hearing]
    Message.objects.bulk_create(messages, batch_size=1000)
    return len(messages)


def _tellable(deliveries: Sequence[int]) -> Iterator[Delivery]:
    rows = Delivery.objects.visible_to(System()).filter(
        pk__in=deliveries, notice__published_at__isnull=False
    )
    for row in rows.select_related("notice__audience").defer("concerns").order_by("pk"):
        notice = row.notice
        if telling(notice.marking, affected_only=notice.affected_only) is not Telling.NOTHING:
            yield row


def _topics(rows: Iterable[Delivery]) -> Iterator[Topic]:
    unanswered = {}
    for row in rows:
        if row.notice.withdrawn_at is not None:
            yield Topic(row.pk, MessageKind.WITHDRAWN, row.revision, row.organisation_id)
            continue
        yield Topic(row.pk, MessageKind.PUBLISHED, row.revision, row.organisation_id)
        if row.acknowledged_at is None:
            unanswered[row.pk] = row.revision
    escalations = Escalation.objects.visible_to(System()).filter(delivery__in=unanswered)
    for step in escalations.order_by("pk"):
        if step.revision == unanswered[step.delivery_id]:
            yield Topic(step.delivery_id, MessageKind.LATE, step.revision, step.to_id, step.level)


def _reached(
    known: Iterable[Message], delivery: int, channels: frozenset[Channel]
) -> list[Receiver]:
    """Return whom the notice may have reached: nobody else is told that it was withdrawn."""
    found = {
        Receiver(row.person_id, row.endpoint_id)
        for row in known
        if row.delivery_id == delivery
        and row.kind == MessageKind.PUBLISHED
        and row.tried_at is not None
        and row.channel in channels
    }
    return sorted(found, key=lambda one: (one.person or 0, one.endpoint or 0))


def _message(topic: Topic, receiver: Receiver, now: dt.datetime) -> Message:
    return Message(
        organisation_id=topic.to,
        delivery_id=topic.delivery,
        kind=topic.kind.value,
        revision=topic.revision,
        level=topic.level,
        person_id=receiver.person,
        endpoint_id=receiver.endpoint,
        made_at=now,
        next_at=now,
    )


class _Everybody:
    """The people and endpoints of some organisations, and what they may read."""

    def __init__(self, organisations: Iterable[int], channels: frozenset[Channel]) -> None:
        self._of: defaultdict[int, list[tuple[Viewer, Receiver]]] = defaultdict(list)
        self._items: dict[int, Item] = {}
        wanted = sorted(organisations)
        if Channel.MAIL in channels:
            self._add_people(wanted)
        if Channel.WEBHOOK in channels:
            self._add_endpoints(wanted)

    def _add_people(self, organisations: Sequence[int]) -> None:
        people = Person.objects.select_related("organisation").filter(
            organisation__in=organisations,
            organisation__active=True,
            is_active=True,
            by_mail=True,
        )
        for person in people.order_by("pk"):
            viewer = members.viewer_of(person)
            if may_act(viewer):
                self._of[person.organisation_id].append((viewer, Receiver(person=person.pk)))

    def _add_endpoints(self, organisations: Sequence[int]) -> None:
        endpoints = Endpoint.objects.visible_to(System()).filter(
            organisation__in=organisations, organisation__active=True, active=True
        )
        for endpoint in endpoints.select_related("organisation").order_by("pk"):
            viewer = members.viewer_of(endpoint.organisation)
            self._of[endpoint.organisation_id].append((viewer, Receiver(endpoint=endpoint.pk)))

    def readers(self, organisation: int, notice: Notice) -> list[Receiver]:
        """Return those of an organisation that may read a notice."""
        if notice.audience is None:
            return []
        if notice.pk not in self._items:
            self._items[notice.pk] = Item(
                owner=notice.owner_id,
                tlp=notice.marking,
                audience=members.audience_value(notice.audience),
                published=notice.published_at is not None,
                author=notice.author_id,
            )
        item = self._items[notice.pk]
        return [
            receiver
            for viewer, receiver in self._of[organisation]
            if holds(readable_by(viewer), item)
        ]
