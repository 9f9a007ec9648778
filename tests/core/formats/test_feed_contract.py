"""What every feed format promises, asked of each: see `noroshi.core.formats.feed`."""

from __future__ import annotations

import gzip
import pickle

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.core.errors import FormatError
from noroshi.core.facets import Record
from noroshi.core.formats.feed import FeedFormat, RawDocument
from noroshi.edge.feeds import registry
from tests.core.formats.contract import CONTRACTS, FORMATS
from tests.core.formats.feed_samples import raw

LONGEST = 120
"""Characters of a name, and of what a source calls a record by."""

HOSTILE = {
    "nothing": b"",
    "blank": b" \r\n\t ",
    "a NUL": b"\0",
    "NULs": b"\0" * 1000,
    "no UTF-8": b"\xff\xfe\xfa",
    "UTF-16": '{"cve":1}'.encode("utf-16"),
    "compressed": gzip.compress(b"{}", mtime=0),
    "a web page": b"<!doctype html><title>503</title>",
    "an entity bomb": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "a number": b"7",
    "a text": b'"CVE-2024-99990001"',
    "null": b"null",
    "an object": b"{}",
    "a list of nothing": b"[null, 7, {}, []]",
    "lists without end": b"[" * 20_000_000,
    "objects without end": b'{"cve":' * 3_000_000,
    "a key without end": b'{"' + b"a" * 3_000_000,
    "a number without end": b'{"cve":' + b"9" * 3_000_000 + b"}",
    "a page of lists without end": b'{"vulnerabilities":[' + b"[" * 3_000_000,
    "commas": b"," * 3_000_000,
    "a twice-told key": b'{"cve":{"id":"CVE-2024-99990001","id":"CVE-2024-99990001"}}',
}


def taken_in(feed: FeedFormat, payload: bytes) -> list[Record | FormatError]:
    """Everything a payload comes to, as the pipeline would see it."""
    results: list[Record | FormatError] = []
    for document in feed.documents(payload):
        if isinstance(document, FormatError):
            results.append(document)
        else:
            assert isinstance(document, RawDocument)
            results += feed.read(document.body)
    return results


def assert_usable(results, source):
    """A record can be stored, an error shown and moved between processes."""
    for result in results:
        if isinstance(result, Record):
            assert result.source == source
            assert msgspec.json.decode(msgspec.json.encode(result), type=Record) == result
        else:
            assert isinstance(result, FormatError)
            assert len(str(result)) < 1000
            assert str(pickle.loads(pickle.dumps(result))) == str(result)


@pytest.fixture(params=FORMATS)
def name(request):
    return request.param


def test_every_source_is_held_to_the_contract():
    assert set(registry.FORMATS) == set(FORMATS)


def test_the_source_is_called_as_its_module(name):
    source = FORMATS[name].SOURCE
    assert source == name


def test_a_good_payload_comes_to_records_alone(name):
    for payload in CONTRACTS[name].PAYLOADS:
        results = taken_in(FORMATS[name], payload)
        assert results
        assert_usable(results, name)
        for result in results:
            assert isinstance(result, Record)
            assert len(set(result.names)) == len(result.names) > 0
            assert all(0 < len(each) <= LONGEST for each in (result.external_id, *result.names))


def test_documents_are_cut_from_the_payload_unchanged(name):
    for payload in CONTRACTS[name].PAYLOADS:
        for document in FORMATS[name].documents(payload):
            assert isinstance(document, RawDocument)
            assert document.body in payload


def test_the_same_bytes_always_come_to_the_same(name):
    for payload in CONTRACTS[name].PAYLOADS:
        assert taken_in(FORMATS[name], payload) == taken_in(FORMATS[name], payload)


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_come_to_an_error_and_nothing_else(name, payload):
    results = taken_in(FORMATS[name], payload)
    assert results
    assert all(isinstance(result, FormatError) and result.where for result in results)
    assert_usable(results, name)
    assert_usable(FORMATS[name].read(payload), name)
    if name in registry.CATALOGUES:
        assert registry.CATALOGUES[name].released(payload) is None


def test_a_payload_cut_anywhere_raises_nothing(name):
    for payload in CONTRACTS[name].PAYLOADS:
        for end in range(0, len(payload), 7):
            assert_usable(taken_in(FORMATS[name], payload[:end]), name)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda good: b"7",
        lambda good: b"{}",
        lambda good: good.replace(b"CVE-2024-99990001", b"CVE-2024-X"),
        lambda good: good.replace(b"CVE-2024-99990001", b"CVE-2024-9999\\u0000"),
        lambda good: good.replace(b"CVE-2024-99990001", b"CVE-2024-9999\xff"),
        lambda good: good.replace(b"CVE-2024-99990001", b"CVE-2024-" + b"9" * 100_000),
        lambda good: good.replace(b"SR-200", b"\xff"),
        lambda good: good.replace(b'{"', b'{"x":1,"x":2,"', 1),
        lambda good: b"[" * 900 + b"]" * 900,
        lambda good: b"9" * 100_000,
    ],
)
def test_good_neighbours_of_a_bad_record_are_read(name, spoilt):
    one = CONTRACTS[name].BAD
    if one is None:
        return  # a payload of this format holds one record
    shape, good = one
    bad = spoilt(good)
    results = taken_in(FORMATS[name], shape % (good, bad, good))
    records = [result for result in results if isinstance(result, Record)]
    errors = [result for result in results if isinstance(result, FormatError)]
    assert len(records) == (3 if bad == good else 2)
    assert bool(errors) is (bad != good)
    assert_usable(results, name)


_edits = st.lists(
    st.tuples(
        st.integers(0, 10_000), st.sampled_from(["flip", "cut", "put"]), st.binary(max_size=6)
    ),
    min_size=1,
    max_size=6,
)


def _mutate(payload: bytes, edits: list[tuple[int, str, bytes]]) -> bytes:
    for place, kind, new in edits:
        at = place % (len(payload) + 1)
        gone = {"flip": len(new), "cut": place % 50, "put": 0}[kind]
        payload = payload[:at] + (b"" if kind == "cut" else new) + payload[at + gone :]
    return payload


@pytest.mark.parametrize("name", FORMATS)
@given(edits=_edits, which=st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_no_damage_to_the_bytes_raises(name, edits, which):
    payloads = CONTRACTS[name].PAYLOADS
    damaged = _mutate(payloads[which % len(payloads)], edits)
    assert_usable(taken_in(FORMATS[name], damaged), name)
    assert_usable(FORMATS[name].read(damaged), name)
    if name in registry.CATALOGUES:
        registry.CATALOGUES[name].released(damaged)


_odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "*", "-", "n/a", "< 1", "CWE-79", "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*"])
    | st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "version", "cpes", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("name", [n for n in CONTRACTS if hasattr(CONTRACTS[n], "VALUES")])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_value_in_any_place_raises_and_none_but_the_vital_ones_costs_the_record(name, data):
    value = CONTRACTS[name].VALUES()
    places = list(_places(value))
    path, holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(_odd)
    results = taken_in(FORMATS[name], raw(value))
    assert_usable(results, name)
    if path.count(".") + path.count("[") > 3:  # nothing this far inside is vital
        assert any(isinstance(result, Record) for result in results)


def _places(value, path="$"):
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        step = f"{path}.{key}" if isinstance(value, dict) else f"{path}[{key}]"
        yield step, value, key
        if isinstance(inner, dict | list):
            yield from _places(inner, step)
