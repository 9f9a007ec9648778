from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.facets import Affected, Product, Status, VersionRange
from noroshi.core.versions.ranges import (
    DEFAULT_CLAIM,
    KeyRange,
    contains,
    key_ranges,
    readable,
    salvage,
)
from noroshi.core.versions.registry import key
from noroshi.core.versions.scheme import BEYOND, FIRST, successor

AFFECTED, NOT_AFFECTED, FIXED = Status.AFFECTED, Status.NOT_AFFECTED, Status.FIXED
UNKNOWN = Status.UNKNOWN


def stated(*ranges: VersionRange, default: Status = UNKNOWN, scheme: str = "generic") -> Affected:
    return Affected("cna", Product("cpe", "a:acme:anvil"), scheme, ranges, default)


def between(low: str | None, high: str | None, status: Status = AFFECTED) -> VersionRange:
    return VersionRange(status, low, high=high)


def exactly(version: str, status: Status = AFFECTED) -> VersionRange:
    return VersionRange(status, version, high=version, high_inclusive=True)


def status_of(version: str, affected: Affected) -> tuple[Status, int] | None:
    """Return status and claim of the one interval that holds the version."""
    found = [one for one in key_ranges(affected) if contains(one, key(affected.versions, version))]
    assert len(found) <= 1
    return (found[0].status, found[0].claim) if found else None


def test_a_single_range_becomes_one_interval_of_keys() -> None:
    assert key_ranges(stated(between("2.0", "2.17.1"))) == (
        KeyRange(key("generic", "2.0"), key("generic", "2.17.1"), AFFECTED, 0),
    )


@pytest.mark.parametrize(
    ("low_inclusive", "high_inclusive", "inside"),
    [
        (True, False, ["2.0", "2.5"]),
        (True, True, ["2.0", "2.5", "3.0"]),
        (False, False, ["2.5"]),
        (False, True, ["2.5", "3.0"]),
    ],
)
def test_bounds_are_in_or_out_as_stated(
    low_inclusive: bool, high_inclusive: bool, inside: list[str]
) -> None:
    affected = stated(VersionRange(AFFECTED, "2.0", low_inclusive, "3.0", high_inclusive))
    (interval,) = key_ranges(affected)
    versions = ["1.9", "2.0", "2.5", "3.0", "3.0.0.1"]
    assert [text for text in versions if contains(interval, key("generic", text))] == inside


def test_a_single_version_holds_all_its_spellings_and_nothing_else() -> None:
    affected = stated(exactly("1.0"), scheme="pypi")
    assert status_of("1.0.0", affected) == (AFFECTED, 0)
    assert status_of("1.0.post1", affected) is None
    assert status_of("1.0rc1", affected) is None


@pytest.mark.parametrize("low", [None, "", "*", "-", "0"])
@pytest.mark.parametrize("scheme", ["deb", "generic", "maven", "npm", "pypi", "rpm", "semver"])
def test_the_sources_words_for_the_start_are_unbounded_below(low: str | None, scheme: str) -> None:
    (interval,) = key_ranges(stated(between(low, "2"), scheme=scheme))
    assert (interval.low, interval.high) == (FIRST, key(scheme, "2"))


@pytest.mark.parametrize("high", [None, "*"])
def test_the_sources_words_for_no_end_are_unbounded_above(high: str | None) -> None:
    (interval,) = key_ranges(stated(between("2", high)))
    assert (interval.low, interval.high) == (key("generic", "2"), BEYOND)


def test_zero_itself_can_be_stated() -> None:
    (interval,) = key_ranges(stated(exactly("0"), scheme="semver"))
    assert interval.low == key("semver", "0.0.0")
    (after,) = key_ranges(stated(VersionRange(AFFECTED, "0", low_inclusive=False)))
    assert after.low == successor(key("generic", "0"))


