"""Pulling as the settings want it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.edge.feeds.client import Rules
from noroshi.edge.feeds.files import Limits
from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.pulling import Manner
from noroshi.edge.feeds.sources import FEEDS, Options


def feed_named(name: str) -> Feed:
    """Return a feed; raises `NotFound`."""
    if name not in FEEDS:
        raise NotFound(kind=_("source that can be pulled"), name=name)
    configured = settings.NOROSHI
    options = Options(
        configured.nvd_key,
        configured.feed_csaf,
        configured.feed_csaf_unsigned,
        rss=configured.feed_rss,
        misp=configured.feed_misp,
        taxii=configured.feed_taxii,
        taxii_logins=configured.taxii_logins,
    )
    return FEEDS[name](options)


def limits() -> Limits:
    """Return how much is read."""
    configured = settings.NOROSHI
    return Limits(
        configured.max_file_bytes, configured.max_unpacked_bytes, configured.max_document_bytes
    )


def manner(name: str, cores: int | None = None) -> Manner:
    """Return how a source is pulled."""
    configured = settings.NOROSHI
    hours = configured.feed_hours.get(name)
    return Manner(
        configured.data / "feeds",
        limits(),
        Rules(configured.max_file_bytes, configured.feed_proxy, configured.feed_mirror),
        cores=cores,
        cadence=dt.timedelta(hours=hours) if hours else None,
    )
