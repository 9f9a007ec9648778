"""The fused answer in columns, for lists."""

from __future__ import annotations

import datetime as dt

import msgspec


class Fused(msgspec.Struct, frozen=True):
    """The columns of `Vulnerability` that an assessment fills."""

    state: str
    disputed: bool
    title_en: str
    title_ja: str
    severity: str
    score: float | None
    exploited_since: dt.date | None
    exploitation: str
    automatable: str
    epss: float | None
    confidence: int | None
    published: dt.datetime | None
    modified: dt.datetime | None

    @property
    def decides_findings(self) -> tuple[str, bool, str, str, str]:
        """The part that matching, priorities and what is proposed depend on."""
        return (self.state, self.disputed, self.exploitation, self.automatable, self.severity)
