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
"""At least so many on each database, of imports and of workers."""

RECORDS = 8_000

COMMITTED = """
SELECT (SELECT count(*) FROM knowledge_record) + (SELECT count(*) FROM knowledge_assessment)
     + (SELECT count(*) FROM matching_packagematch)
"""

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
            "DJANGO_SETTINGS_MODULE": "noroshi.run.settings",  # pytest's own would ignore the rest
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

    def progress(self) -> int:
        """Count what has been committed, past the program: records, assessments, matches."""
        address = self.environment["NOROSHI_DATABASE"]
        if address.startswith("sqlite"):
            path = address.removeprefix("sqlite://")
            with closing(sqlite3.connect(path, timeout=30)) as connection:
                return int(connection.execute(COMMITTED).fetchone()[0])
        with psycopg.connect(address) as connection:
            row = connection.execute(COMMITTED).fetchone()
            assert row is not None
            return int(row[0])


def kill(process: subprocess.Popen[bytes]) -> bool:
    """Kill the whole process group; say whether it was still at work."""
    if process.poll() is not None:
        process.communicate()
        assert process.returncode == 0
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return True


def at_any_moment(node: Node, process: subprocess.Popen[bytes], rng: random.Random) -> None:
    """Wait some fraction of the time it takes to start and get going."""
    time.sleep(rng.uniform(0.2, 1.2))


def in_the_middle(node: Node, process: subprocess.Popen[bytes], rng: random.Random) -> None:
    """Wait until something has been committed, and then a moment longer."""
    before = node.progress()
    while process.poll() is None and node.progress() == before:
        time.sleep(0.005)
    time.sleep(rng.uniform(0, 0.15))


def shake(node: Node, rng: random.Random, *arguments: str) -> list[int]:
    """Start a command and kill it, again and again; return the progress seen after each kill.

    Ends when the command has got to its end by itself.
    """
    seen: list[int] = []
    while True:
        cores = rng.choice([(), (), ("--cores", "2")]) if arguments[0] == "feed" else ()
        process = node.start(*arguments, *cores)
        rng.choice([at_any_moment, in_the_middle, in_the_middle])(node, process, rng)
        if not kill(process):
            return seen
        seen.append(node.progress())


def test_killed_at_random_moments_nothing_is_lost_and_nothing_doubled(tmp_path, new_database):
    path, inventory = feed(tmp_path), sbom(tmp_path)
    calm = Node(tmp_path / "calm", new_database())
    calm.set_up(inventory)
    calm.run("feed", "import", "cve5", str(path))
    calm.run("run", "--until-idle")
    expected = rows.dump(calm.environment)
    end = calm.progress()

    rng = random.Random(20260401)
    kills: list[int] = []
    while len(kills) < KILLS:
        shaken = Node(tmp_path / f"shaken-{len(kills)}", new_database())
        shaken.set_up(inventory)
        kills += shake(shaken, rng, "feed", "import", "cve5", str(path))
        kills += shake(shaken, rng, "run", "--until-idle")
        found = rows.dump(shaken.environment)
        for name, table in expected.items():
            assert found[name] == table, name

    assert sum(0 < progress < end for progress in kills) >= 10, "the kills disturbed nothing"
    assert len(expected["record"]) > RECORDS * 0.9
    assert len(expected["quarantine"]) == RECORDS // 50 + 1
    assert expected["finding"]
    assert not expected["todo"]
