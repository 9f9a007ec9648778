from __future__ import annotations

import msgspec
import pytest

from noroshi.core.facets import Affected, Product, VersionRange
from noroshi.core.formats import osv_ranges
from noroshi.core.formats.osv_shapes import Event
from noroshi.core.versions.ranges import contains, key_ranges
from noroshi.core.versions.registry import key


def written(*events):
    return msgspec.convert([dict([event]) for event in events], list[Event])


def intervals(*events, scheme="semver"):
    return [
        (found.low, found.high, found.high_inclusive)
        for found in osv_ranges.intervals(written(*events), scheme)
    ]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], []),
        ([("introduced", "0")], [(None, None, False)]),
        ([("introduced", "1.0"), ("fixed", "1.2")], [("1.0", "1.2", False)]),
        ([("introduced", "0"), ("last_affected", "1.2")], [(None, "1.2", True)]),
        ([("introduced", "0"), ("limit", "1.2")], [(None, "1.2", False)]),
        ([("introduced", "0"), ("limit", "*")], [(None, None, False)]),
        (
            [("introduced", "0"), ("limit", "2"), ("limit", "10"), ("limit", "3")],
            [(None, "10", False)],
        ),
        ([("limit", "9"), ("introduced", "0"), ("fixed", "1")], [(None, "1", False)]),
        (
            [("introduced", "0"), ("fixed", "1"), ("introduced", "2"), ("fixed", "3")],
            [(None, "1", False), ("2", "3", False)],
        ),
        (
            [("introduced", "0"), ("fixed", "1"), ("introduced", "2")],
            [(None, "1", False), ("2", None, False)],
        ),
        ([("introduced", "0.0.0-0"), ("fixed", "1")], [("0.0.0-0", "1", False)]),
    ],
)
def test_events_come_to_intervals(events, expected):
    assert intervals(*events) == expected


@pytest.mark.parametrize(
    "events",
    [
        [("fixed", "1.10"), ("introduced", "0"), ("introduced", "2.0"), ("fixed", "2.1")],
        [("introduced", "2.0"), ("introduced", "0"), ("fixed", "2.1"), ("fixed", "1.10")],
        [("introduced", "0"), ("introduced", "1.9"), ("fixed", "1.10"), ("introduced", "2.0"),
         ("fixed", "2.1"), ("fixed", "3.0")],
    ],
)  # fmt: skip
def test_events_in_disorder_are_sorted_by_their_versions(events):
    assert intervals(*events) == [(None, "1.10", False), ("2.0", "2.1", False)]


def test_a_version_fixed_and_introduced_again_right_after_the_last_affected_one():
    events = [("last_affected", "1"), ("introduced", "0"), ("introduced", "1.0.1")]
    assert intervals(*events) == [(None, "1", True), ("1.0.1", None, False)]


def test_what_is_affected_for_the_last_time_may_be_so_for_the_first():
    assert intervals(("last_affected", "1"), ("introduced", "1")) == [("1", "1", True)]


def test_events_in_disorder_that_are_no_versions_are_taken_as_they_stand():
    events = [("introduced", "0"), ("fixed", "soon"), ("fixed", "later")]
    assert intervals(*events) == [(None, "soon", False)]


def test_limits_that_are_no_versions_are_taken_as_they_stand():
    assert intervals(("introduced", "0"), ("limit", "soon"), ("limit", "later")) == [
        (None, "later", False)
    ]


def test_an_event_of_two_meanings_is_two_events():
    (found,) = osv_ranges.intervals([Event(introduced="1", fixed="2")], "semver")
    assert (found.low, found.high) == ("1", "2")


@pytest.mark.parametrize(
    ("version", "affected"),
    [("0.9", False), ("1.0", True), ("1.1", True), ("1.2", False), ("2.0", True), ("2.1", False)],
)
def test_intervals_hold_what_the_specification_calls_affected(version, affected):
    ranges = osv_ranges.intervals(
        written(
            ("introduced", "1.0"), ("fixed", "1.2"), ("introduced", "2.0"), ("last_affected", "2.0")
        ),
        "semver",
    )
    intervals = key_ranges(Affected("x", Product("purl", "cargo/x"), "semver", ranges))
    assert any(contains(one, key("semver", version)) for one in intervals) is affected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("introduced", "0")], [(None, None)]),
        ([("introduced", "a"), ("fixed", "b")], [("a", "b")]),
        ([("introduced", "0"), ("fixed", "b"), ("fixed", "c")], [(None, "b"), (None, "c")]),
        ([("introduced", "a"), ("introduced", "b"), ("limit", "c")], [("a", None), ("b", "c")]),
        ([("fixed", "b")], [(None, "b")]),
        ([], []),
    ],
)
def test_each_fix_of_a_commit_is_an_interval_of_its_own(events, expected):
    found = osv_ranges.commits(written(*events))
    assert [(one.low, one.high) for one in found] == expected


def test_a_last_affected_commit_is_affected():
    (found,) = osv_ranges.commits(written(("introduced", "a"), ("last_affected", "b")))
    assert found == VersionRange(low="a", high="b", high_inclusive=True)
