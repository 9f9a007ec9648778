"""The worker: every stage to its end, each batch all or nothing."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import OperationalError, transaction

from noroshi.hub.identity.models import Product
from noroshi.hub.todo import actions as todo
from noroshi.hub.todo.models import Todo
from noroshi.run.stages.table import STAGES, Stage
from noroshi.run.stages.worker import LATER, Effort, Worker
from tests.hub.committing import Other, committed
from tests.hub.sector import HOUR, NOON

Seen = list[tuple[str, list[int]]]


def stage(name: str, seen: Seen, then: Callable[[Sequence[int]], object] = len, lane: str = ""):
    """Return a stage of batches of two that notes what it is given."""

    def work(objects: Sequence[int], _now: dt.datetime) -> int:
        seen.append((name, list(objects)))
        then(objects)
        return 1

    return Stage(name, 2, work, lane)


def worker(*stages: Stage, now: dt.datetime = NOON, watch=lambda _name, _effort: None) -> Worker:
    return Worker(clock=lambda: now, stages=stages, watch=watch)


@pytest.mark.usefixtures("database")
class TestAnObjectThatFails:
    def test_the_others_are_done_and_it_is_put_off(self):
        seen: Seen = []

        def refuse(objects: Sequence[int]) -> None:
            for number in objects:
                Product.objects.create(scheme="name", name=f"a:{number}")
            if 3 in objects:
                message = "three is too much"
                raise ValueError(message)

        todo.ask("one", range(6))
        worker(stage("one", seen, refuse)).until_idle()
        done = Product.objects.order_by("name").values_list("name", flat=True)
        assert list(done) == ["a:0", "a:1", "a:2", "a:4", "a:5"]
        left = Todo.objects.get()
        assert (left.object_id, left.not_before) == (3, NOON + LATER)

    def test_it_is_tried_again_when_its_time_has_come(self):
        seen: Seen = []
        todo.ask("one", [1])

        def fail(_objects: Sequence[int]) -> None:
            raise ValueError

        worker(stage("one", seen, fail)).until_idle()
        worker(stage("one", seen), now=NOON + LATER).until_idle()
        assert seen[-1] == ("one", [1])
        assert not Todo.objects.exists()

    def test_a_database_that_does_not_answer_puts_nothing_off(self):
        todo.ask("one", [1])

        def gone(_objects: Sequence[int]) -> None:
            raise OperationalError

        with pytest.raises(OperationalError):
            worker(stage("one", [], gone)).until_idle()
        assert Todo.objects.get().not_before == todo.AT_ONCE


@pytest.mark.usefixtures("database")
class TestUntilIdle:
    def test_a_stage_is_drained_before_the_next_one_starts(self):
        seen: Seen = []
        todo.ask("one", range(5))
        one = stage(
            "one", seen, lambda objects: todo.ask("two", [number // 4 for number in objects])
        )
        worker(one, stage("two", seen)).until_idle()
        assert seen == [("one", [0, 1]), ("one", [2, 3]), ("one", [4]), ("two", [0, 1])]

    def test_what_a_later_stage_asks_of_an_earlier_one_is_done_too(self):
        seen: Seen = []
        todo.ask("two", [1])
        two = stage("two", seen, lambda _objects: todo.ask("one", [9]))
        worker(stage("one", seen), two).until_idle()
        assert seen == [("two", [1]), ("one", [9])]
        assert not Todo.objects.exists()

    def test_what_is_not_due_yet_is_left(self):
        seen: Seen = []
        todo.ask("one", [1], not_before=NOON + HOUR)
        worker(stage("one", seen)).until_idle()
        assert (seen, Todo.objects.count()) == ([], 1)
        worker(stage("one", seen), now=NOON + HOUR).until_idle()
        assert (seen, Todo.objects.count()) == ([("one", [1])], 0)

    def test_what_a_stage_puts_off_does_not_keep_it_busy(self):
        seen: Seen = []
        todo.ask("one", [1])
        later = stage("one", seen, lambda n: todo.postpone("one", n, until=NOON + HOUR))
        worker(later).until_idle()
        assert (seen, Todo.objects.get().not_before) == ([("one", [1])], NOON + HOUR)

    def test_it_stops_between_two_batches_when_told_to(self):
        seen: Seen = []
        stop = threading.Event()
        todo.ask("one", range(6))
        worker(stage("one", seen, lambda _objects: stop.set())).until_idle(stop)
        assert seen == [("one", [0, 1])]
        assert Todo.objects.count() == 4

    def test_it_says_what_each_stage_did(self):
        seen: Seen = []
        watched: list[tuple[str, int]] = []

        def watch(name: str, effort: Effort) -> None:
            watched.append((name, effort.objects))

        todo.ask("one", range(3))
        efforts = worker(stage("one", seen), stage("two", seen), watch=watch).until_idle()
        assert (efforts["one"].objects, efforts["one"].changed) == (3, 2)
        assert (efforts["two"].objects, efforts["two"].seconds) == (0, 0.0)
        assert watched == [("one", 2), ("one", 3)]

    def test_a_batch_that_fails_leaves_nothing_behind_and_stays_asked_for(self):
        def half(_objects: Sequence[int]) -> None:
            Product.objects.create(scheme="name", name="half")
            todo.ask("two", [1])
            _ = 1 / 0

        seen: Seen = []
        todo.ask("one", [1, 2])
        worker(stage("one", seen, half)).until_idle()
        assert not Product.objects.exists()
        assert list(Todo.objects.values_list("stage", "object_id")) == [("one", 1), ("one", 2)]


def test_stages_of_one_lane_wait_for_each_other(databases, django_db_blocker):
    """On PostgreSQL; SQLite has one writer at a time by itself."""
    seen: Seen = []
    with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
        todo.ask("one", [1])
        todo.ask("two", [2])
        todo.ask("free", [3])

        def others(_objects: Sequence[int]) -> None:
            free = Other(database, lambda: run(stage("free", seen)))
            free.finish()
            waiting.append(Other(database, lambda: run(stage("two", seen, lane="matching"))))
            assert waiting[0].waits

        def run(one: Stage) -> None:
            worker(one).until_idle()

        waiting: list[Other] = []
        run(stage("one", seen, others, lane="matching"))
        waiting[0].finish()
        with transaction.atomic():
            assert not Todo.objects.exists()
    assert seen == [("one", [1]), ("free", [3]), ("two", [2])]


def test_what_writes_matches_and_findings_shares_a_lane():
    lanes = {each.name: each.lane for each in STAGES}
    assert {name for name, lane in lanes.items() if lane} == {"match", "match-package", "find"}
    assert len({lane for lane in lanes.values() if lane}) == 1
