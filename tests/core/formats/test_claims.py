from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.core.facets import Reference, Severity, Text
from noroshi.core.formats import claims

V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V40 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-09T10:29:43.626Z",
        "2024-07-09T10:29:43.626",
        "2024-07-09T10:29:43.626+00:00",
        "2024-07-09T19:29:43.626+09:00",
        "2024-07-09T10:29:43.626000000Z",
    ],
)
def test_a_time_is_utc_however_it_is_written(text):
    assert claims.moment(text) == dt.datetime(2024, 7, 9, 10, 29, 43, 626000, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "2024-13-01T00:00:00Z",
        "0001-01-01T00:00:00+09:00",
        "9999-12-31T23:59:59-09:00",
        "2" * 1_000_000,
    ],
)
def test_what_is_no_time_is_none(text):
    assert claims.moment(text) is None


def test_a_day_is_read_from_a_date_or_a_time_as_written():
    assert claims.day("2024-07-09") == dt.date(2024, 7, 9)
    assert claims.day("2024-07-09T23:00:00-09:00") == dt.date(2024, 7, 9)
    assert claims.day("2024-02-30") is None
    assert claims.day(None) is None


@pytest.mark.parametrize(
    ("vector", "version"),
    [(V2, "2.0"), (V31.replace("3.1", "3.0"), "3.0"), (V31, "3.1"), (V40, "4.0")],
)
def test_the_vector_tells_its_version(vector, version):
    assert claims.severity("x", vector, 7.5) == Severity("x", version, vector, 7.5)


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        (None, 9.8),
        (V31, None),
        (V31, 10.1),
        (V31, -0.1),
        (V31, float("nan")),
        ("", 5.0),
        ("n/a", 5.0),
        (V31 + "/AV:N", 9.8),
        (V31.removesuffix("/A:H"), 9.8),
        (V31.replace("AV:N", "AV:X"), 9.8),
        (V31.replace("3.1", "3.2"), 9.8),
        (V40.replace("4.0", "4.1"), 9.8),
        (V31 + "/E:P" * 1_000_000, 9.8),
    ],
)
def test_a_severity_without_a_valid_vector_and_score_is_none(vector, score):
    assert claims.severity("x", vector, score) is None


@pytest.mark.parametrize(
    "text", [None, "", "NVD-CWE-noinfo", "NVD-CWE-Other", "CWE-", "CWE-0", "CWE-79 XSS", "CWE-７９"]
)
def test_what_is_no_cwe_id_is_none(text):
    assert claims.cwe(text) is None


def test_a_cwe_id_is_kept():
    assert claims.cwe("CWE-79") == "CWE-79"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("GHSA-2345-cfgh-jmpq", "GHSA-2345-cfgh-jmpq"),
        (
            "https://forge.example/a/b/security/advisories/GHSA-2345-cfgh-jmpq",
            "GHSA-2345-cfgh-jmpq",
        ),
        ("GHSA-2345-cfgh-jmpq, again GHSA-2345-cfgh-jmpq", "GHSA-2345-cfgh-jmpq"),
        ("GHSA-2345-cfgh-jmpq and GHSA-2345-cfgh-jmpr", None),
        ("GHSA-2345-cfgh-jmpqr", None),
        ("GHSA-2345-cfgh", None),
        ("GHSA-1111-aaaa-bbbb", None),
        ("SA-2024-1", None),
        (None, None),
    ],
)
def test_a_github_advisory_is_named_only_if_it_is_the_only_one(text, found):
    assert claims.ghsa(text) == found


def test_texts_are_kept_in_japanese_and_english_with_plain_language_tags():
    written = [("en-US", "fire"), ("eng", "smoke"), ("ja", "狼煙"), ("de", "Rauch"), ("en", " ")]
    assert claims.texts(written, "x") == (
        Text("en", "fire", "x"),
        Text("en", "smoke", "x"),
        Text("ja", "狼煙", "x"),
    )


def test_a_text_in_neither_language_is_better_than_none():
    assert claims.texts([("es", "humo")], "x") == (Text("es", "humo", "x"),)


def test_an_address_is_kept_once_with_the_tags_of_all_its_mentions():
    written = [
        ("https://a.example/", ["Patch"]),
        ("ftp://b.example/", []),
        ("https://a.example/", ["patch", "Exploit"]),
        ("javascript:alert(1)", ["exploit"]),
        ("SA-2024-1", []),
    ]
    assert claims.references(written) == (
        Reference("https://a.example/", ("patch", "exploit")),
        Reference("ftp://b.example/"),
    )


@given(st.text(max_size=60), st.floats())
@settings(max_examples=200, deadline=None)
def test_no_text_makes_a_claim_raise(text, number):
    claims.moment(text)
    claims.day(text)
    claims.cwe(text)
    claims.ghsa(text)
    claims.severity("x", text, number)
    claims.severity("x", "CVSS:3.1/" + text, number)
    claims.severity("x", "CVSS:4.0/" + text, number)
