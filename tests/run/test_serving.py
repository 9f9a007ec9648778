"""The site and the worker start together, are watched, and stop in order."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from noroshi.run import configuration
from noroshi.run.serving import Part, parts

PATIENCE = 120.0
"""Seconds that a busy machine may need to start or stop everything."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Node:
    """A node that serves from a folder of its own."""

    def __init__(self, folder: Path, port: int, *arguments: str) -> None:
        self.port = port
        self.words = folder / "words"
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("NOROSHI_", "DJANGO_", "PROMETHEUS_"))
        } | {"NOROSHI_DATA": str(folder / "data"), "NOROSHI_LISTEN": f"127.0.0.1:{port}"}
        with self.words.open("wb") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "noroshi", "serve", *arguments],
                env=environment,
                stdout=words,
                stderr=subprocess.STDOUT,
            )

    def said(self, text: str) -> bool:
        """Wait until the node says this; tell whether it did before it ended."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if text in self.words.read_text():
                return True
            if self.process.poll() is not None:
                return text in self.words.read_text()
            time.sleep(0.1)
        return False

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def children(self) -> dict[int, str]:
        """Return the command of each direct child of the watching process."""
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                parent = int(entry.joinpath("stat").read_text().rpartition(") ")[2].split()[1])
                if parent == self.process.pid:
                    command = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(entry.name)] = command.decode()
            except (OSError, ValueError, IndexError):
                continue
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def node(tmp_path) -> Iterator[Node]:
    running = Node(tmp_path, free_port())
    assert running.said("Noroshi is at"), running.words.read_text()
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def test_from_an_empty_folder_it_answers_watches_and_stops_in_order(node):
    assert node.ask("/healthz") == (200, "ok\n")
    assert node.ask("/readyz") == (200, '{"ready": true}')
    status, text = node.ask("/metrics")
    assert status == 200
    assert 'noroshi_request_seconds_count{method="GET",page="alive",status="200"} 1.0' in text
    assert node.ask("/metrics", **{"X-Forwarded-For": "203.0.113.7"})[0] == 404
    assert node.ask("/healthz", Host="elsewhere.example")[0] == 400

    worker = next(pid for pid, command in node.children().items() if "noroshi run" in command)
    os.kill(worker, signal.SIGKILL)
    again = False
    until = time.monotonic() + PATIENCE
    while not again and time.monotonic() < until:
        time.sleep(0.1)
        again = any(
            "noroshi run" in command and pid != worker for pid, command in node.children().items()
        )
    assert again, "a worker that was killed is started again"

    parts_running = node.children()
    assert node.stop() == 0
    assert "Stopped." in node.words.read_text()
    assert [pid for pid in parts_running if Path(f"/proc/{pid}/cmdline").exists()] == []


def test_no_second_node_shares_the_address_and_a_killed_one_leaves_nothing_behind(node, tmp_path):
    folder = tmp_path / "second"
    folder.mkdir()
    second = Node(folder, node.port, "--no-worker")
    assert second.process.wait(PATIENCE) == 1
    assert f"could not start at 127.0.0.1:{node.port}" in second.words.read_text()

    left = node.children()
    assert len(left) == 2
    node.process.kill()
    node.process.wait()
    until = time.monotonic() + PATIENCE
    while running(left) and time.monotonic() < until:
        time.sleep(0.1)
    assert running(left) == []


def running(processes: Iterable[int]) -> list[int]:
    """Return which of these processes have not ended."""
    states = {}
    for pid in processes:
        try:
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        except OSError:
            continue
    return [pid for pid, state in states.items() if state != "Z"]


def test_an_address_that_is_taken_is_said_and_nothing_keeps_running(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        node = Node(tmp_path, int(taken.getsockname()[1]), "--no-worker")
        assert node.process.wait(PATIENCE) == 1
        assert "could not start at 127.0.0.1" in node.words.read_text()


def test_a_whole_node_has_a_site_and_a_worker(tmp_path):
    settings = configuration.load({"NOROSHI_DATA": str(tmp_path), "NOROSHI_PROCESSES": "3"})
    site, worker = parts(settings, worker=True)
    assert (site.name, worker.name) == ("site", "worker")
    assert site.command[site.command.index("--workers") + 1] == "3"
    assert parts(settings, worker=False) == [site]
    assert isinstance(site, Part)
