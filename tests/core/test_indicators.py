"""Indicators: one way of writing each, and nothing that is none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import NotAnIdentifier
from noroshi.core.indicators import Indicator, IndicatorType, indicator, recognised


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("ipv4-addr", "198.51.100.7", "198.51.100.7"),
        ("ipv4-addr", " 198[.]51[.]100[.]7 ", "198.51.100.7"),
        ("ipv4-addr", "198.51.100.7/24", "198.51.100.0/24"),
        ("ipv6-addr", "2001:DB8:0::1", "2001:db8::1"),
        ("ipv6-addr", "2001:db8::/32", "2001:db8::/32"),
        ("domain-name", "Bad[.]Example.", "bad.example"),
        ("domain-name", "日本語.example", "xn--wgv71a119e.example"),
        ("url", "hxxps://bad[.]example/a?b='c'", "https://bad.example/a?b='c'"),
        ("file-sha256", "AB" * 32, "ab" * 32),
        ("email-addr", "phish[@]Bad.example", "phish@bad.example"),
    ],
)
def test_each_is_written_in_one_way(kind: str, text: str, value: str) -> None:
    assert indicator(IndicatorType(kind), text).value == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ipv4-addr", "256.1.1.1"),
        ("ipv4-addr", "198.51.100.7/99"),
        ("ipv4-addr", "2001:db8::1"),
        ("ipv4-addr", "1" * 10_000_000),
        ("ipv6-addr", "fe80::1%eth0"),
        ("ipv6-addr", "198.51.100.7"),
        ("domain-name", "localhost"),
        ("domain-name", "two words.example"),
        ("domain-name", "a" * 64 + ".example"),
        ("domain-name", "."),
        ("domain-name", "x" * 1_000_000),
        ("url", "bad.example/path"),
        ("url", "http://"),
        ("url", "http://bad.example/a b"),
        ("url", "http://bad.example/\x00"),
        ("url", "http://[::1"),
        ("file-sha256", "ab" * 31),
        ("file-sha256", "zz" * 32),
        ("email-addr", "bad.example"),
        ("email-addr", "a b@bad.example"),
        ("email-addr", "a@b@"),
        *((kind.value, "") for kind in IndicatorType),
        *((kind.value, "\x00") for kind in IndicatorType),
    ],
)
def test_what_is_none_is_refused(kind: str, text: str) -> None:
    with pytest.raises(NotAnIdentifier):
        indicator(IndicatorType(kind), text)


@given(st.sampled_from(IndicatorType), st.text(max_size=80))
def test_any_text_is_read_or_refused_and_a_canonical_one_stays(
    kind: IndicatorType, text: str
) -> None:
    with contextlib.suppress(NotAnIdentifier):
        once = indicator(kind, text)
        assert indicator(kind, once.value) == once


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("198.51.100.7", "ipv4-addr", "198.51.100.7"),
        ("198[.]51[.]100[.]0/24", "ipv4-addr", "198.51.100.0/24"),
        ("2001:DB8::1", "ipv6-addr", "2001:db8::1"),
        ("Bad[.]Example", "domain-name", "bad.example"),
        ("hxxps://bad[.]example/x.exe?a=b", "url", "https://bad.example/x.exe?a=b"),
        ("lure[@]bad.example", "email-addr", "lure@bad.example"),
        ("lure@bad.example.txt", "email-addr", "lure@bad.example.txt"),
        ("AB" * 32, "file-sha256", "ab" * 32),
        ("domain-name=files.zip", "domain-name", "files.zip"),
        ("domain-name=run.exe", "domain-name", "run.exe"),
        (" url=http://bad.example/a=b ", "url", "http://bad.example/a=b"),
    ],
)
def test_a_line_says_what_kind_it_is_or_shows_it(text: str, kind: str, value: str) -> None:
    assert recognised(text) == Indicator(IndicatorType(kind), value)


@pytest.mark.parametrize(
    "text",
    ["", "bad", "run.exe", "Invoice.PDF", "x" * 3000, "http://", "a b.example", "url=x", "\0"],
)
def test_a_line_that_is_no_indicator_is_refused(text: str) -> None:
    with pytest.raises(NotAnIdentifier):
        recognised(text)
