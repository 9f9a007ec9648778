"""RSS and Atom: each feed that the settings give is one file, asked for when it has changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, Step
from noroshi.edge.feeds.sources.given import Given, by_turns, hosts

_ROOT = re.compile(rb"<((?:[\w.-]+:)?(?:rss|RDF|feed))[\s>/]")
_LOOKED_AT = 10_000
"""Bytes at the beginning of a feed in which its root must stand."""


class Rss(msgspec.Struct, frozen=True):
    """The feed. Its cursor: by name, the hash of what was read last."""

    given: Given = ()
    source: str = "rss"
    cadence: dt.timedelta = dt.timedelta(hours=1)
    apart: float = 1.0

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the addresses."""
        return hosts(self.given)

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield each feed that has changed."""

        def ask(name: str, address: str, known: Cursor) -> Iterator[Step]:
            return _of_feed(client, name, address, known)

        return by_turns(self.given, cursor, ask)


def _of_feed(client: Client, name: str, address: str, known: Cursor) -> Iterator[Step]:
    answer = client.get_if_changed(address, f"{name}.xml")
    if answer is None:
        return
    _check(answer)
    with answer.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != known.get("sha256"):
        yield Step({"sha256": digest}, (answer.file,), (answer.mark,))


def _check(answer: Answer) -> None:
    """Raise unless it begins as a feed does and ends as it began: a page for people is none."""
    body = answer.path.read_bytes()
    root = _ROOT.search(body[:_LOOKED_AT])
    if root is None:
        raise UnexpectedAnswer(answer.address, detail="it is not a feed in RSS or Atom")
    empty = body[root.start() :].rstrip().endswith(b"/>")
    if not empty and b"</%s>" % root[1] not in body[-_LOOKED_AT:]:
        raise UnexpectedAnswer(answer.address, detail="the feed ends too early")


def feed(given: Given = ()) -> Feed:
    """Return the feed of these addresses."""
    return Rss(given)
