"""FIRST EPSS: one table a day, under a name that has the day in it.

The earliest layouts name their day nowhere else; the line that later ones begin with is then put
before them (`noroshi.core.formats.epss`).
"""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import GZIP, pieces, starts_with
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, Step

BASE = "https://epss.empiricalsecurity.com"

FARTHEST_BACK = 7
"""Days; a table that is older is not asked for. Only the newest one says what holds today."""

LEAST_LINES = 2
"""Lines that a table without a single score may have: a comment and the heading."""


class Epss(msgspec.Struct, frozen=True):
    """The feed. Its cursor: the day of the table that was read last."""

    source: str = "epss"
    cadence: dt.timedelta = dt.timedelta(hours=6)
    hosts: frozenset[str] = frozenset({"epss.empiricalsecurity.com", "epss.cyentia.com"})
    apart: float = 0.0

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield the newest table there is, if it is newer than the one before."""
        today = client.now().astimezone(dt.UTC).date()
        for back in range(FARTHEST_BACK):
            day = (today - dt.timedelta(days=back)).isoformat()
            if day <= cursor.get("day", ""):
                return
            name = f"epss_scores-{day}.csv.gz"
            answer = client.find(f"{BASE}/{name}", name)
            if answer is not None:
                _complete(answer, day)
                yield Step({"day": day}, (answer.file,))
                return
        detail = f"there is no table of the last {FARTHEST_BACK} days"
        raise UnexpectedAnswer(BASE, detail=detail)


def _complete(answer: Answer, day: str) -> None:
    """Raise unless the table is whole; put the line with its day before it where there is none."""
    first, lines = b"", 0
    for piece in pieces(answer):
        first = first or piece[:1]
        lines += piece.count(b"\n")
    if lines <= LEAST_LINES:
        raise UnexpectedAnswer(answer.address, detail="the table is empty")
    if first != b"#":
        line = f"#score_date:{day}\n".encode()
        packed = starts_with(answer.path, len(GZIP)) == GZIP
        # Members of a gzip file follow each other: what was received stays as it was.
        head = gzip.compress(line, mtime=0) if packed else line
        answer.path.write_bytes(head + answer.path.read_bytes())


def feed() -> Feed:
    """Return the feed."""
    return Epss()
