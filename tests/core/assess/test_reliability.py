"""How far the information can be trusted."""

from __future__ import annotations

import pytest

from noroshi.core.assess import assess
from noroshi.core.assess.assessment import Reliability
from noroshi.core.facets import Product, Record, State
from tests.core.assess.records import (
    CRITICAL,
    HIGH,
    TOMCAT,
    TOMCAT_BY_NAME,
    affects,
    below,
    catalogued,
    cve5,
    cwe,
    entry,
    epss,
    kev,
    nvd,
    other,
    scored,
    ssvc,
)


def rated(*records: Record) -> Reliability:
    return assess(records).reliability


def codes(found: Reliability) -> list[str]:
    return [reason.code for reason in found.reasons]


BY_CNA = cve5(assigner="mitre", severities=(scored("mitre", CRITICAL),))


def test_two_voices_that_say_the_same_confirm() -> None:
    found = rated(
        BY_CNA, nvd(assigner="cve@mitre.org", severities=(scored("nvd@nist.gov", CRITICAL),))
    )
    assert (found.admiralty, found.confidence) == ("B1", 94)
    assert "confirmed" in codes(found)


def test_one_voice_alone_is_possibly_true() -> None:
    found = rated(BY_CNA)
    assert (found.admiralty, found.confidence) == ("B3", 54)
    assert "single-voice" in codes(found)


def test_nvds_copy_of_the_assigner_confirms_nothing() -> None:
    copied = nvd(assigner="cve@mitre.org", severities=(scored("cve@mitre.org", CRITICAL),))
    assert rated(BY_CNA, copied).credibility == 3


@pytest.mark.parametrize("copier", ["ghsa", "nuclei", "bitnami", "osv"])
def test_a_copy_is_no_confirmation_and_is_named(copier: str) -> None:
    copied = other(copier, severities=(scored(copier, CRITICAL),))
    found = rated(BY_CNA, copied)
    assert found.credibility == 3
    assert ("voices", copier) in [fact for reason in found.reasons for fact in reason.facts]


def test_a_copier_that_says_something_else_speaks_for_itself() -> None:
    unlike = other("ghsa", severities=(scored("ghsa", HIGH),))
    found = rated(BY_CNA, unlike)
    assert found.credibility == 4
    assert "copies" not in codes(found)


def test_a_rejected_identifier_is_improbable_whatever_confirms_it() -> None:
    rejected = cve5(state=State.REJECTED, severities=(scored("apache", CRITICAL),))
    found = rated(
        rejected, nvd(state=State.REJECTED, severities=(scored("nvd@nist.gov", CRITICAL),))
    )
    assert (found.credibility, found.confidence) == (5, 14)
    assert "rejected" in codes(found)


def test_a_disputed_one_is_doubtful_even_if_confirmed() -> None:
    disputed = cve5(disputed=("apache",), severities=(scored("apache", CRITICAL),))
    assessment = assess([disputed, nvd(severities=(scored("nvd@nist.gov", CRITICAL),))])
    assert assessment.disputed == ("apache",)
    assert (assessment.reliability.credibility, assessment.reliability.confidence) == (4, 34)


def test_contradicted_and_confirmed_by_nobody_is_doubtful() -> None:
    found = rated(BY_CNA, nvd(assigner="", severities=(scored("nvd@nist.gov", HIGH),)))
    assert found.credibility == 4
    assert "contradicted" in codes(found)


def test_confirmed_in_one_facet_and_contradicted_in_another_is_probable() -> None:
    found = rated(
        cve5(severities=(scored("apache", CRITICAL),), weaknesses=cwe("apache", "CWE-22")),
        nvd(severities=(scored("nvd@nist.gov", HIGH),), weaknesses=cwe("nvd@nist.gov", "CWE-22")),
    )
    assert found.credibility == 2


def test_a_wrong_score_costs_confidence_not_credibility() -> None:
    slip = cve5(assigner="mitre", severities=(scored("mitre", CRITICAL, 5.0),))
    found = rated(slip)
    assert (found.credibility, found.confidence) == (3, 50)


def test_evidence_of_attacks_confirms_the_flaw() -> None:
    found = rated(BY_CNA, kev())
    assert (found.admiralty, found.confidence) == ("A1", 98)
    assert [one.facet for one in found.support] == ["severity", "exploitation", "existence"]


def test_adps_active_is_the_catalogues_entry_once_more() -> None:
    both = rated(cve5(ssvc=(ssvc("active", "2030-03-01"),)), kev())
    (support,) = (one for one in both.support if one.facet == "exploitation")
    assert (support.voices, support.independent) == (("cisa-kev", "cisa-adp"), 1)


def test_the_vendors_own_word_is_first_hand() -> None:
    found = rated(cve5(affected=(affects("apache", TOMCAT_BY_NAME, below("9.0.31")),)))
    assert found.first_hand
    assert (found.admiralty, found.confidence) == ("B2", 74)


@pytest.mark.parametrize(
    ("assigner", "product"),
    [
        ("mitre", TOMCAT_BY_NAME),
        ("GitHub_M", Product("purl", "golang/github.com/somebody/thing")),
        ("apache", Product("name", "somebody:apache plugin")),
    ],
)
def test_another_vendors_product_is_not_first_hand(assigner: str, product: Product) -> None:
    found = rated(cve5(assigner=assigner, affected=(affects(assigner, product, below("1.0")),)))
    assert not found.first_hand


