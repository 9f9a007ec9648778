"""The to-do rows that drive the stages."""

from __future__ import annotations

from django.db import models


class Todo(models.Model):
    """``stage`` still has to look at ``object_id``, not before ``not_before``.

    The transaction that changes an object writes the row; the stage's transaction deletes it
    together with its results. ``claim`` grows each time the row is asked for again, so that a
    stage deletes only what it has really seen.
    """

    stage = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    not_before = models.DateTimeField()
    claim = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "object_id"], name="todo_once_per_object"),
        ]
        indexes = [models.Index(fields=["stage", "not_before"], name="todo_due")]
