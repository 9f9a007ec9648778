from __future__ import annotations

import shutil
import subprocess
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.versions import deb
from tests.core.versions import ladders, references

_runs = st.text("0019aZ~+.", min_size=1, max_size=8)
_versions = st.builds(
    lambda epoch, upstream, revision: epoch + upstream + revision,
    st.sampled_from(["", "", "0:", "00:", "1:"]),
    st.one_of(_runs, st.builds("{}-{}".format, _runs, _runs)),
    st.one_of(st.just(""), _runs.map("-{}".format)),
)


@given(_versions, _versions)
def test_the_order_is_that_of_the_policy(left: str, right: str) -> None:
    assert ladders.sign(deb.key(left), deb.key(right)) == references.deb(left, right)


_LADDER = """
    0~~
    0~~a
    0~
    0  0-0  0:0  00-00
    0+
    0.0
    1.0~beta1~svn1245-1
    1.0~beta1-1
    1.0-1~deb7u1
    1.0-1
    1.0-1a
    1.0-1+deb9u1
    1.0-1.1
    1.0-1.1+b1
    1.0a-1
    1.0z-1
    1.0+dfsg-1
    1.0-rc1-1
    1.0.1-1  01.00.01-1  0:1.0.1-1
    1.9-1
    1.10-1
    7.6-0
    7.6p2-4
    2021a-0+deb11u1
    1:0.1-1
    1:1.2:3-1
    10:0
    """


def test_known_versions_ascend() -> None:
    ladders.assert_ascends(deb.key, _LADDER)


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not on this machine")
def test_dpkg_agrees() -> None:
    versions = ["0", "0~", "1.0~rc1-1", "1.0-1", "1.0-1+deb9u1", "1.0a-1", "1.0+dfsg-1", "1:0.1-1"]
    words = {-1: "lt", 0: "eq", 1: "gt"}
    for left, right in combinations_with_replacement(versions, 2):
        word = words[ladders.sign(deb.key(left), deb.key(right))]
        subprocess.run(["dpkg", "--compare-versions", left, word, right], check=True)


@pytest.mark.parametrize(
    "text",
    ["", ":1", "a:1", "1:", "1-", "-1", "1:-1", "1_0", "1.0 1", "1.0\x00", "١:1", "ä", "1/2"],
)
def test_what_dpkg_would_not_build_is_refused(text: str) -> None:
    with pytest.raises(VersionError):
        deb.key(text)


@given(ladders.anything)
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    ladders.assert_key_or_refusal(deb, text)
