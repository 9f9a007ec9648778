"""``noroshi run``: the worker."""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from noroshi.edge import words
from noroshi.edge.outbound.sending import Counts, drain
from noroshi.hub.knowledge.retention import forget
from noroshi.run.console import Command as Base
from noroshi.run.console import progress
from noroshi.run.stages.following import Following
from noroshi.run.stages.outgoing import Outgoing
from noroshi.run.stages.worker import Effort, Worker, utc_now
from noroshi.run.tables import say

PAUSE = 0.5
"""Seconds between looks for new work."""

FORGET_EVERY = dt.timedelta(days=1)
"""Between two looks for documents that need not be kept any more."""

LOOK_FOR_FEEDS = 5.0
"""Seconds between looks for a source that is due."""


class Command(Base):
    """Work on what is to be done."""

    _forget_at = dt.datetime.min.replace(tzinfo=dt.UTC)

    help = _("work on what is to be done: assess, match, propose, escalate, send")

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
                counts = [drain(utc_now, threading.Event())]
            else:
                counts = self._for_ever(worker)
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
        self._say_sent(counts)

    def _say_sent(self, counts: Sequence[Counts]) -> None:
        sent, failed = sum(one.sent for one in counts), sum(one.failed for one in counts)
        if sent or failed:
            sentence = _("sending: %(sent)d arrived, %(failed)d did not")
            say(self.out, sentence % {"sent": sent, "failed": failed})

    def _for_ever(self, worker: Worker) -> list[Counts]:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_args: stop.set())
        say(self.err, _("Working; stop with Ctrl-C."))
        outgoing = Outgoing(stop, PAUSE)
        outgoing.start()
        following = Following(settings.NOROSHI.feeds, stop, LOOK_FOR_FEEDS)
        following.start()
        try:
            while not stop.is_set():
                worker.until_idle(stop=stop)
                self._forget_old()
                stop.wait(PAUSE)
        finally:
            stop.set()
            following.join()
            outgoing.join()
        return list(outgoing.counts.values())

    def _forget_old(self) -> None:
        """Forget, once a day, the documents that are older than the settings want."""
        days, now = settings.NOROSHI.document_days, utc_now()
        if days is not None and now >= self._forget_at:
            self._forget_at = now + FORGET_EVERY
            forget(now - dt.timedelta(days=days), now=now)
