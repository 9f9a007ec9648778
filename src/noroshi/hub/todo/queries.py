"""The SQL of the to-do rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import F

from noroshi.hub.todo.models import Todo

_UPSERT = """
INSERT INTO todo_todo (stage, object_id, not_before, claim) VALUES (%s, %s, %s, 0)
ON CONFLICT (stage, object_id) DO UPDATE SET
    claim = todo_todo.claim + 1,
    not_before = CASE WHEN excluded.not_before < todo_todo.not_before
                      THEN excluded.not_before ELSE todo_todo.not_before END
"""


def upsert(stage: str, objects: Sequence[int], not_before: dt.datetime) -> None:
    """Insert or refresh the rows; ascending ids keep concurrent writers from dead-locking."""
    moment = connection.ops.adapt_datetimefield_value(not_before)
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [(stage, item, moment) for item in objects])


def postpone(stage: str, objects: Sequence[int], until: dt.datetime) -> None:
    """Insert the rows, or put them off; a new claim keeps the batch in hand from deleting them."""
    upsert(stage, objects, until)
    rows = Todo.objects.filter(stage=stage, object_id__in=objects)
    rows.update(not_before=until, claim=F("claim") + 1)


def lock_due(stage: str, limit: int, now: dt.datetime) -> dict[int, int]:
    """Return object id → claim for due rows, locked where the database can lock rows."""
    rows = Todo.objects.filter(stage=stage, not_before__lte=now).order_by("object_id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return dict(rows.values_list("object_id", "claim")[:limit])


def delete_claimed(stage: str, claims: Mapping[int, int]) -> None:
    """Delete the rows whose claim has not grown since."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM todo_todo WHERE stage = %s AND object_id = %s AND claim = %s",
            [(stage, item, claim) for item, claim in claims.items()],
        )
