"""An XML file of many entries, cut into them without being parsed.

Entries do not nest, and what surrounds them is a handful of elements. What is none of this is told
and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from noroshi.core.errors import BrokenXml, FormatError, UnknownFormat
from noroshi.core.formats.feed import RawDocument

_START = re.compile(rb"<((?:[\w.-]+:)?([\w.-]+))(?:\s[^<>]*?)?(/?)>", re.ASCII)


class Layout(NamedTuple):
    """A kind of file: its name for people, its root elements, and those that are entries."""

    name: str
    root: re.Pattern[bytes]
    entries: frozenset[bytes]


def layout(name: str, roots: bytes, entries: frozenset[bytes]) -> Layout:
    """Return a layout; ``roots``: names of root elements, without prefix, with ``|`` between."""
    return Layout(
        name,
        re.compile(  # atomic groups: a file of nothing but instructions is walked once
            rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:[\w.-]+:)?(?:" + roots + rb")(?:\s[^<>]*)?>",
            re.DOTALL,
        ),
        entries,
    )


def entries(payload: bytes, kind: Layout) -> Iterator[RawDocument | FormatError]:
    """Yield the entries of a file; ``where`` is the line on which one begins."""
    root = kind.root.match(payload)
    if root is None:
        yield UnknownFormat("line 1", expected=kind.name)
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
        start = _START.match(payload, begin)
        if start is not None and start[2] in kind.entries:
            yield RawDocument(lines.at(begin), payload[begin:end])
        position = end


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
