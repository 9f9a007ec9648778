"""Pulling beside the stages: what is due is pulled by a process of its own, at most two at a time.

A first pull reads hundreds of thousands of records; in this process it would take the stages' time
and keep its memory. Stopped or killed, it loses nothing: the next pull goes on where it was.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from noroshi.hub.knowledge import following
from noroshi.run.serving import stop_with_the_watcher
from noroshi.run.stages.worker import Clock, utc_now

log = structlog.get_logger()

AT_ONCE = 2
"""Sources pulled at the same time: a slow server holds up one more, not all."""

PATIENCE = 10.0
"""Seconds that a pull gets to end when it is asked to."""

Start = Callable[[str], subprocess.Popen[bytes]]


def start_pull(name: str) -> subprocess.Popen[bytes]:
    """Start the process that pulls a source; what it has to complain of, it says as we do."""
    command = (sys.executable, "-m", "noroshi", "feed", "pull", name, "--cores", "1")
    return subprocess.Popen(  # noqa: S603 - our own
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the worker, which then stops it
        preexec_fn=stop_with_the_watcher if sys.platform == "linux" else None,  # noqa: PLW1509 - prctl alone, which is safe between fork and exec
    )


class Following:
    """Pulls the named sources when they are due, until ``stop`` is set.

    ``pause``: seconds between two looks.
    """

    def __init__(
        self,
        names: Sequence[str],
        stop: threading.Event,
        pause: float,
        *,
        clock: Clock = utc_now,
        start: Start = start_pull,
    ) -> None:
        self._names = names
        self._stop = stop
        self._pause = pause
        self._clock = clock
        self._start = start
        self._under_way: dict[str, subprocess.Popen[bytes]] = {}
        self._thread = threading.Thread(target=self._follow, name="following", daemon=True)

    def start(self) -> None:
        """Begin, if there is anything to be pulled."""
        if self._names:
            self._thread.start()

    def join(self) -> None:
        """Wait until what is under way has been stopped. ``stop`` must be set."""
        if self._names:
            self._thread.join(PATIENCE + 5)

    def _follow(self) -> None:
        try:
            while not self._stop.is_set():
                close_old_connections()
                self._once()
                self._stop.wait(self._pause)
        finally:
            self._stop.set()  # a worker that cannot pull ends, and is started anew
            self._end()
            connections.close_all()

    def _once(self) -> None:
        """Look once: forget what has ended, start what is due."""
        for name, process in list(self._under_way.items()):
            if process.poll() is not None:
                log.info("pulled", source=name, status=process.returncode)
                del self._under_way[name]
        try:
            self._start_due()
        except (OperationalError, InterfaceError) as error:
            # The stages' thread says it aloud if the database stays away; here it is tried again.
            log.warning("pulling waits for the database", reason=str(error))

    def _start_due(self) -> None:
        if len(self._under_way) >= AT_ONCE:
            return
        for name in following.due(self._names, now=self._clock()):
            if len(self._under_way) >= AT_ONCE:
                return
            if name not in self._under_way and following.claim(name, now=self._clock()):
                self._under_way[name] = self._start(name)

    def _end(self) -> None:
        for process in self._under_way.values():
            process.terminate()
        for process in self._under_way.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
