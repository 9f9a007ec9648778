from __future__ import annotations

from typing import Any

import msgspec
import pytest

from noroshi.core.errors import DuplicateKey, NotText, WrongShape
from noroshi.core.formats import salvage
from tests.core.formats.feed_samples import raw


class Leaf(msgspec.Struct):
    name: str
    weight: float = 0.0


class Twig(msgspec.Struct):
    leaf: Leaf
    age: int = 0


class Tree(msgspec.Struct):
    id: str
    twigs: list[Twig] = []
    height: float | None = None


DECODER = msgspec.json.Decoder(Tree)
VITAL = frozenset({"$", "$.id"})


def decode(value):
    tree, odd = salvage.decode(raw(value), DECODER, VITAL)
    return tree, [error.where for error in odd]


def test_a_sound_document_loses_nothing():
    value = {"id": "x", "twigs": [{"leaf": {"name": "a"}}], "else": 1}
    assert decode(value) == (Tree("x", [Twig(Leaf("a"))]), [])


def test_an_odd_value_is_left_out_and_named():
    assert decode({"id": "x", "height": "tall"}) == (Tree("x"), ["$.height"])


def test_what_is_left_without_something_required_goes_too():
    value = {"id": "x", "twigs": [{"leaf": {"name": 7}}, {"leaf": {"name": "b"}}]}
    tree, places = decode(value)
    assert tree == Tree("x", [Twig(Leaf("b"))])
    assert places == ["$.twigs[0].leaf.name"]


def test_a_part_that_lacks_something_required_is_named_itself():
    assert decode({"id": "x", "twigs": [{"leaf": {}}]}) == (Tree("x"), ["$.twigs[0].leaf"])
    assert decode({"id": "x", "twigs": [{"leaf": None}]}) == (Tree("x"), ["$.twigs[0]"])


def test_places_are_those_of_the_document_as_it_came():
    twigs: list[Any] = [{"leaf": {"name": f"{number}"}, "age": number} for number in range(9)]
    twigs[2] = twigs[5] = "cut"
    twigs[6]["age"] = twigs[8]["age"] = "old"
    tree, places = decode({"id": "x", "twigs": twigs})
    assert places == ["$.twigs[2]", "$.twigs[5]", "$.twigs[6].age", "$.twigs[8].age"]
    assert [twig.leaf.name for twig in tree.twigs] == ["0", "1", "3", "4", "6", "7", "8"]


def test_a_null_is_absent_without_a_word():
    value = {"id": "x", "twigs": None, "height": None}
    assert decode(value) == (Tree("x"), [])
    assert decode({"id": "x", "twigs": [None, {"leaf": {"name": "a"}}]}) == (
        Tree("x", [Twig(Leaf("a"))]),
        [],
    )


@pytest.mark.parametrize(
    ("value", "place"),
    [({"id": 7}, "$.id"), ({"id": None}, "$.id"), ({}, "$"), ([], "$"), (1, "$")],
)
def test_what_is_vital_fails_the_document(value, place):
    with pytest.raises(WrongShape) as caught:
        decode(value)
    assert caught.value.where == place


def test_a_document_of_odd_values_only_is_refused_soon():
    with pytest.raises(WrongShape, match="more than"):
        decode({"id": "x", "twigs": [0] * 100_000})


def test_the_strict_check_comes_first():
    with pytest.raises(DuplicateKey):
        salvage.decode(b'{"id":"x","id":"y"}', DECODER, VITAL)


def test_an_odd_value_says_what_was_expected():
    _, odd = salvage.decode(raw({"id": "x", "height": "tall"}), DECODER, VITAL)
    assert str(odd[0]) == (
        "$.height: a value is missing or of the wrong kind: Expected `float | null`, got `str`"
    )


def test_a_text_with_a_nul_is_left_out_and_named():
    raw_value = (
        rb'{"id":"x","note":"a\u0000","twigs":[{"leaf":{"name":"\u0000"}},{"leaf":{"name":"b"}},'
        rb'{"leaf":{"name":"c"},"note":"\u0000"}]}'
    )
    tree, odd = salvage.decode(raw_value, DECODER, VITAL)
    assert tree == Tree("x", [Twig(Leaf("b")), Twig(Leaf("c"))])
    assert [(type(error), error.where) for error in odd] == [
        (NotText, "$.note"),
        (NotText, "$.twigs[0].leaf.name"),
        (NotText, "$.twigs[2].note"),
    ]


def test_a_member_whose_name_holds_a_nul_goes_with_what_it_is_a_member_of():
    tree, odd = salvage.decode(
        rb'{"id":"x","twigs":[{"leaf":{"name":"a"},"a\u0000":1}]}', DECODER, VITAL
    )
    assert (tree, [error.where for error in odd]) == (Tree("x"), ["$.twigs[0]"])


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (rb'{"id":"\u0000"}', "$.id"),
        (rb'{"id":"x","\u0000":1}', "$"),
        (rb'{"id":"x","a.b":"\u0000"}', '$["a.b"]'),  # no plain step: refused, not guessed at
        (rb'{"id":"x","a[0]":{"":"\u0000"}}', '$["a[0]"][""]'),
    ],
)
def test_a_nul_where_it_is_vital_fails_the_document(value, place):
    with pytest.raises(NotText) as caught:
        salvage.decode(value, DECODER, VITAL)
    assert caught.value.where == place


def test_a_document_full_of_nuls_is_refused_soon():
    value = b'{"id":"x","twigs":[' + b",".join([rb'"\u0000"'] * 1_000) + b"]}"
    with pytest.raises(WrongShape, match="more than"):
        salvage.decode(value, DECODER, VITAL)


def test_a_backslash_before_u0000_is_no_nul():
    tree, odd = salvage.decode(rb'{"id":"\\u0000"}', DECODER, VITAL)
    assert (tree, odd) == (Tree(r"\u0000"), [])
