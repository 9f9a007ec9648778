"""SUSE's documents: packages in releases, as its product ids say."""

from __future__ import annotations

from typing import Any

import pytest

from noroshi.core.errors import FormatError
from noroshi.core.facets import Affected, Record, Status
from noroshi.core.formats import csaf, osv_products, suse
from tests.core.formats import csaf_samples
from tests.core.formats.feed_samples import raw, records

SP4, LTSS = "SUSE Linux Enterprise Server 15 SP4", "SUSE Linux Enterprise Server 15 SP4-LTSS"
MODULE = "SUSE Linux Enterprise Module for Basesystem 15 SP5"
LEAP = "openSUSE Leap 15.5"


def document(**status: list[str]) -> dict[str, Any]:
    """A document about packages, all of which its tree has."""
    value = csaf_samples.csaf()
    value["document"]["publisher"]["namespace"] = "https://www.suse.com/"
    ids = dict.fromkeys(each for listed in status.values() for each in listed)
    value["product_tree"] = {
        "full_product_names": [{"name": each, "product_id": each} for each in ids]
    }
    (said,) = value["vulnerabilities"][:1]
    value["vulnerabilities"] = [{"cve": said["cve"], "product_status": status}]
    return value


def read(**status: list[str]) -> Record:
    (record,) = records(suse, raw(document(**status)))
    return record


def told(record: Record) -> dict[str, list[tuple[Status, str | None, str | None]]]:
    return {
        each.product.name: [(r.status, r.low, r.high) for r in each.ranges]
        for each in record.affected
    }


def fixed(version: str) -> list[tuple[Status, str | None, str | None]]:
    return [(Status.AFFECTED, None, version), (Status.FIXED, version, None)]


@pytest.mark.parametrize("name", ["fixed", "first_fixed", "recommended"])
def test_a_package_is_fixed_from_its_version_on_in_its_release(name):
    build = "kasumi-tools-2.4.1-150400.3.2"
    record = read(**{name: [f"{SP4}:{build}", f"{MODULE}:{build}.x86_64", f"{LEAP}:{build}"]})
    assert told(record) == {
        "rpm/suse/kasumi-tools?distro=sles-15.4": fixed("2.4.1-150400.3.2"),
        "rpm/suse/kasumi-tools?distro=sles-15.5": fixed("2.4.1-150400.3.2"),
        "rpm/opensuse/kasumi-tools?distro=opensuse-leap-15.5": fixed("2.4.1-150400.3.2"),
    }
    assert record.source == "suse"


def test_what_comes_without_a_version_is_affected_or_not_at_all():
    record = read(
        known_affected=[f"{SP4}:kasumid", f"{SP4}:kernel-source-azure"],
        known_not_affected=[f"{LEAP}:kasumid"],
    )
    assert told(record) == {
        "rpm/suse/kasumid?distro=sles-15.4": [(Status.AFFECTED, None, None)],
        "rpm/suse/kernel-source-azure?distro=sles-15.4": [(Status.AFFECTED, None, None)],
        "rpm/opensuse/kasumid?distro=opensuse-leap-15.5": [(Status.NOT_AFFECTED, None, None)],
    }


def test_of_several_channels_of_a_release_the_lowest_fix_counts():
    record = read(recommended=[f"{LTSS}:kasumid-2.10-1.1", f"{SP4}:kasumid-2.9-1.1"])
    assert told(record) == {"rpm/suse/kasumid?distro=sles-15.4": fixed("2.9-1.1")}


def test_a_fix_outweighs_being_affected():
    record = read(fixed=[f"{SP4}:kasumid-2.9-1.1"], known_affected=[f"{SP4}:kasumid"])
    assert told(record) == {"rpm/suse/kasumid?distro=sles-15.4": fixed("2.9-1.1")}


def test_source_packages_and_what_is_no_package_are_left_out():
    record = read(
        fixed=[f"{SP4}:kasumid-2.9-1.1", f"{SP4}:kasumid-2.9-1.1.src", "Image Kasumi:x-1-1"]
    )
    assert list(told(record)) == ["rpm/suse/kasumid?distro=sles-15.4"]


def test_records_without_packages_stay_as_csaf_has_them():
    (own,) = records(suse, raw(document(known_affected=["Kasumi Appliance 2"])))
    (plain,) = records(csaf, raw(document(known_affected=["Kasumi Appliance 2"])))
    assert own.affected == plain.affected
    assert all(isinstance(each, Affected) for each in own.affected)


def test_an_odd_status_is_told_by_its_place():
    value = document(fixed=[f"{SP4}:kasumid-2.9-1.1"])
    value["vulnerabilities"][0]["product_status"]["fixed"].append(7)
    found = list(suse.read(raw(value)))
    assert [each.where for each in found if isinstance(each, FormatError)]
    assert [each.source for each in found if isinstance(each, Record)] == ["suse"]


@pytest.mark.parametrize(
    ("platform", "release"),
    [
        ("SUSE Linux Enterprise Desktop 12 SP5", "sles-12.5"),
        ("SUSE Linux Enterprise Server 11", "sles-11"),
        ("openSUSE Tumbleweed", "opensuse-tumbleweed"),
        ("SUSE Manager Server 4.3", ""),
        ("Red Hat 9", ""),
        ("", ""),
    ],
)
def test_platforms_and_their_releases(platform, release):
    assert osv_products.suse_release(platform) == release
