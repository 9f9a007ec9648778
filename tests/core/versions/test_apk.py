from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.errors import VersionError
from noroshi.core.versions import apk
from tests.core.versions import ladders

_LADDER = """
    0
    0.0.1
    0.05
    0.1
    0.9
    0.10
    1_alpha
    1_alpha-r1
    1_alpha1
    1_alpha2
    1_beta
    1_pre1
    1_rc1
    1_rc1_p1
    1
    1-r0  1-r00
    1-r1  1-r01
    1-r10
    1~abc1
    1_cvs1
    1_svn1
    1_git20240101
    1_git20240102
    1_hg1
    1_p
    1_p1-r1
    1_p1_git1
    1_p2
    1a
    1a-r1
    1a_p1
    1b
    1p1-r1
    1p2
    1p10
    1.0
    1.0-r1
    1.0a
    1.0.5
    1.01
    1.06-r1
    1.1
    1.10
    006
    10
    """


def test_known_versions_ascend() -> None:
    ladders.assert_ascends(apk.key, _LADDER)


_RANKS = [
    "_alpha",
    "_beta",
    "_pre",
    "_rc",
    "",
    "-r1",
    "_cvs",
    "_svn",
    "_git",
    "_hg",
    "_p",
    "a",
    ".1",
]


@given(st.sampled_from(["1", "1.2", "0.05", "7p3"]), st.data())
def test_what_follows_ranks_alike_behind_every_number(start: str, data: st.DataObject) -> None:
    ranks = [rank for rank in _RANKS if not (start == "7p3" and rank == "a")]
    low = data.draw(st.integers(0, len(ranks) - 2))
    high = data.draw(st.integers(low + 1, len(ranks) - 1))
    assert apk.key(start + ranks[low]) < apk.key(start + ranks[high])


_numbers = st.lists(st.integers(0, 300), min_size=1, max_size=4)


@given(_numbers, _numbers)
def test_plain_numbers_compare_one_by_one(left: list[int], right: list[int]) -> None:
    keys = [apk.key(".".join(map(str, numbers))) for numbers in (left, right)]
    assert ladders.sign(*keys) == (left > right) - (left < right)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        ".1",
        "1.",
        "1..2",
        "1-r",
        "1-r1-r2",
        "1-1",
        "1A",
        "1ab",
        "1a.2",
        "1_blah",
        "1_alpha.1",
        "1.2~xyz",
        "1:2",
        "v1",
        "1 2",
        "١",
    ],
)
def test_what_apk_calls_invalid_is_refused(text: str) -> None:
    with pytest.raises(VersionError):
        apk.key(text)


@given(ladders.anything)
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    ladders.assert_key_or_refusal(apk, text)


_SIGNS = {"<": -1, "=": 0, ">": 1}


@pytest.fixture(scope="module")
def pairs(shared_data: Path) -> dict[str, list[tuple[str, str, str]]]:
    with tarfile.open(shared_data / "vectors" / "version-ordering.tar.gz") as archive:
        texts = {
            Path(member.name).name: text.read().decode()
            for member in archive.getmembers()
            if "alpine-versions" in member.name and (text := archive.extractfile(member))
        }
    return {name: list(_pairs(text)) for name, text in texts.items()}


def _pairs(text: str) -> Iterator[tuple[str, str, str]]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            left, relation, right = line.split()
            yield left, relation, right


@pytest.mark.shared_data
def test_every_public_vector_of_valid_versions_holds(
    pairs: dict[str, list[tuple[str, str, str]]],
) -> None:
    refused, broken = [], []
    for left, relation, right in (pair for some in pairs.values() for pair in some):
        try:
            keys = apk.key(left), apk.key(right)
        except VersionError as error:
            refused.append(str(error.facts["value"]).strip("'"))
            continue
        if ladders.sign(*keys) != _SIGNS[relation]:
            broken.append(f"{left} {relation} {right}")
    assert sum(map(len, pairs.values())) == 14_757
    assert broken == []
    # The rest is what `apk version --check` refuses too, and releases of apk order differently.
    assert len(refused) == 33
    assert all(_is_odd(version) for version in refused)


def _is_odd(version: str) -> bool:
    marks = (".r", "..", "-r-", "ruff", "_blah", "_csv", "_foo", "-r0-", "--", "bc")
    return (
        any(mark in version for mark in marks)
        or version.endswith("-r")
        or not version[0].isdigit()
        or version != version.lower()
    )
