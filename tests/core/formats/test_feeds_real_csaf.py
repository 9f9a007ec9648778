"""Real CSAF documents, some of each publisher: none is lost, and what is wrong in them is known."""

from __future__ import annotations

import io
import tarfile
from itertools import islice

import msgspec
import pytest
import zstandard

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Record, Status
from noroshi.core.formats import csaf
from tests.core.formats.feed_samples import documents

pytestmark = pytest.mark.shared_data

EVERY = 20


def taken_in(path, every=EVERY):
    """Read one document a line; return the records, and the errors beside them."""
    found, errors = [], []
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
        for line in islice(io.BufferedReader(stream, 1 << 20), 0, None, every):
            (document,) = documents(csaf, line)
            results = list(csaf.read(document.body))
            errors += [each for each in results if isinstance(each, FormatError)]
            records = [each for each in results if isinstance(each, Record)]
            assert records, results
            found += records
    for record in found:
        assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record
        assert all(len(name) <= 120 for name in (record.external_id, *record.names))
    assert len({record.external_id for record in found}) == len(found)
    return found, errors


@pytest.fixture(scope="module")
def feeds(shared_data):
    return shared_data / "feeds"


def test_cisco_advisories_are_a_few_claims_of_many_versions(feeds):
    found, errors = taken_in(feeds / "csaf-cisco.jsonl.zst")
    assert len(found) > 280
    # Some old documents give the status of a product that their tree does not have.
    assert all(type(error) is WrongShape and ".product_status." in error.where for error in errors)
    claims = [claim for record in found for claim in record.affected]
    assert {claim.by for claim in claims} == {"cisco"}
    assert sum(len(claim.ranges) for claim in claims) > 8 * len(claims)
    assert any(claim.condition is not None for claim in claims)
    assert sum(bool(record.remedies) for record in found) > 0.6 * len(found)


def test_cisa_advisories_have_versions_that_can_be_ordered(feeds):
    found, errors = taken_in(feeds / "csaf-cisa.jsonl.zst")
    assert errors == []
    claims = [claim for record in found for claim in record.affected]
    assert sum(bool(claim.ranges) for claim in claims) > 0.9 * len(claims)
    assert all(record.names[0].startswith("CVE-") for record in found)
    assert all(record.severities and record.weaknesses for record in found)


def test_palo_alto_documents_say_what_is_not_affected_too(feeds):
    found, errors = taken_in(feeds / "csaf-paloalto.jsonl.zst", every=4)
    # Its older documents name versions that their tree does not have; one has its own id as a CVE.
    assert all(isinstance(error, WrongShape | NotAnIdentifier) for error in errors)
    statuses = {one.status for record in found for claim in record.affected for one in claim.ranges}
    assert statuses == {Status.AFFECTED, Status.NOT_AFFECTED, Status.FIXED}
    assert {claim.by for record in found for claim in record.affected} == {"palo_alto"}


def test_the_test_documents_of_the_standard_are_read(shared_data):
    read = restricted = 0
    with tarfile.open(shared_data / "vectors" / "oasis-csaf.tar.gz") as archive:
        for member in islice(archive, 0, None, 3):
            content = archive.extractfile(member) if "/data/" in member.name else None
            if content is None or not member.name.endswith("-01.json"):
                continue
            results = list(csaf.read(content.read()))
            read += any(isinstance(each, Record) for each in results)
            restricted += any("TLP:" in str(each) for each in results)
            assert results
    assert read > 40
    assert restricted < 6
