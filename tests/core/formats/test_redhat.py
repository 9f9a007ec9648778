from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import BrokenJson, FormatError, NotAnIdentifier, TooDeep, WrongShape
from noroshi.core.facets import (
    Affected,
    Credit,
    Product,
    Rating,
    Record,
    Reference,
    Remedy,
    RemedyKind,
    Severity,
    Status,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import redhat
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract.redhat import release, security_data
from tests.core.formats.feed_samples import NAME, V20, V31, at, raw

BUG = "https://bugzilla.redhat.com/show_bug.cgi?id=9999999"
SYSTEM = Product("cpe", "a:redhat:enterprise_linux")


def read(value):
    return list(redhat.read(raw(value)))


def record(**changed):
    (found,) = samples.records(redhat, raw({**security_data(), **changed}))
    return found


# --- what it says ---


def test_the_data_of_a_cve_are_read_whole():
    name = "rpm/redhat/console?arch=source&distro=redhat-"
    assert record() == Record(
        source="redhat",
        external_id=NAME,
        names=(NAME,),
        advisories=("RHSA-2024:9999",),
        published=dt.datetime(2024, 7, 9, tzinfo=dt.UTC),
        titles=(Text("en", "console: commands of neighbours are run", "redhat"),),
        descriptions=(
            Text("en", "The console asks nobody.", "redhat"),
            Text("en", "The console of release 7 listens to no neighbours.", "redhat"),
        ),
        severities=(
            Severity("redhat", "2.0", V20, 7.5),
            Severity("redhat", "3.1", V31, 9.8),
        ),
        ratings=(Rating("redhat", "important"),),
        weaknesses=tuple(Weakness("redhat", cwe) for cwe in ("CWE-20", "CWE-77", "CWE-78")),
        affected=(
            Affected(
                "redhat",
                Product("purl", f"{name}8"),
                "rpm",
                (
                    VersionRange(high="0:2.3-4.el8_9"),
                    VersionRange(Status.FIXED, low="0:2.3-4.el8_9"),
                ),
            ),
            Affected(
                "redhat",
                Product("purl", f"{name}7"),
                "rpm",
                (VersionRange(Status.NOT_AFFECTED),),
            ),
        ),
        references=(
            Reference(BUG, ("issue-tracking",)),
            Reference("https://kasumi.example/sa/1"),
            Reference("https://kasumi.example/sa/2"),
        ),
        remedies=(
            Remedy(
                "redhat",
                RemedyKind.FIX,
                "en",
                "Red Hat Enterprise Linux 8",
                "https://access.redhat.com/errata/RHSA-2024:9999",
                (SYSTEM,),
            ),
            Remedy("redhat", RemedyKind.FIX, "en", "console 2.4"),
            Remedy("redhat", RemedyKind.MITIGATION, "en", "Do not let neighbours in."),
        ),
        credits=(Credit("redhat", "Hanako (Kasumi)", "reporter"),),
    )


def test_a_name_alone_is_a_record():
    (found,) = samples.records(redhat, raw({"name": NAME}))
    assert found == Record(source="redhat", external_id=NAME, names=(NAME,))


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ([], []),
        (["The assigner's."], []),
        (["The assigner's.", "Ours."], ["Ours."]),
        (["The assigner's.", "The assigner's."], []),
    ],
)
def test_the_assigners_text_is_left_to_the_assigner(details, expected):
    found = record(details=details, statement="")
    assert [text.text for text in found.descriptions] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("console: neighbours", "console: neighbours"),
        ("CVE-2024-99990001 CVE-2024-99990002 console: neighbours", "console: neighbours"),
        (
            "console: incomplete fix for CVE-2024-99990002",
            "console: incomplete fix for CVE-2024-99990002",
        ),
    ],
)
def test_the_title_is_the_bugs(written, expected):
    assert record(bugzilla={"description": written}).titles == (Text("en", expected, "redhat"),)


@pytest.mark.parametrize("written", ["", "security flaw", "CVE-2024-99990001"])
def test_a_title_that_says_nothing_is_none(written):
    assert record(bugzilla={"description": written}).titles == ()


