"""Version keys made per second in each scheme, beside the comparisons a second of ``univers``.

A key is made from text with no cache; a comparison reads two texts and compares them, which is what
a matcher without keys does for every question. ``times`` is our rate over the peer's in one run.
The peer's ``generic`` only compares the texts letter by letter, so that row flatters it.
The last lines are `key_ranges` of one plain range: bounds never seen, and bounds seen before.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from univers import versions as peer

from noroshi.core.facets import Affected, Product, Status, VersionRange
from noroshi.core.versions.ranges import key_ranges
from noroshi.core.versions.registry import SCHEMES, key

Item = TypeVar("Item")

COUNT = 10_000
ROUNDS = 3

SUFFIXES = {
    "deb": ["-1", "-0ubuntu1.4", "+dfsg-2+deb12u1", "~rc1-1", "p1-2"],
    "generic": ["", "", "k", "-rc1", "-P2", "(7)E4", ".RELEASE", "X46-D10"],
    "maven": ["", "", ".Final", "-beta-2", ".RELEASE", "-SNAPSHOT", "-jre8"],
    "npm": ["", "", "-beta.1", "-rc.2"],
    "pypi": ["", "", "rc1", ".post2", ".dev3", "+local.1"],
    "rpm": ["-1.el9", "-3.el8_6.2", "~rc1-1.fc40", "^20240101git-2.fc40"],
    "semver": ["", "", "-alpha.1", "+incompatible", "-0.20191109021931-daa7c04131f5"],
}
PEERS = {
    "deb": peer.DebianVersion,
    "generic": peer.GenericVersion,
    "maven": peer.MavenVersion,
    "npm": peer.SemverVersion,
    "pypi": peer.PypiVersion,
    "rpm": peer.RpmVersion,
    "semver": peer.SemverVersion,
}


def texts(scheme: str) -> list[str]:
    """Return versions as that scheme's packages have them, the same in every run."""
    chance = random.Random(scheme)
    return [
        f"{chance.randrange(30)}.{chance.randrange(60)}.{chance.randrange(300)}"
        + chance.choice(SUFFIXES[scheme])
        for _ in range(COUNT)
    ]


def seconds(work: Callable[[Item], object], items: Sequence[Item]) -> float:
    """Return the best time of a few rounds over all items."""
    best = float("inf")
    for _ in range(ROUNDS):
        before = time.perf_counter()
        for item in items:
            work(item)
        best = min(best, time.perf_counter() - before)
    return best


def row(scheme: str) -> str:
    """Measure one scheme and return its line of the table."""
    versions = texts(scheme)
    make, read = SCHEMES[scheme].key, PEERS[scheme]
    pairs = list(pairwise(versions))
    keys = len(versions) / seconds(make, versions)
    compares = len(pairs) / seconds(lambda pair: read(pair[0]) < read(pair[1]), pairs)
    size = sum(len(make(version)) for version in versions) / len(versions)
    return f"{scheme:<10} {keys:>12,.0f} {compares:>14,.0f} {keys / compares:>8.1f} {size:>10.1f}"


def range_rates() -> tuple[float, float]:
    """Return `key_ranges` calls per second without and with the keys of the bounds at hand."""
    versions = texts("semver")
    plain = [
        Affected(
            by="bench",
            product=Product("purl", "npm/anvil"),
            versions="semver",
            ranges=(VersionRange(Status.AFFECTED, low, high=high),),
        )
        for low, high in pairwise(sorted(versions, key=SCHEMES["semver"].key))
    ]
    key.cache_clear()
    before = time.perf_counter()
    for affected in plain:
        key_ranges(affected)
    cold = time.perf_counter() - before
    return len(plain) / cold, len(plain) / seconds(key_ranges, plain)


def main() -> None:
    """Print the table."""
    head = ("scheme", "keys/s", "univers cmp/s", "times", "bytes/key")
    print("{:<10} {:>12} {:>14} {:>8} {:>10}".format(*head))
    for scheme in SCHEMES:
        print(row(scheme))
    cold, warm = range_rates()
    print(f"key_ranges of one range: {cold:,.0f}/s, bounds seen before: {warm:,.0f}/s")


if __name__ == "__main__":
    main()
