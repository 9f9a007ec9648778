"""Priority of a finding: CERT/CC's SSVC deployer decision table, version 1.0.0.

Source: the published table "Deployer Patch Application Priority" (ssvc:DT_DP 1.0.0) over
Exploitation 1.1.0, System Exposure 1.0.1, Automatable 2.0.0 and Human Impact 2.0.2. Human impact is
taken from the criticality that a member gives its system.

What is not known counts so that nobody is harmed by silence and nobody is flooded: an unknown
automatability counts as *yes*; an unknown exploitation counts as *none*, because the catalogues of
exploitation are read whole, so that not being in them says something.
"""

from __future__ import annotations

from enum import StrEnum

from noroshi.core.assess.assessment import ExploitationLevel
from noroshi.core.sector import Criticality, Exposure


class Priority(StrEnum):
    """When to act (SSVC's outcome group DSOI)."""

    DEFER = "defer"
    SCHEDULED = "scheduled"
    OUT_OF_CYCLE = "out_of_cycle"
    IMMEDIATE = "immediate"


_LETTERS = {
    "D": Priority.DEFER,
    "S": Priority.SCHEDULED,
    "O": Priority.OUT_OF_CYCLE,
    "I": Priority.IMMEDIATE,
}

# Four letters: the human impact low, medium, high, very high.
_TABLE = {
    (ExploitationLevel.NONE, Exposure.SMALL): {"no": "DDSS", "yes": "DSSS"},
    (ExploitationLevel.NONE, Exposure.CONTROLLED): {"no": "DSSS", "yes": "SSSS"},
    (ExploitationLevel.NONE, Exposure.OPEN): {"no": "DSSS", "yes": "SSSO"},
    (ExploitationLevel.POC, Exposure.SMALL): {"no": "DSSS", "yes": "SSSS"},
    (ExploitationLevel.POC, Exposure.CONTROLLED): {"no": "DSSS", "yes": "SSSO"},
    (ExploitationLevel.POC, Exposure.OPEN): {"no": "SSSO", "yes": "SSOO"},
    (ExploitationLevel.ACTIVE, Exposure.SMALL): {"no": "SSOO", "yes": "SOOO"},
    (ExploitationLevel.ACTIVE, Exposure.CONTROLLED): {"no": "SSOO", "yes": "OOOO"},
    (ExploitationLevel.ACTIVE, Exposure.OPEN): {"no": "SOOI", "yes": "OOII"},
}

_IMPACT = {criticality: place for place, criticality in enumerate(Criticality)}

DUE_DAYS = {
    Priority.IMMEDIATE: 3,
    Priority.OUT_OF_CYCLE: 14,
    Priority.SCHEDULED: 60,
    Priority.DEFER: None,
}
"""Days to act by default. SSVC sets none: three days for what cannot wait, two weeks (as CISA's
catalogue usually gives), two ordinary maintenance windows, and no deadline."""


def priority(
    exploitation: ExploitationLevel,
    automatable: str | None,
    exposure: Exposure,
    criticality: Criticality,
) -> Priority:
    """Return when to act. ``automatable`` is ``yes``, ``no`` or ``None`` (unknown)."""
    known = exploitation
    if exploitation is ExploitationLevel.UNKNOWN:
        known = ExploitationLevel.NONE
    row = _TABLE[known, exposure]["no" if automatable == "no" else "yes"]
    return _LETTERS[row[_IMPACT[criticality]]]


def due_days(chosen: Priority) -> int | None:
    """Return the days to act by default; ``None`` for no deadline."""
    return DUE_DAYS[chosen]
