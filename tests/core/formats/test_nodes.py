from __future__ import annotations

import pytest

from noroshi.core.formats.component_claims import Quote
from noroshi.core.formats.nodes import JsonNode, below
from noroshi.core.formats.problems import Problems


@pytest.fixture
def problems() -> Problems:
    return Problems()


def wheres(problems: Problems) -> list[str]:
    return [problem.where for problem in problems.all()]


def test_a_text_comes_without_outer_space_and_with_its_place(problems):
    node = JsonNode({"name": "  狼煙\n"}, "$.a", problems)
    assert node.text("name") == "狼煙"
    assert node.quote("name") == Quote("狼煙", "$.a.name")


def test_what_is_missing_or_null_reads_as_empty_without_a_word(problems):
    node = JsonNode({"null": None}, "$", problems)
    for key in ("null", "missing"):
        assert node.text(key) == ""
        assert node.child(key) is None
        assert list(node.children(key)) == []
        assert list(node.texts(key)) == []
    assert problems.all() == ()


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}])
def test_a_value_that_is_no_text_reads_as_empty_and_is_told(value, problems):
    assert JsonNode({"name": value}, "$.a", problems).text("name") == ""
    assert wheres(problems) == ["$.a.name"]


@pytest.mark.parametrize("value", [1, "x", False])
def test_a_value_that_is_no_list_reads_as_empty_and_is_told(value, problems):
    node = JsonNode({"items": value}, "$", problems)
    assert list(node.children("items")) == []
    assert list(node.texts("items")) == []
    assert wheres(problems) == ["$.items", "$.items"]


def test_the_odd_item_of_a_list_does_not_take_its_neighbours_with_it(problems):
    node = JsonNode({"items": [{"n": "a"}, 7, {"n": "b"}], "texts": ["a", 7, " b"]}, "$", problems)
    children = list(node.children("items"))
    assert [(child.text("n"), child.where) for child in children] == [
        ("a", "$.items[0]"),
        ("b", "$.items[2]"),
    ]
    assert list(node.texts("texts")) == ["a", "b"]
    assert wheres(problems) == ["$.items[1]", "$.texts[1]"]


def test_a_single_object_counts_as_a_list_of_one(problems):
    node = JsonNode({"item": {"n": "a"}}, "$", problems)
    assert [child.text("n") for child in node.children("item")] == ["a"]


def test_a_child_that_is_no_object_is_told(problems):
    assert JsonNode({"child": "x"}, "$", problems).child("child") is None
    assert wheres(problems) == ["$.child"]


def test_a_place_stays_short_however_deep_it_is():
    place = "$"
    for number in range(10_000):
        place = below(place, f".components[{number}]")
    assert len(place) < 250
    assert place.endswith(".components[9999]")
