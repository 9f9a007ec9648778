"""``noroshi run``: the worker."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from noroshi.run import words
from noroshi.run.console import Command as Base
from noroshi.run.console import progress
from noroshi.run.stages.worker import Effort, Worker
from noroshi.run.tables import say

PAUSE = 2.0
"""Seconds between looks for new work."""


class Command(Base):
    """Work on what is to be done."""

    help = _("work on what is to be done: assess, match, propose, escalate")

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--until-idle``."""
        parser.add_argument(
            "--until-idle", action="store_true", help=_("end when nothing is due any more")
        )

    def handle(self, **options: Any) -> None:
        """Drain the stages, once or for ever."""
        with progress(self.err) as bar:
            tasks = {}

            def watch(name: str, effort: Effort) -> None:
                if name not in tasks:
                    tasks[name] = bar.add_task(words.stage(name), total=None)
                bar.update(tasks[name], completed=effort.objects)

            worker = Worker(watch=watch)
            if options["until_idle"]:
                worker.until_idle()
            else:
                self._for_ever(worker)
        for name, effort in worker.efforts.items():
            if effort.objects:
                say(
                    self.out,
                    _("%(name)s: %(objects)d looked at, %(changed)d changed, %(seconds).1f s")
                    % {
                        "name": words.stage(name),
                        "objects": effort.objects,
                        "changed": effort.changed,
                        "seconds": effort.seconds,
                    },
                )

    def _for_ever(self, worker: Worker) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_args: stop.set())
        say(self.err, _("Working; stop with Ctrl-C."))
        while not stop.is_set():
            worker.until_idle(stop=stop)
            stop.wait(PAUSE)
