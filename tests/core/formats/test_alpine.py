from __future__ import annotations

import pytest

from noroshi.core.errors import DuplicateKey, NotAnIdentifier, WrongShape
from noroshi.core.facets import Affected, Product, Record, Status, VersionRange
from noroshi.core.formats import alpine
from noroshi.core.versions.ranges import contains, key_ranges
from noroshi.core.versions.registry import key
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract.alpine import database, package
from tests.core.formats.feed_samples import NAME, raw

OTHER = "CVE-2024-99990002"
GHSA = "GHSA-2345-cfgh-jmpq"


def read(value):
    payload = value if isinstance(value, bytes) else raw(value)
    (document,) = samples.documents(alpine, payload)
    return list(alpine.read(document.body))


def fixes(secfixes):
    return read(database({"pkg": {"name": "kasumid", "secfixes": secfixes}}))


def test_a_package_is_a_record_a_cve():
    product = Product("purl", "apk/alpine/kasumid?arch=source&distro=alpine-3.18")
    assert read(database(package())) == [
        Record(
            source="alpine",
            external_id=f"3.18/main/kasumid/{NAME}",
            names=(NAME,),
            affected=(
                Affected(
                    "alpine",
                    product,
                    "apk",
                    (VersionRange(high="2.4-r0"), VersionRange(Status.FIXED, low="2.4-r0")),
                ),
            ),
        ),
        Record(
            source="alpine",
            external_id=f"3.18/main/kasumid/{OTHER}",
            names=(OTHER,),
            affected=(Affected("alpine", product, "apk", (VersionRange(Status.NOT_AFFECTED),)),),
        ),
    ]


def test_versions_compare_as_apk_compares_them():
    (record,) = fixes({"2.4_p1-r0": [NAME]})
    affected, fixed = key_ranges(record.affected[0])
    assert affected.status is Status.AFFECTED
    for version in ("2.4-r9", "2.4_rc1-r0", "2.3.9-r0"):
        assert contains(affected, key("apk", version))
    for version in ("2.4_p1-r0", "2.4_p1-r1", "2.4.1-r0"):
        assert contains(fixed, key("apk", version))


@pytest.mark.parametrize(
    ("secfixes", "fixed"),
    [
        ({"2.4-r0": [NAME], "2.4-r2": [NAME], "2.3-r9": [NAME]}, "2.4-r2"),
        ({"0": [NAME], "2.4-r0": [NAME]}, "2.4-r0"),
        ({"whenever": [NAME], "2.4-r0": [NAME]}, "2.4-r0"),
        ({"whenever": [NAME]}, "whenever"),
    ],
)
def test_of_several_versions_the_last_counts(secfixes, fixed):
    (record,) = fixes(secfixes)
    assert record.affected[0].ranges[0] == VersionRange(high=fixed)


@pytest.mark.parametrize(
    ("entry", "names", "advisories"),
    [
        (NAME, [(NAME,)], ()),
        (f"{NAME} XSA-999", [(NAME,)], ("XSA-999",)),
        (f"{NAME} {OTHER}", [(NAME,), (OTHER,)], ()),
        (f"{NAME} {GHSA}", [(NAME, GHSA)], ()),
        (f"{NAME} {OTHER} {GHSA}", [(NAME,), (OTHER,), (GHSA,)], ()),
        (GHSA, [(GHSA,)], ()),
        (f"{NAME} (+ regression fix)", [(NAME,)], ()),
        ("XSA-999", [], ()),
        ("", [], ()),
    ],
)
def test_an_entry_may_hold_several_identifiers(entry, names, advisories):
    found = fixes({"2.4-r0": [entry]})
    assert [record.names for record in found] == names
    assert all(record.advisories == advisories for record in found)


def test_an_odd_identifier_is_named_and_the_others_are_read():
    error, record = fixes({"2.4-r0": ["CVE_2024-1", NAME]})
    assert (type(error), error.where) == (
        NotAnIdentifier,
        "$.packages[0].pkg.secfixes.2.4-r0[0]",
    )
    assert record.names == (NAME,)


@pytest.mark.parametrize(
    ("secfixes", "where"),
    [
        ([], ""),
        ("none", ""),
        ({"2.4-r0": NAME}, ".2.4-r0"),
        ({"2.4-r0": [7]}, ".2.4-r0[0]"),
    ],
)
def test_what_is_no_list_of_fixes_is_named_and_the_neighbours_are_read(secfixes, where):
    odd = {"pkg": {"name": "odd", "secfixes": secfixes}}
    error, *records = read(database(odd, package()))
    assert (type(error), error.where) == (WrongShape, f"$.packages[0].pkg.secfixes{where}")
    assert len(records) == 2


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        (7, ""),
        ({}, ""),
        ({"pkg": {}}, ".pkg"),
        ({"pkg": {"name": 7}}, ".pkg.name"),
        ({"pkg": {"name": "a b"}}, ".pkg.name"),
        ({"pkg": {"name": "x" * 61}}, ".pkg.name"),
    ],
)
def test_what_is_no_package_is_one_error_and_its_neighbours_are_read(bad, where):
    first, _, error, last, _ = read(database(package("aa"), bad, package("bb")))
    assert (type(error), error.where) == (WrongShape, f"$.packages[1]{where}")
    assert (first.external_id, last.external_id) == (
        f"3.18/main/aa/{NAME}",
        f"3.18/main/bb/{NAME}",
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"distroversion": "3"}, "$.distroversion"),
        ({"distroversion": 3.18}, "$.distroversion"),
        ({"reponame": "../main"}, "$.reponame"),
        ({"packages": {}}, "$.packages"),
    ],
)
def test_what_is_no_database_is_one_error(change, where):
    (error,) = read({**database(), **change})
    assert (type(error), error.where) == (WrongShape, where)


@pytest.mark.parametrize(
    ("written", "release"), [("v3.18", "3.18"), ("2.7", "2.7"), ("edge", "edge")]
)
def test_the_release_is_a_version_or_edge(written, release):
    record, *_ = read({**database(), "distroversion": written})
    assert record.external_id == f"{release}/main/kasumid/{NAME}"
    assert record.affected[0].product.name.endswith(f"distro=alpine-{release}")


def test_a_key_twice_around_the_packages_is_told_beside_them():
    payload = raw(database(package())).replace(b'"archs"', b'"urlprefix":"","archs"')
    *records, error = read(payload)
    assert len(records) == 2
    assert (type(error), error.where) == (DuplicateKey, "$")
