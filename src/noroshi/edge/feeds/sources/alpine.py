"""Alpine's security database: a file for each repository of each release that is maintained.

Releases are counted up from the first that is asked for until one is not there.
Source: https://secdb.alpinelinux.org
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import BadStatus, UnexpectedAnswer
from noroshi.edge.feeds.checking import decoded
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, Step

BASE = "https://secdb.alpinelinux.org"

FIRST = 16
"""The minor number of the first release of 3 that is asked for: those before get no fixes."""

MOST = 60
REPOSITORIES = ("main", "community")


class _Repository(msgspec.Struct, frozen=True):
    packages: list[msgspec.Raw]


_repository = msgspec.json.Decoder(_Repository)


class Alpine(msgspec.Struct, frozen=True):
    """The feed. Its cursor: how many packages each repository had."""

    source: str = "alpine"
    cadence: dt.timedelta = dt.timedelta(hours=12)
    hosts: frozenset[str] = frozenset({"secdb.alpinelinux.org"})
    apart: float = 0.2

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield each repository that has changed."""
        for release in ("edge", *(f"v3.{minor}" for minor in range(FIRST, FIRST + MOST))):
            for repository in REPOSITORIES:
                place = f"{release}/{repository}.json"
                try:
                    answer = client.get_if_changed(f"{BASE}/{place}", place)
                except BadStatus as refusal:
                    if refusal.facts["status"] == 404 and release not in {"edge", f"v3.{FIRST}"}:
                        return
                    raise
                if answer is not None:
                    count = _packages(answer)
                    cursor = {**cursor, place: count}
                    yield Step(cursor, (answer.file,), (answer.mark,))


def _packages(answer: Answer) -> int:
    count = len(decoded(answer, _repository).packages)
    if not count:
        raise UnexpectedAnswer(answer.address, detail="the repository is empty")
    return count


def feed() -> Feed:
    """Return the feed."""
    return Alpine()
