"""The demonstration runs from nothing, ends by itself, and shows what it promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from noroshi.run import configuration
from noroshi.run.management.commands import demo as command


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NOROSHI_", "DJANGO_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "noroshi", "demo", "--no-serve", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def english(tmp_path_factory) -> str:
    done = demo(tmp_path_factory.mktemp("demo"))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def count(report: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)}.*?  +([\d,.]+)", report, re.MULTILINE)
    assert found, f"{name} is not in the report"
    return float(found[1].replace(",", ""))


def test_it_counts_what_the_sample_holds(english):
    assert count(english, "records read") == 515
    assert count(english, "vulnerabilities") == 301
    assert count(english, "systems") == 60
    assert count(english, "components") == 1456
    assert count(english, "notices published") == 5
    assert count(english, "findings: affected") > 80
    assert count(english, "findings: to be confirmed") > 10
    assert count(english, "deliveries") == count(english, "acknowledgements") == 18


def test_it_shows_the_yardsticks_beside_the_plan(english):
    assert count(english, "organisations sharing") >= 15
    assert count(english, "districts sharing") >= 9
    assert re.search(r"^software assets linked +\d+ +50 +assets$", english, re.MULTILINE)


def test_it_tells_one_vulnerability_from_source_to_answer(english):
    story = english[english.index("CVE-2024-37383") :]
    for part in (
        "What the sources say",
        "What we make of it",
        "Reliability A3",
        "Who is concerned, and why",
        "N-2026-0002",
    ):
        assert part in story


def test_a_late_answer_went_to_the_bureau_and_then_to_the_hub(english):
    assert count(english, "escalations") == 2
    assert re.search(r"no answer from マジムン通信; brought to 沖縄総合通信事務所", english)
    assert re.search(r"no answer from マジムン通信; brought to のろし情報共有センター", english)


def test_it_speaks_japanese(tmp_path):
    done = demo(tmp_path, "--lang", "ja")
    assert done.returncode == 0, done.stderr
    assert "Roundcube Webmail におけるクロスサイトスクリプティングの脆弱性" in done.stdout
    for english_word in ("What happened", "affected", "acknowledged", "delivered"):
        assert english_word not in done.stdout


def test_again_in_the_same_folder_it_starts_anew(tmp_path):
    assert demo(tmp_path).returncode == 0
    again = demo(tmp_path)
    assert again.returncode == 0
    assert count(again.stdout, "notices published") == 5


def test_it_never_touches_a_folder_with_real_data(tmp_path):
    database = tmp_path / "noroshi-demo" / "noroshi.sqlite3"
    database.parent.mkdir()
    database.write_bytes(b"somebody's data")
    done = demo(tmp_path)
    assert done.returncode == 1
    assert "holds real data" in done.stderr
    assert database.read_bytes() == b"somebody's data"


def test_it_mails_nobody_whatever_the_settings_say(monkeypatch):
    monkeypatch.setenv("NOROSHI_MAIL", "smtp://mail.example.com")
    mails = []
    monkeypatch.setattr(command, "call_command", lambda _: mails.append(configuration.load().mail))
    command.serve_without_mail()
    assert mails == [""]
