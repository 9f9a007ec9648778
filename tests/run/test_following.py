"""The worker pulls what is due, in processes of its own; one that is killed goes on later."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from noroshi.hub.knowledge import following as hub
from noroshi.run.stages.following import AT_ONCE, Following
from tests.edge.feeds.server import World, serve
from tests.edge.feeds.sources.worlds import NVD, Nvd, put_kev
from tests.hub.sector import DAY, NOON
from tests.run.test_killed import Node

PATIENCE = 60.0
"""Seconds after which a test gives up waiting."""


class Process:
    """A pull that runs until it is told that it has ended."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.returncode: int | None = None
        self.stubborn = False
        self.signals: list[str] = []

    def poll(self) -> int | None:
        return self.returncode

    def terminate(self) -> None:
        self.signals.append("terminate")

    def kill(self) -> None:
        self.signals.append("kill")
        self.stubborn = False

    def wait(self, timeout: float | None = None) -> int:
        if self.stubborn:
            raise subprocess.TimeoutExpired("pull", timeout or 0)
        return 0


@pytest.mark.usefixtures("database")
class TestWhatIsDue:
    @pytest.fixture
    def started(self) -> list[Process]:
        return []

    @pytest.fixture
    def follow(self, started) -> Following:
        def start(name: str) -> Process:
            process = Process(name)
            started.append(process)
            return process

        return Following(
            ("kev", "epss", "nvd"),
            threading.Event(),
            0.01,
            clock=lambda: NOON,
            start=start,  # type: ignore[arg-type]  # as much of a process as is asked for
        )

    def test_so_many_are_pulled_at_once(self, follow, started):
        follow._once()
        follow._once()
        assert [one.name for one in started] == ["kev", "epss"]
        assert len(started) == AT_ONCE

    def test_the_next_one_starts_when_one_has_ended(self, follow, started):
        follow._once()
        started[0].returncode = 1
        follow._once()
        assert [one.name for one in started] == ["kev", "epss", "nvd"]

    def test_what_another_worker_has_taken_is_left_to_it(self, follow, started):
        assert hub.claim("kev", now=NOON)
        follow._once()
        assert [one.name for one in started] == ["epss", "nvd"]

    def test_what_is_under_way_is_ended_with_the_worker(self, follow, started):
        follow._once()
        started[1].stubborn = True
        follow._end()
        assert [one.signals for one in started] == [["terminate"], ["terminate", "kill"]]


def test_where_no_source_is_named_nothing_runs():
    stop = threading.Event()
    idle = Following((), stop, 1.0)
    idle.start()
    idle.join()
    assert not stop.is_set()


def test_a_defect_ends_the_worker(monkeypatch):
    def broken(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(hub, "due", broken)
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    stop = threading.Event()
    follow = Following(("kev",), stop, 1.0)
    follow.start()
    follow.join()
    assert stop.is_set()


# --- as processes ---


@pytest.fixture
def world() -> Iterator[tuple[World, str]]:
    with serve() as both:
        yield both


class Pulling(Node):
    """A node that pulls from a mirror here."""

    def __init__(self, data, database: str, mirror: str) -> None:
        super().__init__(data, database)
        self.database = database
        self.environment["NOROSHI_FEED_MIRROR"] = mirror
        self.run("migrate", "-v0")


@pytest.fixture
def node(tmp_path, new_database, world) -> Pulling:
    return Pulling(tmp_path / "data", new_database(), world[1])


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_pull_that_is_killed_between_pages_fetches_the_others(node, world):
    served, _ = world
    database = Nvd(served)
    database.put(range(8), NOON - DAY)
    page, hold = database.page, threading.Event()

    def slow(query):
        if query["startIndex"] == "6" and not hold.is_set():
            hold.wait(PATIENCE)
        return page(query)

    served.pages[NVD] = slow
    node.environment["NOROSHI_NVD_KEY"] = "a-key"  # and so it asks without long pauses
    process = node.start("feed", "pull", "nvd", "--cores", "1")
    wait_until(lambda: len(served.requests) == 3)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    hold.set()
    served.requests.clear()
    node.run("feed", "pull", "nvd", "--cores", "1")
    assert served.requests[0].query["startIndex"] == "6"


@pytest.mark.slow
def test_a_worker_pulls_by_itself_and_stops_when_it_is_told_to(node, world):
    served, _ = world
    put_kev(served, range(3))
    node.environment["NOROSHI_FEEDS"] = "kev"
    worker = node.start("run")
    try:
        wait_until(lambda: bool(served.requests))
    finally:
        worker.send_signal(signal.SIGTERM)
        _, complaint = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert b"Traceback" not in complaint
