from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.core.facets import Status, VersionRange
from noroshi.core.formats.cve5_versions import END_OF_BRANCH, Change, Entry, intervals
from noroshi.core.versions import registry


def shown(entry: Entry) -> list[str]:
    """The intervals as a mathematician writes them, with what is said about them."""
    return [
        f"{'[' if one.low_inclusive else '('}{one.low or ''}, {one.high or ''}"
        f"{']' if one.high_inclusive else ')'} {one.status.value}"
        for one in intervals(entry)
    ]


def alone(version: str) -> list[str]:
    return [text.removesuffix(" affected") for text in shown(Entry(version, "affected"))]


def between(low: str, *, below: str | None = None, to: str | None = None) -> list[str]:
    entry = Entry(low, "affected", less_than=below, less_than_or_equal=to)
    return [text.removesuffix(" affected") for text in shown(entry)]


@pytest.mark.parametrize("text", ["1.0", "v1.2", "V4.3.8", "9.97 CDI3B4B", "0", "12.2(25)SEE"])
def test_a_version_alone_is_that_version(text):
    assert alone(text) == [f"[{text}, {text}]"]
    assert alone(f" {text} ") == [f"[{text}, {text}]"]


@pytest.mark.parametrize("text", ["*", "all", "All versions", "ALL VERSIONS ", "vers:all/*"])
def test_all_versions_are_unbounded(text):
    assert alone(text) == ["[, )"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "n/a",
        "N/A",
        "unspecified",
        "unknown",
        "None",
        "see references",
        "7.0 and prior",
        "before 2.0",
        "https://kasumi.example/2.4",
        "cpe:2.3:a:kasumi:console:1.0:*:*:*:*:*:*:*",
        "pkg:npm/x@1",
        "21.1*",
        "5,14",
        "1.0; 2.0",
        '"1.0"',
        "1" * 129,
        "< " + "1" * 129,
        "9" * 1_000_000,
        "<" * 1_000_000,
        " " * 1_000_000 + "x",
        "1, " * 1_000_000,
        "1, " * 1_000_000 + "1",
        "< 1, " * 1_000_000 + "> 1",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_not_clearly_a_version_is_no_interval(text):
    assert alone(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("< 1.5.0", "[, 1.5.0)"),
        ("<1.5.0", "[, 1.5.0)"),
        ("<= 3", "[, 3]"),
        ("> 1", "(1, )"),
        (">= 8.0.0", "[8.0.0, )"),
        ("= 1.2", "[1.2, 1.2]"),
        (">= 1.0, < 2.0", "[1.0, 2.0)"),
        (">=1.0,<2.0", "[1.0, 2.0)"),
        ("< 2.0 >= 1.0", "[1.0, 2.0)"),
        ("All versions < V4.3.8", "[, V4.3.8)"),
        ("All versions >= V1 < V2", "[V1, V2)"),
        ("<= 9.2.*", f"[, 9.2.{END_OF_BRANCH}]"),
    ],
)
def test_operators_mean_what_they_say(text, expected):
    assert alone(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["<", "< =", "< 1.0, < 2.0", "> 1 >= 2", "= 1, < 2", ">= 3.0.0, 3.5.0", "< 1.0 beta", "<<1"],
)
def test_operators_that_contradict_each_other_say_nothing(text):
    assert alone(text) == []


def test_a_list_is_each_of_its_versions():
    assert alone("7.2, v7.3, 7.4") == ["[7.2, 7.2]", "[v7.3, v7.3]", "[7.4, 7.4]"]


@pytest.mark.parametrize("text", ["8.3.*", "8.3.x", "8.3.X", "8.3.x.x"])
def test_a_branch_runs_to_its_end(text):
    assert alone(text) == [f"[8.3, 8.3.{END_OF_BRANCH}]"]


@pytest.mark.parametrize("scheme", ["generic", "semver", "maven", "rpm", "pypi"])
def test_the_end_of_a_branch_lies_above_it_and_below_the_next(scheme):
    end = registry.key(scheme, f"6.6.{END_OF_BRANCH}")
    assert registry.key(scheme, "6.6.20240812") < end < registry.key(scheme, "6.7.0")


