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
    Credit,
    Product,
    Rating,
    Record,
    Reference,
    Severity,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import osv
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract.osv import advisory, of_a_distribution
from tests.core.formats.feed_samples import NAME, V20, V31, V40, at, raw

OTHER = "CVE-2024-99990002"
CONSOLE = Product("purl", "npm/@kasumi/console")


def read(value):
    return list(osv.read(raw(value)))


def records(value):
    return samples.records(osv, raw(value))


def record(**changed):
    (found,) = records({**advisory(), **changed})
    return found


def claims(*affected):
    return record(affected=list(affected)).affected


# --- what it says ---


def test_a_record_is_read_whole():
    assert record() == Record(
        source="osv",
        external_id="GHSA-2345-cfgh-jmpq",
        names=("GHSA-2345-cfgh-jmpq", NAME),
        published=dt.datetime(2024, 7, 9, 10, 29, 43, 626_000, dt.UTC),
        modified=dt.datetime(2024, 7, 15, 1, 2, 3, tzinfo=dt.UTC),
        titles=(Text("en", "The console of the SR-200 trusts its neighbours", "ghsa"),),
        descriptions=(Text("en", "A neighbour can run commands on the console.", "ghsa"),),
        severities=(Severity("ghsa", "3.1", V31, 9.8),),
        ratings=(Rating("ghsa", "critical"),),
        weaknesses=(Weakness("ghsa", "CWE-78"),),
        affected=(
            Affected("ghsa", CONSOLE, "npm", (VersionRange(low="2.0.0", high="2.4.0"),)),
            Affected("ghsa", CONSOLE, "git", (VersionRange(high="0a1b2c"),)),
        ),
        references=(
            Reference("https://kasumi.example/fix/1", ("fix",)),
            Reference("https://kasumi.example/sa/1"),
        ),
        credits=(Credit("ghsa", "Hanako", "remediation developer"),),
    )


def test_a_record_of_little_more_than_its_id_is_one():
    (found,) = records({"id": "OSV-2024-1", "modified": "2024-07-15T01:02:03Z"})
    assert (found.names, found.affected) == (("OSV-2024-1",), ())


def test_what_was_taken_back_says_since_when():
    found = record(withdrawn="2024-08-01T00:00:00Z")
    assert found.withdrawn == dt.datetime(2024, 8, 1, tzinfo=dt.UTC)
    assert found.affected


def test_the_year_one_is_no_time():
    assert record(modified="0001-01-01T00:00:00Z").modified is None


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("GHSA-2345-cfgh-jmpq", "ghsa"),
        ("PYSEC-2024-1", "pysec"),
        ("GO-2024-0001", "go"),
        ("RUSTSEC-2024-0001", "rustsec"),
        ("BIT-console-2024-99990001", "bitnami"),
        ("DSA-9999-1", "debian"),
        ("DEBIAN-CVE-2024-99990001", "debian"),
        ("USN-99990-1", "ubuntu"),
        ("RHSA-2024:9999", "redhat"),
        ("SUSE-SU-2024:9999-1", "suse"),
        ("openSUSE-SU-2024:9999-1", "suse"),
        ("MAL-2024-1", "malicious-packages"),
        (NAME, "osv.dev"),
        ("HSEC-2024-0001", "hsec"),
    ],
)
def test_the_database_speaks_under_one_name(name, by):
    assert osv.voice(name) == by
    assert {claim.by for claim in record(id=name, aliases=[]).affected} == {by}


@pytest.mark.parametrize(
    ("kind", "vector", "expected"),
    [
        ("CVSS_V2", V20, ("2.0", 7.5)),
        ("CVSS_V3", V31, ("3.1", 9.8)),
        ("CVSS_V4", V40, ("4.0", 9.3)),
    ],
)
def test_scores_follow_from_the_vectors(kind, vector, expected):
    (severity,) = record(severity=[{"type": kind, "score": vector}]).severities
    assert (severity.version, severity.score) == expected
    assert severity.vector == vector


