"""The real modules of Metasploit, every fiftieth."""

from __future__ import annotations

import pytest

from noroshi.core.facets import Maturity
from noroshi.core.formats import metasploit
from tests.core.formats.feeds_real import every_fiftieth

pytestmark = pytest.mark.shared_data


def test_modules_are_read_whole(shared_data):
    found = every_fiftieth(metasploit, shared_data / "feeds" / "metasploit.jsonl.zst")
    assert found.errors == []
    assert found.documents == 114
    exploits = [exploit for record in found.records for exploit in record.exploits]
    assert len(exploits) == 60
    assert {exploit.maturity for exploit in exploits} == set(Maturity)
    assert all(exploit.url and exploit.title for exploit in exploits)
    assert all(record.modified for record in found.records)
