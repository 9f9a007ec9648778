from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import BrokenJson, NotAnIdentifier, TooDeep, UnsupportedVersion, WrongShape
from noroshi.core.facets import (
    Affected,
    Credit,
    Exploited,
    Product,
    Rating,
    Record,
    Reference,
    Remedy,
    RemedyKind,
    Severity,
    Ssvc,
    Status,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import csaf, csaf_records
from tests.core.formats import csaf_samples as samples
from tests.core.formats.csaf_samples import HARDWARE
from tests.core.formats.feed_samples import NAME, V31, at, documents, raw

FIRMWARE = Product("name", "kasumi:sr-200 firmware")
CLIENT = Product("purl", "npm/@kasumi/sr-client")
SAID = "vulnerabilities.0"


def read(value):
    return list(csaf.read(raw(value)))


def record(value):
    (only,) = read(value)
    assert isinstance(only, Record), only
    return only


def named(value, **more):
    value["vulnerabilities"][0].update(more)
    return value


def test_an_advisory_is_read_whole():
    assert record(samples.csaf()) == Record(
        source="csaf",
        external_id=f"kasumi:KSA-2024-07/{NAME}",
        names=(NAME,),
        advisories=("KSA-2024-07",),
        published=dt.datetime(2024, 7, 9, 10, tzinfo=dt.UTC),
        modified=dt.datetime(2024, 7, 15, 12, tzinfo=dt.UTC),
        titles=(Text("en", "SR-200 trusts its neighbours", "kasumi"),),
        descriptions=(Text("en", "A neighbour can run commands on an SR-200.", "kasumi"),),
        severities=(Severity("kasumi", "3.1", V31, 9.8),),
        ratings=(Rating("kasumi", "critical"), Rating("kasumi", "important")),
        weaknesses=(Weakness("kasumi", "CWE-78"),),
        affected=(
            Affected(
                "kasumi",
                FIRMWARE,
                "generic",
                (
                    VersionRange(high="2.4"),
                    VersionRange(Status.FIXED, low="2.4", high="2.4", high_inclusive=True),
                ),
                condition=0,
            ),
            Affected(
                "kasumi",
                CLIENT,
                "npm",
                (
                    VersionRange(
                        Status.NOT_AFFECTED, low="1.0.2", high="1.0.2", high_inclusive=True
                    ),
                ),
                reason="component_not_present",
            ),
        ),
        conditions=((HARDWARE,),),
        references=(
            Reference("https://kasumi.example/sa/1", ("vendor-advisory",)),
            Reference("https://notes.example/1"),
        ),
        remedies=(
            Remedy(
                "kasumi",
                RemedyKind.FIX,
                "en",
                "Install 2.4.",
                "https://kasumi.example/2.4",
                (FIRMWARE,),
            ),
            Remedy("kasumi", RemedyKind.WORKAROUND, "en", "Turn discovery off."),
        ),
        credits=(Credit("kasumi", "Aoi Mori (Lab)"),),
        exploited=Exploited("kasumi", dt.date(2024, 7, 12)),
    )


def test_csaf_2_1_says_the_same_and_who_measured():
    old, new = record(samples.csaf()), record(samples.csaf21())
    assert (new.affected, new.conditions, new.remedies) == (
        old.affected,
        old.conditions,
        old.remedies,
    )
    assert new.severities == (
        Severity("kasumi", "3.1", V31, 9.8),
        Severity("nvd@nist.gov", "3.1", V31, 9.8),
    )
    assert new.ratings == (Rating("kasumi", "critical"),)
    assert [each.cwe for each in new.weaknesses] == ["CWE-78", "CWE-20"]
    day = dt.datetime(2024, 7, 13, tzinfo=dt.UTC)
    assert new.ssvc == (Ssvc("kasumi", "active", "yes", "total", day),)
    assert new.exploited == Exploited("kasumi", dt.date(2024, 7, 11))


def test_a_decision_that_stands_in_a_note_is_one_and_no_prose():
    note = {"category": "details", "text": "SSVCv2/E:P/A:N/T:P/2024-07-11T21:26:33Z/"}
    found = record(named(samples.csaf(), notes=[note]))
    moment = dt.datetime(2024, 7, 11, 21, 26, 33, tzinfo=dt.UTC)
    assert found.ssvc == (Ssvc("kasumi", "poc", "no", "partial", moment),)
    assert [text.text for text in found.descriptions] == [
        "A neighbour can run commands on an SR-200."
    ]


def test_a_decision_without_exploitation_is_none():
    value = samples.csaf21()
    value["vulnerabilities"][0]["metrics"][2]["content"]["ssvc_v2"]["selections"] = []
    assert record(value).ssvc == ()


def test_several_vulnerabilities_are_several_records_without_the_ratings_of_the_whole():
    value = samples.csaf()
    other = samples.vulnerability() | {
        "cve": "CVE-2024-99990002",
        "title": "Another",
        "threats": [],
    }
    value["vulnerabilities"].append(other)
    first, second = read(value)
    assert [first.names, second.names] == [(NAME,), ("CVE-2024-99990002",)]
    assert first.titles == ()
    assert second.titles == (Text("en", "Another", "kasumi"),)
    assert second.ratings == ()
    assert first.advisories == second.advisories == ("KSA-2024-07",)


def test_one_vulnerability_told_twice_is_two_records():
    value = samples.csaf()
    value["vulnerabilities"].append(samples.vulnerability())
    assert [each.external_id for each in read(value)] == [
        f"kasumi:KSA-2024-07/{NAME}",
        f"kasumi:KSA-2024-07/{NAME}/2",
    ]


@pytest.mark.parametrize(
    ("ids", "cve", "name"),
    [
        ([{"system_name": "t", "text": "KAS-1234"}], None, "KAS-1234"),
        ([{"system_name": "t", "text": "12345"}], None, "KSA-2024-07"),
        ([], None, "KSA-2024-07"),
        ([], "KSA-2024-07", "KSA-2024-07"),
        ([], "OTHER-2024-1", "OTHER-2024-1"),
    ],
)
def test_a_vulnerability_without_a_cve_id_is_called_by_its_publisher(ids, cve, name):
    found = record(named(samples.csaf(), ids=ids, cve=cve))
    assert found.names == (name,)
    assert found.external_id == f"kasumi:KSA-2024-07/{name}"
    assert found.advisories == (() if name == "KSA-2024-07" else ("KSA-2024-07",))


def test_several_without_any_id_are_called_by_their_place():
    value = named(samples.csaf(), ids=[], cve=None)
    value["vulnerabilities"].append(value["vulnerabilities"][0])
    assert [each.names for each in read(value)] == [("KSA-2024-07/1",), ("KSA-2024-07/2",)]


def test_an_advisory_of_a_forge_is_another_name():
    ids = [{"system_name": "GitHub", "text": "GHSA-2345-cfgh-jmpq"}]
    assert record(named(samples.csaf(), ids=ids)).names == (NAME, "GHSA-2345-cfgh-jmpq")


def test_what_a_source_calls_a_record_is_never_too_long():
    one = record(at(samples.csaf(), "document.tracking.id", "K" * 118))
    two = record(at(samples.csaf(), "document.tracking.id", "K" * 119))
    assert len(one.external_id) == len(two.external_id) == 120
    assert one.external_id != two.external_id


@pytest.mark.parametrize("vulnerabilities", [[], None])
def test_a_document_without_vulnerabilities_is_a_record_of_its_own(vulnerabilities):
    found = record(samples.csaf(vulnerabilities=vulnerabilities))
    assert (found.names, found.external_id) == (("KSA-2024-07",), "kasumi:KSA-2024-07")
    assert found.titles == (Text("en", "SR-200 trusts its neighbours", "kasumi"),)
    assert found.affected == found.advisories == ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("category", "csaf_withdrawn"),
        ("category", "csaf_superseded"),
        ("tracking.status", "draft"),
    ],
)
def test_what_does_not_hold_is_withdrawn(path, value):
    found = record(at(samples.csaf(), f"document.{path}", value))
    assert found.withdrawn == dt.datetime(2024, 7, 15, 12, tzinfo=dt.UTC)


