"""Debian: the whole security tracker in one file."""

from __future__ import annotations

import datetime as dt

from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.sources.downloads import Download


def feed() -> Feed:
    """Return the feed."""
    return Download(
        source="debian",
        address="https://security-tracker.debian.org/tracker/data/json",
        name="debian.json",
        begins=(b"{",),
        cadence=dt.timedelta(hours=4),
    )
