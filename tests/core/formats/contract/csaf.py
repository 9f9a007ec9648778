"""CSAF 2.0 and 2.1."""

from __future__ import annotations

from tests.core.formats import csaf_samples as samples
from tests.core.formats.feed_samples import raw

PAYLOADS = [raw(samples.csaf()), raw(samples.csaf21()), raw([samples.csaf(), samples.csaf21()])]
BAD = (b"[%s,%s,%s]", raw(samples.csaf()))
VALUES = samples.csaf21
