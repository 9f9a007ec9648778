from __future__ import annotations

import msgspec
import pytest

from noroshi.core.errors import BrokenJson, DuplicateKey, FormatError, NotText, WrongShape
from noroshi.core.formats import json_parts
from noroshi.core.formats.feed import RawDocument


class _Thing(msgspec.Struct, frozen=True):
    size: int
    colour: str | None = None


THING = msgspec.json.Decoder(_Thing)
VITAL = frozenset({"$", "$.size"})


def test_each_line_is_a_document_with_its_number():
    found = list(json_parts.lines(b'\xef\xbb\xbf{"a":1}\r\n\n \t\n{"b": 2}'))
    assert found == [RawDocument("line 1", b'{"a":1}'), RawDocument("line 4", b'{"b": 2}')]


def test_a_single_line_is_the_whole():
    assert list(json_parts.lines(b"\n{}\n")) == [RawDocument("", b"{}")]


@pytest.mark.parametrize("payload", [b"", b" \n\t\r\n"])
def test_no_line_at_all_is_an_error(payload):
    (error,) = json_parts.lines(payload)
    assert (type(error), error.where) == (BrokenJson, "$")


def test_members_are_cut_out_as_they_stand():
    payload = b'\xef\xbb\xbf {"a" : {"x": 1} ,\n "b\\u0063":[7, "}"],"":null}\n'
    assert list(json_parts.members(payload)) == [
        json_parts.Member("a", b'{"x": 1}', b'"a" : {"x": 1}'),
        json_parts.Member("bc", b'[7, "}"]', b'"b\\u0063":[7, "}"]'),
        json_parts.Member("", b"null", b'"":null'),
    ]


def test_what_is_wrong_inside_a_member_is_left_alone():
    found = list(json_parts.members(b'{"a":{"x":1,"x":2},"b":"\xff"}'))
    assert [member.value for member in found] == [b'{"x":1,"x":2}', b'"\xff"']


def test_an_empty_object_has_no_members():
    assert list(json_parts.members(b" { } ")) == []


@pytest.mark.parametrize(
    ("payload", "before"),
    [
        (b'{"a":1,"a":1}', 1),
        (b'{"a":1,"a":2}', 0),
        (b'{"a":1,"b":2,"a":1}', 2),
        (b'{"a":1,"b":2,"\\u0061":3,"c":4}', 0),
        (b'{"a":1,"a":1,"b":2}', 1),
    ],
)
def test_a_key_told_twice_ends_the_members(payload, before):
    found = json_parts.members(payload)
    for _ in range(before):
        next(found)
    with pytest.raises(DuplicateKey):
        next(found)


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"", BrokenJson),
        (b"[]", WrongShape),
        (b'{"a":', BrokenJson),
        (b'{"\xff":1}', NotText),
    ],
)
def test_what_is_no_object_has_no_members(payload, kind):
    with pytest.raises(kind):
        next(json_parts.members(payload))


def test_a_place_can_be_shown_whatever_the_key_is():
    assert json_parts.place("a/b") == "$.a/b"
    assert json_parts.place("b", "$.a") == "$.a.b"
    assert json_parts.place("\0\n\u202e") == "$.\ufffd\ufffd\ufffd"
    assert len(json_parts.place("x" * 100_000)) == 82


def test_entries_give_up_what_is_odd_and_keep_the_rest():
    raw = b'{"a":{"size":1},"b":{"size":"x"},"c":{"size":2,"colour":7},"d":9}'
    found = list(json_parts.entries(raw, THING, VITAL, "$.things"))
    assert [one for one in found if not isinstance(one, FormatError)] == [
        ("a", _Thing(1)),
        ("c", _Thing(2)),
    ]
    assert [error.where for error in found if isinstance(error, FormatError)] == [
        "$.things.b.size",
        "$.things.c.colour",
        "$.things.d",
    ]


@pytest.mark.parametrize("raw", [b"[]", b"7", b'"a"'])
def test_entries_of_what_is_no_object_are_one_error(raw):
    (error,) = json_parts.entries(raw, THING, VITAL, "$.things")
    assert isinstance(error, FormatError)
    assert (type(error), error.where) == (WrongShape, "$.things")
