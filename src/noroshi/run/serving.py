"""The site and the worker, in one command: started together, watched, stopped together.

The parts are processes of their own (Granian answers requests, ``noroshi run`` works on what is to
be done); this one only watches. A part that ends by itself is started again, later each time it
happens at once. Asked to stop, every part gets time to finish what it has in hand; what has not
ended by then is killed, and loses no work.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import structlog

from noroshi.run.configuration import Configuration

log = structlog.get_logger()

READY = "NOROSHI_READY"
"""Environment variable that names a file; each process that can answer adds a character to it."""

LOOK_EVERY = 0.2
"""Seconds between two looks at the parts."""

LASTS = 10.0
"""Seconds after which a part counts as having started well."""

LONGEST_PAUSE = 60.0
"""Seconds at most before a part that ended is started again."""


_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1  # prctl(2)


class Part(msgspec.Struct, frozen=True):
    """A process to be kept running. ``patience``: seconds it gets to stop by itself."""

    name: str
    command: tuple[str, ...]
    patience: float = 30.0


def parts(settings: Configuration, *, worker: bool) -> list[Part]:
    """Return what belongs to a whole node on one machine."""
    host, port = settings.listen
    site = (
        *_module("granian"),
        *("--interface", "wsgi", "--http", "1", "--no-ws", "--host", host, "--port", str(port)),
        *("--workers", str(settings.processes), "--blocking-threads", str(settings.threads)),
        *("--backlog", "1024", "--respawn-failed-workers"),
        *(
            "--workers-kill-timeout",
            "20",
            "--log-level",
            settings.log_level,
            "noroshi.run.wsgi:application",
        ),
    )
    found = [Part("site", site)]
    if worker:
        found.append(Part("worker", (*_module("noroshi"), "run")))
    return found


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)


def stop_with_the_watcher() -> None:
    """Have a part asked to stop when the watcher is killed: nobody else would stop it any more."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class _Running:
    """A part while it runs, and how often it has ended at once."""

    def __init__(self, part: Part, environment: dict[str, str]) -> None:
        self.part = part
        self.environment = environment
        self.failures = 0
        self.again_at = 0.0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        # A session of its own: Ctrl-C reaches the watcher alone, which stops everybody in order.
        self.process: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603 - our own
            self.part.command,
            env=self.environment,
            start_new_session=True,
            preexec_fn=stop_with_the_watcher if sys.platform == "linux" else None,  # noqa: PLW1509 - the watcher has one thread
        )

    def look(self) -> None:
        """Start the part again if it has ended; not at once if that did not help before."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            lasted = now - self.started
            self.failures = 0 if lasted > LASTS else self.failures + 1
            self.again_at = now + min(LONGEST_PAUSE, 2.0**self.failures - 1)
            log.error("ended", part=self.part.name, status=self.process.returncode)
            self.process = None
        if self.process is None and now >= self.again_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        """Wait until the part has ended; kill it and its children when its time is over."""
        if self.process is None:
            return
        try:
            self.process.wait(self.part.patience)
        except subprocess.TimeoutExpired:
            log.warning("killed", part=self.part.name, after=self.part.patience)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()


def is_free(address: tuple[str, int]) -> bool:
    """Say whether the site can have this address for itself.

    Granian alone would not notice: it shares an address with any other of the same user, and each
    gets some of the requests.
    """
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    try:
        socket.create_server(address, family=family).close()
    except OSError as error:
        log.error("cannot listen", host=address[0], port=address[1], why=str(error))  # noqa: TRY400 - for people
        return False
    return True


def serve(
    wanted: Sequence[Part], processes: int, stop: threading.Event, ready: Callable[[], None]
) -> bool:
    """Run the parts until ``stop`` is set; call ``ready`` once the site answers.

    Returns whether it ever did: a site that cannot start (its address is taken) ends the rest.
    """
    with tempfile.TemporaryDirectory(prefix="noroshi-serve-") as folder:
        file = Path(folder, "ready")
        file.touch()
        metrics = Path(folder, "metrics")
        metrics.mkdir()
        environment = os.environ | {READY: str(file), "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        running = [_Running(part, environment) for part in wanted]
        try:
            return _watch(running, file, processes, stop, ready)
        finally:
            for one in running:
                one.ask_to_stop()
            for one in running:
                one.wait()


def _watch(
    running: Sequence[_Running],
    file: Path,
    processes: int,
    stop: threading.Event,
    ready: Callable[[], None],
) -> bool:
    answers = False
    while not stop.is_set():
        if not answers and file.stat().st_size >= processes:
            answers = True
            ready()
        site = running[0].process
        if not answers and site is not None and site.poll() is not None:
            return False
        for one in running:
            one.look()
        stop.wait(LOOK_EVERY)
    return True


def say_ready() -> None:
    """Tell the watcher, if there is one, that this process can answer."""
    if name := os.environ.get(READY):
        with Path(name).open("a") as file:
            file.write(".")
