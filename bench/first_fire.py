"""The main job on real files: import, judge, match, each beside a floor of the same run.

``python -m bench.first_fire [--database ADDRESS] [--keep FOLDER]`` reads the feeds and SBOMs of the
shared folder (``NOROSHI_SHARED_DATA``) through the commands a user types. The floor is reading the
same files and decoding their JSON, and nothing else, in one process. Seconds are wall time; memory
is the largest sum of resident sizes of a command and its children.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import zstandard

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FEEDS = {
    "nvd": ["nvd-api2-1999-2021.jsonl.zst"],
    "cve5": ["cve5-vulnrichment-to-2024-10.jsonl.zst"],
    "kev": ["kev-to-2024-10.json"],
    "epss": ["epss_scores-2021-04-14.csv.gz", "epss_scores-2021-08-25.csv.gz"],
}
IMAGES = "container-images-syft-spdx.jsonl.zst"


class Cost(msgspec.Struct, frozen=True):
    """What a command took: seconds of wall time, megabytes resident, and what it printed."""

    seconds: float
    megabytes: float
    printed: str


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="address; default: SQLite")
    parser.add_argument("--keep", type=Path, help="folder to keep the data in")
    options = parser.parse_args()
    shared = Path(os.environ.get("NOROSHI_SHARED_DATA", SHARED))
    with tempfile.TemporaryDirectory() as folder:
        data = options.keep or Path(folder) / "data"
        environment = {"NOROSHI_DATA": str(data), "NOROSHI_DATABASE": options.database}
        first_fire(shared, Path(folder), environment)
        print(f"data folder: {sum(f.stat().st_size for f in data.rglob('*')) / 1e6:,.0f} MB")


def first_fire(shared: Path, work: Path, environment: dict[str, str]) -> None:
    """Print each step as it ends."""
    feeds = shared / "feeds"
    floor, records = decode_only([feeds / name for name in (*FEEDS["nvd"], *FEEDS["cve5"])])
    print(f"floor: decode {records:,} records only: {floor:.1f} s = {records / floor:,.0f}/s")
    run(environment, "migrate", "-v0")
    first = import_all(feeds, environment, "import")
    cve = first["nvd"].seconds + first["cve5"].seconds
    print(f"  CVE records read, kept, merged: {records / cve:,.0f}/s = floor x {cve / floor:.1f}")
    second = import_all(feeds, environment, "again")
    share = sum(c.seconds for c in second.values()) / sum(c.seconds for c in first.values())
    print(f"  the same files again: {share:.0%} of the time")
    show("judge all (run --until-idle)", run(environment, "run", "--until-idle"))
    images = unpack(shared / "sbom" / IMAGES, work / "images")
    member = ("--kind", "operator", "--sector", "telecom", "--district", "kanto")
    run(environment, "organisation", "add", "bench", "--name", "Bench", *member)
    stored = run(environment, "sbom", "add", "--organisation", "bench", *images)
    show(f"take in {len(images)} images", stored)
    show("match them from nothing", run(environment, "run", "--until-idle"))


def import_all(feeds: Path, environment: dict[str, str], title: str) -> dict[str, Cost]:
    """Import every feed; return what each took."""
    costs = {}
    for name, files in FEEDS.items():
        paths = [str(feeds / file) for file in files]
        costs[name] = run(environment, "feed", "import", name, *paths)
        show(f"{title} {name}", costs[name])
    return costs


def show(title: str, cost: Cost) -> None:
    """Print one row, and what the command itself said."""
    print(f"{title}: {cost.seconds:.1f} s, {cost.megabytes:.0f} MB")
    for line in cost.printed.strip().splitlines()[-6:]:
        print(f"    {line}")


def run(environment: dict[str, str], *arguments: str) -> Cost:
    """Run one command of noroshi to its end; raise if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "noroshi", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = [0.0]
    watcher = threading.Thread(target=watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    printed, _ = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"noroshi {' '.join(arguments[:3])} failed: {process.returncode}")
    return Cost(seconds, peak[0], printed)


def watch(pid: int, peak: list[float]) -> None:
    """Keep the largest sum of resident sizes, in megabytes, until the process is gone."""
    try:
        parent = psutil.Process(pid)
        while True:
            family = [parent, *parent.children(recursive=True)]
            peak[0] = max(peak[0], sum(resident(member) for member in family))
            time.sleep(0.1)
    except psutil.NoSuchProcess:
        return


def resident(process: psutil.Process) -> float:
    """Return the resident size in megabytes; 0 for a process that has just ended."""
    try:
        return process.memory_info().rss / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def decode_only(paths: list[Path]) -> tuple[float, int]:
    """Return the seconds it takes to unpack, split and decode the files, and the lines in them."""
    decode = msgspec.json.Decoder().decode
    started, count = time.perf_counter(), 0
    for path in paths:
        for line in lines(path):
            decode(line)
            count += 1
    return time.perf_counter() - started, count


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a Zstandard file."""
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        rest = b""
        while piece := stream.read(1 << 20):
            *complete, rest = (rest + piece).split(b"\n")
            yield from complete
        if rest:
            yield rest


def unpack(path: Path, folder: Path) -> list[str]:
    """Write each image's SBOM into a file of its own; return their paths."""
    folder.mkdir()
    files = []
    for number, line in enumerate(lines(path)):
        row = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        file = folder / f"image-{number:03}.spdx.json"
        file.write_bytes(bytes(row["sbom"]))
        files.append(str(file))
    return files


if __name__ == "__main__":
    main()
