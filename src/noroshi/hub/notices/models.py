"""Notices, deliveries, responses, escalations."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from noroshi.core.delivery import DeliveryState
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.scope import MarkedModel, ScopedManager, Visibility, private


class Notice(MarkedModel):
    """What is sent to an audience. Unpublished: a draft that only its owner reads.

    ``number`` is given at publication (``N-2026-0001``, by fiscal year) and empty before.
    ``exercise``: part of a drill, never counted in the figures. ``affected_only``: it went to those
    with findings, so that having received it says that one is affected.
    """

    number = models.CharField(max_length=20, blank=True)
    title_ja = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    text_ja = models.TextField()
    text_en = models.TextField(blank=True)
    respond_within_hours = models.IntegerField(null=True)
    exercise = models.BooleanField(default=False)
    affected_only = models.BooleanField(default=False)
    proposed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    vulnerabilities = models.ManyToManyField(Vulnerability, related_name="notices")
    intel = models.ManyToManyField(IntelObject, related_name="notices")

    class Meta(MarkedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="notice_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draft-{self.pk}"


STATES = [(state.value, state.value) for state in DeliveryState]


class Delivery(models.Model):
    """One notice for one organisation.

    ``concerns`` are the organisation's own systems that the notice is about when it was delivered
    (a list of ``{"system": name, "vulnerability": id, "why": text}``): for its eyes only.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=15, choices=STATES, default=DeliveryState.DELIVERED.value)
    delivered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    concerns = models.JSONField(default=list)

    visibility: ClassVar[Visibility] = private("organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "organisation"], name="delivery_once"),
        ]


class Response(models.Model):
    """An answer to a delivery; append-only."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="responses")
    at = models.DateTimeField()
    state = models.CharField(max_length=15, choices=STATES)
    text = models.TextField(blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True)

    visibility: ClassVar[Visibility] = private("delivery__organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()


class Escalation(models.Model):
    """A late delivery was brought to the attention of the bureau (level 1) or the hub (level 2)."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="escalations")
    level = models.SmallIntegerField()
    to = models.ForeignKey(Organisation, models.PROTECT, related_name="escalations")
    at = models.DateTimeField()

    visibility: ClassVar[Visibility] = private("delivery__organisation", "to")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "level"], name="escalation_once"),
        ]
