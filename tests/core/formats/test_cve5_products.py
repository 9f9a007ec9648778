from __future__ import annotations

import msgspec
import pytest

from noroshi.core.errors import FormatError, NotAnIdentifier
from noroshi.core.facets import Affected, Product, Status, VersionRange
from noroshi.core.formats import configurations, cve5_products

CONSOLE = "cpe:2.3:a:kasumi:console:{}:*:*:*:*:*:*:*"
VERSIONS = [{"version": "2.0", "lessThan": "2.4", "status": "affected"}]
RANGES = (VersionRange(low="2.0", high="2.4"),)


def read(*entries):
    conditions = configurations.Conditions()
    decoded = msgspec.convert(list(entries), list[cve5_products.Entry])
    results = list(cve5_products.affected(decoded, "kasumi", conditions, "$.affected"))
    return results, conditions.all()


def claims(**entry):
    return read(entry)[0]


def identity(**entry):
    (claim,) = claims(versions=VERSIONS, **entry)
    return claim.product.scheme, claim.product.name, claim.versions


def test_vendor_and_product_are_a_name_folded():
    assert claims(vendor="Kasumi ", product="SR-200", versions=VERSIONS) == [
        Affected("kasumi", Product("name", "kasumi:sr-200"), "generic", RANGES)
    ]


@pytest.mark.parametrize("word", ["", "n/a", "N/A", "unknown", "-", "*", " ", "x" * 513])
@pytest.mark.parametrize("field", ["vendor", "product"])
def test_without_words_for_both_there_is_no_claim(field, word):
    names = {"vendor": "Kasumi", "product": "SR-200", field: word}
    assert claims(versions=VERSIONS, **names) == []


@pytest.mark.parametrize(
    ("collection", "package", "name", "versions"),
    [
        ("https://registry.npmjs.org", "@kasumi/console", "npm/@kasumi/console", "npm"),
        ("https://www.npmjs.com/package/console", "console", "npm/console", "npm"),
        ("https://pypi.org/project/", "Kasumi_Console", "pypi/kasumi-console", "pypi"),
        ("https://pypi.python.org", "console", "pypi/console", "pypi"),
        (
            "https://repo.maven.apache.org/maven2",
            "example.kasumi:console",
            "maven/example.kasumi/console",
            "maven",
        ),
        ("https://rubygems.org", "console", "gem/console", "generic"),
        ("https://packagist.org", "kasumi/console", "composer/kasumi/console", "generic"),
        ("https://crates.io/crates/x", "console", "cargo/console", "semver"),
        ("https://www.nuget.org/packages", "Kasumi.Console", "nuget/Kasumi.Console", "semver"),
        ("https://hex.pm", "console", "hex/console", "semver"),
        ("https://pkg.go.dev", "kasumi.example/console", "golang/kasumi.example/console", "semver"),
        ("HTTPS://PyPI.org", "console", "pypi/console", "pypi"),
    ],
)
def test_a_package_of_a_known_collection_is_a_package_url(collection, package, name, versions):
    assert identity(vendor="K", product="P", collectionURL=collection, packageName=package) == (
        "purl",
        name,
        versions,
    )


@pytest.mark.parametrize(
    ("collection", "package"),
    [
        ("https://repo.maven.apache.org/maven2", "console"),
        ("https://repo.maven.apache.org/maven2", "a:b:c/d"),
        ("https://packagist.org", "console"),
        ("https://pypi.org", "kasumi/console"),
        ("https://pypi.org", ""),
        ("https://pypi.org", "x" * 513),
        ("https://kasumi.example", "console"),
        ("pypi.org", "console"),
    ],
)
def test_a_package_whose_name_does_not_fit_is_known_by_its_words(collection, package):
    found = identity(vendor="K", product="P", collectionURL=collection, packageName=package)
    assert found == ("name", "k:p", "generic")


@pytest.mark.parametrize(
    ("vendor", "package", "name"),
    [
        ("kasumi.example/net", "kasumi.example/net/http2", "golang/kasumi.example/net"),
        ("kasumi.example/net", "kasumi.example/net", "golang/kasumi.example/net"),
        ("Go standard library", "net/http", "golang/stdlib"),
        ("Go toolchain", "cmd/go", "golang/toolchain"),
        ("Kasumi", "kasumi.example/net/http2", "golang/kasumi.example/net/http2"),
    ],
)
def test_a_go_package_is_known_by_its_module(vendor, package, name):
    found = identity(vendor=vendor, collectionURL="https://pkg.go.dev", packageName=package)
    assert found == ("purl", name, "semver")


def test_a_package_url_comes_before_all_other_names():
    (claim,) = claims(
        vendor="K",
        product="P",
        packageURL="pkg:npm/%40kasumi/console",
        collectionURL="https://pypi.org",
        packageName="console",
        cpes=[CONSOLE.format("*")],
        versions=VERSIONS,
    )
    assert claim.product == Product("purl", "npm/@kasumi/console")


def test_names_that_are_none_are_told_and_the_next_best_is_used():
    results, _ = read(
        {"vendor": "K", "product": "Q"},
        {"vendor": "K", "product": "P", "packageURL": "console", "cpes": ["a:b"]},
    )
    errors = [result for result in results if isinstance(result, FormatError)]
    assert [(type(error), error.where) for error in errors] == [
        (NotAnIdentifier, "$.affected[1].packageURL"),
        (NotAnIdentifier, "$.affected[1].cpes[0]"),
    ]
    claims = [result.product.name for result in results if isinstance(result, Affected)]
    assert claims == ["k:q", "k:p"]


