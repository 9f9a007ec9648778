from __future__ import annotations

import datetime as dt
import json

import pytest

from noroshi.core.errors import (
    BrokenJson,
    FormatError,
    NotAnIdentifier,
    TooDeep,
    UnsupportedVersion,
    WrongShape,
)
from noroshi.core.facets import (
    Affected,
    Exploited,
    Product,
    Record,
    Reference,
    Severity,
    Ssvc,
    State,
    Status,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import cve5
from tests.core.formats import feed_samples as samples
from tests.core.formats.feed_samples import FIRMWARE, HARDWARE, NAME, V31, V40, at, raw

RANGES = (VersionRange(low="2.0", high="2.4"),)


def read(value):
    return list(cve5.read(raw(value)))


def record(value):
    (only,) = read(value)
    return only


def test_a_record_keeps_what_each_voice_says():
    assert record(samples.cve5()) == Record(
        source="cve5",
        external_id=NAME,
        names=(NAME, "GHSA-2345-cfgh-jmpq"),
        assigner="kasumi",
        published=dt.datetime(2024, 7, 9, 10, 29, 43, 626000, tzinfo=dt.UTC),
        modified=dt.datetime(2024, 7, 10, 9, tzinfo=dt.UTC),
        titles=(Text("en", "SR-200 trusts its neighbours", "kasumi"),),
        descriptions=(
            Text("en", "A neighbour can run commands on an SR-200.", "kasumi"),
            Text("ja", "隣接機器から SR-200 に命令を実行させられます。", "kasumi"),
        ),
        severities=(
            Severity("kasumi", "3.1", V31, 9.8),
            Severity("kasumi", "4.0", V40, 9.3),
        ),
        weaknesses=(Weakness("kasumi", "CWE-78"),),
        affected=(
            Affected(
                "kasumi",
                Product("name", "kasumi:sr-200"),
                "generic",
                RANGES,
                Status.NOT_AFFECTED,
            ),
            Affected(
                "CISA-ADP",
                Product("cpe", "o:kasumi:sr-200_firmware"),
                "generic",
                RANGES,
                cpe="cpe:2.3:o:kasumi:sr-200_firmware:2.0:*:*:*:*:*:*:*",
            ),
        ),
        references=(
            Reference("https://kasumi.example/sa/1", ("vendor-advisory",)),
            Reference("https://mirror.example/1"),
        ),
        ssvc=(Ssvc("CISA-ADP", "active", "yes", "total", dt.datetime(2024, 7, 11, tzinfo=dt.UTC)),),
        exploited=Exploited("CISA-ADP", since=dt.date(2024, 7, 12)),
    )


def test_a_rejected_record_gives_its_reason_and_what_took_its_place():
    found = record(samples.cve5_rejected())
    assert found.state is State.REJECTED
    assert found.descriptions == (Text("en", "Reported twice.", "kasumi"),)
    assert found.replaced_by == ("CVE-2024-99990002",)
    assert found.names == (NAME,)


def test_a_replacement_that_is_no_cve_id_is_told_and_the_others_kept():
    value = samples.cve5_rejected()
    value["containers"]["cna"]["replacedBy"] = [
        "CVE-2024-99990002",
        "CVE-2024",
        "CVE-2024-99990003",
    ]
    error, found = read(value)
    assert (type(error), error.where) == (NotAnIdentifier, "$.containers.cna.replacedBy[1]")
    assert found.replaced_by == ("CVE-2024-99990002", "CVE-2024-99990003")


def test_a_single_record_is_one_document_unchanged_and_not_looked_into():
    body = raw(samples.cve5())
    (document,) = samples.documents(cve5, b"\xef\xbb\xbf\n " + body + b"\r\n")
    assert (document.where, document.body) == ("", body)
    (document,) = samples.documents(cve5, b'{"broken":')
    assert document.body == b'{"broken":'


def test_an_array_is_split_into_its_records_unchanged():
    one, two = raw(samples.cve5()), raw(samples.cve5_rejected())
    documents = samples.documents(cve5, b"[" + one + b" ,\n" + two + b"]")
    assert [(document.where, document.body) for document in documents] == [
        ("$[0]", one),
        ("$[1]", two),
    ]


def test_the_programmes_lists_of_changes_hold_no_records():
    changes = {
        "fetchTime": "2024-07-09T10:29:43.626Z",
        "numberOfChanges": 1,
        "new": [],
        "updated": [],
    }
    assert samples.documents(cve5, raw(changes)) == []
    assert samples.documents(cve5, json.dumps([changes], indent=2).encode()) == []


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"", BrokenJson),
        (b"   ", BrokenJson),
        (b"CVE-2024-99990001", BrokenJson),
        (b'[{"a":1},', BrokenJson),
        (b"[" * 100_000, TooDeep),
    ],
)
def test_what_cannot_be_split_is_one_error(payload, kind):
    (error,) = cve5.documents(payload)
    assert isinstance(error, FormatError)
    assert type(error) is kind


@pytest.mark.parametrize(
    ("path", "value", "kind", "where"),
    [
        ("cveMetadata", 7, WrongShape, "$.cveMetadata"),
        ("cveMetadata.cveId", None, WrongShape, "$.cveMetadata.cveId"),
        ("cveMetadata.cveId", "CVE-2024-1", NotAnIdentifier, "$.cveMetadata.cveId"),
        ("cveMetadata.state", "RESERVED", WrongShape, "$.cveMetadata.state"),
        ("containers", [], WrongShape, "$.containers"),
        ("containers.cna", None, WrongShape, "$.containers.cna"),
        ("dataVersion", "4.0", UnsupportedVersion, "$.dataVersion"),
        ("dataVersion", 5, WrongShape, "$.dataVersion"),
    ],
)
def test_a_record_without_what_it_is_about_is_an_error(path, value, kind, where):
    (error,) = read(at(samples.cve5(), path, value))
    assert (type(error), error.where) == (kind, where)


