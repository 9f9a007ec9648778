"""Typed queries: what they mean, how they are written again, and what is wrong with them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from noroshi.core.errors import QueryError
from noroshi.core.search import asked, typing
from noroshi.core.search.asked import Field, Span, Value
from noroshi.core.search.tokens import Phrase


class TestReading:
    @pytest.mark.parametrize(
        ("typed", "written"),
        [
            ("vendor:fortinet cwe:CWE-79 認証", "vendor:fortinet cwe:79 認証"),
            ("vendor：Fortinet　cwe：79", "vendor:fortinet cwe:79"),
            ('VENDOR:"Palo Alto",cisco*', "vendor:palo_alto,cisco*"),
            ("severity:HIGH,critical", "severity:high,critical"),
            ("-exploited:yes", "exploited:no"),
            ("published:2024-02", "published:2024-02"),
            ("published:2024-01..2024-12", "published:2024"),
            ("changed:..2024-02", "changed:..2024-02-29"),
            ("pkg:npm/%40angular/core@1.2.3", "purl:npm/@angular/core"),
            ("purl:npm/lodash", "purl:npm/lodash"),
            ("cpe:2.3:a:apache:tomcat:9:*:*:*:*:*:*:*", "cpe:a:apache:tomcat"),
            ("cpe:/a:apache:tomcat:9", "cpe:a:apache:tomcat"),
            ("cpe:cpe:2.3:a:apache:tomcat", "cpe:a:apache:tomcat"),
            ("cpe:a:apache:*", "cpe:a:apache:*"),
            ('-"two words" three*', '-"two words" three*'),
            ("https://example.jp/x", "https://example.jp/x"),
            ("id:CVE-2021-44*", "id:CVE-2021-44*"),
            ("x x", "x"),
            ("", ""),
        ],
    )
    def test_it_is_written_in_one_way(self, typed, written):
        understood = typing.read(typed)
        assert typing.write(understood) == written
        assert typing.read(written) == understood

    def test_what_conditions_mean(self):
        what = typing.read('-vendor:a*,b published:2024-05 "FortiOS 認証"')
        assert what.conditions == (
            asked.Terms(Field.VENDOR, (Value("a", open=True), Value("b")), without=True),
            asked.Days(Field.PUBLISHED, Span(dt.date(2024, 5, 1), dt.date(2024, 5, 31))),
            asked.Words('"FortiOS 認証"', Phrase(("fortios", "認証"))),
        )

    @pytest.mark.parametrize(
        ("typed", "code", "at"),
        [
            ("認証 vendro:x", "no-such-field", 4),
            ("vendor:", "unusable-value", 1),
            ("x vendor:!!", "unusable-value", 3),
            ("cwe:79 cwe:x", "unusable-value", 8),
            ("severity:hi", "unusable-value", 1),
            ("severity:hi*", "unusable-value", 1),
            ("published:2024-02-30", "unusable-value", 1),
            ("published:2024..2023", "unusable-value", 1),
            ("-published:2024", "unusable-value", 1),
            ("published:..", "unusable-value", 1),
            ("exploited:maybe", "unusable-value", 1),
            ("purl:lodash", "unusable-value", 1),
            ("cpe:apache", "unusable-value", 1),
            ("source:../x", "unusable-value", 1),
            ('a "b', "quote-left-open", 3),
            ("a %%", "nothing-sought", 3),
            ("-", "nothing-sought", 1),
            ('"" a', "nothing-sought", 1),
            ("x" * 501, "too-much-asked", 501),
            (" ".join(map(str, range(25))), "too-much-asked", 63),
        ],
    )
    def test_what_cannot_be_understood_is_told_with_its_place(self, typed, code, at):
        with pytest.raises(QueryError) as caught:
            typing.read(typed)
        assert (caught.value.code, caught.value.facts["at"]) == (code, at)
        assert f"at character {at}" in str(caught.value)

    @given(st.text(alphabet="ab証の -\":*.,=\\'%\x00\ud800cpekgurl:/2024", max_size=40))
    @example('a:"')
    def test_it_understands_or_says_why_not(self, typed):
        try:
            understood = typing.read(typed)
        except QueryError:
            return
        assert typing.read(typing.write(understood)) == understood
