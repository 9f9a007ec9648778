"""Ctrl-C ends an import at once and quietly, whichever of its processes is still starting."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import psutil
import pytest

from tests.run.test_killed import Node, feed


@pytest.mark.slow
def test_ctrl_c_prints_no_traceback_and_leaves_no_process(tmp_path, new_database):
    path = feed(tmp_path)
    node = Node(tmp_path / "data", new_database())
    node.run("migrate", "-v0")
    for seconds in (0, 0.1, 0.3):
        process = node.start("feed", "import", "cve5", str(path), "--cores", "2")
        wait_for_a_reader(process)
        time.sleep(seconds)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
        assert process.returncode in {0, 130}
        assert complaint == b""
        assert not group_is_alive(process.pid)


def wait_for_a_reader(process: subprocess.Popen[bytes]) -> None:
    """Wait until the import has started a reader, or has ended."""
    importing = psutil.Process(process.pid)
    while process.poll() is None and not importing.children():
        time.sleep(0.005)


def group_is_alive(group: int) -> bool:
    """Wait up to five seconds for the last process of the group to go."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True
