from __future__ import annotations

import pytest

from noroshi.core.errors import NotAnIdentifier
from noroshi.core.facets import Product
from noroshi.core.formats import osv_products
from noroshi.core.formats.osv_products import Identity, identify, is_modular, repository
from noroshi.core.identity import parse_purl
from noroshi.core.versions.registry import SCHEMES


def identified(ecosystem, package, purl="", *, modular=False) -> Identity:
    found = identify(ecosystem, package, purl, modular=modular)
    assert found is not None
    return found


def name(ecosystem, package, purl=""):
    return identified(ecosystem, package, purl).product


@pytest.mark.parametrize(
    ("ecosystem", "package", "purl"),
    [
        ("npm", "@kasumi/console", "pkg:npm/%40kasumi/console"),
        ("PyPI", "Kasumi_Console", "pkg:pypi/kasumi-console"),
        ("Go", "kasumi.example/go/console", "pkg:golang/kasumi.example/go/console"),
        ("Go", "stdlib", "pkg:golang/stdlib"),
        ("crates.io", "console", "pkg:cargo/console"),
        ("Maven", "example.kasumi:console", "pkg:maven/example.kasumi/console"),
        ("Maven:https://repo.example", "a:b", "pkg:maven/a/b"),
        ("NuGet", "Kasumi.Console", "pkg:nuget/Kasumi.Console"),
        ("RubyGems", "console", "pkg:gem/console"),
        ("Packagist", "kasumi/console", "pkg:composer/kasumi/console"),
        ("Hex", "console", "pkg:hex/console"),
        ("Pub", "console", "pkg:pub/console"),
        ("Bitnami", "console", "pkg:bitnami/console"),
        ("GitHub Actions", "kasumi/console", "pkg:github/kasumi/console"),
        ("SwiftURL", "https://github.com/kasumi/x", "pkg:swift/github.com/kasumi/x"),
        ("Other", "x", "pkg:npm/console"),
    ],
)
def test_a_registrys_package_has_the_identity_and_order_of_its_package_url(
    ecosystem, package, purl
):
    found = identified(ecosystem, package, purl if ecosystem == "Other" else "")
    assert found.product == parse_purl(purl).identity
    assert found.versions == parse_purl(purl).versions


@pytest.mark.parametrize(
    ("ecosystem", "expected"),
    [
        ("Debian", "deb/debian/curl?arch=source"),
        ("Debian:11", "deb/debian/curl?arch=source&distro=debian-11"),
        ("Debian:sid", "deb/debian/curl?arch=source&distro=debian-sid"),
        ("Ubuntu:22.04:LTS", "deb/ubuntu/curl?arch=source&distro=ubuntu-22.04"),
        ("Ubuntu:24.10", "deb/ubuntu/curl?arch=source&distro=ubuntu-24.10"),
        ("Ubuntu:Pro:18.04:LTS", "deb/ubuntu/curl?arch=source&distro=ubuntu-18.04"),
        ("Alpine:v3.18", "apk/alpine/curl?arch=source&distro=alpine-3.18"),
        ("Wolfi", "apk/wolfi/curl"),
        ("AlmaLinux:9", "rpm/almalinux/curl?arch=source&distro=almalinux-9"),
        ("Rocky Linux:8", "rpm/rocky/curl?arch=source&distro=rocky-8"),
        ("SUSE:Linux Enterprise Server 15 SP5", "rpm/suse/curl?arch=source&distro=sles-15.5"),
        (
            "SUSE:Linux Enterprise Module for Basesystem 15 SP5",
            "rpm/suse/curl?arch=source&distro=sles-15.5",
        ),
        (
            "SUSE:Linux Enterprise Server for SAP Applications 12 SP5-LTSS",
            "rpm/suse/curl?arch=source&distro=sles-12.5",
        ),
        ("openSUSE:Leap 15.5", "rpm/opensuse/curl?arch=source&distro=opensuse-leap-15.5"),
        ("openSUSE:Tumbleweed", "rpm/opensuse/curl?arch=source&distro=opensuse-tumbleweed"),
        ("Mageia:9", "rpm/mageia/curl?arch=source&distro=mageia-9"),
        ("Red Hat:enterprise_linux:9::appstream", "rpm/redhat/curl?distro=redhat-9"),
        ("Red Hat:rhel_eus:8.4::baseos", "rpm/redhat/curl?distro=redhat-8.4"),
    ],
)
def test_a_distributions_package_is_one_of_a_release(ecosystem, expected):
    assert name(ecosystem, "curl") == Product("purl", expected)


@pytest.mark.parametrize(
    "ecosystem",
    [
        "Ubuntu:Pro:FIPS:18.04:LTS",
        "SUSE:Manager Server 4.3",
        "Red Hat:openstack:17.1::el9",
        "Red Hat",
        "Linux",
        "Android",
        "Debian:Tumbleweed",
    ],
)
def test_a_stream_beside_the_releases_is_a_name_in_words(ecosystem):
    found = identified(ecosystem, "Kernel")
    assert found.product == Product("name", f"{ecosystem.lower()}:kernel")
    assert found.versions == "generic"


def test_a_package_of_a_module_is_a_name_in_words():
    found = identified("Red Hat:enterprise_linux:8", "nodejs", modular=True)
    assert found.product == Product("name", "red hat:enterprise_linux:8:nodejs")


@pytest.mark.parametrize(
    ("version", "modular"),
    [
        ("1:14.17.3-2.module+el8.4.0+11738+3bd42762", True),
        ("14.17.3-2.module_el8.4.0+1", True),
        ("1.2-3.el8", False),
        ("0:1.0-modules.el8", False),
    ],
)
def test_a_modules_builds_are_known_by_their_release(version, modular):
    assert is_modular(version) is modular


@pytest.mark.parametrize(
    ("ecosystem", "package"),
    [("Maven", "console"), ("npm", "console/"), ("Debian:11", "a package"), ("npm", "x\0y")],
)
def test_a_name_the_type_does_not_allow_stays_in_words(ecosystem, package):
    assert name(ecosystem, package).scheme == "name"


@pytest.mark.parametrize(
    ("ecosystem", "package"), [("npm", ""), ("npm", " "), ("npm", "a" * 513), ("e" * 513, "a")]
)
def test_what_names_nothing_is_nothing(ecosystem, package):
    assert identify(ecosystem, package, "", modular=False) is None


LONG_WHEN_FOLDED = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"


def test_words_that_grow_beyond_reason_are_nothing():
    assert identify("Other", LONG_WHEN_FOLDED, "", modular=False) is not None
    assert identify("Other", LONG_WHEN_FOLDED * 500, "", modular=False) is None


def test_a_package_url_that_is_needed_and_is_none_is_refused():
    with pytest.raises(NotAnIdentifier):
        name("Other", "x", "npm/x")
    assert name("npm", "x", "npm/x").name == "npm/x"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/kasumi/console", Product("purl", "github/kasumi/console")),
        ("https://github.com/kasumi/console.git", Product("purl", "github/kasumi/console")),
        ("https://github.com/kasumi", Product("name", "github.com:kasumi")),
        ("git://git.example/a/b.git", Product("name", "git.example:a/b")),
        ("", None),
        ("https://github.com/", None),
        ("https://git.example/" + "a" * 600, None),
    ],
)
def test_a_repository_is_known_by_its_address(url, expected):
    assert repository(url) == expected


def test_every_scheme_named_exists():
    ecosystems = [*osv_products.REGISTRIES, "Debian:11", "Alpine:v3.18", "Rocky Linux:9"]
    found = {identified(one, "a:b").versions for one in ecosystems}
    assert found <= set(SCHEMES)
