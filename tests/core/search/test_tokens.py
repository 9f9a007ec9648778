"""Tokens: the same for what is kept and what is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.search.tokens import joined, name_value, phrase, tokens, value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FortiOS 7.4_x", "fortios 7 4 x"),
        ("認証の鍵", "認証 証の の鍵 鍵"),
        ("FortiOS認証", "fortios 認証 証"),
        ("ﾙｰﾀｰ・Ｃisco", "ルー ータ ター ー cisco"),
        ("Straße", "strasse"),
        ("한국어", "한국 국어 어"),
        ("100%", "100"),
        ("a" * 70, "a" * 60),
        ("''\"", ""),
    ],
)
def test_a_text_is_cut_into_tokens(text, found):
    assert " ".join(tokens(text)) == found


@pytest.mark.parametrize(
    ("looked_for", "held", "there"),
    [
        ("認証", "認証の不備", True),
        ("認証", "確認証明", True),  # a piece of a longer word: a reader knows, an index cannot
        ("証認", "認証の不備", False),
        ("鍵", "公開鍵", True),
        ("鍵", "鍵束", True),
        ("os認", "OS認証", True),
        ("認証os", "認証OS", True),
        ("認証os", "認証の OS", False),
        ("forti", "FortiOS", False),
    ],
)
def test_a_phrase_is_a_piece_of_the_tokens(looked_for, held, there):
    found = phrase(looked_for)
    assert found is not None
    assert (found.text in joined(tokens(held))) is there


WRITTEN = st.text(alphabet="aB9 認証の鍵ー한、.-", max_size=12)


@given(WRITTEN, WRITTEN)
def test_a_word_is_found_in_whatever_stands_around_it(word, around):
    found = phrase(word)
    if found is not None:
        assert found.text in joined(tokens(f"{around} {word} {around}"))


@given(st.text(max_size=30))
def test_values_are_one_piece_and_nothing_that_steers_a_query(text):
    for made in (value(text), name_value(text)):
        assert not set(made) & set(" \"'\\*|=\0\n")
    assert all(token and " " not in token for token in tokens(text))
