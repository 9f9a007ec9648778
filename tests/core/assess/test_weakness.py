"""Fusing CWE ids."""

from __future__ import annotations

from noroshi.core.assess import assess
from noroshi.core.assess.assessment import ContradictionKind
from tests.core.assess.records import cve5, cwe, nvd, other


def test_an_id_that_two_independent_voices_name_goes_first() -> None:
    records = [
        nvd(weaknesses=cwe("nvd@nist.gov", "CWE-20")),
        cve5(weaknesses=(*cwe("apache", "CWE-22"), *cwe("CISA-ADP", "CWE-22"))),
    ]
    first, second = assess(records).weaknesses
    assert (first.cwe, first.voices, first.independent) == ("CWE-22", ("apache", "cisa-adp"), 2)
    assert (second.cwe, second.independent) == ("CWE-20", 1)


def test_copies_do_not_move_an_id_up() -> None:
    records = [
        nvd(weaknesses=cwe("nvd@nist.gov", "CWE-22")),
        cve5(weaknesses=cwe("apache", "CWE-20")),
        other("ghsa", weaknesses=cwe("ghsa", "CWE-20")),
        other("osv", weaknesses=cwe("osv", "CWE-20")),
    ]
    first, second = assess(records).weaknesses
    assert (first.cwe, first.independent) == ("CWE-22", 1)
    assert (second.cwe, second.independent, len(second.voices)) == ("CWE-20", 1, 3)


def test_of_one_voice_the_smaller_number_goes_first() -> None:
    found = assess([cve5(weaknesses=cwe("apache", "CWE-787", "CWE-79", "CWE-119"))]).weaknesses
    assert [one.cwe for one in found] == ["CWE-79", "CWE-119", "CWE-787"]


def test_nothing_in_common_is_a_contradiction_with_both_quotes() -> None:
    records = [
        nvd(weaknesses=cwe("nvd@nist.gov", "CWE-79")),
        cve5(weaknesses=cwe("apache", "CWE-89", "CWE-20")),
    ]
    (found,) = assess(records).contradictions
    assert found.kind is ContradictionKind.WEAKNESS
    assert [(one.voice, one.text) for one in found.quotes] == [
        ("nvd", "CWE-79"),
        ("apache", "CWE-20, CWE-89"),
    ]


def test_one_id_in_common_is_enough_to_agree() -> None:
    records = [
        nvd(weaknesses=cwe("nvd@nist.gov", "CWE-79", "CWE-20")),
        cve5(weaknesses=cwe("apache", "CWE-89", "CWE-20")),
    ]
    assert assess(records).contradictions == ()
