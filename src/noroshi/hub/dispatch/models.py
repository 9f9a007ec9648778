"""Endpoints and messages."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import ClassVar, Self

from django.db import models

from noroshi.core.outgoing import OPEN, Channel, MessageKind, MessageState, Trouble
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.notices.models import Delivery
from noroshi.hub.scope import ScopedManager, Visibility, private


def choices(vocabulary: type[StrEnum]) -> list[tuple[str, str]]:
    """Return a closed vocabulary as Django choices."""
    return [(item.value, item.value) for item in vocabulary]


class Endpoint(models.Model):
    """A webhook of an organisation: where its messages go, signed with ``secret`` (sealed).

    ``gone``: it was switched off because the other side said that it is there no more.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="endpoints")
    url = models.CharField(max_length=500)
    secret = models.BinaryField()
    active = models.BooleanField(default=True)
    gone = models.BooleanField(default=False)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    visibility: ClassVar[Visibility] = private("organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()


class Message(models.Model):
    """One message to one person (a mail) or one endpoint (a call) of ``organisation``.

    ``uid`` names it towards the receiver and stays the same in every attempt. ``revision`` is that
    of the notice, ``level`` that of the escalation, for a late answer. ``next_at``: when it
    is due; while an attempt is under way, when the attempt counts as lost. ``attempts`` counts
    since a person last asked for it.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="messages")
    delivery = models.ForeignKey(Delivery, models.CASCADE, null=True, related_name="messages")
    kind = models.CharField(max_length=10, choices=choices(MessageKind))
    revision = models.SmallIntegerField(default=1)
    level = models.SmallIntegerField(default=0)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="messages")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, null=True, related_name="messages")
    state = models.CharField(
        max_length=10, choices=choices(MessageState), default=MessageState.WAITING.value
    )
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=20, choices=choices(Trouble), blank=True)
    code = models.IntegerField(null=True)

    visibility: ClassVar[Visibility] = private("organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "kind", "revision", "level", "person"], name="mail_once"
            ),
            models.UniqueConstraint(
                fields=["delivery", "kind", "revision", "level", "endpoint"], name="call_once"
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True, endpoint__isnull=False)
                | models.Q(person__isnull=False, endpoint__isnull=True),
                name="message_to_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state__in=sorted(state.value for state in OPEN)),
                name="message_due",
            ),
            models.Index(
                fields=["organisation", "made_at"],
                condition=models.Q(
                    state__in=[MessageState.FAILED.value, MessageState.GIVEN_UP.value]
                ),
                name="message_not_arrived",
            ),
        ]

    @property
    def channel(self) -> Channel:
        """How it leaves."""
        return Channel.MAIL if self.endpoint_id is None else Channel.WEBHOOK
