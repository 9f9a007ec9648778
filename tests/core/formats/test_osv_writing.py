"""The OSV form of a merged view: what our own reader finds in it is what the sources said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from noroshi.core.facets import (
    Affected,
    Product,
    Record,
    Reference,
    Severity,
    State,
    Status,
    Text,
    VersionRange,
)
from noroshi.core.formats import osv, osv_writing
from tests.core.formats.feeds_real import every_fiftieth
from tests.core.formats.round_trips import read_back, said, view

NAME = "CVE-2024-99990001"
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
NPM = Product("purl", "npm/@angular/core")
BOUNDS = (
    VersionRange(high="1.4.2"),
    VersionRange(low="2.0.0", high="2.1.0", high_inclusive=True),
    VersionRange(low="4.1.0", high="4.1.0", high_inclusive=True),
    VersionRange(low="6.0.0"),
)


def record(*affected: Affected, **more: object) -> Record:
    facts = {"source": "cve5", "external_id": NAME, "names": (NAME,), "affected": affected}
    return Record(**(facts | more))  # type: ignore[arg-type]  # fields of any kind


@pytest.mark.parametrize(
    ("product", "scheme"),
    [
        (NPM, "npm"),
        (Product("purl", "pypi/gate"), "pypi"),
        (Product("purl", "maven/org.example/gate"), "maven"),
        (Product("purl", "golang/github.com/kasumi/gate"), "semver"),
        (Product("purl", "deb/debian/gate?arch=source&distro=debian-12"), "deb"),
        (Product("purl", "deb/ubuntu/gate?arch=source&distro=ubuntu-22.04"), "deb"),
        (Product("purl", "apk/alpine/gate?arch=source&distro=alpine-3.18"), "apk"),
    ],
)
def test_every_ecosystem_and_bound_is_found_again(product, scheme):
    first = record(Affected("kasumi", product, scheme, BOUNDS))
    found = read_back(osv, osv_writing.write(view(first)))
    assert said([found]) == said([first])


def test_a_default_is_worked_out():
    not_affected = (
        VersionRange(Status.NOT_AFFECTED, low="1.2.0", high="1.3.0"),
        VersionRange(Status.NOT_AFFECTED, low="2.0.0"),
    )
    claim = Affected("kasumi", NPM, "npm", not_affected, Status.AFFECTED)
    assert osv_writing.affected_ranges(claim) == (
        VersionRange(high="1.2.0"),
        VersionRange(low="1.3.0", high="2.0.0"),
    )
    first = record(claim)
    found = read_back(osv, osv_writing.write(view(first)))
    assert said([found]) == said([first], only=[Status.AFFECTED])


def test_commits_are_found_again():
    product = Product("purl", "github/kasumi/gate")
    commits = (VersionRange(low="a" * 40, high="b" * 40), VersionRange(high="c" * 40))
    first = record(Affected("kasumi", product, "git", commits))
    assert said([read_back(osv, osv_writing.write(view(first)))]) == said([first])


@pytest.mark.parametrize(
    "claim",
    [
        Affected("nvd", Product("cpe", "a:kasumi:gate"), "generic", BOUNDS),
        Affected("nvd", Product("name", "kasumi:gate"), "generic", BOUNDS),
        Affected("nvd", NPM, "npm", (VersionRange(low="1.0.0", low_inclusive=False),)),
        Affected("nvd", NPM, "npm", BOUNDS, condition=0),
        Affected("nvd", NPM, "npm", (VersionRange(Status.NOT_AFFECTED),)),
    ],
)
def test_what_it_cannot_say_is_left_out_and_counted(claim):
    written = osv_writing.write(view(record(claim, conditions=(("Linux",),))))
    assert json.loads(written)["database_specific"]["noroshi"]["claims_left_out"] == 1
    assert not read_back(osv, written).affected


def test_the_other_facets_are_found_again_and_it_says_what_it_is():
    first = record(
        names=(NAME, "GHSA-aaaa-bbbb-cccc"),
        titles=(Text("ja", "壊れる", "jvn"), Text("en", "It breaks", "kasumi")),
        descriptions=(Text("en", "It breaks.", "kasumi"),),
        severities=(Severity("kasumi", "3.1", VECTOR, 9.8),),
        references=(Reference("https://kasumi.example/1", ("patch",)),),
    )
    written = osv_writing.write(view(first))
    found = read_back(osv, written)
    assert found.names == (NAME, "GHSA-aaaa-bbbb-cccc")
    assert [one.text for one in (*found.titles, *found.descriptions)] == ["It breaks", "It breaks."]
    assert [one.vector for one in found.severities] == [VECTOR]
    assert found.references == (Reference("https://kasumi.example/1", ("fix",)),)
    specific = json.loads(written)["database_specific"]["noroshi"]
    assert (specific["provider"], specific["voices"]) == ("noroshi", ["jvn", "kasumi"])


def test_a_rejected_one_is_withdrawn():
    found = read_back(osv, osv_writing.write(view(record(), state=State.REJECTED)))
    assert found.withdrawn is not None


@pytest.mark.shared_data
@pytest.mark.parametrize("file", ["osv-ghsa-npm.jsonl.zst", "osv-pypa.jsonl.zst"])
def test_real_records_are_found_again(shared_data: Path, file: str):
    sample = every_fiftieth(osv, shared_data / "feeds" / file)
    for one in sample.records:
        found = read_back(osv, osv_writing.write(view(one)))
        # Commits of a package whose repository is not stored have no place in the format.
        assert said([found]) == said([one], commits=False), one.external_id
