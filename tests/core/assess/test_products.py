"""Who says what is affected."""

from __future__ import annotations

import pytest

from noroshi.core.assess import assess
from noroshi.core.assess.assessment import ContradictionKind
from noroshi.core.assess.product_names import same_product, vendor_and_name
from noroshi.core.facets import Product, Status, Text, VersionRange
from tests.core.assess.records import (
    TOMCAT,
    TOMCAT_BY_NAME,
    affects,
    below,
    clears,
    cve5,
    nvd,
    other,
)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (TOMCAT, TOMCAT_BY_NAME),
        (Product("cpe", "o:cisco:ios_xe"), Product("name", "cisco:ios xe")),
        (Product("cpe", r"a:f-secure:anti\-virus"), Product("name", "f-secure:anti-virus")),
    ],
)
def test_a_cpe_and_a_plain_name_of_one_product_come_together(
    one: Product, another: Product
) -> None:
    assert same_product(one) == same_product(another)


def test_a_package_stands_for_itself() -> None:
    assert same_product(Product("purl", "npm/tomcat")) != same_product(TOMCAT)


def test_a_summary_says_who_calls_it_affected_and_what_fixes_it() -> None:
    records = [
        cve5(affected=(affects("apache", TOMCAT_BY_NAME, below("9.0.31", "9.0.0")),)),
        nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("9.0.31", "9.0.0")),)),
        other("vendor", affected=(clears("somebody", TOMCAT),)),
    ]
    (found,) = assess(records).products
    assert found.affected == ("nvd", "apache")
    assert found.not_affected == ("somebody",)
    assert found.fixed == ("9.0.31",)
    assert set(found.products) == {TOMCAT, TOMCAT_BY_NAME}


def test_an_inclusive_bound_names_no_fixed_version() -> None:
    up_to = VersionRange(high="9.0.30", high_inclusive=True)
    fixed = VersionRange(Status.FIXED, low="9.0.31")
    record = cve5(affected=(affects("apache", TOMCAT, up_to, fixed),))
    assert assess([record]).products[0].fixed == ("9.0.31",)
    assert assess([cve5(affected=(affects("apache", TOMCAT, up_to),))]).products[0].fixed == ()


def test_the_name_for_people_is_spelt_as_the_texts_spell_it() -> None:
    record = cve5(affected=(affects("apache", TOMCAT, below("9.0.31")),))
    assert assess([record]).products[0].label == "Apache Tomcat"


@pytest.mark.parametrize(
    ("text", "product", "label"),
    [
        ("A flaw in TORQUE Resource Manager.", "a:cluster_x:torque_resource_manager",
         "TORQUE Resource Manager"),
        ("ILC PLCs answer anybody.", "o:phoenixcontact:ilc_plcs_firmware", "ILC PLCs firmware"),
        ("Nothing of it is said here.", "a:vendor:thing", "vendor thing"),
        ("OpenSSL fails.", "a:openssl:openssl", "OpenSSL"),
        ("THINGS are not a thing.", "a:v:thing", "v thing"),
        ("İSTANBUL Thing", "a:v:thing", "v thing"),
    ],
)  # fmt: skip
def test_spelling_is_taken_from_whole_words_only(text: str, product: str, label: str) -> None:
    claim = affects("apache", Product("cpe", product), below("1.0"))
    record = cve5(descriptions=(Text("en", text, "apache"),), affected=(claim,))
    assert assess([record]).products[0].label == label


def test_different_versions_of_one_product_contradict() -> None:
    records = [
        cve5(affected=(affects("apache", TOMCAT_BY_NAME, below("9.0.31", "9.0.0")),)),
        nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("9.0.30", "9.0.0")),)),
    ]
    (found,) = assess(records).contradictions
    assert found.kind is ContradictionKind.RANGES
    assert found.subject == "apache:tomcat"
    assert [(one.voice, one.text) for one in found.quotes] == [
        ("nvd", "≥ 9.0.0, < 9.0.30"),
        ("apache", "≥ 9.0.0, < 9.0.31"),
    ]


def test_the_same_versions_written_differently_agree() -> None:
    records = [
        cve5(
            affected=(affects("apache", TOMCAT_BY_NAME, below("2.0", "1.0"), below("3.0", "2.0")),)
        ),
        nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("3.0", "1.0")),)),
    ]
    assert assess(records).contradictions == ()


