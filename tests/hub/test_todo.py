"""To-do rows: asked once, taken whole, never lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.hub.todo import actions as todo
from noroshi.hub.todo.models import Todo
from tests.hub.committing import Other, committed
from tests.hub.sector import DAY, HOUR, NOON

STAGE = "assess"


def take(limit: int = 10, *, now: dt.datetime = NOON, stage: str = STAGE) -> todo.Batch:
    return todo.take(stage, limit, now=now)


def rows() -> dict[tuple[str, int], tuple[dt.datetime, int]]:
    found = Todo.objects.values_list("stage", "object_id", "not_before", "claim")
    return {(stage, number): (at, claim) for stage, number, at, claim in found}


@pytest.mark.usefixtures("database")
class TestAsking:
    def test_asking_twice_is_asking_once(self):
        todo.ask(STAGE, [3, 1, 3])
        todo.ask(STAGE, [1])
        assert set(rows()) == {(STAGE, 1), (STAGE, 3)}

    def test_each_stage_is_asked_for_itself(self):
        todo.ask(STAGE, [1])
        todo.ask("match", [1])
        todo.finish(take())
        assert set(rows()) == {("match", 1)}

    def test_nothing_asked_is_nothing_due(self):
        todo.ask(STAGE, [])
        assert take().claims == {}
        assert todo.waiting(STAGE, now=NOON) == 0

    @pytest.mark.parametrize(("first", "then"), [(HOUR, DAY), (DAY, HOUR)])
    def test_of_two_times_the_earlier_counts(self, first, then):
        todo.ask(STAGE, [1], not_before=NOON + first)
        todo.ask(STAGE, [1], not_before=NOON + then)
        assert rows()[STAGE, 1][0] == NOON + HOUR

    def test_asked_without_a_time_it_is_due_at_once(self):
        todo.ask(STAGE, [1], not_before=NOON + DAY)
        todo.ask(STAGE, [1])
        assert take(now=NOON).objects == [1]

    def test_what_is_put_off_waits_for_the_later_time(self):
        todo.ask(STAGE, [1, 2])
        todo.postpone(STAGE, [1], until=NOON + DAY)
        assert take(now=NOON).objects == [2]
        assert take(now=NOON + DAY).objects == [1, 2]


@pytest.mark.usefixtures("database")
class TestTaking:
    def test_a_batch_holds_the_lowest_ids_up_to_its_limit(self):
        todo.ask(STAGE, [5, 2, 9, 7])
        assert take(3).objects == [2, 5, 7]

    def test_only_what_is_due_is_taken(self):
        todo.ask(STAGE, [1], not_before=NOON + HOUR)
        todo.ask(STAGE, [2], not_before=NOON)
        assert take().objects == [2]
        assert (todo.waiting(STAGE, now=NOON), todo.waiting(STAGE, now=NOON + HOUR)) == (1, 2)

    def test_a_finished_batch_is_gone_and_the_rest_is_not(self):
        todo.ask(STAGE, [1, 2, 3])
        todo.finish(take(2))
        assert set(rows()) == {(STAGE, 3)}

    def test_an_empty_batch_finishes(self):
        todo.finish(take())
        assert rows() == {}

    def test_asked_again_while_it_is_worked_on_it_stays(self):
        todo.ask(STAGE, [1, 2])
        batch = take()
        todo.ask(STAGE, [2])
        todo.finish(batch)
        assert take().objects == [2]

    def test_put_off_while_it_is_worked_on_it_stays_until_then(self):
        todo.ask(STAGE, [1])
        batch = take()
        todo.postpone(STAGE, [1], until=NOON + HOUR)
        todo.finish(batch)
        assert take(now=NOON).objects == []
        assert take(now=NOON + HOUR).objects == [1]

    def test_a_batch_that_fails_is_asked_for_as_before(self):
        todo.ask(STAGE, [1, 2])
        before = rows()

        with suppress(ZeroDivisionError), transaction.atomic():
            todo.finish(take())
            todo.ask("match", [1])
            _ = 1 / 0
        assert rows() == before

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(
            st.tuples(st.sampled_from(["ask", "take", "finish"]), st.integers(1, 3)), max_size=15
        )
    )
    def test_whatever_was_asked_is_looked_at_after_it_was_asked(self, steps):
        with transaction.atomic():
            _run(steps)
            transaction.set_rollback(True)


def _run(steps: list[tuple[str, int]]) -> None:
    """Follow the steps, and check that what is owed is always still asked for."""
    owed: set[int] = set()
    in_hand: list[tuple[todo.Batch, set[int]]] = []
    for step, number in steps:
        if step == "ask":
            todo.ask(STAGE, [number])
            owed.add(number)
            for _, seen in in_hand:
                seen.discard(number)  # it changed after the batch looked at it
        elif step == "take" and not in_hand:
            batch = take(number)
            in_hand.append((batch, set(batch.objects)))
        elif step == "finish" and in_hand:
            batch, seen = in_hand.pop()
            todo.finish(batch)
            owed -= seen
    assert {number for _, number in rows()} == owed


class TestTwoWorkers:
    """On PostgreSQL; SQLite has one writer at a time by itself."""

    @pytest.fixture(autouse=True)
    def _committing(self, databases, django_db_blocker):
        with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
            self.database = database
            yield

    def aside(self, work: Callable[[], None]) -> Other:
        return Other(self.database, work)

    def test_what_one_has_in_hand_the_other_passes_over(self):
        todo.ask(STAGE, range(1, 6))
        taken: list[int] = []

        def second() -> None:
            with transaction.atomic():
                batch = take(2)
                taken.extend(batch.objects)
                todo.finish(batch)

        with transaction.atomic():
            batch = take(2)
            self.aside(second).finish()
            todo.finish(batch)
        assert (batch.objects, taken) == ([1, 2], [3, 4])
        assert set(rows()) == {(STAGE, 5)}

    def test_what_a_dead_worker_had_in_hand_the_next_one_takes(self):
        todo.ask(STAGE, [1])

        with suppress(ZeroDivisionError), transaction.atomic():
            todo.finish(take())
            _ = 1 / 0
        with transaction.atomic():
            assert take().objects == [1]

    def test_asked_again_by_somebody_else_while_it_is_worked_on_it_is_looked_at_again(self):
        todo.ask(STAGE, [1])
        with transaction.atomic():
            batch = take()
            other = self.aside(lambda: todo.ask(STAGE, [1]))
            assert other.waits
            todo.finish(batch)
        other.finish()
        with transaction.atomic():
            assert take().objects == [1]

    def test_what_is_not_committed_yet_is_not_taken(self):
        taken: list[int] = []

        def second() -> None:
            with transaction.atomic():
                taken.extend(take().objects)

        with transaction.atomic():
            todo.ask(STAGE, [1])
            self.aside(second).finish()
        assert taken == []