def test_a_vector_that_is_none_is_no_claim():
    found = record(severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:X"}])
    assert found.severities == ()


def test_a_package_has_severities_of_its_own():
    entry = advisory()["affected"][0]
    severity = [{"type": "CVSS_V3", "score": V31}, {"type": "Ubuntu", "score": "Medium"}]
    found = record(severity=[], affected=[{**entry, "severity": severity}] * 2)
    assert found.severities == (Severity("ghsa", "3.1", V31, 9.8),)
    assert found.ratings == (Rating("ghsa", "critical"), Rating("ubuntu", "medium"))


# --- of what it speaks ---


def test_related_ones_are_no_names():
    assert "CVE-2024-99990007" not in record().names


def test_a_record_of_several_cves_is_an_advisory_of_each():
    found = records({**advisory(), "aliases": [NAME, "GHSA-cfgh-2345-jmpq", OTHER]})
    assert [(one.external_id, one.names, one.advisories) for one in found] == [
        (f"GHSA-2345-cfgh-jmpq/{name}", (name,), ("GHSA-2345-cfgh-jmpq",)) for name in (NAME, OTHER)
    ]
    assert found[0].affected == found[1].affected == record().affected


def test_what_is_upstream_is_inherited_not_the_same():
    found = records(of_a_distribution())
    assert [(one.external_id, one.names, one.advisories) for one in found] == [
        (f"USN-99990-1/{name}", (name,), ("USN-99990-1",)) for name in (NAME, OTHER)
    ]


def test_an_upstream_without_cve_is_treated_by_its_own_name():
    (found,) = records({"id": "CGA-2345-cfgh", "upstream": ["GHSA-2345-cfgh-jmpq"]})
    assert found.names == ("GHSA-2345-cfgh-jmpq",)
    assert found.advisories == ("CGA-2345-cfgh",)


def test_an_upstream_with_cves_is_treated_by_them():
    upstream = ["GHSA-2345-cfgh-jmpq", NAME]
    (found,) = records({"id": "CGA-2345-cfgh", "upstream": upstream})
    assert found.names == (NAME,)


@pytest.mark.parametrize(
    "older",
    [
        {"id": "DSA-9999-1", "aliases": [NAME]},
        {"id": "RHSA-2024:9999", "schema_version": "1.6.7", "related": [NAME, "RHSA-2024:9998"]},
        {"id": "ALSA-2024:9999", "related": [NAME]},
    ],
)
def test_a_distribution_wrote_elsewhere_what_it_treats_before_there_was_upstream(older):
    (found,) = records(older)
    assert (found.names, found.advisories) == ((NAME,), (older["id"],))


@pytest.mark.parametrize(
    "value",
    [
        {"id": "RHSA-2024:9999", "schema_version": "1.7.0", "related": [NAME]},
        {"id": "GHSA-2345-cfgh-jmpq", "schema_version": "1.6.0", "related": [NAME]},
        {"id": "RHSA-2024:9999", "schema_version": "next", "aliases": []},
    ],
)
def test_otherwise_related_stays_related(value):
    (found,) = records(value)
    assert (found.names, found.advisories) == ((value["id"],), ())


def test_a_cve_record_is_its_own_whatever_is_upstream():
    (found,) = records({"id": NAME, "upstream": [OTHER]})
    assert (found.external_id, found.names) == (NAME, (NAME,))


def test_a_name_is_said_once():
    assert record(aliases=[NAME, NAME, "GHSA-2345-cfgh-jmpq"]).names == (
        "GHSA-2345-cfgh-jmpq",
        NAME,
    )


@pytest.mark.parametrize("name", ["CVE-2024", "x", "GHSA 1", "A" * 91, ""])
def test_an_alias_that_is_no_id_is_named_and_left_out(name):
    error, found = read({**advisory(), "aliases": [name, NAME]})
    assert (type(error), error.where) == (NotAnIdentifier, "$.aliases[0]")
    assert found.names == ("GHSA-2345-cfgh-jmpq", NAME)


# --- what is affected ---


def entry(*ranges, versions=(), **package):
    named = {"ecosystem": "PyPI", "name": "console", **package}
    return {"package": named, "ranges": list(ranges), "versions": list(versions)}


def events(kind, *written):
    return {"type": kind, "events": list(written)}


OPEN = {"introduced": "0"}
PYPI = Product("purl", "pypi/console")


def test_ranges_are_the_claim_and_versions_beside_them_only_spell_them_out():
    (claim,) = claims(entry(events("ECOSYSTEM", OPEN, {"fixed": "1.2"}), versions=["1.0", "1.1"]))
    assert claim == Affected("ghsa", PYPI, "pypi", (VersionRange(high="1.2"),))


def test_several_ranges_of_a_package_are_one_claim():
    first = events("ECOSYSTEM", OPEN, {"fixed": "1.2"})
    second = events("ECOSYSTEM", {"introduced": "2"}, {"last_affected": "2.1"})
    (claim,) = claims(entry(first, second))
    assert claim.ranges == (
        VersionRange(high="1.2"),
        VersionRange(low="2", high="2.1", high_inclusive=True),
    )


def test_versions_alone_are_each_affected():
    (claim,) = claims(entry(versions=["1.0", "1.1", "1.0"]))
    assert claim.ranges == tuple(
        VersionRange(low=one, high=one, high_inclusive=True) for one in ("1.0", "1.1")
    )


def test_versions_beside_commits_are_the_claim_on_versions():
    of_commits = events("GIT", OPEN, {"fixed": "0a1b"})
    numbered, commits = claims(entry(of_commits, versions=["1.0"]))
    assert (numbered.versions, commits.versions) == ("pypi", "git")


def test_tags_beside_commits_of_no_registry_are_not():
    of_commits = events("GIT", OPEN, {"fixed": "0a1b"})
    (claim,) = claims(entry(of_commits, versions=["v1"], ecosystem="OSS-Fuzz"))
    assert (claim.product, claim.versions) == (Product("name", "oss-fuzz:console"), "git")


def test_commits_without_a_package_are_of_their_repository():
    of_commits = {**events("GIT", OPEN), "repo": "https://github.com/kasumi/console.git"}
    (claim,) = claims({"ranges": [of_commits, events("GIT", OPEN)]})
    product = Product("purl", "github/kasumi/console")
    assert claim == Affected("ghsa", product, "git", (VersionRange(),))


def test_a_package_without_versions_is_named_without_a_range():
    (claim,) = claims(entry())
    assert claim == Affected("ghsa", PYPI, "pypi")


def test_a_claim_is_made_once():
    assert len(claims(entry(versions=["1"]), entry(versions=["1"]))) == 1


def test_a_list_beyond_reason_is_cut_and_said_so():
    listed = [str(number) for number in range(osv.MOST_VERSIONS + 1)]
    error, found = read({**advisory(), "affected": [entry(versions=listed)]})
    assert (type(error), error.where) == (WrongShape, "$.affected[0].versions")
    assert len(found.affected[0].ranges) == osv.MOST_VERSIONS


def test_a_package_of_a_module_is_not_the_package_of_the_release():
    built = "1-2.module+el8.9.0+1+0a1b"
    one = entry(events("ECOSYSTEM", OPEN, {"fixed": built}), ecosystem="Rocky Linux:8")
    (claim,) = claims(one)
    assert (claim.product, claim.versions) == (Product("name", "rocky linux:8:console"), "generic")


def test_a_package_url_that_is_none_is_named():
    error, found = read({**advisory(), "affected": [entry(ecosystem="Other", purl="npm/x")]})
    assert (type(error), error.where) == (NotAnIdentifier, "$.affected[0].package.purl")
    assert found.affected == ()


# --- documents and damage ---


def test_a_record_is_one_document_unchanged():
    body = raw(advisory())
    (document,) = samples.documents(osv, b"\xef\xbb\xbf " + body + b"\n")
    assert (document.where, document.body) == ("", body)


def test_a_record_that_only_mentions_vulns_is_one_document():
    body = raw({**advisory(), "database_specific": {"vulns": []}})
    (document,) = samples.documents(osv, body)
    assert (document.where, document.body) == ("", body)


@pytest.mark.parametrize(
    ("payload", "place"),
    [(lambda them: them, "$"), (lambda them: {"vulns": them, "next_page_token": ""}, "$.vulns")],
)
def test_a_list_is_split(payload, place):
    found = samples.documents(osv, raw(payload([advisory(), of_a_distribution()])))
    assert [one.where for one in found] == [f"{place}[0]", f"{place}[1]"]
    assert [one.body for one in found] == [raw(advisory()), raw(of_a_distribution())]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"", BrokenJson),
        (b"<html>", BrokenJson),
        (b'[{"id"', BrokenJson),
        (b'{"vulns":{}}', WrongShape),
        (b'{"vulns":null}', WrongShape),
        (b"[" * 100_000, TooDeep),
    ],
)
def test_what_cannot_be_split_is_one_error(payload, kind):
    (error,) = osv.documents(payload)
    assert isinstance(error, FormatError)
    assert type(error) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [(7, WrongShape), ("CVE-2024-X", NotAnIdentifier), ("A" * 100_000, NotAnIdentifier)],
)
def test_a_record_without_its_name_is_an_error(name, kind):
    (error,) = read({**advisory(), "id": name})
    assert (type(error), error.where) == (kind, "$.id")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("aliases", "CVE-2024-99990001"),
        ("severity.0.score", 9.8),
        ("affected.0.ranges.0.events.1", "2.4.0"),
        ("affected.0.package.name", 1),
        ("references.0", "https://kasumi.example/"),
        ("database_specific.cwe_ids", "CWE-78"),
        ("modified", 20240709),
    ],
)
def test_an_odd_value_is_named_and_the_rest_is_read(path, value):
    error, found = read(at(advisory(), path, value))
    assert type(error) is WrongShape
    assert (
        error.where.removeprefix("$")
        .replace("[", ".")
        .replace("]", "")
        .startswith(f".{path}".rsplit(".", 1)[0])
    )
    assert found.titles
