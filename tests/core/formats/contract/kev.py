"""CISA's catalogue."""

from __future__ import annotations

from tests.core.formats import feed_samples as samples
from tests.core.formats.feed_samples import raw

PAYLOADS = [raw(samples.kev())]
BAD = (b'{"vulnerabilities":[%s,%s,%s]}', raw(samples.kev_entry()))
VALUES = samples.kev