def test_what_does_not_hold_must_say_since_when():
    value = at(samples.csaf(), "document.category", "csaf_withdrawn")
    value["document"]["tracking"].update(initial_release_date="?", current_release_date="?")
    (error,) = read(value)
    assert error.where == "$.document.tracking.current_release_date"


@pytest.mark.parametrize("label", ["GREEN", "AMBER", "AMBER+STRICT", "RED", "TLP:RED", "red"])
def test_what_is_not_for_everybody_is_not_read(label):
    (error,) = read(at(samples.csaf(), "document.distribution.tlp.label", label))
    assert (type(error), error.where) == (WrongShape, "$.document.distribution.tlp.label")


@pytest.mark.parametrize(
    ("details", "known"),
    [
        ("Exploited:Yes", True),
        ("Publicly Disclosed:No;Exploited:Yes;Latest Software Release:N/A", True),
        ("exploited in the wild", True),
        ("Publicly Disclosed:Yes;Exploited:No", False),
        ("No known exploits.", False),
        ("Not exploited", False),
        ("Could be exploited", False),
    ],
)
def test_only_a_statement_of_exploitation_is_one(details, known):
    threat = {"category": "exploit_status", "details": details}
    found = record(named(samples.csaf(), threats=[threat]))
    assert found.exploited == (Exploited("kasumi", dt.date(2024, 7, 15)) if known else None)


