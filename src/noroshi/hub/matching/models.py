"""Package matches, findings, and what their owners say of them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from noroshi.core.answers import AnswerState, Justification, Reopening
from noroshi.hub.inventory.models import Inventory, Package, System
from noroshi.hub.knowledge.models import Record, Vulnerability
from noroshi.hub.members.models import Person
from noroshi.hub.scope import ScopedManager, Visibility, private


class PackageMatch(models.Model):
    """A vulnerability that matches a package: computed once, whoever runs it.

    ``record``, ``claim`` and ``part`` name the statement that matched best, ``basis`` how the
    package came by the identity it spoke of; ``confidence`` is 0–100. ``doubt`` says what has to
    be confirmed first; empty: nothing.
    """

    package = models.ForeignKey(Package, models.CASCADE, related_name="matches")
    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="matches")
    record = models.ForeignKey(Record, models.CASCADE, related_name="matches")
    claim = models.IntegerField()
    part = models.IntegerField()
    basis = models.CharField(max_length=30)
    confidence = models.SmallIntegerField()
    doubt = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "vulnerability"], name="match_once"),
        ]


class FindingStatus(models.TextChoices):
    """Where a finding stands (the words of VEX, and two of ours)."""

    OPEN = "open"
    NEEDS_CONFIRMATION = "needs_confirmation"
    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    RETRACTED = "retracted"


ANSWERS = [(state.value, state.value) for state in AnswerState]


class Finding(models.Model):
    """A vulnerability that concerns a system.

    ``RETRACTED``: it no longer matches, because a source or the inventory changed; the row stays.
    ``answer`` is what the owner said last (empty: nothing yet), ``standing`` the row that says it,
    under which name of the vulnerability it may ever have been said; ``justification`` is why the
    system is not affected. ``gone_at``: since when nothing matches any more, whatever was said.
    """

    system = models.ForeignKey(System, models.CASCADE, related_name="findings")
    vulnerability = models.ForeignKey(Vulnerability, models.CASCADE, related_name="findings")
    status = models.CharField(max_length=20, choices=FindingStatus.choices)
    justification = models.TextField(blank=True)
    confidence = models.SmallIntegerField()
    priority = models.CharField(max_length=15, blank=True)
    due = models.DateField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=15, choices=ANSWERS, blank=True)
    answered_at = models.DateTimeField(null=True)
    standing = models.ForeignKey(
        "FindingAnswer", models.SET_NULL, null=True, related_name="+", db_index=False
    )

    visibility: ClassVar[Visibility] = private("system__organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "vulnerability"], name="finding_once"),
        ]


class FindingAnswer(models.Model):
    """What was said of a finding, and when it was asked again; append-only.

    ``person`` is null where a program of the organisation answered, and where the machine asks
    again: then ``reason`` says why. ``inventory`` and ``packages`` (ids) are what it rests on.
    """

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="answers")
    at = models.DateTimeField()
    state = models.CharField(max_length=15, choices=ANSWERS)
    justification = models.CharField(
        max_length=60, choices=[(why.value, why.value) for why in Justification], blank=True
    )
    text = models.TextField(blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(
        max_length=15, choices=[(why.value, why.value) for why in Reopening], blank=True
    )
    inventory = models.ForeignKey(
        Inventory, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    packages = models.JSONField(default=list)

    visibility: ClassVar[Visibility] = private("finding__system__organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
