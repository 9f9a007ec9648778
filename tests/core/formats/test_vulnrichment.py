"""CISA Vulnrichment: CISA's own containers, and nothing of anybody else's."""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import FormatError
from noroshi.core.facets import Record, State
from noroshi.core.formats import cve5, vulnrichment
from tests.core.formats.feed_samples import NAME, at, raw, records
from tests.core.formats.feed_samples import cve5 as document
from tests.core.formats.feeds_real import every_fiftieth

CISA = "containers.adp.1"


def read(value) -> Record:
    (record,) = records(vulnrichment, raw(value))
    return record


def test_what_cisa_adds_is_what_comes_with_the_cve_list_as_well():
    own = read(document())
    (whole,) = records(cve5, raw(document()))
    assert own.ssvc == whole.ssvc != ()
    assert own.exploited == whole.exploited is not None
    assert own.affected == tuple(each for each in whole.affected if each.by == "CISA-ADP") != ()


def test_nothing_of_the_assigner_and_of_the_programme_is_taken():
    own = read(document())
    assert (own.names, own.titles, own.descriptions, own.severities) == ((NAME,), (), (), ())
    assert (own.weaknesses, own.references, own.assigner) == ((), (), "")
    rejected = at(document(), "cveMetadata.state", "REJECTED")
    assert read(rejected).state is State.PUBLISHED  # which is for the CVE List to say


def test_cisas_scores_weaknesses_references_and_time_are_taken():
    value = document()
    container = value["containers"]["adp"][1]
    vector = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"
    container["metrics"].append({"cvssV3_1": {"vectorString": vector, "baseScore": 8.1}})
    container["problemTypes"] = [{"descriptions": [{"lang": "en", "cweId": "CWE-77"}]}]
    container["references"] = [{"url": "https://cisa.example/1", "tags": ["exploit"]}]
    container["providerMetadata"]["dateUpdated"] = "2024-07-11T10:00:00.5Z"
    own = read(value)
    assert [(each.by, each.vector) for each in own.severities] == [("CISA-ADP", vector)]
    assert [each.cwe for each in own.weaknesses] == ["CWE-77"]
    assert [(each.url, each.tags) for each in own.references] == [
        ("https://cisa.example/1", ("exploit",))
    ]
    assert own.modified == dt.datetime(2024, 7, 11, 10, 0, 0, 500_000, dt.UTC)


def test_a_record_without_a_container_of_cisas_takes_its_claims_back():
    value = document()
    del value["containers"]["adp"]
    own = read(value)
    assert (own.ssvc, own.exploited, own.affected) == ((), None, ())
    assert own.modified == dt.datetime(2024, 7, 10, 9, 0, tzinfo=dt.UTC)


def test_a_version_that_nobody_knows_is_refused():
    (error,) = vulnrichment.read(raw(at(document(), "dataVersion", "6.0")))
    assert isinstance(error, FormatError)
    assert (error.code, error.where) == ("unsupported-version", "$.dataVersion")


@pytest.mark.shared_data
def test_real_records_are_read_as_the_cve_list_gives_them(shared_data):
    path = shared_data / "feeds" / "cve5-vulnrichment-to-2024-10.jsonl.zst"
    found = every_fiftieth(vulnrichment, path)
    assert found.errors == []
    assert len(found.records) == found.documents > 1_000
    whole = {record.external_id: record for record in every_fiftieth(cve5, path).records}
    assert all(record.ssvc == whole[record.external_id].ssvc for record in found.records)
    assert sum(bool(record.ssvc) for record in found.records) > 500
