"""Where the pulling of each source stands.

A pull counts as failed until it has succeeded: one that was killed leaves no other trace. What is
kept of its progress is only what has been written before (`kept`), so that a pull killed at any
instant is resumed by the next one, which repeats nothing that matters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import F, Q

from noroshi.core import cadence
from noroshi.core.errors import NoroshiError
from noroshi.hub.knowledge.actions import source_named
from noroshi.hub.knowledge.models import FeedState

Cursor = dict[str, Any]
"""What a feed needs to go on; its own business, but JSON."""

Marks = dict[str, dict[str, str]]
"""By address: ``etag`` and ``last_modified``, as the server gave them."""


class Standing(msgspec.Struct, frozen=True):
    """How one source is doing. ``error``: code, facts and place of what ended the last pull."""

    name: str
    succeeded_at: dt.datetime | None
    attempted_at: dt.datetime | None
    next_at: dt.datetime | None
    failures: int
    error: tuple[str, Mapping[str, Any], str] | None

    @property
    def rests_until(self) -> dt.datetime | None:
        """When a source that failed is asked again; ``None`` for one that did not fail."""
        return self.next_at if self.error else None


def begin(name: str, *, now: dt.datetime, chance: float) -> tuple[Cursor, Marks]:
    """Note that a pull begins; return where the last one stood."""
    with transaction.atomic():
        state, _ = FeedState.objects.get_or_create(source=source_named(name))
        FeedState.objects.filter(pk=state.pk).update(
            attempted_at=now,
            failures=F("failures") + 1,
            next_at=now + cadence.rest(state.failures + 1, chance),
        )
    return state.cursor, state.marks


def kept(name: str, cursor: Cursor, marks: Marks, *, now: dt.datetime, chance: float) -> None:
    """Note that everything up to this cursor has been written, and what the marks stand for."""
    with transaction.atomic():
        state = FeedState.objects.select_for_update().get(source__name=name)
        state.cursor = cursor
        state.marks = state.marks | marks
        state.failures = 1  # it is getting on: one that fails now has not failed before
        state.next_at = now + cadence.rest(1, chance)
        state.save(update_fields=["cursor", "marks", "failures", "next_at"])


def succeeded(name: str, *, now: dt.datetime, again: dt.timedelta) -> None:
    """Note that nothing was left to pull; ``again``: after how long there may be."""
    FeedState.objects.filter(source__name=name).update(
        succeeded_at=now,
        next_at=now + again,
        failures=0,
        error_code="",
        error_facts={},
        error_where="",
    )


def failed(name: str, error: NoroshiError, *, now: dt.datetime, chance: float) -> None:
    """Note what ended a pull; the source rests, the longer the more often it failed."""
    state = FeedState.objects.get(source__name=name)
    wait = error.facts.get("wait", 0)
    asked = dt.timedelta(seconds=wait) if isinstance(wait, int) else dt.timedelta()
    state.next_at = now + cadence.rest(state.failures, chance, asked)
    state.error_code = error.code
    state.error_facts = {name: _plain(fact) for name, fact in error.facts.items()}
    state.error_where = error.where[:500]
    state.save(update_fields=["next_at", "error_code", "error_facts", "error_where"])


def _plain(fact: object) -> int | str:
    return fact if isinstance(fact, int) else str(fact)[:300].replace("\0", "\ufffd")


def due(names: Sequence[str], *, now: dt.datetime) -> list[str]:
    """Return which of the sources are due, in the order given; one never pulled is."""
    later = FeedState.objects.filter(source__name__in=names, next_at__gt=now)
    waiting = set(later.values_list("source__name", flat=True))
    return [name for name in names if name not in waiting]


def claim(name: str, *, now: dt.datetime) -> bool:
    """Take a source that is due, so that no other worker starts it as well; say whether it was."""
    state, _ = FeedState.objects.get_or_create(source=source_named(name))
    is_due = Q(next_at=None) | Q(next_at__lte=now)
    taken = FeedState.objects.filter(is_due, pk=state.pk)
    return bool(taken.update(next_at=now + cadence.FIRST_REST))


def standings(names: Sequence[str]) -> dict[str, Standing]:
    """Return how the named sources are doing, by name, but for those that were never pulled."""
    rows = FeedState.objects.filter(source__name__in=names).select_related("source")
    return {row.source.name: _standing(row) for row in rows}


def in_trouble() -> list[str]:
    """Return the sources whose last pull ended with an error, by name."""
    rows = FeedState.objects.exclude(error_code="").order_by("source__name")
    return list(rows.values_list("source__name", flat=True))


def _standing(row: FeedState) -> Standing:
    error = (row.error_code, row.error_facts, row.error_where) if row.error_code else None
    return Standing(
        row.source.name, row.succeeded_at, row.attempted_at, row.next_at, row.failures, error
    )
