from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.versions.scheme import BEYOND, FIRST, successor


@given(st.binary(max_size=4), st.binary(max_size=4))
def test_nothing_lies_between_a_key_and_its_successor(key: bytes, other: bytes) -> None:
    assert key < successor(key)
    assert not key < other < successor(key)


@given(st.binary(min_size=1).filter(lambda key: key[0] < 0xFF))
def test_every_key_lies_between_first_and_beyond(key: bytes) -> None:
    assert FIRST < key < BEYOND
    assert successor(key) < BEYOND
