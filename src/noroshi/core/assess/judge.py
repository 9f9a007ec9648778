"""The port of the learnt models: who is asked where the sources are silent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from noroshi.core.assess.assessment import EstimatedSeverity
from noroshi.core.facets import Record


class Judge(Protocol):
    """Estimates facets that nobody states. It never sees a facet that somebody does state."""

    name: str
    """Version of the model, noted in the assessment; empty for none."""

    def severity(self, records: Sequence[Record], /) -> EstimatedSeverity | None:
        """Estimate the severity, or return ``None`` rather than guess.

        Must depend on the records' contents only, not on their order.
        """


class SilentJudge:
    """Estimates nothing: what the sources leave unsaid stays unknown."""

    name = ""

    def severity(self, _records: Sequence[Record], /) -> EstimatedSeverity | None:
        """Return ``None``."""
        return None