@pytest.mark.parametrize(
    ("score", "expected"), [("9.8", 9.8), (9.8, 9.8), ("high", None), ("nan", None), ("11", None)]
)
def test_a_score_may_be_a_text(score, expected):
    found = record(cvss={}, cvss3={"cvss3_base_score": score, "cvss3_scoring_vector": V31})
    assert [one.score for one in found.severities] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("CWE-79", ["CWE-79"]),
        ("CWE-190->CWE-122->CWE-190", ["CWE-190", "CWE-122"]),
        ("(CWE-125|CWE-190)", ["CWE-125", "CWE-190"]),
        ("CWE-0", []),
        ("something else", []),
    ],
)
def test_every_weakness_of_an_expression_counts(expression, expected):
    assert [one.cwe for one in record(cwe=expression).weaknesses] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Mitigation for this issue is either not available or not good enough.",
        "No mitigation is known.",
        "There is no known mitigation.",
    ],
)
def test_a_mitigation_that_is_none_says_so(text):
    remedies = record(mitigation={"value": text}).remedies
    assert remedies[-1] == Remedy("redhat", RemedyKind.NONE_AVAILABLE, "en", text)


def test_an_advisory_is_one_remedy_for_all_its_products():
    other = "Kasumi Console for RHEL 8"
    found = record(
        affected_release=[
            release("console-0:2.3-4.el8_9"),
            release(None, "kasumi_console:2::el8", product_name=other),
            release(None, "kasumi_console:2::el8", product_name=other),
            release(None, advisory="RHBA-2024:9998"),
        ]
    )
    assert found.advisories == ("RHSA-2024:9999", "RHBA-2024:9998")
    first, second, *_ = found.remedies
    assert first.text == f"Red Hat Enterprise Linux 8; {other}"
    assert first.products == (SYSTEM, Product("cpe", "a:redhat:kasumi_console"))
    assert second.url == "https://access.redhat.com/errata/RHBA-2024:9998"


def test_a_remedy_for_no_known_product_would_be_for_all_and_is_none():
    nowhere = {**release("console-0:1-1"), "cpe": "unknown"}
    error, found = read({**security_data(), "affected_release": [nowhere]})
    assert (type(error), error.where) == (NotAnIdentifier, "$.affected_release[0].cpe")
    assert RemedyKind.FIX not in {remedy.kind for remedy in found.remedies if remedy.url}
    assert found.advisories == ("RHSA-2024:9999",)


@pytest.mark.parametrize("advisory", ["", "see the notes", "RHSA-2024"])
def test_what_is_no_advisory_is_none(advisory):
    entry = release("console-0:1-1.el8", advisory=advisory)
    found = record(affected_release=[entry])
    assert found.advisories == ()
    assert found.affected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("This issue was discovered by Taro (Red Hat).", [("Taro (Red Hat)", "finder")]),
        (
            "We would like to thank Ken for reporting. It acknowledges Ai as the original reporter",
            [("Ken", "reporter"), ("Ai", "finder")],
        ),
        ("Thanks to everybody.", []),
        ("This issue was discovered by " + "x" * 300 + ".", []),
    ],
)
def test_thanks_name_somebody(sentence, expected):
    found = record(acknowledgement=sentence).credits
    assert [(one.name, one.role) for one in found] == expected


# --- documents and damage ---


def test_the_data_of_a_cve_are_one_document_unchanged():
    body = raw(security_data())
    (document,) = samples.documents(redhat, b"\xef\xbb\xbf" + body + b"\n")
    assert (document.where, document.body) == ("", body)


def test_an_array_is_split():
    found = samples.documents(redhat, raw([security_data(), {}]))
    assert [(one.where, one.body) for one in found] == [
        ("$[0]", raw(security_data())),
        ("$[1]", b"{}"),
    ]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [(b"", BrokenJson), (b"<html>", BrokenJson), (b"[{]", BrokenJson), (b"[" * 100_000, TooDeep)],
)
def test_what_cannot_be_split_is_one_error(payload, kind):
    (error,) = redhat.documents(payload)
    assert isinstance(error, FormatError)
    assert type(error) is kind


@pytest.mark.parametrize(
    ("name", "kind"), [(7, WrongShape), (None, WrongShape), ("RHSA-2024:9999", NotAnIdentifier)]
)
def test_data_without_a_cve_are_an_error(name, kind):
    (error,) = read({**security_data(), "name": name})
    assert (type(error), error.where) == (kind, "$.name")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("details", "A neighbour can run commands."),
        ("details.1", 7),
        ("bugzilla", "9999999"),
        ("cvss3.cvss3_base_score", ["9.8"]),
        ("affected_release.0.package", 7),
        ("package_state.0.fix_state", 7),
        ("references", "https://kasumi.example/sa/1"),
        ("mitigation", "Do not let neighbours in."),
        ("public_date", 20240709),
    ],
)
def test_an_odd_value_is_named_and_the_rest_is_read(path, value):
    error, found = read(at(security_data(), path, value))
    assert type(error) is WrongShape
    assert error.where.startswith(f"$.{path.partition('.')[0]}")
    assert found.ratings