def test_a_semver_range_is_compared_with_a_cpe_range() -> None:
    by_cna = affects("apache", TOMCAT_BY_NAME, below("2.15.0", "2.0.0"), versions="semver")
    alike = affects("nvd@nist.gov", TOMCAT, below("2.15.0", "2.0.0"))
    unlike = affects("nvd@nist.gov", TOMCAT, below("2.16.0", "2.0.0"))
    assert assess([cve5(affected=(by_cna,)), nvd(affected=(alike,))]).contradictions == ()
    (found,) = assess([cve5(affected=(by_cna,)), nvd(affected=(unlike,))]).contradictions
    assert found.kind is ContradictionKind.RANGES


def test_affected_against_not_affected_is_a_contradiction() -> None:
    records = [
        cve5(affected=(clears("apache", TOMCAT),)),
        nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("3.0")),)),
    ]
    (found,) = assess(records).contradictions
    assert found.kind is ContradictionKind.AFFECTED
    assert found.quotes[1].text == "*: not_affected"


def test_a_default_without_any_range_clears_nothing() -> None:
    """Assigners write "unaffected" beside versions that only a person can read."""
    bare = affects("apache", TOMCAT, default=Status.NOT_AFFECTED)
    by_nvd = nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("3.0")),))
    assessment = assess([cve5(affected=(bare,)), by_nvd])
    assert assessment.contradictions == ()
    assert assessment.products[0].not_affected == ()


def test_a_product_named_without_versions_contradicts_no_range() -> None:
    bare = affects("apache", TOMCAT, default=Status.AFFECTED)
    by_nvd = nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("3.0")),))
    assessment = assess([cve5(affected=(bare,)), by_nvd])
    assert assessment.contradictions == ()
    assert assessment.products[0].affected == ("nvd", "apache")


def test_commits_contradict_nobody() -> None:
    git = affects("apache", TOMCAT, below("deadbeef", "cafe"), versions="git")
    records = [
        cve5(affected=(git,)),
        nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("3.0")),)),
    ]
    assessment = assess(records)
    assert assessment.contradictions == ()
    assert assessment.products[0].fixed == ("3.0",)


def test_a_range_that_cannot_be_read_contradicts_nobody() -> None:
    broken = affects("apache", TOMCAT, below("9" * 1_000))
    records = [
        cve5(affected=(broken,)),
        nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("3.0")),)),
    ]
    assert assess(records).contradictions == ()


def test_long_lists_and_long_versions_are_quoted_in_short() -> None:
    many = affects("apache", TOMCAT, *(below(f"{n}.5", f"{n}.0") for n in range(50)))
    long = affects("nvd@nist.gov", TOMCAT, below("1." * 200 + "1"), below("77.0", "70.0"))
    (found,) = assess([cve5(affected=(many,)), nvd(affected=(long,))]).contradictions
    assert all(len(quote.text) < 300 for quote in found.quotes)
    assert "(50)" in found.quotes[1].text


# --- packages of distributions ---

PACKAGE = "deb/ubuntu/tomcat9?arch=source&distro=ubuntu-22.04"


def packaged(number: int) -> Product:
    return Product("purl", f"deb/ubuntu/tomcat{number}?arch=source&distro=ubuntu-22.04")


def test_what_the_maker_publishes_goes_before_packages_of_any_number_of_voices() -> None:
    trackers = [
        other("ubuntu", affected=tuple(affects("ubuntu", packaged(n), below("1")) for n in (8, 9))),
        other("osv", affected=(affects("somebody", packaged(8), below("1")),)),
    ]
    by_nvd = nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("9.0.31")),))
    assert assess([*trackers, by_nvd]).products[0].products == (TOMCAT,)


def test_a_package_is_named_with_the_release_it_is_in() -> None:
    record = other("ubuntu", affected=(affects("ubuntu", Product("purl", PACKAGE), below("1")),))
    assert assess([record]).products[0].label == "tomcat9 (ubuntu 22.04)"
    anywhere = Product("purl", "rpm/redhat/tomcat")
    record = other("redhat", affected=(affects("redhat", anywhere, below("1")),))
    assert assess([record]).products[0].label == "tomcat (redhat)"
    assert vendor_and_name(Product("purl", PACKAGE)) == ("", "ubuntu/tomcat9")


def test_copies_put_no_product_in_front() -> None:
    bundled = Product("name", "bundler:bundle")
    by_jvn = other("jvn", affected=(affects("jvn", bundled, below("1")),))
    again = other("osv", affected=(affects("ipa", bundled, below("1")),))
    by_cna = cve5(affected=(affects("apache", TOMCAT_BY_NAME, below("9")),))
    assert assess([by_jvn, again, by_cna]).products[0].products == (TOMCAT_BY_NAME,)
