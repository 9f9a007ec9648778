"""One source is pulled: asked for what is new, written step by step, its progress kept.

The order is what makes it safe to kill: fetch a step, write it, keep its cursor and marks. Killed
before the last, the next pull fetches the step again and finds by hash that nothing of it is new.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _

from noroshi.core import cadence
from noroshi.core.errors import FetchError, FormatError, Refused
from noroshi.edge.feeds.client import HttpClient, Rules, Tools
from noroshi.edge.feeds.files import Limits, Meter
from noroshi.edge.feeds.importing import import_files
from noroshi.edge.feeds.port import Feed, Mark, Step
from noroshi.hub.knowledge import following
from noroshi.hub.knowledge.actions import Ingest, Tally, source_named

Watch = Callable[[int, Tally], None]
"""Told the bytes received so far, and what became of them."""


class Manner(msgspec.Struct, frozen=True):
    """How sources are pulled. ``folder``: where files lie until they are written.

    ``cores``: as for `import_files`. ``cadence``: instead of the feed's own.
    """

    folder: Path
    limits: Limits
    rules: Rules
    tools: Tools = Tools()
    cores: int | None = None
    cadence: dt.timedelta | None = None


def _nobody(_received: int, _tally: Tally) -> None:
    """Be told, and tell nobody."""


def pull(feed: Feed, manner: Manner, *, watch: Watch = _nobody) -> Tally:
    """Pull one source until nothing is new; return what came of it.

    Raises what ended it, `FetchError` or `FormatError`, after it has been noted; raises `Refused`
    while somebody else on this machine pulls the same source.
    """
    tools = manner.tools
    with _alone(manner.folder, feed.source) as folder:
        cursor, marks = following.begin(feed.source, now=tools.now(), chance=tools.chance())
        known = {address: Mark(address, **mark) for address, mark in marks.items()}
        meter = Meter()
        try:
            with HttpClient(feed, folder, known, manner.rules, tools=tools, meter=meter) as client:
                steps = feed.fetch(client, cursor)
                tally = _written(feed, steps, manner, lambda tally: watch(meter.read, tally))
        except (FetchError, FormatError) as error:
            following.failed(feed.source, error, now=tools.now(), chance=tools.chance())
            raise
        again = cadence.again(manner.cadence or feed.cadence, tools.chance())
        following.succeeded(feed.source, now=tools.now(), again=again)
    return tally


@contextmanager
def _alone(folder: Path, source: str) -> Iterator[Path]:
    """Keep others on this machine from pulling the source; yield an empty folder for its files."""
    own = folder / source
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{source}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            detail = _("%(source)s is being pulled already") % {"source": source}
            raise Refused(detail=detail) from error
        shutil.rmtree(own, ignore_errors=True)  # of a pull that was killed
        own.mkdir()
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)


def _written(
    feed: Feed, steps: Iterator[Step], manner: Manner, watch: Callable[[Tally], None]
) -> Tally:
    """Write step after step. An import begins with the first step: most pulls bring none."""
    tools = manner.tools
    tally = Tally()
    with ExitStack() as begun:
        ingest: Ingest | None = None
        for step in steps:
            if ingest is None:
                ingest = Ingest(source_named(feed.source), now=tools.now())
                begun.enter_context(ingest.noted())
                tally = ingest.tally
            _write(ingest, step, manner)
            marks = {
                mark.address: {"etag": mark.etag, "last_modified": mark.last_modified}
                for mark in step.marks
            }
            following.kept(feed.source, step.cursor, marks, now=tools.now(), chance=tools.chance())
            watch(tally)
    return tally


def _write(ingest: Ingest, step: Step, manner: Manner) -> None:
    for name, problem in step.problems:
        ingest.unreadable(name, problem)
    files = [(file.name, file.path) for file in step.files]
    import_files(ingest, files, manner.limits, cores=manner.cores, wanted=step.wanted)
    for file in step.files:
        file.path.unlink()
