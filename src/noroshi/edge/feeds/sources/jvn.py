"""JVN iPedia: a file a year, and a list of them with the hash of each.

The list is asked for first; a year is fetched where its hash is another one than before, and is
taken only if it has that hash.
Source: https://jvndb.jvn.jp/ja/feed/
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import decoded
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, Step

LIST = "https://jvndb.jvn.jp/ja/feed/checksum.txt"

_YEAR = re.compile(r"jvndb_detail_\d{4}\.rdf")


class _Listed(msgspec.Struct, frozen=True):
    url: str
    filename: str
    sha256: str


_list = msgspec.json.Decoder(list[_Listed])


class Jvn(msgspec.Struct, frozen=True):
    """The feed. Its cursor: by year's file, the hash of what was read last."""

    source: str = "jvn"
    cadence: dt.timedelta = dt.timedelta(hours=2)
    hosts: frozenset[str] = frozenset({"jvndb.jvn.jp"})
    apart: float = 1.0

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield each year that has changed, the newest first."""
        listed = client.get_if_changed(LIST, "checksum.json")
        if listed is None:
            return
        years = sorted(_years(listed), key=lambda one: one.filename, reverse=True)
        changed = [one for one in years if cursor.get(one.filename) != one.sha256.lower()]
        for number, one in enumerate(changed, start=1):
            answer = client.get(one.url, one.filename)
            _check(answer, one)
            cursor = {**cursor, one.filename: one.sha256.lower()}
            marks = (listed.mark,) if number == len(changed) else ()
            yield Step(cursor, (answer.file,), marks)


def _years(listed: Answer) -> list[_Listed]:
    years = [one for one in decoded(listed, _list) if _YEAR.fullmatch(one.filename)]
    if not years:
        raise UnexpectedAnswer(listed.address, detail="the list has no file of a year")
    return years


def _check(answer: Answer, listed: _Listed) -> None:
    """Raise unless a file has its hash; one that is being written just then has another."""
    with answer.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != listed.sha256.lower():
        raise UnexpectedAnswer(answer.address, detail="it does not have the hash that is listed")


def feed() -> Feed:
    """Return the feed."""
    return Jvn()
