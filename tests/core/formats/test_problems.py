from __future__ import annotations

from noroshi.core.components import Problem
from noroshi.core.errors import NotAnIdentifier, WrongShape
from noroshi.core.formats.problems import MOST_KEPT, Problems


def test_problems_keep_their_order_code_place_and_sentence():
    problems = Problems()
    problems.add(WrongShape("$.a", detail="expected a text"))
    problems.add(NotAnIdentifier(value="'x'", kind="CPE name"), "line 3")
    problems.note("too-large", "$.b", "cut")
    assert problems.all() == (
        Problem("wrong-shape", "$.a", "a value is missing or of the wrong kind: expected a text"),
        Problem("not-an-identifier", "line 3", "'x' is not a valid CPE name"),
        Problem("too-large", "$.b", "cut"),
    )


def test_beyond_the_limit_problems_are_only_counted():
    problems = Problems()
    for number in range(MOST_KEPT + 7):
        problems.note("wrong-shape", f"line {number}", "wrong")
    told = problems.all()
    assert len(told) == MOST_KEPT + 1
    assert told[-1] == Problem("too-large", "", "7 more problems are not listed")
