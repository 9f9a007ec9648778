"""SUSE: a provider of CSAF, its advisories and VEX documents (`csaf`)."""

from __future__ import annotations

import datetime as dt

from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.sources.csaf import Csaf

PROVIDERS = ("https://www.suse.com/.well-known/csaf/provider-metadata.json",)


def feed(*, unsigned: bool = True) -> Feed:
    """Return the feed."""
    return Csaf(PROVIDERS, unsigned, source="suse", cadence=dt.timedelta(hours=4))
