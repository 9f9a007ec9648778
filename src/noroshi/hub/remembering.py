"""What one reading asks for again and again, asked once.

A page asks for each of its lists who granted its reader what. Within `reading`, where none of that
changes, the first answer stands for all; anywhere else every question is asked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_answers: ContextVar[dict[Hashable, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Remember answers while the block runs, which must not change what they depend on."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once(question: Hashable, ask: Callable[[], T]) -> T:
    """Return what ``ask`` returns, or what it returned before in this reading.

    ``question`` says all that the answer depends on, beside the database.
    """
    answers = _answers.get()
    if answers is None:
        return ask()
    if question not in answers:
        answers[question] = ask()
    answer: T = answers[question]
    return answer
