from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.versions import semver
from tests.core.versions import ladders, references

_numbers = st.integers(0, 12).map(str)
_identifiers = st.one_of(
    _numbers,
    st.text("01aB-", min_size=1, max_size=3).filter(
        lambda text: not (text.isdigit() and text != str(int(text)))
    ),
)
_versions = st.builds(
    lambda core, pre, build: ".".join(core) + ("-" + ".".join(pre) if pre else "") + build,
    st.lists(_numbers, min_size=3, max_size=3),
    st.lists(_identifiers, max_size=3),
    st.sampled_from(["", "+build", "+1.-2"]),
)


@given(_versions, _versions)
def test_the_order_is_that_of_the_specification(left: str, right: str) -> None:
    assert ladders.sign(semver.key(left), semver.key(right)) == references.semver(left, right)


def test_known_versions_ascend() -> None:
    ladders.assert_ascends(
        semver.key,
        """
        0.0.0-0
        0.0.0  0  v0.0
        0.0.1
        1.0.0-0
        1.0.0-alpha  1-alpha  v1.0.0-alpha+exp.sha.5114f85
        1.0.0-alpha.1  1.0.0-alpha.01
        1.0.0-alpha.beta
        1.0.0-alpha-1
        1.0.0-beta
        1.0.0-beta.2
        1.0.0-beta.11
        1.0.0-rc.1
        1.0.0  1.0  1  v1.0.0  1.0.0.0  01.0.0  1.0.0+20130313144700
        1.0.0.1
        1.0.1
        1.2.0
        1.10.0
        99999999999999999999999999991.0.0
        99999999999999999999999999999.0.0
        """,
    )


def test_go_pseudo_versions_come_before_the_release_they_lead_to() -> None:
    ladders.assert_ascends(
        semver.key,
        """
        v0.0.0-20170915032832-14c0d48ead0c
        v0.0.0-20191109021931-daa7c04131f5
        v0.8.1
        v0.8.2-pre
        v0.8.2-pre.0.20171018203845-0dec1b30a021
        v0.8.2
        v2.0.0-20190101000000-abcdefabcdef+incompatible
        v2.0.0+incompatible  v2.0.0
        """,
    )


@pytest.mark.parametrize(
    "text",
    ["latest", "1.x", "1..2", "1.2.", ".1", "1.0.0-", "1.0.0-a..b", "1.0.0-ä", "1.0.0 beta",
     "1.2.3beta", "-1", "1.0.0-a_b", "١.٢.٣", "1.0\x00", "vv1", "1,0"],
)  # fmt: skip
def test_what_is_no_semantic_version_is_refused(text: str) -> None:
    with pytest.raises(VersionError):
        semver.key(text)


@given(ladders.anything)
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    ladders.assert_key_or_refusal(semver, text)
