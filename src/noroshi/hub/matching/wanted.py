"""How a finding should look, by what its system runs and what is known of the vulnerability."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.utils import timezone

from noroshi.core.assess.assessment import ExploitationLevel
from noroshi.core.assess.priority import Priority, due_days, priority
from noroshi.core.sector import Criticality, Exposure
from noroshi.hub.matching.models import Finding, FindingStatus
from noroshi.hub.matching.queries import Concern


class Wanted(msgspec.Struct, frozen=True):
    """What the machine says of a finding: everything but what somebody answered."""

    status: str
    confidence: int
    priority: str
    due: dt.date | None


def wanted(concern: Concern, opened: dt.datetime) -> Wanted:
    """Return how the finding of a concern should look that has stood since ``opened``."""
    chosen = priority(
        ExploitationLevel(concern.exploitation or "unknown"),
        concern.automatable or None,
        Exposure(concern.exposure),
        Criticality(concern.criticality),
    )
    return Wanted(
        status=(FindingStatus.OPEN if concern.certain else FindingStatus.NEEDS_CONFIRMATION).value,
        confidence=concern.confidence,
        priority=chosen.value,
        due=due(chosen, opened),
    )


def due(chosen: Priority, opened: dt.datetime) -> dt.date | None:
    """Return the day by which something has to be done; ``None`` for no deadline."""
    days = due_days(chosen)
    return None if days is None else timezone.localdate(opened + dt.timedelta(days=days))


def as_is(finding: Finding) -> Wanted:
    """Return how the finding looks."""
    return Wanted(finding.status, finding.confidence, finding.priority, finding.due)
