"""CISA Vulnrichment."""

from __future__ import annotations

from tests.core.formats import feed_samples as samples
from tests.core.formats.feed_samples import raw

PAYLOADS = [raw(samples.cve5()), raw([samples.cve5(), samples.cve5_rejected()])]
BAD = (b"[%s,%s,%s]", raw(samples.cve5()))
VALUES = samples.cve5
