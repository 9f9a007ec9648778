"""What a CSAF provider lists: ROLIE feeds, and folders with a table of changes."""

from __future__ import annotations

import csv
import datetime as dt
import re
from urllib.parse import urljoin, urlsplit

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import decoded, text
from noroshi.edge.feeds.port import Answer

HASHES = ("sha512", "sha256")
"""The stronger one first; CSAF forbids weaker ones (§7.1.18)."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]")


class Advisory(msgspec.Struct, frozen=True, omit_defaults=True):
    """One advisory: when it changed, its address, those of its hashes, the strongest first.

    ``signature``: where that would be; empty: nowhere.
    """

    at: dt.datetime
    address: str
    hashes: tuple[str, ...] = ()
    signature: str = ""

    @property
    def name(self) -> str:
        """The name by which it is spoken of: host and path, with nothing that leads elsewhere."""
        parts = urlsplit(self.address)
        places = [_UNSAFE.sub("_", one)[-100:] for one in parts.path.split("/")]
        kept = [one for one in places if one.strip(".")]
        return "/".join([parts.hostname or "", *kept])[-300:]


class _Link(msgspec.Struct, frozen=True):
    rel: str
    href: str


class _Content(msgspec.Struct, frozen=True):
    src: str = ""


class _Entry(msgspec.Struct, frozen=True):
    updated: dt.datetime
    link: list[_Link] = []
    content: _Content = _Content()


class _Feed(msgspec.Struct, frozen=True):
    entry: list[_Entry] = []


class _Rolie(msgspec.Struct, frozen=True):
    feed: _Feed


_rolie = msgspec.json.Decoder(_Rolie)


def listed_in_rolie(answer: Answer) -> list[Advisory]:
    """Return what a ROLIE feed lists (RFC 8322, CSAF 2.0 §7.1.15), the oldest change first."""
    found = []
    for entry in decoded(answer, _rolie).feed.entry:
        links = [link.href for link in entry.link if link.rel == "hash"]
        hashes = [link for kind in HASHES for link in links if link.lower().endswith(kind)]
        own = [link.href for link in entry.link if link.rel == "self"]
        address = (own or [entry.content.src])[0]
        if not address or entry.updated.tzinfo is None:
            raise UnexpectedAnswer(answer.address, detail="an entry has no address or no time")
        signed = [link.href for link in entry.link if link.rel == "signature"]
        found.append(Advisory(entry.updated, address, tuple(hashes), (signed or [""])[0]))
    return _sorted(answer, found)


def listed_in_folder(answer: Answer) -> list[Advisory]:
    """Return what a ``changes.csv`` lists (CSAF 2.0 §7.1.13), the oldest change first."""
    found: list[Advisory] = []
    for row in csv.reader(text(answer).splitlines()):
        if not row:
            continue
        at = _moment(row[1]) if len(row) == 2 else None
        if at is None:
            detail = f"line {len(found) + 1} is not a name and a time"
            raise UnexpectedAnswer(answer.address, detail=detail)
        address = urljoin(answer.address, row[0])
        hashes = tuple(f"{address}.{kind}" for kind in HASHES)
        found.append(Advisory(at, address, hashes, f"{address}.asc"))
    return _sorted(answer, found)


def _sorted(answer: Answer, found: list[Advisory]) -> list[Advisory]:
    if not found:
        raise UnexpectedAnswer(answer.address, detail="the list of advisories is empty")
    return sorted(found, key=lambda one: (one.at, one.address))


def _moment(text: str) -> dt.datetime | None:
    try:
        value = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return value if value.tzinfo else None
