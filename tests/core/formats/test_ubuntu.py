from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import NotAnIdentifier, WrongShape
from noroshi.core.facets import (
    Affected,
    Credit,
    Product,
    Rating,
    Record,
    Reference,
    Remedy,
    RemedyKind,
    Status,
    Text,
    VersionRange,
)
from noroshi.core.formats import ubuntu
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract.ubuntu import cve, said
from tests.core.formats.feed_samples import NAME, raw


def read(value):
    (document,) = samples.documents(ubuntu, raw(value))
    return list(ubuntu.read(document.body))


def affected(packages):
    (record,) = read({**cve(), "packages": packages})
    return {claim.product.name.removeprefix("deb/ubuntu/"): claim for claim in record.affected}


def product(package, version):
    return Product("purl", f"deb/ubuntu/{package}?arch=source&distro=ubuntu-{version}")


def fixed(version):
    return (VersionRange(high=version), VersionRange(Status.FIXED, low=version))


def test_a_cve_is_a_record_with_a_claim_a_package_and_release():
    assert read(cve()) == [
        Record(
            source="ubuntu",
            external_id=NAME,
            names=(NAME,),
            advisories=("USN-99901-1",),
            published=dt.datetime(2024, 7, 9, 10, tzinfo=dt.UTC),
            descriptions=(
                Text("en", "The daemon of the SR-200 believes whoever is near.", "ubuntu"),
            ),
            ratings=(Rating("ubuntu", "high"),),
            affected=(
                Affected("ubuntu", product("kasumid", "16.04"), "deb", fixed("2.1-1ubuntu2+esm1")),
                Affected("ubuntu", product("kasumid", "22.04"), "deb", fixed("2.3-1ubuntu0.1")),
                Affected(
                    "ubuntu",
                    product("kasumi-tools", "22.04"),
                    "deb",
                    (VersionRange(Status.NOT_AFFECTED),),
                    reason="code-not-present",
                ),
                Affected("ubuntu", product("kasumid", "24.04"), "deb", (VersionRange(),)),
            ),
            references=(
                Reference("https://ubuntu.com/security/notices/USN-99901-1"),
                Reference(f"https://www.cve.org/CVERecord?id={NAME}"),
            ),
            remedies=(Remedy("ubuntu", RemedyKind.MITIGATION, "en", "Close port 8443."),),
            credits=(Credit("ubuntu", "Somebody", "finder"),),
        )
    ]


@pytest.mark.parametrize(
    ("release", "version"),
    [
        ("dapper", "6.06"),
        ("jammy", "22.04"),
        ("devel", "devel"),
        ("trusty/esm", "14.04"),
        ("esm-infra-legacy/trusty", "14.04"),
        ("esm-infra/xenial", "16.04"),
        ("esm-apps/noble", "24.04"),
    ],
)
def test_releases_and_their_maintained_archives_go_by_version(release, version):
    found = affected({release: {"kasumid": said("needed")}})
    assert list(found) == [f"kasumid?arch=source&distro=ubuntu-{version}"]


@pytest.mark.parametrize(
    "release", ["upstream", "snap", "vivid/ubuntu-core", "ros-esm/xenial", "product/jammy"]
)
def test_other_archives_are_not_taken(release):
    assert affected({release: {"kasumid": said("needed")}}) == {}


@pytest.mark.parametrize("archive", ["fips", "fips-updates", "realtime"])
def test_an_archive_of_variants_counts_for_its_kernels_alone(archive):
    found = affected({f"{archive}/focal": {"openssl": said("needed"), "linux-x": said("needed")}})
    assert list(found) == ["linux-x?arch=source&distro=ubuntu-20.04"]


