from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.versions.pieces import ZERO, accept, number, refusal
from noroshi.core.versions.scheme import LONGEST

digits = st.text("0123456789", max_size=60)


@given(digits, digits)
def test_numbers_sort_as_numbers_do(left: str, right: str) -> None:
    a, b = int(left or "0"), int(right or "0")
    assert (number(left) < number(right)) == (a < b)
    assert (number(left) == number(right)) == (a == b)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_numbers_too_long_to_convert_sort_by_their_length(left: int, right: int) -> None:
    low, high = sorted((left, right))
    assert number("9" * low) <= number("1" + "0" * high)


@given(digits)
def test_a_number_starts_between_the_marks_and_the_letters(text: str) -> None:
    assert "\x10" <= number(text)[0] <= "\x2f"
    assert number(text).isascii()


def test_zero_has_one_form() -> None:
    assert number("0") == number("000") == number("") == ZERO


@pytest.mark.parametrize("text", ["", " \t", "1" * (LONGEST + 1), "1" * 10_000_000])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(VersionError) as refused:
        accept(text, "semver")
    assert len(str(refused.value)) < 200


def test_space_around_a_version_is_not_part_of_it() -> None:
    assert accept(" 1.0\n", "semver") == "1.0"
    assert accept("1" * LONGEST, "semver") == "1" * LONGEST


def test_a_refusal_names_the_text_and_the_scheme() -> None:
    assert str(refusal("x\x00y", "pypi")) == "'x\\x00y' is not a version in the scheme pypi"
