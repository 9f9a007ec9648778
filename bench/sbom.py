"""Components read per second from each SBOM dialect, beside mere decoding.

Run as ``python -m bench.sbom``.

The floor is the bare decoder of the syntax on the same bytes: msgspec without types, lxml without
our checks, lines split for tag-value. ``times`` is our time over the floor's, in the same run.
With file names as arguments those are read too.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from lxml import etree

from noroshi.core.formats import sbom
from noroshi.core.identity import parse_cpe, parse_purl
from tests.core.formats.sbom_samples import WRITERS, Item

COMPONENTS = 20_000
ROUNDS = 3


def items() -> tuple[Item, ...]:
    """Return components of which no two are alike: nothing is found in a cache."""
    return tuple(
        Item(
            name=f"library-{number}",
            version=f"{number % 17}.{number % 31}.{number}",
            group="org.example",
            supplier="Example",
            purl=f"pkg:maven/org.example/library-{number}@{number % 17}.{number % 31}.{number}",
            cpe=f"cpe:2.3:a:example:library-{number}:{number % 17}.{number}:*:*:*:*:*:*:*",
        )
        for number in range(COMPONENTS)
    )


def split_lines(data: bytes) -> object:
    """Do the least that reading tags and values needs."""
    return [line.partition(":") for line in data.decode().split("\n")]


FLOORS: dict[str, Callable[[bytes], object]] = {
    "CycloneDX JSON": msgspec.json.decode,
    "CycloneDX XML": etree.fromstring,
    "SPDX JSON": msgspec.json.decode,
    "SPDX tag-value": split_lines,
}


def seconds(work: Callable[[bytes], object], data: bytes) -> float:
    """Return the best of a few rounds, each starting with empty caches."""
    best = float("inf")
    for _ in range(ROUNDS):
        parse_purl.cache_clear()
        parse_cpe.cache_clear()
        gc.collect()
        before = time.perf_counter()
        work(data)
        best = min(best, time.perf_counter() - before)
    return best


def row(name: str, data: bytes, floor: Callable[[bytes], object]) -> str:
    """Measure one document and return its line of the table."""
    count = len(sbom.read(data).components)
    ours, bare = seconds(sbom.read, data), seconds(floor, data)
    return (
        f"{name:<28} {count:>10,} {len(data) / 1e6:>7.1f} {count / ours:>14,.0f}"
        f" {count / bare:>14,.0f} {ours / bare:>7.1f}"
    )


def main(paths: list[str]) -> None:
    """Print the table."""
    head = ("dialect", "components", "MB", "components/s", "floor/s", "times")
    print("{:<28} {:>10} {:>7} {:>14} {:>14} {:>7}".format(*head))
    inventory = items()
    for name, write in WRITERS.items():
        print(row(name, write(items=inventory), FLOORS[name]))
    for path in paths:
        data = Path(path).read_bytes()
        family, _, syntax = sbom.read(data).dialect.split(" ", 2)
        print(row(Path(path).name[:28], data, FLOORS[f"{family} {syntax}"]))


if __name__ == "__main__":
    main(sys.argv[1:])
