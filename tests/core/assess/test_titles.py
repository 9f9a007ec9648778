"""Titles of sources, for where none can be made."""

from __future__ import annotations

import pytest

from noroshi.core.assess import assess
from noroshi.core.assess.titles import LONGEST
from noroshi.core.facets import Record, Text
from tests.core.assess.records import CVE, TOMCAT, affects, below, cve5, cwe, entry, nvd, other


def titled(record: Record, text: str, by: str, lang: str = "en") -> Record:
    return Record(
        **{name: getattr(record, name) for name in record.__struct_fields__ if name != "titles"},
        titles=(Text(lang, text, by),),
    )


BY_KEV = titled(other("kev"), "by kev", "cisa-kev")
BY_SOMEBODY = titled(other("osv"), "by ghsa", "ghsa")
BY_NVD = titled(nvd(), "by nvd", "nvd@nist.gov")
BY_MAKER = titled(other("csaf"), "by cisco", "cisco")
BY_CNA = titled(cve5(), "by apache", "apache")


def stated(*records: Record) -> list[tuple[str, str, str]]:
    return [(one.lang, one.text, one.by) for one in assess(records).titles]


@pytest.mark.parametrize("least", range(1, 5))
def test_the_assigner_then_the_maker_then_nvd_then_others(least: int) -> None:
    ladder = [BY_KEV, BY_SOMEBODY, BY_NVD, BY_MAKER, BY_CNA][: least + 1]
    (best,) = stated(*ladder)
    assert best[1] == ladder[-1].titles[0].text


def test_in_japanese_jvn_goes_first() -> None:
    by_jvn = titled(other("jvn"), "架空の題名", "jvn", "ja")
    by_cna = titled(cve5(), "別の題名", "apache", "ja")
    assert stated(by_jvn, by_cna, BY_MAKER) == [
        ("ja", "架空の題名", "jvn"),
        ("en", "by cisco", "cisco"),
    ]


def test_where_product_and_weakness_are_known_none_is_kept() -> None:
    known = cve5(
        weaknesses=cwe("apache", "CWE-22"), affected=(affects("apache", TOMCAT, below("1.0")),)
    )
    assert stated(known, BY_NVD) == []


def test_a_title_is_one_line_and_has_an_end() -> None:
    ((_, text, _),) = stated(titled(cve5(), " two\n lines " + "x" * 1_000, "apache"))
    assert text.startswith("two lines x")
    assert len(text) == LONGEST


def test_characters_that_steer_what_is_shown_are_left_out() -> None:
    ((_, text, _),) = stated(titled(cve5(), "a\u202egpj.exe\x00 \u2066b\u3000c", "apache"))
    assert text == "agpj.exe b c"


@pytest.mark.parametrize(
    ("lang", "text"), [("en", "\u202e"), ("en", " "), ("en", CVE), ("de", "Titel")]
)
def test_what_says_nothing_to_our_readers_is_no_title(lang: str, text: str) -> None:
    assert stated(titled(cve5(), text, "apache", lang)) == []


def test_the_name_of_an_exploit_is_no_title() -> None:
    assert stated(other("exploitdb", exploits=(entry(title="some exploit"),))) == []
