"""Package matches and findings."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from noroshi.hub.inventory.models import Package, System
from noroshi.hub.knowledge.models import Record, Vulnerability
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


class Finding(models.Model):
    """A vulnerability that concerns a system.

    ``RETRACTED``: it no longer matches, because a source or the inventory changed; the row stays.
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

    visibility: ClassVar[Visibility] = private("system__organisation")
    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "vulnerability"], name="finding_once"),
        ]
