from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.versions import maven
from tests.core.versions import ladders, references

_tokens = st.sampled_from(
    ["0", "1", "01", "10", "a", "b", "m", "alpha", "RC", "cr", "snapshot", "ga", "Final",
     "release", "sp", "x", "foo", "_x", ""]
)  # fmt: skip
_versions = (
    st.lists(st.one_of(_tokens, st.sampled_from([".", "-", ".", "-"])), min_size=1, max_size=9)
    .map("".join)
    .filter(bool)
)


@given(_versions, _versions)
def test_the_order_is_that_of_the_pom_reference(left: str, right: str) -> None:
    assert ladders.sign(maven.key(left), maven.key(right)) == references.maven(left, right)


def test_known_versions_ascend() -> None:
    ladders.assert_ascends(
        maven.key,
        """
        0-alpha
        0  0.0  0-ga  -  0.0.0-0.0.0
        0.1  .1
        1.alpha
        1-alpha  1.0-alpha  1.0.0-ALPHA
        1-alpha-1-SNAPSHOT
        1-alpha-1  1a1  1-a1  1.0-alpha1  1.0.0a1
        1-alpha-2
        1-alpha-10
        1-beta-1  1b1
        1-milestone-1  1m1
        1-rc-1  1cr1  1.0-CR1
        1-SNAPSHOT
        1.0.beta
        1.0.RC1
        1  1.0  1.0.0  1-ga  1.0-ga  1-final  1.0.Final  1release  1.0.RELEASE  1.  1-  01
        1.sp
        1.foo
        1-sp  1.0-sp
        1-sp1
        1-a  1a  1.0.0-a
        1-bar
        1-foo  1.0-foo  1.0.0-foo.0.0  1foo
        1-1  1.0-1  1-ga-1
        1-2
        1.0.sp
        1.0.foo
        1.0.1
        1.1-SNAPSHOT
        1.1  1.01
        1.2.RELEASE
        1.10
        12345678901234567890
        """,
    )


def test_release_is_no_qualifier_of_its_own() -> None:
    assert maven.key("4.1.0.RELEASE") == maven.key("4.1.0") == maven.key("4.1.0release")
    assert maven.key("4.1.0.RELEASE") < maven.key("4.1.0-releasex")


def test_a_pre_release_stays_below_its_release_however_it_is_written() -> None:
    for text in ("5.0.0.Alpha1", "5.0.0-alpha1", "5.0.0alpha1", "5.0.Alpha1", "5-Alpha.1"):
        assert maven.key("4.9") < maven.key(text) < maven.key("5.0.0.Final")


def test_a_single_letter_is_short_for_a_stage_only_before_a_digit() -> None:
    assert maven.key("1-a1") == maven.key("1-alpha-1")
    assert maven.key("1-a.1") == maven.key("1a.1") > maven.key("1")


@pytest.mark.parametrize("text", ["", " ", "1.0\x00", "1.0-a\tb", "1\ud800"])
def test_nothing_and_what_cannot_be_printed_are_refused(text: str) -> None:
    with pytest.raises(VersionError):
        maven.key(text)


@given(ladders.anything)
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    ladders.assert_key_or_refusal(maven, text)
