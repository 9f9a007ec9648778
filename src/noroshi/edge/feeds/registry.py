"""The sources: one line each."""

from __future__ import annotations

from collections.abc import Mapping

from noroshi.core.formats import cve5, epss, kev, nvd
from noroshi.core.formats.feed import FeedFormat

FORMATS: Mapping[str, FeedFormat] = {module.SOURCE: module for module in (cve5, nvd, kev, epss)}
"""Source name → the format of its documents."""
