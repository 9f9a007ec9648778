"""What the tests of all version schemes share: ladders of versions, and keys as orderings."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.versions.scheme import Scheme

anything = st.text(max_size=40)
"""Text of every kind, lone surrogates and control characters included."""


def assert_ascends(key: Callable[[str], bytes], ladder: str) -> None:
    """Assert that each line's versions are equal and come before all those of the next line."""
    rungs = [line.split() for line in ladder.strip().splitlines()]
    for rung in rungs:
        assert len({key(version) for version in rung}) == 1, rung
    for lower, upper in pairwise(rungs):
        assert key(lower[0]) < key(upper[0]), (lower[0], upper[0])


def sign(low: bytes, high: bytes) -> int:
    """Return -1, 0 or 1 as the first key is less than, equal to or greater than the second."""
    return (low > high) - (low < high)


def assert_key_or_refusal(scheme: Scheme, text: str) -> None:
    """Assert that any text has a key that may be stored, or is refused as `VersionError`."""
    try:
        made = scheme.key(text)
    except VersionError as error:
        refused_by = error.facts["scheme"]
    else:
        refused_by = None
        assert made
        assert made[0] < 0xFF
        assert scheme.key(text) == made
    assert refused_by in {None, scheme.NAME}
