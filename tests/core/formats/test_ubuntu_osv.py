"""Ubuntu's records in the OSV format come to what the tracker itself says."""

from __future__ import annotations

import pytest

from noroshi.core.errors import FormatError
from noroshi.core.facets import Rating, Record, Status
from noroshi.core.formats import ubuntu
from tests.core.formats.contract.ubuntu import cve, osv, packaged
from tests.core.formats.feed_samples import NAME, raw, records


def read(value) -> Record:
    (record,) = records(ubuntu, raw(value))
    return record


def ranges(record: Record) -> dict[str, list[tuple[Status, str | None, str | None]]]:
    return {
        each.product.name.rpartition("-")[2]: [(r.status, r.low, r.high) for r in each.ranges]
        for each in record.affected
    }


def test_both_forms_are_one_record_of_the_cve():
    assert read(osv()).external_id == read(cve()).external_id == NAME
    assert read(osv()).names == (NAME,)


def test_products_are_named_alike_in_both_forms():
    tracked = {each.product for each in read(cve()).affected}
    assert {each.product for each in read(osv()).affected} < tracked


def test_a_release_is_fixed_where_one_of_its_archives_is():
    assert ranges(read(osv())) == {
        "16.04": [
            (Status.AFFECTED, None, "2.1-1ubuntu2+esm1"),
            (Status.FIXED, "2.1-1ubuntu2+esm1", None),
        ],
        "22.04": [
            (Status.AFFECTED, None, "2.3-1ubuntu0.1"),
            (Status.FIXED, "2.3-1ubuntu0.1", None),
        ],
        "24.04": [(Status.AFFECTED, None, None)],
    }


def test_of_the_archives_of_variants_the_kernels_alone_count():
    value = osv()
    value["affected"] = [
        packaged("Ubuntu:Pro:FIPS:20.04:LTS", "linux-fips", "5.4.0-1"),
        packaged("Ubuntu:Pro:FIPS:20.04:LTS", "openssl", "1.1.1f-1.fips"),
        packaged("Ubuntu:Pro:Robotics:20.04:LTS", "linux-ros", "1"),
        packaged("Ubuntu:Snap", "kasumid", "1"),
    ]
    assert ranges(read(value)).keys() == {"20.04"}
    assert [each.product.name.count("linux-fips") for each in read(value).affected] == [1]


def test_priority_notices_and_times_are_taken_and_copies_are_not():
    value = osv()
    value["references"].append(
        {"type": "ADVISORY", "url": "https://ubuntu.com/security/notices/USN-99902-1"}
    )
    value["severity"].append({"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N"})
    record = read(value)
    assert record.ratings == (Rating("ubuntu", "high"),)
    assert record.advisories == ("USN-99901-1", "USN-99902-1")
    assert record.severities == ()
    assert record.descriptions == ()
    assert record.published is not None
    assert record.modified is None  # it does not say when a status changed


@pytest.mark.parametrize("name", ["CVE-2024-0397", "UBUNTU-CVE-2024-0397"])
def test_both_kinds_of_identifiers_name_the_cve(name):
    assert read(osv() | {"id": name}).names == ("CVE-2024-0397",)


@pytest.mark.parametrize("name", ["USN-6891-1", "LSN-0108-1"])
def test_notices_say_nothing_of_their_own(name):
    assert list(ubuntu.read(raw(osv() | {"id": name}))) == []


@pytest.mark.parametrize("name", ["", "DSA-1-1", "UBUNTU-CVE-2006-NNN0", 7])
def test_what_is_no_cve_is_refused_by_its_place(name):
    (error,) = ubuntu.read(raw(osv() | {"id": name}))
    assert isinstance(error, FormatError)
    assert error.where == "$.id"


def test_a_package_with_an_impossible_name_is_told_and_the_others_count():
    value = osv()
    value["affected"][0]["package"]["name"] = "no package"
    found = list(ubuntu.read(raw(value)))
    (error,) = (each for each in found if isinstance(each, FormatError))
    assert error.where == "$.affected[0].package"
    assert len(found) == 2


def test_a_document_of_many_lines_is_one():
    payload = b'\n{\n  "schema_version": "1.7.0",\n  "id": "CVE-2024-0397"\n}\n'
    (document,) = ubuntu.documents(payload)
    assert not isinstance(document, FormatError)
    assert document.body == payload.strip()
