from __future__ import annotations

import pytest

from noroshi.core.errors import DuplicateKey, FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import (
    Affected,
    Product,
    Rating,
    Record,
    Reference,
    Status,
    VersionRange,
)
from noroshi.core.formats import debian
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract.debian import issues, tracker
from tests.core.formats.feed_samples import NAME, at, raw


def read(payload):
    return [
        outcome
        for document in samples.documents(debian, raw(payload))
        for outcome in debian.read(document.body)
    ]


def product(version, package="kasumid"):
    return Product("purl", f"deb/debian/{package}?arch=source&distro=debian-{version}")


def test_a_package_is_a_record_a_cve():
    assert read(tracker()) == [
        Record(
            source="debian",
            external_id=f"kasumid/{NAME}",
            names=(NAME,),
            ratings=(Rating("debian", "medium"),),
            affected=(
                Affected("debian", product("11"), "deb", (VersionRange(),), reason="ignored"),
                Affected(
                    "debian",
                    product("12"),
                    "deb",
                    (
                        VersionRange(high="2.3-1+deb12u1"),
                        VersionRange(Status.FIXED, low="2.3-1+deb12u1"),
                    ),
                ),
                Affected("debian", product("sid"), "deb"),
            ),
            references=(Reference("https://bugs.debian.org/9990001", ("issue-tracking",)),),
        )
    ]


def test_a_document_is_a_package_with_its_name_as_it_stands():
    payload = b'{ "a1" : {"x":1},\n  "b2":{}}'
    found = samples.documents(debian, payload)
    assert [(one.where, one.body) for one in found] == [
        ("$.a1", b'"a1" : {"x":1}'),
        ("$.b2", b'"b2":{}'),
    ]


def test_the_whole_object_can_be_read_at_once():
    payload = raw({"kasumid": issues(), "kasumi-tools": issues()})
    read = debian.read(payload)
    found = [record.external_id for record in read if isinstance(record, Record)]
    assert found == [f"kasumid/{NAME}", f"kasumi-tools/{NAME}"]


def release(**said):
    value = tracker()
    value["kasumid"][NAME]["releases"] = {"trixie": said}
    return value


@pytest.mark.parametrize(
    ("said", "ranges", "reason"),
    [
        (
            {"status": "resolved", "fixed_version": "0"},
            (VersionRange(Status.NOT_AFFECTED),),
            "",
        ),
        (
            {"status": "resolved", "fixed_version": "1:2-3"},
            (VersionRange(high="1:2-3"), VersionRange(Status.FIXED, low="1:2-3")),
            "",
        ),
        ({"status": "open"}, (VersionRange(),), ""),
        ({"status": "open", "nodsa_reason": ""}, (VersionRange(),), ""),
        ({"status": "open", "nodsa_reason": "postponed"}, (VersionRange(),), "postponed"),
        ({"status": "open", "nodsa_reason": "Sentence."}, (VersionRange(),), ""),
        ({"status": "open", "urgency": "end-of-life"}, (VersionRange(),), "end-of-life"),
        ({"status": "undetermined"}, (), ""),
    ],
)
def test_the_status_says_which_versions_are_affected(said, ranges, reason):
    (record,) = read(release(**said))
    assert record.affected == (Affected("debian", product("13"), "deb", ranges, reason=reason),)


@pytest.mark.parametrize(
    ("urgency", "words"),
    [
        ("high", ["high"]),
        ("unimportant", ["unimportant"]),
        ("not yet assigned", []),
        ("end-of-life", []),
        ("medium**", []),
        ("soon", []),
    ],
)
def test_the_urgency_is_a_rating_where_it_is_debians_own(urgency, words):
    (record,) = read(release(status="open", urgency=urgency))
    assert [rating.word for rating in record.ratings] == words


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"status": "resolved"}, ".fixed_version"),
        ({"status": "vanished"}, ".status"),
        ({"status": 7}, ".status"),
        ({}, ""),
    ],
)
def test_an_odd_release_is_named_and_the_others_are_read(said, where):
    value = tracker()
    value["kasumid"][NAME]["releases"]["trixie"] = said
    error, record = read(value)
    assert type(error) is WrongShape
    assert error.where == f"$.kasumid.{NAME}.releases.trixie{where}"
    assert len(record.affected) == 3


def test_a_release_that_is_not_known_is_named():
    value = tracker()
    value["kasumid"][NAME]["releases"]["buzz-lightyear"] = {"status": "open"}
    error, record = read(value)
    assert error.where == f"$.kasumid.{NAME}.releases.buzz-lightyear"
    assert len(record.affected) == 3


@pytest.mark.parametrize("odd", [[], "none", 7])
def test_releases_that_are_none_leave_the_record(odd):
    error, record = read(at(tracker(), "kasumid", {NAME: {"releases": odd}}))
    assert (type(error), error.where) == (WrongShape, f"$.kasumid.{NAME}.releases")
    assert record.affected == ()


def test_an_issue_without_a_cve_is_no_record_and_no_error():
    value = {"kasumid": {"TEMP-0999001-AB12CD": issues()[NAME], **issues()}}
    assert [record.names for record in read(value)] == [(NAME,)]


def test_an_odd_name_is_an_error_and_its_neighbours_are_read():
    error, record = read({"kasumid": {"CVE-2024-X": issues()[NAME], **issues()}})
    assert (type(error), error.where) == (NotAnIdentifier, "$.kasumid.CVE-2024-X")
    assert record.names == (NAME,)


@pytest.mark.parametrize("bug", [None, 0, -1])
def test_a_bug_is_a_reference_if_it_has_a_number(bug):
    (record,) = read({"kasumid": {NAME: {"debianbug": bug}}})
    assert record.references == ()


def test_a_cve_told_twice_ends_its_package_only():
    claim = raw(issues()[NAME])
    package = b'{"%s":%s,"CVE-2024-99990002":%s,"%s":%s}' % (
        *(NAME.encode(), claim, claim),
        *(NAME.encode(), claim),
    )
    payload = b'{"kasumid":%s,"zz":%s}' % (package, raw(issues()))
    found = [
        outcome
        for document in samples.documents(debian, payload)
        for outcome in debian.read(document.body)
    ]
    errors = [outcome for outcome in found if isinstance(outcome, FormatError)]
    assert [(type(error), error.where) for error in errors] == [(DuplicateKey, "$.kasumid")]
    last = found[-1]
    assert isinstance(last, Record)
    assert last.external_id == f"zz/{NAME}"


@pytest.mark.parametrize("name", ["", "a", "A b", "x" * 91, "ä1"])
def test_what_is_no_package_is_one_error(name):
    (error,) = read({name: issues()})
    assert type(error) is WrongShape
    assert error.where.startswith("$.")


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"null"])
def test_what_is_no_tracker_is_one_error(payload):
    (error,) = debian.documents(payload)
    assert (type(error), error.where) == (WrongShape, "$")


@pytest.mark.parametrize("document", [b"{}", b"7", b'"a1"', b""])
def test_what_is_no_member_is_one_error(document):
    (error,) = debian.read(document)
    assert isinstance(error, FormatError)
    assert error.where == "$"


def test_a_package_without_vulnerabilities_is_an_error():
    (error,) = read({"kasumid": {}})
    assert (type(error), error.where) == (WrongShape, "$.kasumid")
