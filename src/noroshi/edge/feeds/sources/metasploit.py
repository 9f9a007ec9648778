"""Metasploit: what its repository says of all modules."""

from __future__ import annotations

import datetime as dt

from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.sources.downloads import Download


def feed() -> Feed:
    """Return the feed."""
    return Download(
        source="metasploit",
        address="https://raw.githubusercontent.com/rapid7/metasploit-framework/master/db/modules_metadata_base.json",
        name="modules_metadata_base.json",
        begins=(b"{",),
        cadence=dt.timedelta(hours=12),
    )
