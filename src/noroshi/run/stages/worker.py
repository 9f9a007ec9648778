"""The worker: takes what is due, one batch and one transaction at a time."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence

import msgspec
import structlog
from django.db import transaction

from noroshi.hub.todo import actions as todo
from noroshi.run.stages.table import STAGES, Stage

log = structlog.get_logger()

Clock = Callable[[], dt.datetime]


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

    def until_idle(self) -> dict[str, Effort]:
        """Work until nothing is due now; return what each stage did."""
        while any(self.drain(stage) for stage in self.stages):
            pass
        return self.efforts

    def drain(self, stage: Stage) -> int:
        """Work on one stage until nothing is due for it; return how many objects there were."""
        total = 0
        while done := self.step(stage):
            total += done
        return total

    def step(self, stage: Stage) -> int:
        """Do one batch of one stage, all or nothing; return how many objects it held."""
        started = time.perf_counter()
        now = self.clock()
        with transaction.atomic():
            batch = todo.take(stage.name, stage.batch, now=now)
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
