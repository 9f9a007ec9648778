"""What the pages tell a newcomer to type is typed here, in order, from nothing."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.docs import pages
from tests.sources import ROOT

NUMBER = re.compile(r"N-\d{4}-\d{4}")

WALKS = {
    "README.md": ("nue-tv", "2.440", "intact"),
    "docs/en/getting-started.md": ("nue-tv", "2.440", "N-2026-0001", "done", "intact"),
}
"""Page → words that its commands must have printed when they are through."""


@pytest.mark.parametrize("page", WALKS)
def test_the_commands_of_a_page_work_one_after_the_other(page, tmp_path):
    printed = ""
    number = "N-2026-0001"
    for command in pages.commands(ROOT / page):
        if command.startswith("noroshi "):
            text = run(command.replace("N-2026-0001", number), tmp_path)
            number = (NUMBER.findall(text) or [number])[0]  # it carries the fiscal year of today
            printed += text.replace(number, "N-2026-0001")
    assert [word for word in WALKS[page] if word not in printed] == []


def run(command: str, data) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NOROSHI_")}
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=ROOT,
        env={
            **clean,
            "DJANGO_SETTINGS_MODULE": "noroshi.run.settings",
            "NOROSHI_DATA": str(data),
            "PYTHONPATH": str(ROOT / "src"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout
