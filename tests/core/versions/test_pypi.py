from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from noroshi.core.errors import VersionError
from noroshi.core.versions import pypi
from tests.core.versions import ladders, references

_numbers = st.sampled_from(["", "0", "1", "2", "01", "10"])
_joints = st.sampled_from(["", ".", "-", "_"])
_pre = st.sampled_from(["", "a", "b", "c", "rc", "ALPHA", "beta", "pre", "Preview"])
_post = st.sampled_from(["", "post", "rev", "r", "Post"])
_dev = st.sampled_from(["", "", "dev", "DEV"])


@st.composite
def _versions(draw: st.DrawFn) -> str:
    """Draw mostly PEP 440 versions in all their spellings; a few are not."""
    text = draw(st.sampled_from(["", "", "v", "0!", "1!"]))
    text += ".".join(draw(st.lists(st.sampled_from("0011239"), min_size=1, max_size=4)))
    for words in (_pre, _post, _dev):
        if word := draw(words):
            text += draw(_joints) + word + draw(_joints) + draw(_numbers)
    text += draw(st.sampled_from(["", "", "", "-1", "-0"]))
    return text + draw(st.sampled_from(["", "", "", "+a", "+1", "+a.1", "+A-10_2", "+1a", "+0"]))


@given(_versions(), _versions())
def test_the_order_is_that_of_packaging(left: str, right: str) -> None:
    try:
        a, b = Version(left), Version(right)
    except InvalidVersion:
        return
    assert ladders.sign(pypi.key(left), pypi.key(right)) == (a > b) - (a < b)


@given(st.text("01.-+!_abcdeoprstvwz ", min_size=1, max_size=10))
def test_exactly_what_packaging_refuses_is_legacy(text: str) -> None:
    try:
        Version(text)
    except InvalidVersion:
        legacy = True
    else:
        legacy = False
    if text.strip():
        assert (pypi.key(text) < pypi.key("0.dev0")) == legacy


_legacy_versions = st.text("019.-abdefilnrcv_", min_size=1, max_size=10)


@given(_legacy_versions, _legacy_versions)
def test_legacy_versions_keep_their_old_order(left: str, right: str) -> None:
    a, b = f"x{left}", f"x{right}"
    assert ladders.sign(pypi.key(a), pypi.key(b)) == references.pypi_legacy(a, b)


def test_known_versions_ascend() -> None:
    ladders.assert_ascends(
        pypi.key,
        """
        not-a-version
        0.1-bulbasaur
        0.9-ivysaur
        0.dev0
        0  0.0
        0.9.1
        1.0.dev0
        1.0.dev456
        1.0a0.dev1
        1.0a1  1.0.alpha.1  1.0-A1  1.0_alpha1
        1.0a2.dev456
        1.0a12
        1.0b1.dev456
        1.0b2  1.0beta2
        1.0b2.post345.dev456
        1.0b2.post345
        1.0rc1.dev456
        1.0rc1  1.0c1  1.0.pre1  1.0preview1  v1.0-RC.1
        1.0  1  1.0.0  v1.0  1.0.0.0
        1.0+abc.5
        1.0+abc.7
        1.0+ubuntu.1  1.0.0+Ubuntu-1
        1.0+5
        1.0.post0.dev3
        1.0.post0  1.0.post  1.0-0  1.0.rev
        1.0.post456  1.0-456  1.0r456
        1.0.1
        1.1.dev1
        1.10
        2013.10
        1!0.1
        1!1.0
        """,
    )


@pytest.mark.parametrize("text", ["", "  ", "1.0\x00", "a\x01b", "\x7f", "1" * 513])
def test_nothing_control_characters_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(VersionError):
        pypi.key(text)


def test_letters_that_only_fold_to_ascii_are_not_pep_440() -> None:
    assert pypi.key("1.0poſt1") < pypi.key("0.dev0")
    assert pypi.key("١.٠") < pypi.key("0.dev0")


@given(ladders.anything)
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    ladders.assert_key_or_refusal(pypi, text)