@pytest.mark.parametrize("default", [UNKNOWN, AFFECTED, NOT_AFFECTED])
def test_a_range_that_ends_before_it_starts_states_nothing(default: Status) -> None:
    backwards = stated(between("3.0", "2.0"), default=default)
    empty = stated(between("3.0", "3.0.0"), default=default)
    assert key_ranges(backwards) == key_ranges(empty) == key_ranges(stated(default=default))


def test_commits_have_no_order() -> None:
    for ranges in ((), (between("4d1c", "9f00"),), (between("a", "b"), between("c", "d"))):
        affected = stated(*ranges, default=AFFECTED, scheme="git")
        assert key_ranges(affected) == ()
        assert salvage(affected) == ((), ())


def test_affected_by_default_fills_the_gaps() -> None:
    affected = stated(
        between("1.5", "2.0", NOT_AFFECTED), between("3.0", None, FIXED), default=AFFECTED
    )
    assert status_of("0.1", affected) == (AFFECTED, DEFAULT_CLAIM)
    assert status_of("1.5", affected) == (NOT_AFFECTED, 0)
    assert status_of("2.0", affected) == (AFFECTED, DEFAULT_CLAIM)
    assert status_of("3.0", affected) == (FIXED, 1)


def test_affected_by_default_with_no_ranges_is_everything() -> None:
    everything = KeyRange(FIRST, BEYOND, AFFECTED, DEFAULT_CLAIM)
    assert key_ranges(stated(default=AFFECTED)) == (everything,)


@pytest.mark.parametrize("default", [UNKNOWN, NOT_AFFECTED, FIXED])
def test_any_other_default_leaves_the_gaps_open(default: Status) -> None:
    affected = stated(between("1", "2"), between("3", "4"), default=default)
    assert status_of("2.5", affected) is None
    assert key_ranges(stated(default=default)) == ()


@pytest.mark.parametrize("inner", [NOT_AFFECTED, FIXED, UNKNOWN])
def test_the_narrower_statement_holds_for_its_part(inner: Status) -> None:
    affected = stated(between("1", "9"), between("3", "4", inner), exactly("3.5"))
    assert status_of("2", affected) == (AFFECTED, 0)
    assert status_of("3", affected) == (inner, 1)
    assert status_of("3.5", affected) == (AFFECTED, 2)
    assert status_of("3.6", affected) == (inner, 1)
    assert status_of("4", affected) == (AFFECTED, 0)


def test_the_narrower_statement_holds_also_where_both_start_or_end_together() -> None:
    affected = stated(between("1", "9"), between("1", "2", FIXED), between("8", "9", FIXED))
    assert [status_of(text, affected) for text in ("1", "5", "8")] == [
        (FIXED, 1), (AFFECTED, 0), (FIXED, 2)
    ]  # fmt: skip


def test_affected_stands_where_two_ranges_merely_overlap_or_are_the_same() -> None:
    affected = stated(between("1", "5"), between("4", "9", FIXED))
    assert status_of("4.5", affected) == (AFFECTED, 0)
    assert status_of("5", affected) == (FIXED, 1)
    turned = stated(between("1", "5", FIXED), between("4", "9"))
    assert status_of("4.5", turned) == (AFFECTED, 1)
    same = stated(between("1", "5"), between("1", "5", FIXED))
    assert status_of("2", same) == (AFFECTED, 0)


_edges = st.integers(0, 8).map(str)
_ranges = st.builds(
    VersionRange,
    st.sampled_from(Status),
    st.one_of(st.none(), _edges),
    st.booleans(),
    st.one_of(st.none(), _edges),
    st.booleans(),
)
_affected = st.builds(
    lambda ranges, default: stated(*ranges, default=default),
    st.lists(_ranges, max_size=6),
    st.sampled_from(Status),
)
_points = [f"{whole}{rest}" for whole in range(10) for rest in ("", ".5")]


def _covering(affected: Affected, version: str) -> list[KeyRange]:
    """Return the ranges that hold the version, each taken alone."""
    point = key("generic", version)
    alone = [
        one
        for claim, stated_range in enumerate(affected.ranges)
        for one in (
            KeyRange(o.low, o.high, o.status, claim) for o in key_ranges(stated(stated_range))
        )
    ]
    return [one for one in alone if contains(one, point)]


