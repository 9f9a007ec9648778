"""What an organisation says of a finding, what follows what, and when it is asked again.

::

    (asked) → acknowledged → responding → fixed
       ↑                                ↘ not_affected
       └──────── reopened ←──────────────┘

Any later answer may be given at once. The first two are steps on an open finding; the last two
close it, and may change from one to the other. A closed finding is opened by a person who says so,
or by the machine, where what the answer rested on is no longer so: `second_look`.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class AnswerState(StrEnum):
    """What an organisation says of a finding."""

    ACKNOWLEDGED = "acknowledged"
    RESPONDING = "responding"
    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    REOPENED = "reopened"


CLOSING = frozenset({AnswerState.NOT_AFFECTED, AnswerState.FIXED})
"""The answers after which nothing has to be done."""


class Justification(StrEnum):
    """Why a system is not affected: the status justifications of VEX (CISA, June 2022)."""

    COMPONENT_NOT_PRESENT = "component_not_present"
    CODE_NOT_PRESENT = "vulnerable_code_not_present"
    CODE_NOT_EXECUTED = "vulnerable_code_not_in_execute_path"
    CODE_NOT_REACHABLE = "vulnerable_code_cannot_be_controlled_by_adversary"
    MITIGATED = "inline_mitigations_already_exist"


class Step(StrEnum):
    """What an answer does to the one before it."""

    GOES = "goes"
    STAYS = "stays"  # as much, or more, has been said already
    BACKWARDS = "backwards"  # it would take back an answer without saying so


_EARLY = (None, AnswerState.ACKNOWLEDGED, AnswerState.RESPONDING)
"""The steps on an open finding, in order; one that was reopened begins anew."""


def step(here: AnswerState | None, to: AnswerState) -> Step:
    """Say what ``to`` does where ``here`` was said last (``None``: nothing yet)."""
    if to in CLOSING:
        return Step.GOES
    if to is AnswerState.REOPENED:
        return Step.GOES if here in CLOSING else Step.STAYS
    if here in CLOSING:
        return Step.STAYS if to is AnswerState.ACKNOWLEDGED else Step.BACKWARDS
    begun = None if here is AnswerState.REOPENED else here
    return Step.GOES if _EARLY.index(begun) < _EARLY.index(to) else Step.STAYS


class Footing(msgspec.Struct, frozen=True):
    """What an answer rests on: the system's inventory, and those of its packages that match.

    ``inventory`` is ``None`` for a system that has none.
    """

    inventory: int | None
    packages: frozenset[int] = frozenset()


class Reopening(StrEnum):
    """Why a finding is asked about again."""

    STILL_FOUND = "still_found"  # a later inventory holds what was said to be gone
    CHANGED = "changed"  # it rests on software, or a version, that the answer did not speak of


def second_look(state: AnswerState, then: Footing, now: Footing) -> Reopening | None:
    """Say whether an answer given on one footing has to be asked again on another."""
    if state is AnswerState.FIXED and now.inventory != then.inventory:
        return Reopening.STILL_FOUND
    return None if now.packages <= then.packages else Reopening.CHANGED
