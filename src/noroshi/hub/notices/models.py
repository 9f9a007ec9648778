"""Notices and their revisions, deliveries, responses, escalations."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from noroshi.core.delivery import DeliveryState
from noroshi.core.policy.marking import Tlp
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.scope import Marked, MarkedModel, ScopedManager, Visibility, private


class Notice(MarkedModel):
    """What is sent to an audience. Unpublished: a draft that only its owner reads.

    ``number`` is given at publication (``N-2026-0001``, by fiscal year) and empty before.
    ``exercise``: part of a drill, never counted in the figures. ``affected_only``: it went to those
    with findings, so that having received it says that one is affected. ``chosen``: whom a draft is
    meant for, by name (`choosing`); null: nobody yet. ``revision`` grows with each new text after
    publication, which was at ``revised_at``. A draft with ``withdrawn_at`` is a proposal set aside.
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
    withdrawal_reason = models.TextField(blank=True)
    chosen = models.JSONField(null=True)
    revision = models.SmallIntegerField(default=1)
    revised_at = models.DateTimeField(null=True)
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


class Revision(models.Model):
    """What a published notice said before it was revised; read by whoever may read the notice.

    ``number`` counts from 1, ``vulnerabilities`` are names, ``replaced_at`` is when the next
    revision took its place.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="revisions")
    number = models.SmallIntegerField()
    tlp = models.SmallIntegerField(choices=[(tlp.rank, tlp.label) for tlp in Tlp])
    title_ja = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    text_ja = models.TextField()
    text_en = models.TextField(blank=True)
    respond_within_hours = models.IntegerField(null=True)
    vulnerabilities = models.JSONField(default=list)
    replaced_at = models.DateTimeField()

    visibility: ClassVar[Visibility] = Marked("notice")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="revision_once"),
        ]


STATES = [(state.value, state.value) for state in DeliveryState]


class Delivery(models.Model):
    """One notice for one organisation.

    ``concerns`` are the organisation's own systems that the notice is about when it was delivered
    (a list of ``{"system": name, "vulnerability": id, "why": text}``): for its eyes only.
    ``revision``: the one that the organisation was last asked to answer; its state and times speak
    of that one.
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
    revision = models.SmallIntegerField(default=1)

    visibility: ClassVar[Visibility] = private("organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "organisation"], name="delivery_once"),
        ]


class EarlierStanding(models.Model):
    """Where a delivery stood with an earlier revision, when a later one asked again."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="earlier")
    revision = models.SmallIntegerField()
    state = models.CharField(max_length=15, choices=STATES)
    due_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    visibility: ClassVar[Visibility] = private("delivery__organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "revision"], name="earlier_standing_once"),
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
    """A late delivery was brought to the attention of the bureau (level 1) or the hub (level 2).

    Each once for the ``revision`` whose answer is late.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="escalations")
    revision = models.SmallIntegerField(default=1)
    level = models.SmallIntegerField()
    to = models.ForeignKey(Organisation, models.PROTECT, related_name="escalations")
    at = models.DateTimeField()

    visibility: ClassVar[Visibility] = private("delivery__organisation", "to")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "revision", "level"], name="escalation_once"
            ),
        ]
