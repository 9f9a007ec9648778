"""The real Ubuntu CVE tracker, every fiftieth CVE."""

from __future__ import annotations

from collections import Counter

import pytest

from noroshi.core.facets import Status
from noroshi.core.formats import ubuntu
from noroshi.core.versions.ranges import key_ranges
from tests.core.formats.feeds_real import every_fiftieth

pytestmark = pytest.mark.shared_data


def test_cves_are_read_whole(shared_data):
    path = shared_data / "feeds" / "ubuntu-cve-tracker-to-2024-08.jsonl.zst"
    found = every_fiftieth(ubuntu, path)
    assert found.errors == []
    assert len(found.records) == found.documents == 1030
    claims = [claim for record in found.records for claim in record.affected]
    statuses = Counter(each.status for claim in claims for each in claim.ranges)
    assert statuses[Status.FIXED] > 3_000
    assert statuses[Status.AFFECTED] > statuses[Status.FIXED]
    assert statuses[Status.NOT_AFFECTED] > 5_000
    # Every bound is a version of Debian's kind; a few packages went back to an older numbering.
    for claim in claims:
        assert len(key_ranges(claim)) == len(claim.ranges)
    products = [
        (record.names, claim.product) for record in found.records for claim in record.affected
    ]
    assert len(set(products)) == len(products)