def _inside(inner: KeyRange, outer: KeyRange) -> bool:
    return (
        outer.low <= inner.low
        and inner.high <= outer.high
        and (inner.low, inner.high) != (outer.low, outer.high)
    )


@given(_affected)
def test_intervals_are_disjoint_and_ascend(affected: Affected) -> None:
    intervals = key_ranges(affected)
    assert all(one.low < one.high for one in intervals)
    assert all(before.high <= after.low for before, after in pairwise(intervals))


@given(_affected)
def test_exactly_what_a_range_states_is_covered(affected: Affected) -> None:
    for version in _points:
        covering = _covering(affected, version)
        found = status_of(version, affected)
        if covering:
            assert found is not None
            assert found[1] in {one.claim for one in covering}
            assert found[0] is affected.ranges[found[1]].status
        elif affected.default is AFFECTED:
            assert found == (AFFECTED, DEFAULT_CLAIM)
        else:
            assert found is None


@given(_affected)
def test_no_statement_gives_way_to_one_that_contains_it(affected: Affected) -> None:
    for version in _points:
        covering = _covering(affected, version)
        if not covering:
            continue
        found = status_of(version, affected)
        assert found is not None
        innermost = [one for one in covering if not any(_inside(o, one) for o in covering)]
        if len(innermost) == 1:
            assert found[0] is innermost[0].status
        elif AFFECTED in {one.status for one in innermost}:
            assert found[0] is AFFECTED


def test_a_great_many_nested_ranges_are_settled_quickly() -> None:
    count = 20_000
    nested = [
        between(str(place), str(2 * count - place), FIXED if place % 2 else AFFECTED)
        for place in range(count)
    ]
    assert len(key_ranges(stated(*nested))) == 2 * count - 1


@pytest.mark.parametrize(("low", "high"), [("latest", "2.0"), ("1.0", "latest"), ("1.0", "")])
def test_a_bound_that_is_no_version_is_an_error(low: str, high: str) -> None:
    for ranges in ((between(low, high),), (between("1", "2"), between(low, high))):
        with pytest.raises(VersionError):
            key_ranges(stated(*ranges, scheme="semver"))


def test_what_can_be_ordered_is_salvaged_beside_what_cannot() -> None:
    affected = stated(between("1", "2"), between("x", "3"), exactly("5"), scheme="semver")
    intervals, errors = salvage(affected)
    assert [one.claim for one in intervals] == [0, 2]
    assert [str(error) for error in errors] == [
        "ranges[1]: 'x' is not a version in the scheme semver"
    ]


@given(_affected)
def test_salvaging_what_is_whole_changes_nothing(affected: Affected) -> None:
    assert salvage(affected) == (key_ranges(affected), ())


def test_an_unknown_scheme_breaks_every_range() -> None:
    affected = stated(between("1", "2"), exactly("3"), scheme="emoji")
    intervals, errors = salvage(affected)
    assert (intervals, len(errors)) == ((), 2)


@pytest.mark.parametrize(
    ("given_range", "text"),
    [
        (between("2.0", "2.17.1"), "≥ 2.0, < 2.17.1"),
        (VersionRange(AFFECTED, "2.0", False, "3", True), "> 2.0, ≤ 3"),
        (exactly("1.2.3"), "= 1.2.3"),
        (exactly("0"), "= 0"),
        (between(None, None), "*"),
        (between("0", None), "*"),
        (between("*", "*"), "*"),
        (between("0", "2.0"), "< 2.0"),
        (between("-", "2.0"), "< 2.0"),
        (VersionRange(AFFECTED, "0", low_inclusive=False), "> 0"),
        (between("2.0", "*"), "≥ 2.0"),
        (between("2", "2"), "≥ 2, < 2"),
    ],
)  # fmt: skip
def test_a_range_is_shown_in_signs(given_range: VersionRange, text: str) -> None:
    assert readable(given_range) == text
