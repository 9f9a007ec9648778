from __future__ import annotations

import pytest

from noroshi.core.facets import Product
from noroshi.core.formats.distributions import package, red_hat_release


def test_a_source_package_of_a_release():
    assert package("deb", "debian", "libstdc++6", release="debian-12") == Product(
        "purl", "deb/debian/libstdc++6?arch=source&distro=debian-12"
    )


def test_a_source_package_of_all_releases():
    assert package("deb", "debian", "Curl") == Product("purl", "deb/debian/curl?arch=source")


def test_a_built_package():
    assert package("rpm", "redhat", "NetworkManager", release="redhat-8", source=False) == Product(
        "purl", "rpm/redhat/NetworkManager?distro=redhat-8"
    )
    assert package("apk", "wolfi", "curl", source=False) == Product("purl", "apk/wolfi/curl")


@pytest.mark.parametrize("name", ["", "two words", "a/b", "a:b", "a" * 200, "-x", "a\0", "名"])
def test_a_name_that_no_package_can_have_is_none(name):
    assert package("deb", "debian", name) is None


def test_a_release_that_os_release_cannot_name_is_none():
    assert package("deb", "debian", "curl", release="Debian 12") is None


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("enterprise_linux:8", "redhat-8"),
        ("enterprise_linux:8::appstream", "redhat-8"),
        ("enterprise_linux:10.0", "redhat-10"),
        ("enterprise_linux:2.1", "redhat-2"),
        ("enterprise_linux:7::fastdatapath", "redhat-7"),
        ("enterprise_linux:7::hypervisor", ""),
        ("enterprise_linux:7::hypervisor_power", ""),
        ("enterprise_linux:::hypervisor", ""),
        ("enterprise_linux", ""),
        ("enterprise_linux_ai:1", ""),
        ("linux:7.0", ""),
        ("rhel_extras:4.7.z", "redhat-4"),
        ("rhel_els:7", "redhat-7"),
        ("rhel_eus:8.4", "redhat-8.4"),
        ("rhel_e4s:9.0::nfv", "redhat-9.0"),
        ("rhel_software_collections:3::el7", "redhat-7"),
        ("rhel_software_collections:3", ""),
        ("rhel_application_stack:1", ""),
        ("satellite:6.8::el7", ""),
        ("", ""),
    ],
)
def test_the_streams_of_rhel_itself_are_of_a_release(stream, expected):
    assert red_hat_release(stream) == expected
