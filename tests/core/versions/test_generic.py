from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.versions import generic
from noroshi.core.versions.scheme import LONGEST
from tests.core.versions import ladders

_releases = st.lists(st.integers(0, 30), min_size=1, max_size=5)


@given(_releases, _releases)
def test_plain_numbers_compare_as_numbers_whatever_separates_them(
    left: list[int], right: list[int]
) -> None:
    def bare(numbers: list[int]) -> list[int]:
        return bare(numbers[:-1]) if numbers and not numbers[-1] else numbers

    a, b = bare(left), bare(right)
    keys = generic.key(".".join(map(str, left))), generic.key("-".join(map(str, right)))
    assert ladders.sign(*keys) == (a > b) - (a < b)


@given(_releases, st.sampled_from(["rc1", "-beta", ".dev2", "~1", " alpha", "pre", "-SNAPSHOT"]))
def test_pre_releases_lie_below_their_release_and_above_lesser_ones(
    numbers: list[int], suffix: str
) -> None:
    release = ".".join(map(str, [*numbers, 1]))
    below = ".".join(map(str, [*numbers, 0]))
    assert generic.key(below) < generic.key(release + suffix) < generic.key(release)


@given(_releases, st.sampled_from(["p1", "-sp2", "k", " patch 3", ".u45", "_hotfix", "-12", "é"]))
def test_what_follows_a_release_lies_above_it_and_below_the_next(
    numbers: list[int], suffix: str
) -> None:
    release = ".".join(map(str, [*numbers, 1]))
    above = ".".join(map(str, [*numbers, 2]))
    assert generic.key(release) < generic.key(release + suffix) < generic.key(above)


@pytest.mark.parametrize(
    "ladder",
    [
        "1.0.1u\n1.0.2-beta1\n1.0.2  1.0.2.0\n1.0.2a\n1.0.2k\n1.0.2k-fips\n1.0.2l\n1.0.2za\n1.1.0",
        "9.8.0a1\n9.8.0b1\n9.8.0rc1\n9.8.0\n9.8.0-P1  9.8.0p1\n9.8.0-P2\n9.8.0-S1\n9.8.1",
        "12.2(33)\n12.2(33)SXI\n12.2(33)SXI4\n12.2(33)SXI4a\n12.2(33)SXI10\n12.2(33)SXJ",
        "15.1(4)M\n15.1(4)M9\n15.1(4)M10\n15.2(2)\n15.2(7)\n15.2(7)E\n15.2(7)e4\n15.2(7)E4a",
        "4.28.5.1M\n4.28.6\n4.28.6F\n4.28.6M\n4.28.6.1M\n4.28.10M\n4.29.0F",
        "12.1\n12.1R5\n12.1R10\n12.1X46\n12.1X46-D10\n12.1X46-D15.3\n12.1X47-D10\n12.2",
        "2.2.0.M1\n2.2.0.RC1\n2.2.0.BUILD-SNAPSHOT\n2.2.1.RELEASE  2.2.1  2.2.1.Final",
        "9.0.0.M1  9.0.0-M1  9.0.0:milestone1\n9.0.0.M27\n9.0.0\n9.0.1",
        "1.0\n1.0k\n1.0k2  1k2  1.0.0-K.2\n1.0.1",
        "1.6.0\n1.6.0_45  1.6.0.45\n1.7.0\n1.7.0 update 7  1.7.0:u7\n1.7.0 update_51",
        "1.8.0_392-b08\n1.8.0_402\n1.8.0_402-b06\n1.8.0_402-b14\n1.8.0_412-b08",
        "4.2.7\n4.2.8-beta\n4.2.8\n4.2.8p1  4.2.8 patch 1  4.2.8-pl1\n4.2.8p15\n4.2.9",
        "1.0~~\n1.0~rc1\n1.0-dev\n1.0  v1.0  V1  version 1.0  ver.1.0.0\n1.0é",
        "2012\n2012 R2\n2016",
        "10.0.17763\n10.0.17763.107\n10.0.20348",
        "V200R005C00\nV200R005C00SPC500\nV200R005C20\nV200R010C00",
        "１．０\n１．１  1.1\n1.1™  1.1TM  1.1ｔｍ",
        "9" * 200 + "0\n" + "9" * 201,
    ],
)
def test_versions_as_vendors_write_them_ascend(ladder: str) -> None:
    lines = [line.replace("  ", "\0").split("\0") for line in ladder.splitlines()]
    keys = [[generic.key(version) for version in rung] for rung in lines]
    for rung in keys:
        assert len(set(rung)) == 1
    for lower, upper in pairwise(keys):
        assert lower[0] < upper[0]


def test_one_letter_is_a_stage_only_where_it_is_written_as_one() -> None:
    assert generic.key("9.8.0b1") == generic.key("9.8.0-beta1") < generic.key("9.8.0")
    assert generic.key("12.2(8)b1") > generic.key("12.2(8)")
    assert generic.key("1.0a") > generic.key("1.0")
    assert generic.key("15.1(4)M10") > generic.key("15.1(4)")


def test_case_does_not_matter() -> None:
    assert generic.key("12.2(33)SXI4A-RC1") == generic.key("12.2(33)sxi4a-rc1")


@given(st.permutations(["1.0-rc1", "1.0", "1.0.0a", "1.0.1", "2", "x", "1~", "é", "0"]))
def test_sorting_gives_one_order_whatever_the_start(versions: list[str]) -> None:
    ordered = ["0", "x", "é", "1~", "1.0-rc1", "1.0", "1.0.0a", "1.0.1", "2"]
    assert sorted(versions, key=generic.key) == ordered


@given(st.text(max_size=LONGEST - 1), st.sampled_from("0a九"))
def test_every_text_with_a_letter_or_digit_has_its_place(text: str, mark: str) -> None:
    assert generic.key(text + mark)


@pytest.mark.parametrize("text", ["", "*", "-", "?", "...", "\x00", "1" * (LONGEST + 1)])
def test_a_text_without_letter_or_digit_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(VersionError):
        generic.key(text)


@given(ladders.anything)
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    ladders.assert_key_or_refusal(generic, text)
