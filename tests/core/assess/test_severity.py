"""Fusing CVSS claims."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from noroshi.core.assess import Assessment, assess
from noroshi.core.assess.assessment import (
    Contradiction,
    ContradictionKind,
    EstimatedSeverity,
    RatedSeverity,
    SeverityClass,
    StatedSeverity,
    UnknownSeverity,
)
from noroshi.core.assess.ratings import CLASSES, SCORES
from noroshi.core.facets import Rating, Record, Severity
from tests.core.assess.records import (
    CRITICAL,
    HIGH,
    MEDIUM,
    V2,
    V4,
    cve5,
    cwe,
    nvd,
    other,
    scored,
)


def stated(assessment: Assessment) -> StatedSeverity:
    assert isinstance(assessment.severity, StatedSeverity)
    return assessment.severity


def of_kind(assessment: Assessment, kind: ContradictionKind) -> list[Contradiction]:
    return [one for one in assessment.contradictions if one.kind is kind]


class Guessing:
    """A judge that would estimate anything it is asked for."""

    name = "guess-1"
    estimate = EstimatedSeverity("guess-1", "3.1", HIGH, 7.5, SeverityClass.HIGH, 6.1, 8.8)

    def severity(self, _records: Sequence[Record], /) -> EstimatedSeverity | None:
        return self.estimate


def test_the_newest_version_of_cvss_wins_whoever_uses_it() -> None:
    record = cve5(severities=(scored("apache", V4),))
    found = stated(assess([record, nvd(severities=(scored("nvd@nist.gov", MEDIUM),))]))
    assert (found.version, found.by, found.score) == ("4.0", "apache", 9.3)


def test_nvd_goes_before_the_assigner_and_the_assigner_before_adp() -> None:
    by_adp, by_cna = scored("CISA-ADP", MEDIUM), scored("apache", HIGH)
    by_nvd = scored("nvd@nist.gov", CRITICAL)
    assert (
        stated(assess([cve5(severities=(by_adp, by_cna)), nvd(severities=(by_nvd,))])).by == "nvd"
    )
    assert stated(assess([cve5(severities=(by_adp, by_cna))])).by == "apache"
    unnamed = other("vendor", severities=(scored("somebody", HIGH),))
    assert stated(assess([cve5(severities=(by_adp,)), unnamed])).by == "cisa-adp"


def test_nvds_copy_of_the_assigners_score_is_the_assigners_voice() -> None:
    ours = cve5(severities=(scored("apache", CRITICAL),))
    copied = nvd(severities=(scored("security@apache.org", CRITICAL),))
    found = stated(assess([ours, copied]))
    assert found.voices == ("apache",)
    assert found.agreement == ()


def test_an_assigners_own_document_goes_before_an_old_copy_of_it() -> None:
    ours = cve5(severities=(scored("apache", MEDIUM),))
    copied = nvd(severities=(scored("security@apache.org", CRITICAL),))
    assert stated(assess([ours, copied])).vector == MEDIUM


def test_of_two_claims_by_one_voice_the_graver_counts() -> None:
    record = cve5(severities=(scored("apache", MEDIUM), scored("apache", CRITICAL)))
    assert stated(assess([record])).vector == CRITICAL


def test_agreement_is_counted_for_each_metric() -> None:
    record = cve5(severities=(scored("apache", HIGH),))
    found = stated(assess([record, nvd(severities=(scored("nvd@nist.gov", CRITICAL),))]))
    counts = {one.metric: (one.same, one.of) for one in found.agreement}
    assert counts["AV"] == counts["C"] == (2, 2)
    assert counts["I"] == counts["A"] == (1, 2)


def test_different_classes_in_one_version_contradict() -> None:
    record = cve5(severities=(scored("apache", HIGH),))
    assessment = assess([record, nvd(severities=(scored("nvd@nist.gov", CRITICAL),))])
    (found,) = of_kind(assessment, ContradictionKind.SEVERITY)
    assert [quote.voice for quote in found.quotes] == ["nvd", "apache"]
    assert CRITICAL in found.quotes[0].text
    assert HIGH in found.quotes[1].text


def test_versions_3_0_and_3_1_are_compared_with_each_other() -> None:
    record = cve5(severities=(scored("apache", MEDIUM.replace("3.1", "3.0"), 5.5),))
    assessment = assess([record, nvd(severities=(scored("nvd@nist.gov", CRITICAL),))])
    assert len(of_kind(assessment, ContradictionKind.SEVERITY)) == 1


def test_one_class_in_two_vectors_is_no_contradiction() -> None:
    alike = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N"
    record = cve5(severities=(scored("apache", alike, 7.5),))
    assessment = assess([record, nvd(severities=(scored("nvd@nist.gov", HIGH),))])
    assert of_kind(assessment, ContradictionKind.SEVERITY) == []


def test_version_2_never_contradicts_version_3() -> None:
    both = (scored("nvd@nist.gov", V2), scored("nvd@nist.gov", CRITICAL))
    assert assess([nvd(severities=both)]).contradictions == ()


def test_a_score_that_its_vector_does_not_give_is_a_contradiction_not_a_fact() -> None:
    assessment = assess([cve5(severities=(scored("apache", HIGH, 9.9),))])
    assert assessment.score == 7.5
    (found,) = of_kind(assessment, ContradictionKind.SCORE)
    assert [quote.text for quote in found.quotes] == ["9.9", f"7.5 {HIGH}"]


def test_a_version_4_score_with_its_threat_metric_is_no_contradiction() -> None:
    claim = Severity("apache", "4.0", f"{V4}/E:U", 8.1)
    assessment = assess([cve5(severities=(claim,))])
    assert assessment.contradictions == ()
    assert assessment.score == 9.3


def test_a_broken_vector_gives_way_to_any_whole_one() -> None:
    broken = Severity("nvd@nist.gov", "4.0", "CVSS:4.0/AV:N/oops", 10.0)
    assessment = assess([cve5(severities=(scored("apache", MEDIUM),)), nvd(severities=(broken,))])
    assert stated(assessment).vector == MEDIUM


def test_a_score_without_a_readable_vector_is_better_than_nothing() -> None:
    found = stated(assess([cve5(severities=(Severity("apache", "3.1", "", 8.8),))]))
    assert (found.vector, found.score, found.severity_class) == ("", 8.8, SeverityClass.HIGH)


@pytest.mark.parametrize("score", [math.inf, -math.inf, math.nan, -0.1, 10.1, 1e308])
def test_a_score_that_is_none_says_nothing(score: float) -> None:
    assessment = assess([cve5(severities=(Severity("apache", "3.1", "?", score),))])
    assert assessment.severity == UnknownSeverity()
    assert assessment.score is None
    assert assessment.severity_class is None


def test_nothing_is_estimated_by_silence() -> None:
    assert assess([cve5()]).severity == UnknownSeverity()


def test_a_judge_fills_what_nobody_states_and_is_named() -> None:
    assessment = assess([cve5()], Guessing())
    assert assessment.severity == Guessing.estimate
    assert assessment.model == "fusion-2+guess-1"
    assert assessment.score == 7.5


def test_a_judge_never_overwrites_what_is_stated() -> None:
    assessment = assess([cve5(severities=(scored("apache", MEDIUM),))], Guessing())
    assert stated(assessment).vector == MEDIUM


def test_an_estimate_adds_nothing_to_reliability() -> None:
    records = [cve5(weaknesses=cwe("apache", "CWE-22"))]
    assert assess(records, Guessing()).reliability == assess(records).reliability


# --- words ---


def rated(voice: str, word: str, **facets: object) -> Record:
    return other(voice, ratings=(Rating(voice, word),), **facets)


def test_a_word_is_used_where_there_is_neither_vector_nor_score() -> None:
    assessment = assess([cve5(), rated("redhat", "important")], Guessing())
    found = assessment.severity
    assert found == RatedSeverity("redhat", "important", SeverityClass.HIGH, 6.5, 9.8, ("redhat",))
    assert (assessment.severity_class, assessment.score) == (SeverityClass.HIGH, None)


def test_beside_a_vector_or_a_score_a_word_is_no_second_opinion() -> None:
    scored_alone = [cve5(severities=(scored("apache", MEDIUM),))]
    only_a_score = [cve5(severities=(Severity("apache", "3.1", "?", 5.5),))]
    for records in (scored_alone, only_a_score):
        judged, with_word = assess(records), assess([*records, rated("redhat", "critical")])
        assert with_word.severity == judged.severity
        assert with_word.contradictions == ()
        assert with_word.reliability.support == judged.reliability.support


def test_the_assigners_word_goes_first_and_among_equals_the_graver() -> None:
    words = [rated("ubuntu", "low"), rated("redhat", "moderate"), rated("debian", "unimportant")]
    found = assess([cve5(), *words]).severity
    assert isinstance(found, RatedSeverity)
    assert (found.by, found.voices) == ("redhat", ("redhat", "debian", "ubuntu"))
    found = assess([cve5(), *words, rated("apache", "low")]).severity
    assert isinstance(found, RatedSeverity)
    assert found.by == "apache"


def test_whoever_repeats_others_has_the_last_word() -> None:
    found = assess([rated("bitnami", "critical"), rated("redhat", "low")]).severity
    assert isinstance(found, RatedSeverity)
    assert found.by == "redhat"


def test_a_word_of_no_known_scale_ranks_nothing() -> None:
    assert assess([rated("somebody", "quite bad")]).severity == UnknownSeverity()


def test_words_that_agree_confirm_nothing() -> None:
    found = assess([rated("redhat", "important"), rated("ubuntu", "high")]).reliability
    (support,) = found.support
    assert (support.facet, support.voices, support.independent) == (
        "severity",
        ("redhat", "ubuntu"),
        1,
    )
    assert found.credibility == 3


def test_each_word_stands_for_an_interval_wider_than_its_class() -> None:
    assert set(CLASSES.values()) == set(SCORES)
    lows, highs = zip(*SCORES.values(), strict=True)
    assert all(high - low >= 1.5 for low, high in SCORES.values())
    assert (list(lows), list(highs)) == (sorted(lows), sorted(highs))


# --- the newer voices ---


def test_others_who_judge_for_themselves_go_before_those_who_repeat() -> None:
    by_bitnami = other("osv", severities=(scored("bitnami", HIGH),))
    by_red_hat = other("redhat", severities=(scored("redhat", MEDIUM),))
    assert stated(assess([cve5(), by_bitnami, by_red_hat])).by == "redhat"


def test_an_old_record_with_version_two_alone_keeps_it_beside_red_hats() -> None:
    old = nvd(severities=(scored("nvd@nist.gov", V2),))
    found = stated(assess([old, other("redhat", severities=(scored("redhat", V2),))]))
    assert (found.version, found.by, found.voices) == ("2.0", "nvd", ("nvd", "redhat"))
    newer = other("redhat", severities=(scored("redhat", HIGH),))
    assert stated(assess([old, newer])).version == "3.1"


def test_red_hats_own_document_goes_before_what_others_keep_of_it() -> None:
    kept = nvd(assigner="", severities=(scored("secalert@redhat.com", CRITICAL),))
    own = other("redhat", severities=(scored("redhat", MEDIUM),))
    assert stated(assess([kept, own])).score == 5.5


def test_a_score_that_jvn_repeats_confirms_nothing_but_ipas_own_does() -> None:
    by_nvd = nvd(severities=(scored("nvd@nist.gov", HIGH),))
    for voice, independent in (("jvn", 1), ("ipa", 2)):
        judged = assess([by_nvd, other("jvn", severities=(scored(voice, HIGH),))])
        assert judged.reliability.support[0].independent == independent