def test_nvd_naming_the_vendor_does_not_make_the_vendor_speak() -> None:
    found = rated(cve5(), nvd(affected=(affects("nvd@nist.gov", TOMCAT, below("9.0.31")),)))
    assert not found.first_hand


def test_whoever_bears_the_vendors_name_without_assigning_is_not_taken_for_it() -> None:
    by_another = affects("apache", TOMCAT_BY_NAME, below("9.0.31"))
    assert not rated(cve5(assigner="mitre", affected=(by_another,))).first_hand


def test_a_text_alone_cannot_be_judged() -> None:
    found = rated(cve5())
    assert (found.admiralty, found.confidence) == ("B6", None)
    assert "nothing-stated" in codes(found)


def test_a_models_probability_alone_cannot_be_judged() -> None:
    found = rated(epss())
    assert (found.admiralty, found.confidence) == ("C6", None)


def test_an_unknown_source_cannot_be_judged_but_its_word_can() -> None:
    found = rated(other("blog", severities=(scored("somebody", CRITICAL),)))
    assert (found.admiralty, found.confidence) == ("F3", 44)


def test_no_records_at_all_is_an_answer_too() -> None:
    assessment = assess([])
    assert assessment.reliability.admiralty == "F6"
    assert assessment.names == ()


def test_detail_is_the_share_of_what_is_stated() -> None:
    full = cve5(
        severities=(scored("apache", HIGH),),
        weaknesses=cwe("apache", "CWE-22"),
        affected=(affects("apache", TOMCAT, below("9.0.31")),),
    )
    assert rated(full).detail == 1.0
    assert rated(cve5()).detail == 0.25


def test_ranges_that_differ_confirm_nothing_about_products() -> None:
    found = rated(
        cve5(assigner="mitre", affected=(affects("mitre", TOMCAT_BY_NAME, below("2.0")),)),
        nvd(assigner="", affected=(affects("nvd@nist.gov", TOMCAT, below("3.0")),)),
    )
    assert found.credibility == 4
    assert found.support[0].independent == 1


# --- the newer voices ---


def test_what_only_the_catalogue_knows_is_not_confirmed_by_itself() -> None:
    alone = kev()
    described = other(
        "kev",
        exploited=alone.exploited,
        weaknesses=cwe("cisa-kev", "CWE-22"),
        affected=(affects("cisa-kev", TOMCAT_BY_NAME),),
    )
    found = rated(described)
    assert [one.facet for one in found.support] == ["weakness", "exploitation"]
    assert found.credibility == 3
    with_adp = rated(described, cve5(weaknesses=cwe("CISA-ADP", "CWE-22")))
    assert "existence" not in [one.facet for one in with_adp.support]


def test_a_describer_behind_the_catalogue_is_still_found() -> None:
    described = kev()
    found = rated(
        other("kev2", exploited=described.exploited, weaknesses=cwe("cisa-kev", "CWE-22")),
        nvd(weaknesses=cwe("nvd@nist.gov", "CWE-22")),
    )
    (existence,) = (one for one in found.support if one.facet == "existence")
    assert existence.voices == ("nvd", "cisa-kev")


@pytest.mark.parametrize(
    ("source", "voice", "product"),
    [
        ("csaf", "cisco", Product("cpe", "o:cisco:ios_xe")),
        ("redhat", "redhat", Product("purl", "rpm/redhat/tomcat?arch=source&distro=redhat-8")),
        ("ubuntu", "ubuntu", Product("purl", "deb/ubuntu/tomcat9?arch=source")),
        ("alpine", "alpine", Product("purl", "apk/alpine/tomcat?distro=alpine-3.20")),
        ("osv", "debian", Product("purl", "deb/debian/tomcat9?arch=source")),
    ],
)
def test_who_speaks_of_its_own_product_in_its_own_document_is_first_hand(
    source: str, voice: str, product: Product
) -> None:
    found = rated(cve5(), other(source, affected=(affects(voice, product, below("1.0")),)))
    assert found.first_hand
    assert (found.admiralty, found.credibility) == ("B2", 2)


def test_a_vendor_speaking_of_what_it_ships_of_others_is_not_first_hand() -> None:
    shipped = affects("cisco", TOMCAT, below("9.0.31"))
    assert not rated(cve5(), other("csaf", affected=(shipped,))).first_hand


@pytest.mark.parametrize("copier", ["anchore", "pysec", "ghsa", "jvn", "bsi", "go"])
def test_databases_that_repeat_are_not_counted(copier: str) -> None:
    by_cna = cve5(assigner="mitre", affected=(affects("mitre", TOMCAT_BY_NAME, below("2.0")),))
    found = rated(by_cna, other(copier, affected=(affects(copier, TOMCAT, below("2.0")),)))
    assert found.credibility == 3
    assert found.support[0].copies == (copier,)


@pytest.mark.parametrize(("voice", "letter"), [("ipa", "B"), ("ghsa", "C"), ("somebody", "F")])
def test_the_letter_is_that_of_the_best_known_voice(voice: str, letter: str) -> None:
    assert rated(other("a", severities=(scored(voice, CRITICAL),))).source == letter


def test_a_catalogue_of_exploits_confirms_no_content() -> None:
    found = rated(BY_CNA, catalogued(entry()))
    assert found == rated(BY_CNA)
