"""FIRST's tables."""

from __future__ import annotations

from tests.core.formats import feed_samples as samples

PAYLOADS = [samples.EPSS]
BAD = (
    b"#score_date:2024-07-12\ncve,epss\n%s\n%s\n%s\n",
    samples.NAME.encode() + b",0.5",
)
