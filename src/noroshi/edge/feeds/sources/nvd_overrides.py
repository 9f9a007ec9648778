"""Anchore's configurations for NVD: a file for each CVE."""

from __future__ import annotations

import datetime as dt

from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.sources.repositories import Repository


def feed() -> Feed:
    """Return the feed."""
    return Repository(
        source="nvd_overrides",
        repository="anchore/nvd-data-overrides",
        branch="main",
        cadence=dt.timedelta(hours=12),
    )
