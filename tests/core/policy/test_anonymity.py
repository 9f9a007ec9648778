"""Names are taken out however they are written, and what is left is checked."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.policy.anonymity import STAND_INS, marked, named_in, redact

NAMES = (
    "株式会社青空ケーブル",
    "Aozora Cable Co., Ltd.",
    "aozora",
    "青空 太郎",
    "taro@aozora.example",
)


@pytest.mark.parametrize(
    "text",
    [
        "株式会社青空ケーブルの端末",
        "青空ケーブルの端末",
        "青空 ケーブルの端末",
        "青空\u200bケーブル",
        "青空ｹｰﾌﾞﾙ",
        "（株）青空ケーブル",
        "seen at AOZORA CABLE today",
        "seen at Aozora  Cable, Co., Ltd.",
        "ａｏｚｏｒａ のサーバ",
        "ao\u200bzora",
        "担当は青空太郎です",
        "mail taro@aozora.example",
        "host mail.aozora.example",
    ],
)
def test_every_way_of_writing_is_found_and_taken_out(text: str) -> None:
    assert named_in(text, NAMES)
    clean = redact(text, NAMES)
    assert any(stand_in in clean for stand_in in STAND_INS)
    assert not named_in(clean, NAMES)


@pytest.mark.parametrize(
    "text", ["aozoranet is another", "xaozora", "青い空", "", "a plain text ①"]
)
def test_what_names_nobody_stays_as_it_is(text: str) -> None:
    assert not named_in(text, NAMES)
    assert redact(text, NAMES) == text


def test_a_name_of_one_character_names_nobody() -> None:
    assert redact("a b c", ("a", "", " ")) == "a b c"


@given(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=4))
def test_whatever_the_names_are_none_is_left(text: str, names: list[str]) -> None:
    clean = redact(text, names)
    if not any(stand_in in clean for stand_in in STAND_INS):
        assert not named_in(clean, names)


def test_what_stands_for_a_name_is_in_the_language_of_the_text() -> None:
    assert redact("seen at AOZORA CABLE today", NAMES) == "seen at [member] today"
    assert redact("aozora のサーバ", NAMES) == "[会員] のサーバ"


def test_what_will_be_taken_out_can_be_shown() -> None:
    assert marked("seen at AOZORA CABLE today", NAMES) == (
        ("seen at ", False),
        ("AOZORA CABLE", True),
        (" today", False),
    )
    assert marked("a plain text ①", NAMES) == (("a plain text ①", False),)


@given(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=4))
def test_the_pieces_shown_are_the_whole_text(text: str, names: list[str]) -> None:
    pieces = marked(text, names)
    whole = "".join(piece for piece, _is_name in pieces)
    assert whole in {text, unicodedata.normalize("NFKC", text)}
    assert any(is_name for _piece, is_name in pieces) == named_in(text, names)
