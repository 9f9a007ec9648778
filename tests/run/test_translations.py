"""The Japanese catalogue says everything that the source says."""

from __future__ import annotations

import ast
import re

import pytest
from babel.messages.catalog import Catalog, Message

from tests.sentences import calls, catalogue, is_complete, template
from tests.sources import modules, name

Sentence = str | tuple[str, ...]
PLACES = re.compile(r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[a-z]|%[sdr]|\{\w*(?:![rsa])?(?::[^{}]*)?\}")


@pytest.fixture(scope="module")
def translated() -> dict[Sentence, Message]:
    return by_sentence(catalogue())


@pytest.fixture(scope="module")
def written() -> dict[Sentence, Message]:
    return by_sentence(template())


def by_sentence(messages: Catalog) -> dict[Sentence, Message]:
    return {
        tuple(message.id) if isinstance(message.id, list) else message.id: message
        for message in messages
        if message.id
    }


def texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def test_every_sentence_has_its_translation(written, translated):
    missing = [
        sentence
        for sentence in written
        if sentence not in translated or not is_complete(translated[sentence])
    ]
    assert missing == []


def test_the_catalogue_holds_no_sentence_that_nobody_says(written, translated):
    assert set(translated) <= set(written)


def test_a_translation_fills_the_same_places(written, translated):
    wrong = [
        (sentence, text)
        for sentence in written.keys() & translated.keys()
        for text in texts(translated[sentence].string)
        if set(PLACES.findall(text)) != set(PLACES.findall(texts(sentence)[-1]))
    ]
    assert wrong == []


ALIKE = {"EPSS", "SSVC"}
"""Names that Japanese writes as English does."""


def test_a_translation_is_in_japanese(translated):
    kana_or_kanji = re.compile(r"[ぁ-んァ-ヶ一-龠]")
    speaks = re.compile(r"[A-Za-z]{4,}")
    wrong = [
        text
        for message in translated.values()
        for text in texts(message.string)
        if speaks.search(PLACES.sub("", texts(message.id)[0])) and not kana_or_kanji.search(text)
    ]
    assert set(wrong) <= ALIKE


def test_no_sentence_is_put_together_before_it_is_translated():
    found = [
        f"{name(path)}:{call.lineno}"
        for path in modules()
        for call in calls(path)
        if any(isinstance(word, ast.JoinedStr | ast.BinOp) for word in call.args)
    ]
    assert found == []
