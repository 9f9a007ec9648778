"""A feed in RSS 0.9x, 1.0, 2.0 or Atom, cut into its items without changing a byte of them.

Items do not nest, and nothing else in a feed is called as they are. Tags in comments and in CDATA
are none. Where something cannot be told apart, it is said with its line, and cutting goes on with
the next item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from noroshi.core.errors import BrokenXml, ForbiddenXml, FormatError, NotText, UnknownFormat
from noroshi.core.formats.feed import RawDocument

MOST_BROKEN = 100
"""Places that cannot be told apart, after which the rest is left."""

ITEMS = {b"rss": b"item", b"RDF": b"item", b"feed": b"entry"}
"""Root → what its items are called."""

_TOKEN = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(?P<close>/?)(?P<name>(?:[\w.-]+:)?(?P<local>[\w.-]+))"
    rb"(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>",
    re.DOTALL,
)
_NEXT = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]")
_ENCODING = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})"""
)
_UTF8 = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][\w.-]{0,40}):[\w.-]")
_MOST_PREFIXES = 50


def items(payload: bytes) -> Iterator[RawDocument | FormatError]:
    """Yield the items of a feed; ``where`` is the line on which one begins."""
    try:
        _refuse_other_encodings(payload)
        yield from _Cutter(payload).items()
    except FormatError as error:
        yield error


def wrapped(item: bytes) -> bytes:
    """Return an item within an element that declares every prefix it may use, on one line.

    What a prefix stood for is not known any more: it stands for itself, ``urn:prefix:dc``.
    """
    found = dict.fromkeys(_PREFIX.findall(item))
    names = [name for name in found if not name.lower().startswith(b"xml")][:_MOST_PREFIXES]
    declared = b"".join(b' xmlns:%s="urn:prefix:%s"' % (name, name) for name in names)
    return b"<item-of%s>%s</item-of>" % (declared, item)


def _refuse_other_encodings(payload: bytes) -> None:
    declared = _ENCODING.match(payload)
    if declared and declared[1].lower() not in _UTF8:
        name = declared[1].decode("latin-1")
        raise NotText("line 1", detail=f"declared as {name!r}; UTF-8 is expected")


class _Cutter:
    """Walks over a payload, tag by tag."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._position = 0
        self._line = 1
        self._counted = 0
        self._root = b""
        self._called = b""
        self._begin: tuple[int, bytes, str] | None = None
        self._after_item = False

    def items(self) -> Iterator[RawDocument | FormatError]:
        """Yield the items; raises `FormatError` where nothing more can be told apart."""
        for _ in range(MOST_BROKEN):
            yield from self._walk()
            if self._position < 0:
                return
            yield BrokenXml(self._at(self._position), detail="a tag that is none")
            rest = _NEXT.search(self._payload, self._position + 1)
            if rest is None:
                return
            self._position, self._begin, self._after_item = rest.start(), None, False
        raise BrokenXml(self._at(self._position), detail="too much here is broken")

    def _walk(self) -> Iterator[RawDocument | FormatError]:
        """Go on until the feed has ended (position -1), or a tag cannot be told apart."""
        while self._position >= 0:
            start = self._payload.find(b"<", self._position)
            yield from self._between(start if start >= 0 else len(self._payload))
            if start < 0:
                raise BrokenXml(self._at(len(self._payload)), detail="the feed ends too early")
            self._position = start
            token = _TOKEN.match(self._payload, start)
            if token is None:
                if not self._root:
                    raise ForbiddenXml(self._at(start))
                return
            self._position = token.end()
            if token["name"] is not None:
                yield from self._tag(token)

    def _between(self, end: int) -> Iterator[FormatError]:
        """Refuse text before the root, and tell of text behind an item."""
        if self._root and not self._after_item:
            return
        if self._payload[self._position : end].strip(b" \t\r\n\xef\xbb\xbf"):
            if not self._root:
                raise UnknownFormat(self._at(self._position), expected="RSS or Atom")
            yield BrokenXml(self._at(self._position), detail="text between the items")

    def _tag(self, token: re.Match[bytes]) -> Iterator[RawDocument]:
        if self._begin is not None:
            begin, name, where = self._begin
            if token["close"] and token["name"] == name:
                self._begin, self._after_item = None, True
                yield RawDocument(where, self._payload[begin : token.end()])
            return
        self._after_item = False
        if not self._root:
            if token["local"] not in ITEMS or token["close"]:
                raise UnknownFormat(self._at(token.start()), expected="RSS or Atom")
            self._root, self._called = token["name"], ITEMS[token["local"]]
        elif token["close"]:
            if token["name"] == self._root:
                self._position = -1
        elif token["local"] == self._called:
            where = self._at(token.start())
            if token[0].endswith(b"/>"):
                yield RawDocument(where, token[0])
            else:
                self._begin = token.start(), token["name"], where

    def _at(self, position: int) -> str:
        """Return the line of a place that lies behind the ones asked for before."""
        self._line += self._payload.count(b"\n", self._counted, position)
        self._counted = max(position, self._counted)
        return f"line {self._line}"