def test_bounds_make_a_range():
    assert between("2.0", below="2.4") == ["[2.0, 2.4)"]
    assert between("2.0", to="2.4") == ["[2.0, 2.4]"]
    assert between("2.0", below="2.4", to="2.5") == ["[2.0, 2.4)"]


@pytest.mark.parametrize("low", ["0", "*", "", "-", "n/a", "unspecified", "All versions"])
def test_a_low_bound_that_says_nothing_is_none(low):
    assert between(low, below="2.4") == ["[, 2.4)"]


@pytest.mark.parametrize("high", ["*", "all versions", "log4j-core*"])
def test_an_end_that_never_comes_is_none(high):
    assert between("2.0", below=high) == ["[2.0, )"]
    assert between("2.0", to=high) == ["[2.0, )"]


@pytest.mark.parametrize("high", ["n/a", "unspecified", "-", "publication", "latest", "", "21.1*"])
def test_an_end_nobody_knows_is_no_interval(high):
    assert between("2.0", below=high) == []
    assert between("unspecified", below=high) == []


def test_an_operator_that_repeats_the_field_is_dropped_and_another_refused():
    assert between(">= 2.0", below="< 2.4") == ["[2.0, 2.4)"]
    assert between("2.0", to="<= 2.4") == ["[2.0, 2.4]"]
    assert between("2.0", to="< 2.4") == []
    assert between("2.0", below="<= 2.4") == []
    assert between("> 2.0", below="2.4") == []


def test_a_branch_may_be_an_end_and_a_start():
    assert between("6.6.31", to="6.6.*") == [f"[6.6.31, 6.6.{END_OF_BRANCH}]"]
    assert between("6.6.31", below="6.6.*") == [f"[6.6.31, 6.6.{END_OF_BRANCH}]"]
    assert between("6.6.*", below="6.7") == ["[6.6, 6.7)"]
    assert between("6.6", below="7.x") == []


def test_changes_cut_the_range():
    changes = [Change("2.3.1", "unaffected"), Change("2.4", "affected"), Change("2.15", "unknown")]
    assert shown(Entry("2.0", "affected", less_than="*", changes=changes)) == [
        "[2.0, 2.3.1) affected",
        "[2.3.1, 2.4) not_affected",
        "[2.4, 2.15) affected",
        "[2.15, ) unknown",
    ]


def test_a_change_at_an_edge_leaves_no_empty_piece():
    changes = [Change("2.4", "unaffected")]
    assert shown(Entry("2.0", "affected", less_than="2.4", changes=changes)) == [
        "[2.0, 2.4) affected"
    ]
    assert shown(Entry("2.4", "affected", less_than="2.5", changes=changes)) == [
        "[2.4, 2.5) not_affected"
    ]
    assert shown(Entry("2.0", "affected", less_than_or_equal="2.4", changes=changes)) == [
        "[2.0, 2.4) affected",
        "[2.4, 2.4] not_affected",
    ]


def test_a_change_at_no_version_costs_the_entry():
    assert shown(Entry("2.0", "affected", less_than="3", changes=[Change("soon", "x")])) == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("affected", Status.AFFECTED),
        ("unaffected", Status.NOT_AFFECTED),
        ("unknown", Status.UNKNOWN),
        ("fine", Status.UNKNOWN),
    ],
)
def test_the_status_is_that_of_the_entry(status, expected):
    exactly = VersionRange(expected, low="1.0", high="1.0", high_inclusive=True)
    assert intervals(Entry("1.0", status)) == (exactly,)


_texts = st.text(alphabet="<>=*x.,v019 -aé\t", max_size=30) | st.text(max_size=30)


@given(_texts, st.none() | _texts, st.none() | _texts, st.lists(_texts, max_size=2))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_an_entry_raise(version, below, to, changes):
    for one in intervals(
        Entry(version, "affected", None, below, to, [Change(at, "unaffected") for at in changes])
    ):
        for bound in (one.low, one.high):
            assert bound is None or any(letter.isdigit() for letter in bound)
