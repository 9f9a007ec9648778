"""Real feeds, every fiftieth record: each is read, and whatever is wrong in it is known."""

from __future__ import annotations

import gzip
import io
from itertools import islice

import msgspec
import pytest
import zstandard

from noroshi.core.errors import NotAnIdentifier
from noroshi.core.facets import Record, Status
from noroshi.core.formats import cve5, epss, kev, nvd
from tests.core.formats.feed_samples import records

pytestmark = pytest.mark.shared_data

EVERY = 50


def lines(path):
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
        yield from islice(io.BufferedReader(stream, 1 << 20), 0, None, EVERY)


def taken_in(feed, sample):
    """Read one document a line; return the records, and the errors beside them."""
    found, errors = [], []
    for line in sample:
        (document,) = feed.documents(line)
        results = list(feed.read(document.body))
        *beside, record = results
        assert isinstance(record, Record), results
        assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record
        found.append(record)
        errors += beside
    return found, errors


@pytest.fixture(scope="module")
def feeds(shared_data):
    return shared_data / "feeds"


def test_nvd_records_are_read_whole(feeds):
    found, errors = taken_in(nvd, lines(feeds / "nvd-api2-1999-2021.jsonl.zst"))
    assert errors == []
    assert len(found) == 3390
    claims = [claim for record in found for claim in record.affected]
    assert len(claims) > 30_000
    assert sum(claim.condition is not None for claim in claims) > 2_000
    for record in found:
        for claim in record.affected:
            assert claim.condition is None or record.conditions[claim.condition]


def test_cve5_records_are_read_whole(feeds):
    found, errors = taken_in(cve5, lines(feeds / "cve5-vulnrichment-to-2024-10.jsonl.zst"))
    # Some real records give CPE names with an unescaped colon; nothing else is wrong with any.
    assert all(type(error) is NotAnIdentifier and ".cpes[" in error.where for error in errors)
    assert len(found) == 1058
    assert sum(bool(record.ssvc) for record in found) > 1_000
    claims = [claim for record in found for claim in record.affected]
    assert {claim.product.scheme for claim in claims} == {"cpe", "purl", "name"}
    ranged = [claim for claim in claims if claim.ranges or claim.default is not Status.UNKNOWN]
    assert len(ranged) > 0.8 * len(claims)


def test_the_whole_catalogue_of_exploited_vulnerabilities_is_read(feeds):
    found = records(kev, (feeds / "kev-to-2024-10.json").read_bytes())
    assert len({record.external_id for record in found}) == 1201


@pytest.mark.parametrize(("day", "count"), [("2021-04-14", 64_712), ("2021-08-25", 72_012)])
def test_whole_days_of_scores_are_read(feeds, day, count):
    table = gzip.decompress((feeds / f"epss_scores-{day}.csv.gz").read_bytes())
    scores = [record.epss for record in records(epss, table)]
    assert len(scores) == count
    assert {score and score.date.isoformat() for score in scores} == {day}
