"""Affected versions as intervals."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.assess.intervals import affected_intervals, shared_scheme
from noroshi.core.facets import Affected, Status, VersionRange
from tests.core.assess.records import TOMCAT, affects, below


def claim(*ranges: VersionRange, versions: str = "generic") -> Affected:
    return affects("nvd@nist.gov", TOMCAT, *ranges, versions=versions)


@pytest.mark.parametrize(
    ("one", "other", "scheme"),
    [
        ({"generic"}, {"generic"}, "generic"),
        ({"semver", "git"}, {"semver"}, "semver"),
        ({"semver"}, {"generic"}, "generic"),
        ({"git"}, {"generic"}, None),
        ({"git"}, {"git"}, None),
    ],
)
def test_two_voices_are_compared_in_a_scheme_both_can_be_read_in(
    one: set[str], other: set[str], scheme: str | None
) -> None:
    left, right = ([claim(versions=name) for name in names] for names in (one, other))
    assert shared_scheme(left, right) == scheme


def test_touching_and_overlapping_ranges_are_one() -> None:
    apart = [claim(below("2.0", "1.0")), claim(below("3.0", "2.0")), claim(below("2.5", "1.5"))]
    assert affected_intervals(apart, "generic") == affected_intervals(
        [claim(below("3.0", "1.0"))], "generic"
    )


def test_only_what_is_affected_counts() -> None:
    cleared = below("3.0", "2.0", status=Status.NOT_AFFECTED)
    assert affected_intervals([claim(cleared)], "generic") == ()


def test_a_bound_that_is_no_version_is_left_out_and_the_rest_stays() -> None:
    whole = claim(below("2.0", "1.0"))
    broken = claim(below("9" * 10_000, "1.0"), below("2.0", "1.0"))
    assert affected_intervals([broken], "generic") == affected_intervals([whole], "generic")


def test_semver_ranges_are_read_in_the_generic_order_beside_cpe_ranges() -> None:
    semver = claim(below("2.15.0", "2.0.0"), versions="semver")
    generic = claim(below("2.15.0", "2.0.0"))
    assert affected_intervals([semver], "generic") == affected_intervals([generic], "generic") != ()


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (VersionRange(high="2.2.78", high_inclusive=True), below("2.2.79")),
        (VersionRange(high="9", high_inclusive=True), below("10")),
        (below("2.0", "0.0.0"), below("2.0")),
        (below("2.0", "0"), below("2.0")),
    ],
)
def test_two_ways_of_writing_one_range_are_equal(one: VersionRange, another: VersionRange) -> None:
    same = affected_intervals([claim(one)], "generic")
    assert same == affected_intervals([claim(another)], "generic") != ()


def test_versions_listed_one_by_one_are_the_range_they_fill() -> None:
    listed = [VersionRange(low=v, high=v, high_inclusive=True) for v in ("1.0", "1.1", "1.2")]
    span = VersionRange(low="1.0", high="1.2", high_inclusive=True)
    filled = affected_intervals([claim(*listed)], "generic")
    assert filled == affected_intervals([claim(span)], "generic")


def test_a_gap_of_one_release_is_a_difference() -> None:
    assert affected_intervals([claim(below("2.2.78"))], "generic") != affected_intervals(
        [claim(below("2.2.79"))], "generic"
    )


@pytest.mark.parametrize("high", ["9" * 5_000, "1." * 5_000 + "1", "", "*", "x", "٣"])
def test_an_odd_upper_bound_is_survived(high: str) -> None:
    odd = VersionRange(low="1.0", high=high, high_inclusive=True)
    assert isinstance(affected_intervals([claim(odd)], "generic"), tuple)


def test_claims_in_another_scheme_are_left_out_of_a_shared_one() -> None:
    git = claim(below("deadbeef", "cafe"), versions="git")
    semver = claim(below("2.0.0"), versions="semver")
    assert affected_intervals([git, semver], "semver") == affected_intervals([semver], "semver")
    assert affected_intervals([git], "generic") == ()


ranges = st.builds(
    lambda low, width: below(f"{low + width}.0", f"{low}.0"), st.integers(0, 9), st.integers(0, 4)
)


@given(st.lists(ranges, max_size=5), st.randoms(use_true_random=False))
def test_the_order_and_the_cut_of_ranges_do_not_matter(listed: list[VersionRange], random) -> None:
    together = affected_intervals([claim(*listed)], "generic")
    shuffled = list(listed)
    random.shuffle(shuffled)
    assert affected_intervals([claim(one) for one in shuffled], "generic") == together
    for (_, high), (low, _) in itertools.pairwise(together):
        assert high < low