@pytest.mark.parametrize("value", [{}, [], 7, "x", None, {"CVE_data_meta": {"ID": NAME}}])
def test_what_is_no_record_is_an_error(value):
    (error,) = read(value)
    assert (type(error), error.where) == (WrongShape, "$")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("cveMetadata.datePublished", 20240709),
        ("containers.adp", {}),
        ("containers.cna.title", ["x"]),
        ("containers.cna.affected.0.versions.0.version", 2.0),
        ("containers.cna.metrics.0.cvssV3_1.baseScore", "9.8"),
        ("containers.cna.references.0", "https://kasumi.example"),
        ("containers.cna.source", "a friend"),
        ("containers.adp.1.metrics.0.other.content", "?"),
    ],
)
def test_an_odd_value_is_named_and_the_rest_is_read(path, value):
    error, found = read(at(samples.cve5(), path, value))
    place = "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in path.split("."))
    assert (type(error), error.where) == (WrongShape, f"${place}")
    assert found.external_id == NAME
    assert found.descriptions


def test_nulls_count_as_absent():
    value = samples.cve5()
    for key in value["containers"]["cna"]:
        value["containers"]["cna"][key] = None
    value["containers"]["adp"] = None
    found = record(value)
    assert (found.affected, found.references, found.titles) == ((), (), ())


@pytest.mark.parametrize(
    ("provider", "assigner", "by"),
    [
        ({"shortName": "kasumi"}, "root", "kasumi"),
        ({"orgId": "0"}, "root", "root"),
        ({"orgId": "0"}, "", "0"),
    ],
)
def test_the_cnas_voice_has_the_best_name_there_is(provider, assigner, by):
    value = at(samples.cve5(), "containers.cna.providerMetadata", provider)
    found = record(at(value, "cveMetadata.assignerShortName", assigner))
    assert found.titles[0].by == by


def test_the_programmes_own_container_is_read_for_references_alone():
    value = samples.cve5()
    value["containers"]["adp"][0]["affected"] = value["containers"]["cna"]["affected"]
    value["containers"]["adp"][0]["tags"] = ["disputed"]
    assert record(value) == record(samples.cve5())


def test_whoever_disputes_is_named():
    value = at(samples.cve5(), "containers.cna.tags", ["unsupported-when-assigned", "disputed"])
    assert record(value).disputed == ("kasumi",)
    value["containers"]["adp"][1]["tags"] = ["disputed"]
    assert record(value).disputed == ("kasumi", "CISA-ADP")


def test_a_broken_severity_goes_alone_and_an_equal_one_is_kept_once():
    value = samples.cve5()
    metrics = value["containers"]["cna"]["metrics"]
    metrics += [
        metrics[0],
        {"cvssV3_0": {"vectorString": "none", "baseScore": 5}},
        {"cvssV2_0": {}},
    ]
    assert record(value).severities == record(samples.cve5()).severities


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([{"Exploitation": "PoC"}], ("poc", None, None)),
        ([{"Exploitation": "None"}, {"Automatable": "maybe"}], ("none", None, None)),
        ([{"Exploitation": "rumoured"}, {"Automatable": "no"}], None),
        ([], None),
    ],
)
def test_ssvc_values_are_those_of_the_scheme(options, expected):
    value = at(samples.cve5(), "containers.adp.1.metrics.0.other.content", {"options": options})
    found = [
        (claim.exploitation, claim.automatable, claim.technical_impact)
        for claim in record(value).ssvc
    ]
    assert found == ([expected] if expected else [])


def test_a_catalogue_note_without_a_day_is_no_claim():
    value = at(samples.cve5(), "containers.adp.1.metrics.1.other.content.dateAdded", "recently")
    assert record(value).exploited is None


def test_of_two_catalogue_notes_the_first_counts():
    value = samples.cve5()
    value["containers"]["adp"][1]["metrics"].append(
        {"other": {"type": "kev", "content": {"dateAdded": "2024-08-01"}}}
    )
    assert record(value).exploited == record(samples.cve5()).exploited


def test_an_advisory_that_is_no_github_id_is_no_name():
    value = at(samples.cve5(), "containers.cna.source.advisory", "KSM-SA-1")
    assert record(value).names == (NAME,)


def test_cpe_applicability_is_read_like_nvds_configurations():
    value = samples.cve5()
    value["containers"]["cna"]["cpeApplicability"] = samples.nvd()["cve"]["configurations"]
    found = record(value)
    (claim,) = [claim for claim in found.affected if claim.condition is not None]
    assert (claim.by, claim.cpe, claim.ranges) == ("kasumi", FIRMWARE, RANGES)
    assert found.conditions == ((HARDWARE,),)


def test_a_name_that_is_none_is_told_with_its_place():
    value = at(samples.cve5(), "containers.adp.1.affected.0.cpes", ["cpe:2.3:a:b"])
    value["containers"]["cna"]["cpeApplicability"] = [
        {"nodes": [samples.node(samples.match("SR-200"))]}
    ]
    *errors, found = read(value)
    assert [error.where for error in errors] == [
        "$.containers.cna.cpeApplicability[0].nodes[0].cpeMatch[0].criteria",
        "$.containers.adp[1].affected[0].cpes[0]",
    ]
    assert [claim.product.name for claim in found.affected] == [
        "kasumi:sr-200",
        "kasumi:sr-200_firmware",
    ]


def test_a_claim_made_twice_is_kept_once():
    value = samples.cve5()
    value["containers"]["cna"]["affected"] *= 2
    assert record(value).affected == record(samples.cve5()).affected