@pytest.mark.parametrize(
    ("plain", "maintained", "ranges"),
    [
        (said("ignored", "end of life, was needed"), said("released", "2+esm1"), fixed("2+esm1")),
        (said("released", "2-1"), said("not-affected", "2-1"), fixed("2-1")),
        (said("needed"), said("needs-triage"), (VersionRange(),)),
        (said("needs-triage"), said("needed"), (VersionRange(),)),
        (said("ignored", "end of life"), said("DNE"), ()),
        (said("not-affected"), said("needed"), (VersionRange(Status.NOT_AFFECTED),)),
        (said("released", "2-1"), said("released", "3-1"), fixed("2-1")),
    ],
)
def test_of_the_archives_of_a_release_the_most_decided_counts(plain, maintained, ranges):
    both = {"bionic": {"kasumid": plain}, "esm-infra/bionic": {"kasumid": maintained}}
    (claim,) = affected(both).values()
    assert claim.ranges == ranges


def test_a_package_the_release_does_not_have_is_not_spoken_of():
    assert affected({"jammy": {"kasumid": said("DNE", "removed")}}) == {}


@pytest.mark.parametrize("priority", ["untriaged", "", None, "x"])
def test_a_priority_is_a_rating_where_it_is_one(priority):
    (record,) = read({**cve(), "priority": priority})
    assert record.ratings == ()


@pytest.mark.parametrize("mitigation", [None, "", " \n"])
def test_a_mitigation_that_says_nothing_is_none(mitigation):
    (record,) = read({**cve(), "mitigation": mitigation})
    assert record.remedies == ()


@pytest.mark.parametrize(
    ("url", "advisories"),
    [
        ("https://usn.ubuntu.com/usn/usn-999-1", ("USN-999-1",)),
        ("http://www.ubuntu.com/usn/USN-999-1/", ("USN-999-1",)),
        ("https://elsewhere.example/USN-999-1", ()),
    ],
)
def test_a_notice_of_ubuntu_is_an_advisory(url, advisories):
    (record,) = read({**cve(), "references": [url]})
    assert record.advisories == advisories


@pytest.mark.parametrize(
    ("written", "hour"),
    [("2024-07-09 10:00:00 UTC", 10), ("2024-07-09", 0), ("soon", None), (None, None)],
)
def test_the_date_may_lack_its_time(written, hour):
    (record,) = read({**cve(), "public_date": written})
    assert (record.published.hour if record.published else None) == hour


@pytest.mark.parametrize(
    ("packages", "where"),
    [
        ({"jammy": {"kasumid": said("lost"), "aa": said("needed")}}, ".jammy.kasumid.status"),
        ({"jammy": {"kasumid": {"status": 7}, "aa": said("needed")}}, ".jammy.kasumid.status"),
        ({"jammy": {"kasumid": 7, "aa": said("needed")}}, ".jammy.kasumid"),
        ({"jammy": [], "noble": {"aa": said("needed")}}, ".jammy"),
        ({"zebra": {"aa": said("needed")}, "noble": {"aa": said("needed")}}, ".zebra"),
        ({"jammy": {"A b": said("needed"), "aa": said("needed")}}, "[*].A b"),
    ],
)
def test_what_is_odd_among_the_packages_is_named_and_the_others_are_read(packages, where):
    error, record = read({**cve(), "packages": packages})
    assert (type(error), error.where) == (WrongShape, f"$.packages{where}")
    assert [claim.product.name.partition("?")[0] for claim in record.affected] == ["deb/ubuntu/aa"]


def test_an_odd_note_is_named_and_its_status_counts():
    packages = {"jammy": {"kasumid": {"status": "needed", "note": 7}}}
    error, record = read({**cve(), "packages": packages})
    assert error.where == "$.packages.jammy.kasumid.note"
    assert record.affected[0].ranges == (VersionRange(),)


@pytest.mark.parametrize("packages", [[], 7, "none"])
def test_packages_that_are_none_leave_the_record(packages):
    error, record = read({**cve(), "packages": packages})
    assert (type(error), error.where) == (WrongShape, "$.packages")
    assert (record.names, record.affected) == ((NAME,), ())


def test_a_name_that_stands_for_a_number_to_come_is_an_error():
    (error,) = read({**cve(), "candidate": "CVE-2024-NNN1"})
    assert (type(error), error.where) == (NotAnIdentifier, "$.candidate")
