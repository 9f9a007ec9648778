"""NVD's API 2.0."""

from __future__ import annotations

from tests.core.formats import feed_samples as samples
from tests.core.formats.feed_samples import raw

PAYLOADS = [raw(samples.nvd()), raw(samples.nvd()["cve"]), raw(samples.nvd_page(samples.nvd()))]
BAD = (b'{"vulnerabilities":[%s,%s,%s]}', raw(samples.nvd()))
VALUES = samples.nvd
