"""Words: every sentence in both languages, and no estimate that looks like a fact."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.core.assess import Assessment, assess, phrases
from noroshi.core.assess.assessment import ContradictionKind, EstimatedSeverity, SeverityClass
from noroshi.core.assess.narrate import contradiction_text, reason_text, summary, title
from noroshi.core.assess.phrases import Lang
from noroshi.core.assess.sentences import CONTRADICTIONS, REASONS
from noroshi.core.facets import Maturity, Product, Rating, Record, Reference, State, Text
from tests.core.assess.records import (
    CRITICAL,
    CVE,
    HIGH,
    TOMCAT,
    V2,
    V4,
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
from tests.core.assess.test_fusion import records

LANGUAGES: tuple[Lang, ...] = ("ja", "en")
DAY = dt.date(2030, 1, 5)

FULL = cve5(
    severities=(scored("apache", CRITICAL),),
    weaknesses=cwe("apache", "CWE-22"),
    affected=(affects("apache", TOMCAT, below("9.0.31", "9.0.0")),),
)


class Guessing:
    name = "guess-1"

    def severity(self, _records: Sequence[Record], /) -> EstimatedSeverity | None:
        return EstimatedSeverity("guess-1", "3.1", HIGH, 7.5, SeverityClass.HIGH, 6.1, 8.8)


def both(assessment: Assessment) -> tuple[str, str]:
    return summary(assessment, "ja"), summary(assessment, "en")


def test_the_title_names_product_and_weakness() -> None:
    assessment = assess([FULL])
    assert title(assessment, "ja") == "Apache Tomcat におけるパストラバーサルの脆弱性"
    assert title(assessment, "en") == "Path traversal in Apache Tomcat"


def test_words_in_latin_letters_stand_apart_in_japanese() -> None:
    record = cve5(
        weaknesses=cwe("apache", "CWE-89"), affected=(affects("apache", TOMCAT, below("1.0")),)
    )
    assert title(assess([record]), "ja") == "Apache Tomcat における SQL インジェクションの脆弱性"


def test_a_weakness_without_a_phrase_is_named_by_its_number() -> None:
    record = cve5(
        weaknesses=cwe("apache", "CWE-9999"), affected=(affects("apache", TOMCAT, below("1.0")),)
    )
    assert title(assess([record]), "ja") == "Apache Tomcat における CWE-9999 の脆弱性"
    assert title(assess([record]), "en") == "Weakness CWE-9999 in Apache Tomcat"


def test_several_products_are_named_by_the_first() -> None:
    second = affects("apache", Product("cpe", "a:apache:another"), below("1.0"))
    record = cve5(affected=(affects("apache", TOMCAT, below("1.0")), second))
    assert title(assess([record]), "ja") == "Apache Tomcat などの脆弱性"
    assert title(assess([record]), "en") == "Vulnerability in Apache Tomcat and other products"


def test_where_nothing_is_known_the_title_says_so() -> None:
    assert title(assess([cve5()]), "ja") == f"{CVE} の脆弱性(製品・弱点の情報なし)"
    assert CVE in title(assess([cve5()]), "en")
    ja, en = both(assess([cve5()]))
    assert "深刻度は示されていません" in ja
    assert "No severity is stated" in en


def test_the_summary_tells_what_how_bad_and_what_to_do() -> None:
    ja, en = both(assess([FULL, kev(due=dt.date(2030, 2, 22), ransomware=True), epss(0.42)]))
    for word in (
        "CWE-22",
        "ネットワーク経由で",
        "緊急",
        "9.8",
        "悪用が確認",
        "ランサムウェア",
        "42.0%",
        "9.0.31",
    ):
        assert word in ja
    for word in (
        "CWE-22",
        "over the network",
        "critical",
        "9.8",
        "used in attacks",
        "Ransomware",
        "42.0%",
        "9.0.31",
    ):
        assert word in en


@pytest.mark.parametrize("vector", [CRITICAL, V2, V4])
def test_every_version_of_cvss_tells_how_it_is_attacked(vector: str) -> None:
    ja, en = both(assess([cve5(severities=(scored("apache", vector),))]))
    assert "権限を持たない攻撃者" in ja
    assert "情報の漏えい、情報の改ざん、サービスの妨害" in ja
    assert "disclosure of information, tampering with information and disruption of service" in en


def test_an_estimate_is_called_one_in_both_languages() -> None:
    ja, en = both(assess([cve5(weaknesses=cwe("apache", "CWE-22"))], Guessing()))
    assert "推定:モデル guess-1" in ja
    assert "estimate by model guess-1" in en
    assert "ネットワーク経由で" not in ja  # conditions would read like facts
    assert "over the network" not in en


def test_what_is_stated_is_never_called_an_estimate() -> None:
    ja, en = both(assess([FULL], Guessing()))
    assert "推定" not in ja
    assert "estimate" not in en


def test_epss_is_called_an_estimate() -> None:
    ja, en = both(assess([FULL, epss(0.42)]))
    assert "推定値は 42.0%" in ja
    assert "EPSS estimates" in en


@pytest.mark.parametrize(
    ("record", "ja", "en"),
    [
        (cve5(state=State.REJECTED), "【取り下げ】", "[Rejected]"),
        (cve5(disputed=("apache",)), "【係争中】", "[Disputed]"),
    ],
)
def test_a_rejected_or_disputed_one_says_so_before_all_else(
    record: Record, ja: str, en: str
) -> None:
    assessment = assess([record])
    assert title(assessment, "ja").startswith(ja)
    assert title(assessment, "en").startswith(en)
    for lang in LANGUAGES:
        first = reason_text(assessment.reliability.reasons[0], lang)
        assert summary(assessment, lang).startswith(first)


def test_a_contradiction_is_told_with_what_each_voice_says() -> None:
    unlike = nvd(severities=(scored("nvd@nist.gov", HIGH),))
    (found,) = assess([cve5(severities=(scored("apache", CRITICAL),)), unlike]).contradictions
    for lang in LANGUAGES:
        text = contradiction_text(found, lang)
        assert "NVD" in text
        assert HIGH in text
        assert CRITICAL in text


def test_every_kind_of_contradiction_has_its_sentence() -> None:
    assert set(CONTRADICTIONS) == set(phrases.CONTRADICTION_KINDS) == set(ContradictionKind)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, max_size=5))
def test_whatever_is_found_can_be_told_in_both_languages(given_records: list[Record]) -> None:
    assessment = assess(given_records)
    for lang in LANGUAGES:
        told = [title(assessment, lang), summary(assessment, lang)]
        reasons = (*assessment.reliability.reasons, *assessment.exploitation.reasons)
        told += [reason_text(reason, lang) for reason in reasons]
        told += [contradiction_text(one, lang) for one in assessment.contradictions]
        for text in told:
            assert text
            assert not re.search(r"[{}]|None|\s\s", text), text


def test_reasons_that_are_found_and_sentences_that_exist_are_the_same() -> None:
    """Each code occurs, so no sentence is dead and none is missing."""
    everything = [
        [FULL, nvd(severities=(scored("nvd@nist.gov", CRITICAL),)), kev(), epss()],
        [cve5(severities=(scored("apache", HIGH, 1.0),))],
        [cve5(state=State.REJECTED, disputed=("apache",))],
        [cve5(ssvc=(ssvc("none"),)), nvd(ssvc=(ssvc("poc", by="nvd"),))],
        [cve5(ssvc=(ssvc("active"),)), nvd(weaknesses=cwe("ghsa", "CWE-1"))],
        [FULL, nvd(severities=(scored("ghsa", CRITICAL),)), nvd(state=State.REJECTED)],
        [cve5(references=(Reference("https://example.org/x", ("exploit",)),))],
        *([catalogued(entry(maturity=one, since=day))] for one in Maturity for day in (None, DAY)),
    ]
    found = {
        reason.code
        for given_records in everything
        for assessment in [assess(given_records)]
        for reason in (*assessment.reliability.reasons, *assessment.exploitation.reasons)
    }
    assert found == set(REASONS) - {"contradicted-score"}


@pytest.mark.parametrize("table", [REASONS, CONTRADICTIONS], ids=["reasons", "contradictions"])
def test_both_languages_fill_the_same_places(table: dict[str, tuple[str, str]]) -> None:
    for code, pair in table.items():
        places = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in pair
        ]
        assert places[0] == places[1], code


def test_a_product_name_of_any_length_leaves_a_title_that_can_be_read() -> None:
    endless = affects("apache", Product("name", "v:" + "x" * 10_000), below("1.0"))
    record = cve5(affected=(endless,), descriptions=(Text("en", "x", "apache"),))
    for lang in LANGUAGES:
        assert len(title(assess([record]), lang)) < 200


def test_phrases_fit_the_grammar() -> None:
    assert len(phrases.WEAKNESSES) >= 60
    for cwe_id, (ja, en) in phrases.WEAKNESSES.items():
        assert re.fullmatch(r"CWE-\d+", cwe_id)
        assert not ja.endswith(("。", "の脆弱性", " "))
        assert not en.endswith(".")
    numbers = [int(cwe_id[4:]) for cwe_id in phrases.WEAKNESSES]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("maturity", list(Maturity))
@pytest.mark.parametrize("day", [None, DAY])
def test_an_entry_is_quoted_in_both_languages(maturity: Maturity, day: dt.date | None) -> None:
    one = entry("EDB-50592", maturity, since=day)
    (reason, *_) = assess([catalogued(one)]).exploitation.reasons
    ja, en = reason_text(reason, "ja"), reason_text(reason, "en")
    assert "EDB-50592" in ja
    assert "EDB-50592" in en
    dated = day is not None and maturity is not Maturity.CHECK
    assert ("2030-01-05" in ja, "2030-01-05" in en) == (dated, dated)
    ready = maturity in {Maturity.FUNCTIONAL, Maturity.HIGH}
    assert ("すぐに使える" in ja, "ready to use" in en) == (ready, ready)
    assert not re.search(r"[a-z]", ja.replace("Exploit-DB", ""))


def test_the_summary_says_that_an_exploit_is_ready_to_use() -> None:
    module = catalogued(entry("exploit/x", Maturity.HIGH, by="metasploit"), source="metasploit")
    ja, en = both(assess([FULL, module]))
    assert "すぐに使える攻撃コードが公開されています。" in ja
    assert "An exploit that is ready to use is public." in en
    assert "A proof of concept" not in en
    assert (
        "known to be used in attacks. An exploit that is" in both(assess([FULL, module, kev()]))[1]
    )


def test_a_severity_in_words_is_told_as_such() -> None:
    word = other("redhat", ratings=(Rating("redhat", "important"),))
    ja, en = both(assess([cve5(), word]))
    assert "rates it “important” on its own scale, about high" in en
    assert "6.5–9.8" in en
    assert "独自の尺度で「important」とされています(重要に相当)" in ja
    assert "base score 0.0" not in en


def test_a_title_that_cannot_be_made_is_a_sources_own() -> None:
    named = cve5(titles=(Text("en", "Path  reading\nin Tomcat", "apache"),))
    japanese = other("jvn", titles=(Text("ja", "架空の製品における脆弱性", "jvn"),))
    assessment = assess([named, japanese])
    assert title(assessment, "en") == "Path reading in Tomcat"
    assert title(assessment, "ja") == "架空の製品における脆弱性"
    assert title(assess([named]), "ja") != "Path reading in Tomcat"
    assert title(assess([FULL, named, japanese]), "en") == "Path traversal in Apache Tomcat"
