"""``noroshi demo``: the main job on the built-in sample, from nothing, without a network."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from rich.progress import Progress, TaskID

from noroshi.edge import words
from noroshi.run.console import Command as Base
from noroshi.run.console import progress
from noroshi.run.demo import folder, loading, signins, story
from noroshi.run.demo.report import Step, report
from noroshi.run.demo.sample import Sample, read
from noroshi.run.stages.worker import Worker, utc_now
from noroshi.run.tables import say


class Command(Base):
    """Load the sample, run every stage, play the story, and tell what happened."""

    help = _("show the main job on the built-in sample, from nothing, without a network")

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--no-serve``."""
        parser.add_argument(
            "--no-serve",
            action="store_true",
            help=_("end after the report, without serving the site"),
        )

    def handle(self, **options: Any) -> None:
        """Run the demonstration; its data folder is made anew."""
        folder.make_anew(settings.NOROSHI.data)
        sample = read()
        now = utc_now()
        beginning = now - dt.timedelta(hours=sample.hours + 1)
        steps: list[Step] = []
        with progress(self.err) as bar:
            records = _load(sample, beginning, bar, steps)
            _play(sample, beginning, now, bar, steps)
        password = signins.give_password()
        report(self.out, steps, records, now)
        say(self.out, "")
        say(
            self.out,
            _("The data are in %(folder)s; look around with NOROSHI_DATA=%(folder)s noroshi …")
            % {"folder": settings.NOROSHI.data},
        )
        say(self.out, "")
        signins.show_them(self.out, password)
        if not options["no_serve"]:
            serve_without_mail()


def serve_without_mail() -> None:
    """Serve; the people of the sample do not exist, and nothing is ever mailed to them."""
    os.environ["NOROSHI_MAIL"] = ""
    call_command("serve")


def _load(
    sample: Sample, beginning: dt.datetime, bar: Progress, steps: list[Step]
) -> dict[str, int]:
    """Bring everything in and work until nothing is due; return the records of each source."""
    with _step(_("tables"), bar, steps, 1):
        call_command("migrate", verbosity=0)
    with _step(_("organisations"), bar, steps, len(sample.organisations)) as task:
        loading.organisations(sample, beginning, lambda: bar.advance(task))
    records = dict(_feeds(beginning, bar, steps))
    with _step(_("inventories"), bar, steps, len(sample.systems)) as task:
        loading.inventories(sample, beginning, lambda: bar.advance(task))
    worker = Worker(clock=lambda: beginning)
    for stage in worker.stages:
        with _step(words.stage(stage.name), bar, steps, 0) as task:
            while count := worker.step(stage):
                bar.advance(task, count)
    worker.until_idle()
    return records


def _feeds(beginning: dt.datetime, bar: Progress, steps: list[Step]) -> Iterator[tuple[str, int]]:
    with _step(_("feeds"), bar, steps, 0) as task:
        for name, tally in loading.feeds(beginning):
            bar.advance(task, tally.records)
            yield name, tally.records


def _play(
    sample: Sample, beginning: dt.datetime, now: dt.datetime, bar: Progress, steps: list[Step]
) -> None:
    with _step(_("attack reports"), bar, steps, len(sample.attacks)) as task:
        story.report_attacks(sample, beginning, lambda: bar.advance(task))
    with _step(_("notices and answers"), bar, steps, len(story.deeds(sample))) as task:
        for _deed in story.play(sample, beginning, lambda at: Worker(clock=lambda: at)):
            bar.advance(task)
        Worker(clock=lambda: now).until_idle()


@contextmanager
def _step(name: str, bar: Progress, steps: list[Step], total: int) -> Iterator[TaskID]:
    """Show a bar while the step runs, and note how long it took."""
    task = bar.add_task(name, total=total or None)
    started = time.perf_counter()
    yield task
    done = bar.tasks[bar.task_ids.index(task)]
    handled = int(done.completed) or total
    steps.append(Step(name, handled, time.perf_counter() - started))
