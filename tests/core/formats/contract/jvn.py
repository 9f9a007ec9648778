"""JVN iPedia."""

from __future__ import annotations

from tests.core.formats import jvn_samples as samples

PAYLOADS = samples.PAYLOADS
BAD = (samples.vuldef("%s", "%s", "%s"), samples.vulinfo().encode())
VALUES = samples.detail