def test_an_unknown_category_of_remedy_is_told():
    value = at(samples.csaf(), f"{SAID}.remediations.0.category", "prayer")
    error, found = read(value)
    assert error.where == "$.vulnerabilities[0].remediations[0].category"
    assert [each.kind for each in found.remedies] == [RemedyKind.WORKAROUND]


@pytest.mark.parametrize(
    ("path", "value", "kind", "where"),
    [
        ("document.csaf_version", "1.2", UnsupportedVersion, "$.document.csaf_version"),
        ("document.csaf_version", 2.0, WrongShape, "$.document.csaf_version"),
        ("document.tracking.id", "a\nb", NotAnIdentifier, "$.document.tracking.id"),
        ("document.tracking.id", " ", NotAnIdentifier, "$.document.tracking.id"),
        ("document.tracking", [], WrongShape, "$.document.tracking"),
        ("document", None, WrongShape, "$.document"),
        (f"{SAID}.cve", "CVE-2024-1", NotAnIdentifier, "$.vulnerabilities[0].cve"),
    ],
)
def test_what_is_vital_fails_what_it_is_vital_to(path, value, kind, where):
    (error,) = read(at(samples.csaf(), path, value))
    assert (type(error), error.where) == (kind, where)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("document.publisher", "Kasumi"),
        ("document.notes", "x"),
        ("product_tree.branches.0.branches.2.branches.0.name", 7),
        (f"{SAID}.scores.0.cvss_v3.baseScore", "9.8"),
        (f"{SAID}.remediations.0.url", 7),
    ],
)
def test_an_odd_value_is_named_and_the_rest_is_read(path, value):
    error, *_, found = read(at(samples.csaf(), path, value))
    place = "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in path.split("."))
    assert error.where == f"${place}"
    assert found.names == (NAME,)


@pytest.mark.parametrize("vulnerabilities", [[7], {}, [samples.vulnerability() | {"cve": 7}]])
def test_a_document_that_loses_its_vulnerabilities_is_not_one_without(vulnerabilities):
    (error,) = read(samples.csaf(vulnerabilities=vulnerabilities))
    assert error.where.startswith("$.vulnerabilities")


def test_a_cve_id_of_the_wrong_kind_costs_its_vulnerability_alone():
    value = samples.csaf()
    value["vulnerabilities"].append(samples.vulnerability() | {"cve": ["CVE-2024-99990002"]})
    error, found = read(value)
    assert error.where == "$.vulnerabilities[1].cve"
    assert found.names == (NAME,)


@pytest.mark.parametrize("depth", [100, 400, 900, 5_000])
def test_a_tree_as_deep_as_somebody_likes_raises_nothing(depth):
    text = raw(samples.csaf())
    deep = b'{"branches":[' * depth + b"]}" * depth
    text = text.replace(b'"product_tree":{', b'"product_tree":{"branches":[' + deep + b'],"x":{', 1)
    text = text.replace(b',"vulnerabilities"', b'},"vulnerabilities"', 1)
    found = list(csaf.read(text))
    assert found
    assert all(isinstance(each, Record | WrongShape | TooDeep) for each in found)


@pytest.mark.parametrize(
    "beside",
    [
        b"a" * 64 + b"  ksa-2024-07.json\n",
        b"0" * 128 + b" ksa-2024-07.json",
        b"-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
        raw({"feed": {"id": "x", "entry": []}}),
        raw({"canonical_url": "https://kasumi.example/.well-known/csaf/provider-metadata.json"}),
    ],
)
def test_what_lies_beside_the_documents_holds_none(beside):
    assert documents(csaf, beside) == []


def test_an_array_is_split_into_its_documents_unchanged():
    one, two = raw(samples.csaf()), raw(samples.csaf21())
    found = documents(csaf, b"[" + one + b" ,\n" + two + b"]")
    assert [(each.where, each.body) for each in found] == [("$[0]", one), ("$[1]", two)]


@pytest.mark.parametrize("payload", [b"id,date", b"[{},", b"", b"[7"])
def test_what_cannot_be_split_is_one_error(payload):
    (error,) = csaf.documents(payload)
    assert type(error) is BrokenJson


def test_a_document_that_would_come_to_far_too_much_is_read_up_to_there():
    value = samples.csaf()
    value["document"]["notes"][0]["text"] = "x" * 1_000_000
    value["vulnerabilities"] = [{"cve": f"CVE-2024-{99_990_000 + number}"} for number in range(200)]
    *found, error = read(value)
    assert type(error) is WrongShape
    assert len(found) == csaf_records.MOST_SAID // 1_000_000
    assert all(isinstance(each, Record) for each in found)
