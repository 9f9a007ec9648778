"""The worker: takes what is due, one batch and one transaction at a time."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence

import msgspec
import structlog
from django.db import InterfaceError, OperationalError, transaction

from noroshi.hub.bulk import queries as bulk
from noroshi.hub.todo import actions as todo
from noroshi.run.stages.table import STAGES, Stage

log = structlog.get_logger()

Clock = Callable[[], dt.datetime]

LATER = dt.timedelta(hours=1)
"""How long an object that makes its stage fail is put off."""


def utc_now() -> dt.datetime:
    """Return the time: the one clock of the program."""
    return dt.datetime.now(dt.UTC)


class Effort(msgspec.Struct):
    """What one stage did: objects looked at, results changed, seconds taken."""

    objects: int = 0
    changed: int = 0
    seconds: float = 0.0


class Worker:
    """Drains the stages in this process. ``watch(stage, effort)`` is called after each batch."""

    def __init__(
        self,
        *,
        clock: Clock = utc_now,
        stages: Sequence[Stage] = STAGES,
        watch: Callable[[str, Effort], None] = lambda _name, _effort: None,
    ) -> None:
        self.clock = clock
        self.stages = stages
        self.watch = watch
        self.efforts = {stage.name: Effort() for stage in stages}

    def until_idle(self, stop: threading.Event | None = None) -> dict[str, Effort]:
        """Work until nothing is due now, or ``stop`` is set; return what each stage did.

        A stage is drained before the next one starts: what it asks of a later one is then asked
        once, however many batches asked.
        """
        while not (stop and stop.is_set()):
            busy = False
            for stage in self.stages:
                if todo.waiting(stage.name, now=self.clock()) >= stage.batch:
                    bulk.refresh_statistics()
                while self.step(stage) and not (stop and stop.is_set()):
                    busy = True
            if not busy:
                break
        return self.efforts

    def step(self, stage: Stage) -> int:
        """Do one batch of one stage; return how many objects it held.

        A batch is done as a whole or not at all. One that fails is tried again object by object,
        and what fails alone is put off for `LATER`, so that it keeps nobody else waiting. A
        database that does not answer is nobody's fault and ends the work.
        """
        try:
            return self._batch(stage, stage.batch)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.warning("batch failed", stage=stage.name, exc_info=error)
        return sum(self._alone(stage) for _ in range(stage.batch))

    def _alone(self, stage: Stage) -> int:
        """Do the next object of a stage, or put it off; return how many objects that was."""
        try:
            return self._batch(stage, 1)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            now = self.clock()
            with transaction.atomic():
                objects = todo.take(stage.name, 1, now=now).objects
                todo.postpone(stage.name, objects, until=now + LATER)
            log.exception("put off", stage=stage.name, objects=objects, until=now + LATER)
            return len(objects)

    def _batch(self, stage: Stage, size: int) -> int:
        started = time.perf_counter()
        now = self.clock()
        with transaction.atomic():
            if stage.lane:
                bulk.hold(f"lane {stage.lane}")
            batch = todo.take(stage.name, size, now=now)
            if not batch.claims:
                return 0
            changed = stage.work(batch.objects, now)
            todo.finish(batch)
        effort = self.efforts[stage.name]
        effort.objects += len(batch.claims)
        effort.changed += changed
        effort.seconds += time.perf_counter() - started
        log.debug("stage", name=stage.name, objects=len(batch.claims), changed=changed)
        self.watch(stage.name, effort)
        return len(batch.claims)
