from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.versions import rpm
from noroshi.core.versions.scheme import successor
from tests.core.versions import ladders, references

_versions = st.text("0019abZ~^._+:-é", min_size=1, max_size=12)


@given(_versions, _versions)
def test_the_order_is_that_of_rpmvercmp(left: str, right: str) -> None:
    assert ladders.sign(rpm.key(left), rpm.key(right)) == references.rpm(left, right)


def test_known_versions_ascend() -> None:
    ladders.assert_ascends(
        rpm.key,
        """
        1.0~rc1
        1.0~rc1^git1
        1.0~rc2
        1.0  0:1.0  :1.0  00:01.00  1_0  1.0.
        1.0-  1.0-_
        1.0-1~pre
        1.0-1.el8  1.0-1_el8
        1.0-1.el9
        1.0-1.1
        1.0-2
        1.0^
        1.0^git1-1
        1.0^20160101^git1
        1.0^20160102
        1.0a
        1.0aa
        1.0b
        1.0.1
        1.01
        1.9-1
        1.10-1
        2.21.a
        2.21.1
        1:0.1-1
        1:0.1-2
        12:0
        """,
    )


def test_a_bound_without_a_release_lies_just_below_all_builds() -> None:
    assert successor(rpm.key("1.0")) <= rpm.key("1.0-0")
    assert rpm.key("1.0-99") < rpm.key("1.0a")


def test_a_colon_after_letters_starts_no_epoch() -> None:
    assert rpm.key("a:1") == rpm.key("a.1")
    assert rpm.key("1:1") > rpm.key("9.9")


def test_letters_outside_ascii_only_separate() -> None:
    assert rpm.key("1.1.α") == rpm.key("1.1.β") == rpm.key("1.1")


def test_nothing_is_refused() -> None:
    with pytest.raises(VersionError):
        rpm.key("  ")


@given(ladders.anything)
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    ladders.assert_key_or_refusal(rpm, text)
