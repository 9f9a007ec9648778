"""CISA's Vulnrichment: a CVE record for each CVE that CISA has added something to."""

from __future__ import annotations

import datetime as dt

from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.sources.repositories import Repository


def feed() -> Feed:
    """Return the feed."""
    return Repository(
        source="vulnrichment",
        repository="cisagov/vulnrichment",
        branch="develop",
        cadence=dt.timedelta(hours=2),
    )
