"""Nuclei: the list of templates that check for a CVE; JSON, one a line, whatever it is called."""

from __future__ import annotations

import datetime as dt

from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.sources.downloads import Download


def feed() -> Feed:
    """Return the feed."""
    return Download(
        source="nuclei",
        address="https://raw.githubusercontent.com/projectdiscovery/nuclei-templates/main/cves.json",
        name="cves.jsonl",
        begins=(b"{",),
        cadence=dt.timedelta(hours=12),
    )