def test_cpe_names_that_differ_in_their_version_alone_are_one_product():
    found = claims(
        vendor="K",
        product="P",
        cpes=[
            CONSOLE.format("2.0"),
            CONSOLE.format("2.1"),
            CONSOLE.format("*").replace("a:", "h:"),
        ],
        versions=[{**VERSIONS[0], "versionType": "rpm"}],
    )
    assert [(claim.product.name, claim.cpe) for claim in found] == [
        ("a:kasumi:console", CONSOLE.format("2.0")),
        ("h:kasumi:console", CONSOLE.format("*").replace("a:", "h:")),
    ]
    assert {(claim.versions, claim.ranges) for claim in found} == {("generic", RANGES)}


def test_a_names_update_does_not_narrow_ranges_the_entry_gives():
    name = "cpe:2.3:a:kasumi:console:2.0:-:*:*:pro:*:*:*"
    (claim,) = claims(cpes=[name], versions=VERSIONS)
    assert claim.cpe == "cpe:2.3:a:kasumi:console:*:*:*:*:pro:*:*:*"


@pytest.mark.parametrize(
    "entry",
    [
        {"defaultStatus": "affected"},
        {},
        {"versions": [{"version": "n/a", "status": "affected"}]},
        {"defaultStatus": "unknown", "versions": [{"version": "-", "status": "affected"}]},
    ],
)
def test_without_versions_each_cpe_name_is_affected_in_its_own(entry):
    found = claims(cpes=[CONSOLE.format("2.0"), CONSOLE.format("2.1")], **entry)
    assert [(claim.cpe, claim.ranges, claim.default) for claim in found] == [
        (
            CONSOLE.format(version),
            (VersionRange(low=version, high=version, high_inclusive=True),),
            Status.UNKNOWN,
        )
        for version in ("2.0", "2.1")
    ]


@pytest.mark.parametrize("default", ["unaffected", "unknown"])
def test_a_cpe_names_own_version_is_never_called_unaffected(default):
    (claim,) = claims(cpes=[CONSOLE.format("2.0")], defaultStatus=default)
    assert claim.ranges == ()


def test_a_cpe_name_without_a_version_leaves_it_to_the_default():
    (claim,) = claims(cpes=[CONSOLE.format("*")], defaultStatus="affected")
    assert (claim.ranges, claim.default) == ((), Status.AFFECTED)


def test_a_cpe_name_that_means_no_one_product_is_no_claim():
    assert claims(cpes=["cpe:2.3:o:*:*:1:*:*:*:*:*:*:*"], versions=VERSIONS) == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("affected", Status.AFFECTED),
        ("unaffected", Status.NOT_AFFECTED),
        ("unknown", Status.UNKNOWN),
        (None, Status.UNKNOWN),
        ("maybe", Status.UNKNOWN),
    ],
)
def test_the_default_is_kept(status, expected):
    (claim,) = claims(vendor="K", product="P", defaultStatus=status, versions=VERSIONS)
    assert claim.default is expected


def test_unusable_versions_leave_the_product_named():
    (claim,) = claims(
        vendor="K", product="P", versions=[{"version": "see below", "status": "affected"}]
    )
    assert claim == Affected("kasumi", Product("name", "k:p"), "generic")


def test_commits_are_a_claim_of_their_own_without_a_default():
    commits = [
        {"version": "1da177e4c3f4", "lessThan": "*", "status": "affected", "versionType": "git"}
    ]
    numbered, of_commits = claims(
        vendor="K", product="P", defaultStatus="affected", versions=[*commits, *VERSIONS]
    )
    assert (numbered.versions, numbered.ranges, numbered.default) == (
        "generic",
        RANGES,
        Status.AFFECTED,
    )
    assert (of_commits.versions, of_commits.ranges, of_commits.default) == (
        "git",
        (VersionRange(low="1da177e4c3f4"),),
        Status.UNKNOWN,
    )
    (alone,) = claims(vendor="K", product="P", defaultStatus="unaffected", versions=commits)
    assert alone == of_commits


BROWSER = "https://access.redhat.com/downloads/content/package-browser/"
CATALOG = "https://catalog.redhat.com/software/containers/"


def test_a_red_hat_package_needs_its_platform():
    platforms = ["cpe:/a:redhat:enterprise_linux:9::appstream", "cpe:/o:redhat:rhel_eus:9.2"]
    results, conditions = read(
        {
            "vendor": "Red Hat",
            "product": "Red Hat Enterprise Linux 9",
            "collectionURL": BROWSER,
            "packageName": "samba",
            "cpes": platforms,
            "defaultStatus": "affected",
            "versions": [
                {
                    "version": "0:4.18.6-100.el9",
                    "lessThan": "*",
                    "status": "unaffected",
                    "versionType": "rpm",
                }
            ],
        }
    )
    assert results == [
        Affected(
            "kasumi",
            Product("purl", "rpm/redhat/samba"),
            "rpm",
            (VersionRange(Status.NOT_AFFECTED, low="0:4.18.6-100.el9"),),
            Status.AFFECTED,
            condition=0,
        )
    ]
    assert conditions == (tuple(platforms),)


@pytest.mark.parametrize(
    ("collection", "package"), [(BROWSER, "maven:3.6/plexus"), (CATALOG, "openshift4/ose-cli")]
)
def test_what_red_hat_ships_otherwise_is_known_by_its_words(collection, package):
    (claim,), conditions = read(
        {"collectionURL": collection, "packageName": package, "cpes": ["cpe:/a:redhat:openshift:4"]}
    )
    assert claim.product == Product("name", f"red hat:{package}")
    assert conditions[claim.condition] == ("cpe:/a:redhat:openshift:4",)
