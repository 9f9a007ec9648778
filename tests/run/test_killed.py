"""An import and a worker that are killed at random moments lose nothing and double nothing.

The program really runs as a process, on a database that really commits, and really gets SIGKILL.
After each kill it is started again. The end must equal that of an undisturbed run, row by row.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.run import rows

KILLS = 24
"""At least 20 on each database; the last ones hit the worker."""

RECORDS = 4_000

COUNT = "SELECT count(*) FROM knowledge_record"

pytestmark = pytest.mark.slow


def record(number: int, rng: random.Random) -> dict[str, object]:
    """A CVE record with ranges; every tenth shares a GHSA with nobody, some are bad."""
    name = f"CVE-2024-{100_000 + number}"
    advisory = f"GHSA-{number % 97:04d}-{number:04d}-wxyz".replace("0", "c").replace("1", "f")
    versions = [
        {
            "version": f"{rng.randint(0, 3)}.0",
            "lessThan": f"{rng.randint(4, 9)}.{rng.randint(0, 20)}",
            "status": "affected",
            "versionType": "semver",
        }
        for _ in range(rng.randint(1, 6))
    ]
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": name if number % 50 else f"NOT-A-CVE-{number}",
            "assignerOrgId": "00000000-0000-4000-8000-000000000000",
            "assignerShortName": "example",
            "state": "PUBLISHED",
            "datePublished": f"2024-05-{1 + number % 28:02d}T00:00:00Z",
            "dateUpdated": f"2024-06-{1 + number % 28:02d}T00:00:00Z",
        },
        "containers": {
            "cna": {
                "providerMetadata": {
                    "orgId": "00000000-0000-4000-8000-000000000000",
                    "shortName": "example",
                },
                "descriptions": [{"lang": "en", "value": f"Example product {number} is weak."}],
                "affected": [
                    {
                        "collectionURL": "https://registry.npmjs.org",
                        "packageName": f"package-{number % 300}",
                        "vendor": "example",
                        "product": f"package-{number % 300}",
                        "defaultStatus": "unaffected",
                        "versions": versions,
                    }
                ],
                **({"source": {"advisory": advisory}} if number % 10 == 0 else {}),
            }
        },
    }


def feed(folder: Path) -> Path:
    """Write the feed: good records, ids that are none, broken lines and repeated ones."""
    rng = random.Random(20260401)
    path = folder / "feed.jsonl"
    lines = [json.dumps(record(number, rng)) for number in range(RECORDS)]
    lines += lines[100:140]
    lines.insert(700, '{"cveMetadata": {"cveId": "CVE-2024-1"')
    path.write_text("\n".join(lines), "utf-8")
    return path


def sbom(folder: Path) -> Path:
    """Write an inventory that meets every tenth package of the feed."""
    path = folder / "app.cdx.json"
    components = [
        {
            "type": "library",
            "name": f"package-{number}",
            "version": "4.1.0",
            "purl": f"pkg:npm/package-{number}@4.1.0",
        }
        for number in range(0, 300, 10)
    ]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}
    path.write_text(json.dumps(document), "utf-8")
    return path


class Node:
    """One installation: a data folder and a database."""

    def __init__(self, data: Path, database: str) -> None:
        self.environment = {
            **os.environ,
            "NOROSHI_DATA": str(data),
            "NOROSHI_DATABASE": database,
            "NOROSHI_LANGUAGE": "en",
        }

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "noroshi", *arguments],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> None:
        process = self.start(*arguments)
        _, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, complaint.decode()

    def set_up(self, inventory: Path) -> None:
        self.run("migrate", "-v0")
        self.run(
            "organisation", "add", "member", "--name", "Member", "--kind", "operator",
            "--sector", "telecom", "--district", "kanto",
        )  # fmt: skip
        self.run("sbom", "add", "--organisation", "member", "--system", "app", str(inventory))

    def records(self) -> int:
        """Count the records that have been committed, past the program."""
        address = self.environment["NOROSHI_DATABASE"]
        if address.startswith("sqlite"):
            with closing(sqlite3.connect(address.removeprefix("sqlite://"))) as connection:
                return int(connection.execute(COUNT).fetchone()[0])
        with psycopg.connect(address) as connection:
            row = connection.execute(COUNT).fetchone()
            assert row is not None
            return int(row[0])


def killed(process: subprocess.Popen[bytes], after: float) -> bool:
    """Kill the whole process group after some seconds; say whether it was still at work."""
    try:
        process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    assert process.returncode == 0
    return False


def shake(node: Node, kills: int, start_up: float, *arguments: str) -> list[int]:
    """Start a command and kill it, so often; return the records there were after each kill.

    It dies soon after it has come up, so that many kills are needed to get to the end.
    """
    rng = random.Random(7)
    seen: list[int] = []
    while len(seen) < kills:
        cores = rng.choice([(), (), ("--cores", "2")]) if arguments[0] == "feed" else ()
        if killed(node.start(*arguments, *cores), start_up * rng.uniform(0.8, 1.4)):
            seen.append(node.records())
        else:
            break  # it got to its end between two kills: nothing is left to disturb
    return seen


def test_killed_at_random_moments_nothing_is_lost_and_nothing_doubled(tmp_path, new_database):
    path, inventory = feed(tmp_path), sbom(tmp_path)
    calm = Node(tmp_path / "calm", new_database())
    calm.set_up(inventory)
    calm.run("feed", "import", "cve5", str(path))
    calm.run("run", "--until-idle")
    expected = rows.dump(calm.environment)
    started = time.perf_counter()
    calm.run("run", "--until-idle")
    start_up = time.perf_counter() - started

    kills, within, round_ = 0, 0, 0
    while kills < KILLS:
        round_ += 1
        shaken = Node(tmp_path / f"shaken-{round_}", new_database())
        shaken.set_up(inventory)
        seen = shake(shaken, KILLS - kills, start_up, "feed", "import", "cve5", str(path))
        within += sum(0 < count < len(expected["record"]) for count in seen)
        kills += len(seen)
        shaken.run("feed", "import", "cve5", str(path))
        kills += len(shake(shaken, max(4, KILLS - kills), start_up, "run", "--until-idle"))
        shaken.run("run", "--until-idle")
        found = rows.dump(shaken.environment)
        for name, table in expected.items():
            assert found[name] == table, name

    assert within >= 3, "the kills came too early or too late to disturb anything"
    assert len(expected["record"]) > RECORDS * 0.9
    assert len(expected["quarantine"]) == RECORDS // 50 + 1
    assert expected["finding"]
    assert not expected["todo"]
