"""Red Hat's real security data, every fiftieth document: each is read whole."""

from __future__ import annotations

import pytest

from noroshi.core.facets import Status
from noroshi.core.formats import redhat
from noroshi.core.versions.ranges import salvage
from tests.core.formats.test_feeds_real import lines, taken_in

pytestmark = pytest.mark.shared_data


def test_documents_are_read_whole(shared_data):
    found, errors = taken_in(
        redhat, lines(shared_data / "feeds" / "redhat-cve-to-2024-08.jsonl.zst")
    )
    assert errors == []
    assert len(found) == 671
    claims = [claim for record in found for claim in record.affected]
    packages = [claim for claim in claims if claim.product.scheme == "purl"]
    assert len(packages) > 2_000
    assert {claim.product.scheme for claim in claims} == {"purl", "name"}
    assert all("&distro=redhat-" in claim.product.name for claim in packages)
    assert not any(":" in claim.product.name or "module" in str(claim.ranges) for claim in packages)
    for claim in claims:
        assert salvage(claim)[1] == ()
        if claim.condition is not None and claim.product.scheme == "purl":
            assert {one.status for one in claim.ranges} == {Status.AFFECTED}
