"""Real databases in the OSV format, every fiftieth record: each is read whole."""

from __future__ import annotations

import pytest

from noroshi.core.facets import Record
from noroshi.core.formats import osv
from noroshi.core.versions.ranges import salvage
from tests.core.formats.feed_samples import documents
from tests.core.formats.test_feeds_real import lines

pytestmark = pytest.mark.shared_data

DATABASES = {
    "ghsa-maven": ("ghsa", "maven/", 104),
    "ghsa-npm": ("ghsa", "npm/", 74),
    "pypa": ("pysec", "pypi/", 54),
    "golang": ("go", "golang/", 62),
    "rustsec": ("rustsec", "cargo/", 15),
    "bitnami": ("bitnami", "bitnami/", 72),
}
"""File → the voice in it, its package URLs, its documents (every fiftieth)."""


@pytest.mark.parametrize("name", DATABASES)
def test_records_are_read_whole(shared_data, name):
    by, kind, count = DATABASES[name]
    read = 0
    for line in lines(shared_data / "feeds" / f"osv-{name}.jsonl.zst"):
        (document,) = documents(osv, line)
        found = list(osv.read(document.body))
        assert found
        for record in found:
            assert isinstance(record, Record)
            assert record.descriptions
            assert {claim.by for claim in record.affected} <= {by}
            for claim in record.affected:
                assert claim.product.scheme == "purl"
                assert claim.product.name.startswith(kind)
                assert salvage(claim)[1] == ()
        read += 1
    assert read == count
