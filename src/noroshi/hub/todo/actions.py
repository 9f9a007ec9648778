"""Asking a stage to look at something, and taking what is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from noroshi.hub.todo import queries
from noroshi.hub.todo.models import Todo

AT_ONCE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""``not_before`` of what is due immediately."""


class Batch(msgspec.Struct, frozen=True):
    """What a stage took: the objects, and the claims it saw them with."""

    stage: str
    claims: dict[int, int]

    @property
    def objects(self) -> list[int]:
        """The ids of the objects, ascending."""
        return sorted(self.claims)


def ask(stage: str, objects: Iterable[int], *, not_before: dt.datetime = AT_ONCE) -> None:
    """Ask ``stage`` to look at the objects; asking twice is asking once, at the earlier time."""
    queries.upsert(stage, sorted(set(objects)), not_before)


def postpone(stage: str, objects: Iterable[int], *, until: dt.datetime) -> None:
    """Ask ``stage`` to look again, not before ``until``: unlike in `ask`, the later time wins.

    For the stage itself, about what it has in hand: the rows survive the end of its batch.
    """
    queries.postpone(stage, sorted(set(objects)), until)


def take(stage: str, limit: int, *, now: dt.datetime) -> Batch:
    """Take up to ``limit`` due objects, oldest ids first. Must run inside a transaction."""
    return Batch(stage, queries.lock_due(stage, limit, now))


def finish(batch: Batch) -> None:
    """Delete the batch's rows, except those that were asked for again meanwhile."""
    queries.delete_claimed(batch.stage, batch.claims)


def waiting(stage: str, *, now: dt.datetime) -> int:
    """Return how many objects are due for ``stage``."""
    return Todo.objects.filter(stage=stage, not_before__lte=now).count()
