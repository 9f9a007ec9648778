from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.core.errors import (
    BrokenJson,
    DuplicateKey,
    FormatError,
    NotText,
    TooDeep,
    WrongShape,
)
from noroshi.core.formats import strict_json


class Shelf(msgspec.Struct):
    books: list[int]


DECODER = msgspec.json.Decoder(Shelf)

REFUSED = {
    "truncated": (b'{"a":', BrokenJson),
    "empty": (b"", BrokenJson),
    "two values": (b"{} {}", BrokenJson),
    "no JSON": (b"NaN", BrokenJson),
    "a bare control character": (b'{"a":"\x01"}', BrokenJson),
    "a bare NUL": (b'{"a":"x\0y"}', BrokenJson),
    "half a surrogate pair": (b'{"a":"\\ud800"}', BrokenJson),
    "an escaped NUL": (b'{"a":"x\\u0000y"}', NotText),
    "an escaped NUL in a key": (b'{"a\\u0000":1}', NotText),
    "Latin-1": ('{"a":"é"}'.encode("latin-1"), NotText),
    "an encoded surrogate": (b'{"a":"\xed\xa0\x80"}', NotText),
    "a key twice": (b'{"a":1,"a":1}', DuplicateKey),
    "a key twice, once escaped": (b'{"a":1,"\\u0061":2}', DuplicateKey),
    "a key twice far inside": (b'[{"b":[{"k":1,"k":2}]}]', DuplicateKey),
    "a hundred thousand lists": (b"[" * 100_000, TooDeep),
    "a hundred thousand objects": (b'{"a":' * 100_000, TooDeep),
    "a number of a million digits": (b'{"a":' + b"9" * 1_000_000 + b"}", WrongShape),
    "a number beyond all numbers": (b'{"a":1e999999}', WrongShape),
}


@pytest.mark.parametrize(("raw", "kind"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_in_one_way_is_refused(raw, kind):
    with pytest.raises(kind):
        strict_json.check(raw)
    with pytest.raises(kind):
        strict_json.load(raw, DECODER)


@pytest.mark.parametrize(
    "raw", [b" { } ", b'{"b":1,"a":1.50}\n', b'{"a":"\\u00e9\\/"}', b'{"a":"\\\\u0000"}', b"[]"]
)
def test_unusual_but_clear_json_passes(raw):
    strict_json.check(raw)


def test_a_value_of_the_wrong_type_is_named_by_its_path():
    with pytest.raises(WrongShape) as caught:
        strict_json.load(b'{"books":[1,2,"three"]}', DECODER)
    assert caught.value.where == "$.books[2]"


def test_a_missing_value_is_named_by_the_object_that_lacks_it():
    with pytest.raises(WrongShape, match="books") as caught:
        strict_json.load(b"{}", DECODER)
    assert caught.value.where == "$"


def test_the_path_of_a_nul_is_told():
    with pytest.raises(NotText) as caught:
        strict_json.check(b'{"a":[0,{"b":"\\u0000"}]}')
    assert caught.value.where == "$.a[1].b"


def test_the_twice_given_key_is_told():
    with pytest.raises(DuplicateKey, match="name"):
        strict_json.check(b'{"name":1,"other":2,"name":3}')


def test_splitting_leaves_the_parts_as_they_are():
    raw = b'[{"a": 1,\n"a":2}, "\\u0000" ]'
    parts = strict_json.split(raw, msgspec.json.Decoder(list[msgspec.Raw]))
    assert [bytes(part) for part in parts] == [b'{"a": 1,\n"a":2}', b'"\\u0000"']


@pytest.mark.parametrize("raw", [b"[1,", b"{}", b"[" * 100_000])
def test_what_cannot_be_split_is_refused(raw):
    with pytest.raises(FormatError):
        strict_json.split(raw, msgspec.json.Decoder(list[msgspec.Raw]))


def test_the_error_of_a_part_becomes_one_of_the_whole():
    inner = WrongShape("$.cveID", detail="expected a text")
    outer = strict_json.within("$.vulnerabilities[3]", inner)
    assert type(outer) is WrongShape
    assert outer.where == "$.vulnerabilities[3].cveID"
    assert outer.facts == inner.facts
    assert strict_json.within("$[0]", BrokenJson("$", detail="x")).where == "$[0]"


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_json, st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=150, deadline=None)
def test_what_the_standard_library_writes_passes_unless_it_holds_a_nul(value, ascii_only, indent):
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "replace")
    if "\0" in _letters(value):
        with pytest.raises(NotText):
            strict_json.check(raw)
    else:
        strict_json.check(raw)


def _letters(value):
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join([*value, *map(_letters, value.values())])
    return "".join(map(_letters, value)) if isinstance(value, list) else ""
