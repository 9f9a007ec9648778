"""CVSS vectors of all versions, whole and broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.assess.assessment import SeverityClass
from noroshi.core.assess.vector import LONGEST, read_vector, severity_class
from tests.core.assess.records import CRITICAL, HIGH, MEDIUM, SCORES, V2, V4


@pytest.mark.parametrize(("text", "score"), SCORES.items())
def test_the_base_score_is_computed_from_the_vector(text: str, score: float) -> None:
    vector = read_vector(text)
    assert vector is not None
    assert vector.score == vector.full_score == score
    assert vector.text == text


@pytest.mark.parametrize("text", [f"({V2})", f"CVSS:2.0/{V2}", f" {V2} "])
def test_version_2_is_read_in_each_of_its_spellings(text: str) -> None:
    assert read_vector(text) == read_vector(V2)


def test_temporal_metrics_do_not_move_the_base_score() -> None:
    vector = read_vector(f"{CRITICAL}/E:U/RL:O/RC:C")
    assert vector is not None
    assert (vector.text, vector.score) == (CRITICAL, 9.8)


def test_a_threat_metric_of_version_4_moves_the_full_score_only() -> None:
    vector = read_vector(f"{V4}/E:U")
    assert vector is not None
    assert (vector.text, vector.score) == (V4, 9.3)
    assert vector.full_score < 9.3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CVSS:3.1",
        "CVSS:3.1/",
        "CVSS:9.9/AV:N",
        "CVSS:3.1/AV:N/AC:L",
        CRITICAL.replace("AV:N", "AV:Q"),
        f"{CRITICAL}/AV:N",
        f"{CRITICAL}/",
        f"{CRITICAL}//",
        CRITICAL + "/X:Y" * LONGEST,
        "N" * 1_000_000,
        "AV:N/AC:L/Au:N/C:P/I:P/A:\x00",
    ],
)
def test_what_is_no_vector_is_none_and_nothing_worse(text: str) -> None:
    assert read_vector(text) is None


@given(st.text(alphabet="CVSS:4.031/AVNLHPRUIcau", max_size=80) | st.text(max_size=40))
def test_no_text_makes_reading_fail(text: str) -> None:
    for whole in (text, f"CVSS:3.1/{text}", f"CVSS:4.0/{text}", f"{HIGH}/{text}"):
        vector = read_vector(whole)
        assert vector is None or 0 <= vector.score <= 10


@pytest.mark.parametrize(
    ("version", "score", "rating"),
    [
        ("3.1", 0.0, "none"),
        ("3.1", 0.1, "low"),
        ("3.1", 3.9, "low"),
        ("3.0", 4.0, "medium"),
        ("4.0", 7.0, "high"),
        ("4.0", 9.0, "critical"),
        ("2.0", 0.0, "low"),
        ("2.0", 6.9, "medium"),
        ("2.0", 10.0, "high"),
    ],
)
def test_classes_follow_the_bands_of_their_version(version: str, score: float, rating: str) -> None:
    assert severity_class(version, score) is SeverityClass(rating)


def test_the_vectors_of_these_tests_have_different_classes() -> None:
    classes = {severity_class("3.1", SCORES[one]).value for one in (CRITICAL, HIGH, MEDIUM)}
    assert classes == {"critical", "high", "medium"}
