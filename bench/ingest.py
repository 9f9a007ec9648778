"""Every shared feed from nothing, beside a floor of the same run.

``python -m bench.ingest [--database ADDRESS] [--keep FOLDER]`` imports all feeds of the shared
folder (``NOROSHI_SHARED_DATA``) through the command a user types, imports them again, and then
brings one changed record into the full knowledge base. The floor is unpacking and decoding the same
files and nothing else, in one process. Seconds are wall time; memory is the largest sum of resident
sizes of a command and its children.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from bench.first_fire import SHARED, Cost, decode_only, run, show

FEEDS = {
    "nvd": ("nvd-api2-1999-2021.jsonl.zst",),
    "cve5": ("cve5-vulnrichment-to-2024-10.jsonl.zst",),
    "kev": ("kev-to-2024-10.json",),
    "epss": ("epss_scores-2021-04-14.csv.gz", "epss_scores-2021-08-25.csv.gz"),
    "nvd_overrides": ("nvd-overrides-anchore-to-2026-05.jsonl.zst",),
    "redhat": ("redhat-cve-to-2024-08.jsonl.zst",),
    "osv": (
        "osv-bitnami.jsonl.zst",
        "osv-ghsa-maven.jsonl.zst",
        "osv-ghsa-npm.jsonl.zst",
        "osv-golang.jsonl.zst",
        "osv-pypa.jsonl.zst",
        "osv-rustsec.jsonl.zst",
    ),
    "ubuntu": ("ubuntu-cve-tracker-to-2024-08.jsonl.zst",),
    "csaf": ("csaf-cisa.jsonl.zst", "csaf-cisco.jsonl.zst", "csaf-paloalto.jsonl.zst"),
    "exploitdb": ("exploitdb.jsonl.zst",),
    "metasploit": ("metasploit.jsonl.zst",),
    "nuclei": ("nuclei-cves.jsonl.zst",),
}
"""The files of each source in the shared folder."""


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="address; default: SQLite")
    parser.add_argument("--keep", type=Path, help="folder to keep the data in")
    options = parser.parse_args()
    feeds = Path(os.environ.get("NOROSHI_SHARED_DATA", SHARED)) / "feeds"
    with tempfile.TemporaryDirectory() as folder:
        data = options.keep or Path(folder) / "data"
        environment = {"NOROSHI_DATA": str(data), "NOROSHI_DATABASE": options.database}
        ingest(feeds, environment)
        size = sum(file.stat().st_size for file in data.rglob("*") if file.is_file())
        print(f"data folder: {size / 1e6:,.0f} MB (asked, with SQLite: 2,500)")


def ingest(feeds: Path, environment: dict[str, str]) -> None:
    """Print each step as it ends."""
    lined = [feeds / name for files in FEEDS.values() for name in files if ".jsonl" in name]
    floor, documents = decode_only(lined)
    print(f"floor: decode {documents:,} documents only: {floor:.1f} s")
    run(environment, "migrate", "-v0")
    first = import_all(feeds, environment, "import")
    seconds = sum(cost.seconds for cost in first.values())
    peak = max(cost.megabytes for cost in first.values())
    print(
        f"all feeds: {seconds:.1f} s, {peak:.0f} MB at most, {documents / seconds:,.0f} documents/s"
        f" = floor x {seconds / floor:.1f} (asked: 180 s with SQLite, 240 with PostgreSQL; 700 MB;"
        " floor x 25)"
    )
    second = import_all(feeds, environment, "again")
    again = sum(cost.seconds for cost in second.values())
    print(f"the same files again: {again:.1f} s = {again / seconds:.0%} (asked: 25 %)")
    show("judge and match all", run(environment, "run", "--until-idle"))
    script = "from bench.ingest import one_record; one_record()"
    subprocess.run([sys.executable, "-c", script], env={**os.environ, **environment}, check=True)


def import_all(feeds: Path, environment: dict[str, str], title: str) -> dict[str, Cost]:
    """Import every feed; return what each took."""
    costs = {}
    for name, files in FEEDS.items():
        paths = [str(feeds / file) for file in files]
        costs[name] = run(environment, "feed", "import", name, *paths)
        show(f"{title} {name}", costs[name])
    return costs


def one_record() -> None:
    """Print the seconds from a new version of one record to the judgement that people see."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "noroshi.run.settings"
    import django

    django.setup()
    import datetime as dt
    import time

    from noroshi.core.formats.feed import RawDocument
    from noroshi.edge.feeds.reading import read
    from noroshi.hub.knowledge.actions import Ingest, source_named
    from noroshi.hub.knowledge.models import Record, Vulnerability
    from noroshi.hub.knowledge.preparing import unpack_text
    from noroshi.run.stages.worker import Worker

    now = dt.datetime.now(dt.UTC)
    row = Record.objects.filter(source__name="cve5", external_id="CVE-2024-3094").get()
    document = msgspec.json.decode(unpack_text(bytes(row.document.body)))
    document["cveMetadata"]["dateUpdated"] = now.isoformat()
    body = msgspec.json.encode(document)
    started = time.perf_counter()
    ingest = Ingest(source_named("cve5"), now=now)
    ingest.write(read("cve5", ingest.new_among([("delta", RawDocument("", body))])))
    Worker(clock=lambda: now).until_idle()
    seconds = time.perf_counter() - started
    seen = Vulnerability.objects.get(pk=row.vulnerability_id).modified
    assert seen == now, (seen, now)
    print(f"one changed record, judged and matched: {seconds:.2f} s (asked: 1)")


if __name__ == "__main__":
    main()
