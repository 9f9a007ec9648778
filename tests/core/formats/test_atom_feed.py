"""Atom feeds, as RFC 4287 wants them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lxml import etree

from noroshi.core.formats import atom_feed
from noroshi.core.formats.atom_feed import Entry, Feed, written

AT = dt.datetime(2026, 6, 1, 3, tzinfo=dt.timezone(dt.timedelta(hours=9)))
NAMES = {"a": atom_feed.NAMESPACE}


def read(*entries: Entry) -> Any:
    feed = Feed("https://n.example/f?a&b", "https://n.example/", "認証", "Noroshi", "ja", entries)
    return etree.fromstring(written(feed))


def test_what_every_feed_and_entry_must_have():
    root = read(Entry("urn:x:1", "<b>\x00", "https://n.example/1", AT, summary="a & b"))
    for parent in (root, root.find("a:entry", NAMES)):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"a:{name}", NAMES)) == 1, name
    assert root.findtext("a:author/a:name", namespaces=NAMES) == "Noroshi"
    assert root.find("a:link[@rel='self']", NAMES).get("href") == "https://n.example/f?a&b"
    assert root.findtext("a:updated", namespaces=NAMES) == "2026-05-31T18:00:00Z"
    assert root.findtext("a:entry/a:title", namespaces=NAMES) == "<b>\ufffd"


def test_a_feed_without_entries_says_a_time_as_well():
    assert read().findtext("a:updated", namespaces=NAMES) == "1970-01-01T00:00:00Z"
