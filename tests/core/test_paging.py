"""Cursors: what goes in comes out, and nothing else gets in."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import BadCursor
from noroshi.core.paging import LONGEST, decode_cursor, encode_cursor

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)

texts = st.text(max_size=80).filter(lambda text: "\x00" not in text)
numbers = st.integers(-(2**63) + 1, 2**63 - 1)
scores = st.none() | st.floats(allow_nan=False, allow_infinity=False)
moments = st.datetimes(timezones=st.just(dt.UTC))


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@given(texts, numbers, scores, moments, st.dates())
def test_a_cursor_gives_back_the_key_it_was_made_of(text, number, score, moment, day):
    key = (text, number, score, moment, day)
    back = decode_cursor(encode_cursor(key), str, int, float | None, dt.datetime, dt.date)
    assert back == key


@given(texts, numbers)
def test_a_cursor_needs_no_escaping_in_an_address(text, number):
    made = encode_cursor((text, number))
    assert made.replace("-", "").replace("_", "").isalnum()
    assert made.isascii()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", (int,)),
        ("!", (int,)),
        ("A", (int,)),
        (cursor("[1]") + "=", (int,)),
        (cursor("[1]") + "\n", (int,)),
        (cursor("[1] "), (int,)),
        (cursor("[1.0]"), (int,)),
        (cursor("[1]"), (float,)),
        (cursor("[1]"), (str,)),
        (cursor("[null]"), (int,)),
        (cursor("[true]"), (int,)),
        (cursor("[1,2]"), (int,)),
        (cursor("[]"), (int,)),
        (cursor('{"a": 1}'), (int,)),
        (cursor("[1"), (int,)),
        (cursor("[9223372036854775808]"), (int,)),
        (cursor(json.dumps(["a\x00b"])), (str,)),
        (cursor('["\\ud800"]'), (str,)),
        ("_w", (str,)),
        (cursor("[1e999]"), (float,)),
        (cursor('["2026-07-01T12:00:00"]'), (dt.datetime,)),
        (cursor('["0001-01-01T00:00:00+14:00"]'), (dt.datetime,)),
        (cursor('["2026-13-01"]'), (dt.date,)),
        (encode_cursor(("x" * LONGEST,)), (str,)),
    ],
)
def test_what_is_not_a_cursor_of_the_list_is_refused(text, kinds):
    with pytest.raises(BadCursor):
        decode_cursor(text, *kinds)


@given(st.text(max_size=200))
def test_any_text_is_a_cursor_or_refused(text):
    try:
        key = decode_cursor(text, str, int)
    except BadCursor:
        return
    assert encode_cursor(key) == text
