"""What follows what, against a second account of it; and when an answer is asked again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.answers import AnswerState, Footing, Reopening, Step, second_look, step

NOTHING = "nothing"
STEPS = {
    # here:           acknowledged, responding, not_affected, fixed, reopened
    "nothing": "goes goes goes goes stays",
    "acknowledged": "stays goes goes goes stays",
    "responding": "stays stays goes goes stays",
    "not_affected": "stays backwards goes goes goes",
    "fixed": "stays backwards goes goes goes",
    "reopened": "goes goes goes goes stays",
}


@pytest.mark.parametrize("here", [None, *AnswerState])
def test_each_answer_follows_as_it_should(here: AnswerState | None) -> None:
    expected = STEPS[here.value if here else NOTHING].split()
    assert [step(here, to) for to in AnswerState] == [Step(one) for one in expected]


@pytest.mark.parametrize(
    ("state", "then", "now", "reason"),
    [
        ("fixed", (1, {5}), (1, {5}), None),
        ("fixed", (1, {5}), (2, {5}), "still_found"),
        ("fixed", (1, {5}), (2, {6}), "still_found"),
        ("fixed", (1, {5}), (1, {5, 6}), "changed"),
        ("fixed", (None, {5}), (2, {5}), "still_found"),
        ("not_affected", (1, {5}), (2, {5}), None),
        ("not_affected", (1, {5, 6}), (2, {6}), None),
        ("not_affected", (1, {5}), (2, {6}), "changed"),
        ("not_affected", (1, {5}), (2, {5, 6}), "changed"),
        ("acknowledged", (1, {5}), (2, {5}), None),
        ("acknowledged", (1, {5}), (2, {6}), "changed"),
    ],
)
def test_an_answer_is_asked_again_where_what_it_rests_on_is_no_longer_so(
    state: str,
    then: tuple[int | None, set[int]],
    now: tuple[int | None, set[int]],
    reason: str | None,
) -> None:
    before, after = (Footing(number, frozenset(packages)) for number, packages in (then, now))
    assert second_look(AnswerState(state), before, after) == (Reopening(reason) if reason else None)


_footings = st.builds(Footing, st.integers(1, 2), st.frozensets(st.integers(1, 3)))


@given(st.sampled_from(AnswerState), _footings)
def test_nothing_is_asked_again_where_nothing_changed(state: AnswerState, there: Footing) -> None:
    assert second_look(state, there, there) is None


@given(st.sampled_from(AnswerState), _footings, _footings)
def test_less_software_alone_is_no_reason_to_doubt_that_one_is_not_affected(
    state: AnswerState, then: Footing, now: Footing
) -> None:
    fewer = Footing(then.inventory, then.packages & now.packages)
    assert second_look(state, then, fewer) is None
