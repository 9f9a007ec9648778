from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import (
    BrokenJson,
    FormatError,
    NotAnIdentifier,
    TooDeep,
    WrongShape,
)
from noroshi.core.facets import (
    Affected,
    Product,
    Record,
    Reference,
    Severity,
    State,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import nvd
from tests.core.formats import feed_samples as samples
from tests.core.formats.feed_samples import FIRMWARE, HARDWARE, NAME, V20, V31, at, raw


def read(item):
    return list(nvd.read(raw(item)))


def record(item):
    (only,) = read(item)
    return only


def test_an_item_becomes_a_record_in_which_each_voice_speaks_for_itself():
    assert record(samples.nvd()) == Record(
        source="nvd",
        external_id=NAME,
        names=(NAME,),
        assigner="psirt@kasumi.example",
        published=dt.datetime(2024, 7, 9, 10, 29, 43, 627000, tzinfo=dt.UTC),
        modified=dt.datetime(2024, 7, 15, 1, 2, 3, tzinfo=dt.UTC),
        descriptions=(
            Text("en", "A neighbour can run commands on an SR-200.", "psirt@kasumi.example"),
        ),
        severities=(
            Severity("nvd@nist.gov", "2.0", V20, 7.5),
            Severity("CISA-ADP", "3.1", V31, 9.8),
        ),
        weaknesses=(Weakness("nvd@nist.gov", "CWE-78"),),
        affected=(
            Affected(
                by="nvd@nist.gov",
                product=Product("cpe", "o:kasumi:sr-200_firmware"),
                versions="generic",
                ranges=(VersionRange(low="2.0", high="2.4"),),
                cpe=FIRMWARE,
                condition=0,
            ),
        ),
        conditions=((HARDWARE,),),
        references=(Reference("https://kasumi.example/sa/1", ("vendor advisory", "patch")),),
    )


def test_an_item_and_the_bare_object_say_the_same():
    item = samples.nvd()
    assert record(item["cve"]) == record(item)
    assert record({"note": 1, "cve": item["cve"]}) == record(item)
    assert record({"lastModified": "", **item["cve"]}) == record(item)


def test_a_page_is_split_into_its_items_unchanged():
    items = [at(samples.nvd(), "cve.id", f"CVE-2024-9999000{number}") for number in range(3)]
    page = raw(samples.nvd_page(*items)).replace(b'"cve":', b'"cve" : ')
    documents = samples.documents(nvd, b"\xef\xbb\xbf" + page + b"\n")
    assert [document.where for document in documents] == [
        f"$.vulnerabilities[{number}]" for number in range(3)
    ]
    assert all(document.body in page for document in documents)
    names = [record.external_id for one in documents for record in samples.records(nvd, one.body)]
    assert names == [item["cve"]["id"] for item in items]


@pytest.mark.parametrize("shape", ["item", "bare", "id last"])
def test_a_single_record_is_one_document_unchanged(shape):
    item = samples.nvd()
    if shape == "id last":
        item["cve"]["id"] = item["cve"].pop("id")
    body = raw(item if shape == "item" else item["cve"])
    (document,) = samples.documents(nvd, b" \n" + body + b"\n")
    assert (document.where, document.body) == ("", body)


def test_a_single_record_is_not_looked_into_before_it_is_kept():
    (document,) = samples.documents(nvd, b'{"cve":{"id":')
    assert document.body == b'{"cve":{"id":'
    (error,) = nvd.read(document.body)
    assert isinstance(error, BrokenJson)


@pytest.mark.parametrize(
    ("payload", "kind", "where"),
    [
        (b"", BrokenJson, "$"),
        (b"<html>", BrokenJson, "$"),
        (b'{"vulnerabilities":[{"cve"', BrokenJson, "$"),
        (b'{"vulnerabilities":{}}', WrongShape, "$.vulnerabilities"),
        (b'{"message":"try later"}', WrongShape, "$"),
        (b"[]", WrongShape, "$"),
        (b'{"a":' * 100_000, TooDeep, "$"),
    ],
)
def test_what_cannot_be_split_is_one_error(payload, kind, where):
    (error,) = nvd.documents(payload)
    assert isinstance(error, FormatError)
    assert (type(error), error.where) == (kind, where)


def test_an_empty_page_has_no_documents():
    assert list(nvd.documents(raw(samples.nvd_page()))) == []


@pytest.mark.parametrize(
    ("path", "value", "kind", "where"),
    [
        ("cve", 7, WrongShape, "$.cve"),
        ("cve.id", 7, WrongShape, "$.cve.id"),
        ("cve.id", "CVE-2024", NotAnIdentifier, "$.cve.id"),
        ("cve.id", "CVE-2024-" + "9" * 1_000_000, NotAnIdentifier, "$.cve.id"),
    ],
)
def test_a_record_without_its_name_is_an_error(path, value, kind, where):
    (error,) = read(at(samples.nvd(), path, value))
    assert (type(error), error.where) == (kind, where)


def test_the_place_in_a_bare_object_is_its_own():
    (error,) = read(at(samples.nvd()["cve"], "id", "x"))
    assert error.where == "$.id"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metrics.cvssMetricV2.0.cvssData.baseScore", "7.5"),
        ("metrics.cvssMetricV2.0.source", 1),
        ("weaknesses.0.description", "CWE-78"),
        ("configurations.0.nodes.0.cpeMatch.0.vulnerable", "yes"),
        ("references.1", "https://kasumi.example/"),
        ("published", 20240709),
        ("cveTags", "disputed"),
    ],
)
def test_an_odd_value_is_named_and_the_rest_is_read(path, value):
    error, found = read(at(samples.nvd(), f"cve.{path}", value))
    place = "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in path.split("."))
    assert (type(error), error.where) == (WrongShape, f"$.cve{place}")
    assert found.external_id == NAME
    assert found.descriptions


