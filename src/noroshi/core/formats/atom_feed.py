"""A list as an Atom feed (RFC 4287)."""

from __future__ import annotations

import datetime as dt
import re

import msgspec
from lxml import etree

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""When a feed without entries was last changed: every feed has to say a time (§4.2.15)."""

# XML 1.0 §2.2: what no document can hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entry(msgspec.Struct, frozen=True):
    """One thing in a feed. ``id`` never changes; ``terms``: categories it belongs to."""

    id: str
    title: str
    address: str
    updated: dt.datetime
    published: dt.datetime | None = None
    summary: str = ""
    terms: tuple[str, ...] = ()


class Feed(msgspec.Struct, frozen=True):
    """A feed: ``address`` is its own (also its id), ``page`` shows people the same."""

    address: str
    page: str
    title: str
    author: str
    lang: str
    entries: tuple[Entry, ...] = ()


def written(feed: Feed) -> bytes:
    """Return the document."""
    root = etree.Element(f"{{{NAMESPACE}}}feed", {LANG: feed.lang}, nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # the default one has no name
    updated = max((one.updated for one in feed.entries), default=NEVER)
    _text(root, "id", feed.address)
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(updated))
    _text(etree.SubElement(root, f"{{{NAMESPACE}}}author"), "name", feed.author)
    _link(root, "self", MEDIA_TYPE, feed.address)
    _link(root, "alternate", "text/html", feed.page)
    for one in feed.entries:
        _entry(etree.SubElement(root, f"{{{NAMESPACE}}}entry"), one)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _entry(parent: etree._Element, one: Entry) -> None:
    _text(parent, "id", one.id)
    _text(parent, "title", one.title)
    _text(parent, "updated", _moment(one.updated))
    if one.published is not None:
        _text(parent, "published", _moment(one.published))
    _link(parent, "alternate", "text/html", one.address)
    for term in one.terms:
        etree.SubElement(parent, f"{{{NAMESPACE}}}category", {"term": _clean(term)})
    if one.summary:
        _text(parent, "summary", one.summary)


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = _clean(text)


def _link(parent: etree._Element, relation: str, media_type: str, address: str) -> None:
    about = {"rel": relation, "type": media_type, "href": _clean(address)}
    etree.SubElement(parent, f"{{{NAMESPACE}}}link", about)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _moment(at: dt.datetime) -> str:
    """Return a time as RFC 3339 writes it (§3.3)."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
