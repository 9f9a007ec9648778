"""The hash-chained event record."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One thing that happened. ``hash`` is SHA-256 over the previous hash and this event.

    ``detail`` is canonical JSON (sorted keys, no spaces) and holds identifiers and counts, never
    the contents of marked items.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=60, db_index=True)
    object = models.CharField(max_length=200)
    detail = models.TextField()
    hash = models.BinaryField(max_length=32)
