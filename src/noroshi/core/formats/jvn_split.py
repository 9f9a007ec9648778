"""A file of JVN iPedia, cut into its entries without being parsed.

A yearly file holds thousands of entries, and most of them are the same as yesterday. Each is a
document of its own, its bytes unchanged; what declares the prefixes stands around them and is
known (`wrapped`). Entries do not nest, and what surrounds them is a handful of elements. What is
none of this is told and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from noroshi.core.errors import BrokenXml, FormatError, UnknownFormat
from noroshi.core.formats.feed import RawDocument

ENTRIES = frozenset({b"Vulinfo", b"item"})
"""Names of the elements that are entries: of VULDEF, of JVNRSS."""

_ROOT = re.compile(  # atomic groups: a file of nothing but instructions is walked once
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:[\w.-]+:)?(?:VULDEF-Document|RDF)(?:\s[^<>]*)?>", re.DOTALL
)
_START = re.compile(rb"<((?:[\w.-]+:)?([\w.-]+))(?:\s[^<>]*?)?(/?)>", re.ASCII)
_PREFIXES = {
    "vuldef": "http://jvn.jp/vuldef/",
    "rss": "http://purl.org/rss/1.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "sec": "http://jvn.jp/rss/mod_sec/3.0/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "status": "http://jvndb.jvn.jp/myjvn/Status",
    "marking": "http://data-marking.mitre.org/Marking-1",
    "tlpMarking": "http://data-marking.mitre.org/extensions/MarkingStructure#TLP-1",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_OPENING = b"<jvn %s>" % b" ".join(
    f'xmlns:{prefix}="{name}"'.encode() for prefix, name in _PREFIXES.items()
)


def entries(payload: bytes) -> Iterator[RawDocument | FormatError]:
    """Yield the entries of a file; ``where`` is the line on which one begins."""
    root = _ROOT.match(payload)
    if root is None:
        yield UnknownFormat("line 1", expected="VULDEF, JVNRSS or MyJVN's JSON")
        return
    lines = _Lines(payload)
    position = root.end()
    while True:
        begin = payload.find(b"<", position)
        stray = payload[position : begin if begin >= 0 else len(payload)]
        if stray.strip():
            yield BrokenXml(lines.at(position), detail="text between the entries")
        if begin < 0:
            yield BrokenXml(lines.at(len(payload)), detail="the file ends too early")
            return
        if payload.startswith(b"</", begin):
            return
        end = _end(payload, begin)
        if end is None:
            yield BrokenXml(lines.at(begin), detail="an element that never ends")
            return
        if _is_entry(payload, begin):
            yield RawDocument(lines.at(begin), payload[begin:end])
        position = end


def wrapped(entry: bytes) -> bytes:
    """Return an entry within an element that declares the prefixes it may use, on one line."""
    return b"%s%s</jvn>" % (_OPENING, entry)


def _is_entry(payload: bytes, begin: int) -> bool:
    start = _START.match(payload, begin)
    return start is not None and start[2] in ENTRIES


def _end(payload: bytes, begin: int) -> int | None:
    """Return where the comment or element ends that begins there."""
    if payload.startswith(b"<!--", begin):
        return _after(payload, b"-->", begin)
    start = _START.match(payload, begin)
    if start is None:
        return None
    return start.end() if start[3] else _after(payload, b"</%s>" % start[1], start.end())


def _after(payload: bytes, mark: bytes, position: int) -> int | None:
    found = payload.find(mark, position)
    return found + len(mark) if found >= 0 else None


class _Lines:
    """Counts lines on the way, each once."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._position = 0
        self._line = 1

    def at(self, position: int) -> str:
        """Return the line of a place that lies behind the ones asked for before."""
        self._line += self._payload.count(b"\n", self._position, position)
        self._position = position
        return f"line {self._line}"
