"""MyJVN's own examples, and answers as they were served: every entry of every layout is read."""

from __future__ import annotations

import tarfile

import msgspec
import pytest

from noroshi.core.errors import BrokenJson, FormatError
from noroshi.core.facets import Record
from noroshi.core.formats import jvn

pytestmark = pytest.mark.shared_data

WANTED = ("getVulnDetailInfo", "getVulnOverviewList", "jvndb")


def files(archive):
    with tarfile.open(archive) as packed:
        for member in packed:
            name = member.name
            if "/examples/" not in name and "/feed/" not in name:
                continue
            content = (
                packed.extractfile(member) if name.endswith((".xml", ".rdf", ".json")) else None
            )
            if content is not None and any(part in name for part in WANTED):
                yield name, content.read()


def taken_in(archive):
    found: dict[str, list[Record]] = {}
    errors: dict[str, list[FormatError]] = {}
    for name, payload in files(archive):
        for document in jvn.documents(payload):
            read = [document] if isinstance(document, FormatError) else jvn.read(document.body)
            for each in read:
                if isinstance(each, Record):
                    assert msgspec.json.decode(msgspec.json.encode(each), type=Record) == each
                    found.setdefault(name, []).append(each)
                else:
                    errors.setdefault(name, []).append(each)
    return found, errors


def test_every_example_is_read_but_the_one_that_is_no_json(shared_data):
    found, errors = taken_in(shared_data / "japanese" / "myjvn.tar.gz")
    ((name, (error,)),) = errors.items()
    assert name.endswith("dataFeed_jvndb_detail_oka.json")
    assert type(error) is BrokenJson
    assert len(found) > 12
    records = [record for each in found.values() for record in each]
    assert len(records) > 30
    assert {claim.product.scheme for record in records for claim in record.affected} == {
        "cpe",
        "name",
    }
    assert {claim.by for record in records for claim in record.severities} == {
        "ipa",
        "jvn",
        "nvd@nist.gov",
    }
    assert all(record.titles[0].lang == "ja" for record in records)


@pytest.mark.parametrize("jvndb", ["JVNDB-2021-002774", "JVNDB-2022-000097"])
def test_xml_and_json_call_an_entry_the_same(shared_data, jvndb):
    found, _ = taken_in(shared_data / "japanese" / "myjvn.tar.gz")
    xml, json = (
        {record.external_id: (record.names, record.advisories) for record in records}
        for name, records in sorted(found.items(), reverse=True)
        if jvndb in name and name.endswith((f"{jvndb}.xml", f"{jvndb}.json"))
    )
    assert xml == json


def test_answers_as_served_are_read(shared_data):
    found, errors = taken_in(shared_data / "fixtures.tar.gz")
    assert errors == {}
    assert sum(map(len, found.values())) > 15
