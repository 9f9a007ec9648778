"""Problems of one inventory, gathered while the rest of it is read."""

from __future__ import annotations

from noroshi.core.components import Problem
from noroshi.core.errors import FormatError

MOST_KEPT = 1_000
"""A file of a million broken lines shall not become a million rows; the rest is counted."""


class Problems:
    """What could not be used, in the order it was met."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._more = 0

    def add(self, error: FormatError, where: str = "") -> None:
        """Keep an error that concerns one part only; ``where`` replaces its own place."""
        self.note(error.code, where or error.where, error.text())

    def note(self, code: str, where: str, text: str) -> None:
        """Keep a problem in words; ``code`` is that of the error it comes nearest to."""
        if len(self._kept) < MOST_KEPT:
            self._kept.append(Problem(code, where, text))
        else:
            self._more += 1

    def all(self) -> tuple[Problem, ...]:
        """Return every problem kept, and how many there were beyond."""
        if not self._more:
            return tuple(self._kept)
        rest = Problem("too-large", "", f"{self._more} more problems are not listed")
        return (*self._kept, rest)
