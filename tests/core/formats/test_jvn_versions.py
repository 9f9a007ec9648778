from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.facets import Affected, Product, Status
from noroshi.core.formats import jvn_versions
from noroshi.core.versions.ranges import readable, salvage


def said(text):
    spans = jvn_versions.read(text).spans
    return None if spans is None else [readable(span.as_range(Status.AFFECTED)) for span in spans]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.5.62 未満", ["< 1.5.62"]),
        ("7.3.7 より前のバージョン", ["< 7.3.7"]),
        ("7.6.2より前のバージョン", ["< 7.6.2"]),
        ("Ver.1.4.2より前のバージョン", ["< 1.4.2"]),
        ("v6 R4 およびそれ以前のバージョン", ["≤ v6 R4"]),
        ("ファームウェアバージョン 1.05およびそれ以前", ["≤ 1.05"]),
        ("6.1 以前", ["≤ 6.1"]),
        ("6.1 以前のすべてのバージョン", ["≤ 6.1"]),
        ("3.2 以下", ["≤ 3.2"]),
        ("3.2 まで", ["≤ 3.2"]),
        ("2.0 以降", ["≥ 2.0"]),
        ("2.0 以上", ["≥ 2.0"]),
        ("2.0 より後のバージョン", ["> 2.0"]),
        ("2.13.0 から 2.15.0 より前のバージョン", ["≥ 2.13.0, < 2.15.0"]),
        ("2.0 以上 2.4 未満", ["≥ 2.0, < 2.4"]),
        ("1.0 から 1.9 まで、2.0 から 2.4 まで", ["≥ 1.0, ≤ 1.9", "≥ 2.0, ≤ 2.4"]),
        ("バージョン 2.1.0以上 2.1.3以下", ["≥ 2.1.0, ≤ 2.1.3"]),
        ("バージョン 8.1.2", ["= 8.1.2"]),
        ("１．２　以前", ["≤ 1.2"]),
        ("8.1", ["= 8.1"]),
        ("8.0、8.1", ["= 8.0", "= 8.1"]),
        ("prior to 2.4", ["< 2.4"]),
        ("すべてのバージョン", ["*"]),
        ("全バージョン", ["*"]),
    ],
)
def test_words_that_mean_bounds_are_bounds(text, meant):
    assert said(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "for Windows 5.8 (Build 1575) 未満",
        "core 2.0-beta9 から 2.12.1 より前のバージョン",
        "2019年7月以前に出荷されたもの",
        "開発者の情報を参照",
        "未満",
        "1" * 2000,
    ],
)
def test_anything_else_is_no_interval(text):
    assert said(text) is None


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("Ver.1.4.2より前のバージョン（CVE-2024-99990001、CVE-2024-99990002）", {"1", "2"}),
        ("1.4.2 未満 (CVE-2024-99990002)", {"2"}),
        ("1.4.2 未満", set()),
    ],
)
def test_a_text_may_be_about_some_cve_ids_alone(text, of):
    told = jvn_versions.read(text)
    assert told.of == {f"CVE-2024-9999000{number}" for number in of}
    assert said(text) == ["< 1.4.2"]


@given(st.text(alphabet="0123456789.vVer 以上下前降未満からまで、(CVE-)バージョン", max_size=40))
def test_whatever_stands_there_raises_nothing(text):
    ranges = tuple(span.as_range(Status.AFFECTED) for span in jvn_versions.read(text).spans or ())
    salvage(Affected("jvn", Product("name", "k:p"), "generic", ranges))
