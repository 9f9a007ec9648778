"""The real templates of nuclei, every fiftieth."""

from __future__ import annotations

import pytest

from noroshi.core.facets import Maturity
from noroshi.core.formats import nuclei
from tests.core.formats.feeds_real import every_fiftieth

pytestmark = pytest.mark.shared_data


def test_templates_are_read_whole(shared_data):
    found = every_fiftieth(nuclei, shared_data / "feeds" / "nuclei-cves.jsonl.zst")
    assert found.errors == []
    assert len(found.records) == found.documents == 59
    for record in found.records:
        (exploit,) = record.exploits
        assert exploit.maturity is Maturity.CHECK
        assert exploit.url
        assert not record.severities
        assert not record.weaknesses