def test_nulls_count_as_absent():
    item = samples.nvd()
    for key in set(item["cve"]) - {"id"}:
        item["cve"][key] = None
    assert record(item) == Record(source="nvd", external_id=NAME, names=(NAME,))


def test_a_broken_severity_goes_alone():
    item = at(samples.nvd(), "cve.metrics.cvssMetricV2.0.cvssData.vectorString", "AV:?")
    assert [claim.by for claim in record(item).severities] == ["CISA-ADP"]


def test_a_nonsense_time_is_none():
    found = record(at(samples.nvd(), "cve.published", "long ago"))
    assert found.published is None
    assert found.modified is not None


@pytest.mark.parametrize("status", ["Rejected", "REJECTED"])
def test_a_rejected_record_says_so(status):
    assert record(at(samples.nvd(), "cve.vulnStatus", status)).state is State.REJECTED


def test_a_dispute_is_told_by_its_tag_and_by_how_it_was_written_before():
    tagged = [{"sourceIdentifier": "psirt@kasumi.example", "tags": ["disputed"]}]
    assert record(at(samples.nvd(), "cve.cveTags", tagged)).disputed == ("psirt@kasumi.example",)
    told = at(samples.nvd(), "cve.descriptions.0.value", "** DISPUTED ** By its maker.")
    assert record(told).disputed == ("psirt@kasumi.example",)
    told["cve"]["cveTags"] = [{"sourceIdentifier": samples.CISA, "tags": ["disputed"]}]
    assert record(told).disputed == ("CISA-ADP",)
    assert record(samples.nvd()).disputed == ()


def test_a_name_that_is_none_is_told_and_the_other_claims_are_kept():
    item = samples.nvd()
    item["cve"]["configurations"].append({"nodes": [samples.node(samples.match("SR-200"))]})
    error, found = read(item)
    assert error.where == "$.cve.configurations[1].nodes[0].cpeMatch[0].criteria"
    assert len(found.affected) == 1
