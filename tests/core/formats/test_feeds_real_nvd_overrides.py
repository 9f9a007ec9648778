"""Real overrides, every fiftieth: each is read whole."""

from __future__ import annotations

import pytest

from noroshi.core.formats import nvd_overrides
from noroshi.core.versions.ranges import salvage
from tests.core.formats.test_feeds_real import lines, taken_in

pytestmark = pytest.mark.shared_data


def test_overrides_are_read_whole(shared_data):
    path = shared_data / "feeds" / "nvd-overrides-anchore-to-2026-05.jsonl.zst"
    found, errors = taken_in(nvd_overrides, lines(path))
    assert errors == []
    assert len(found) == 478
    claims = [claim for record in found for claim in record.affected]
    assert len(claims) > 1_000
    assert {claim.by for claim in claims} == {"anchore"}
    assert not any(record.descriptions for record in found)
    assert all(salvage(claim)[1] == () for claim in claims)
