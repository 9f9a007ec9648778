"""Every stage, in the order in which a worker prefers them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import msgspec
from django.conf import settings

from noroshi.edge.outbound.sending import channels
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.inventory.actions import FIND, MATCH_PACKAGE
from noroshi.hub.knowledge.assessing import assess_vulnerabilities
from noroshi.hub.knowledge.merging import ASSESS, MATCH
from noroshi.hub.matching import actions as matching
from noroshi.hub.matching.actions import PROPOSE
from noroshi.hub.notices import actions as notices
from noroshi.hub.notices.actions import DISPATCH, ESCALATE


class Stage(msgspec.Struct, frozen=True):
    """A stage: ``work(objects, now)`` runs inside the transaction that deletes their rows.

    Stages of one ``lane`` write what the others read: of all workers one is in it at a time.
    """

    name: str
    batch: int
    work: Callable[[Sequence[int], dt.datetime], int]
    lane: str = ""


def _escalate(deliveries: Sequence[int], now: dt.datetime) -> int:
    every = dt.timedelta(hours=settings.NOROSHI.escalate_after_hours)
    return notices.escalate(deliveries, now=now, every=every)


def _dispatch(deliveries: Sequence[int], now: dt.datetime) -> int:
    return dispatch.expand(deliveries, channels=channels(), now=now)


STAGES = (
    Stage(ASSESS, 500, lambda numbers, now: assess_vulnerabilities(numbers, now=now)),
    Stage(
        MATCH,
        1000,
        lambda numbers, now: matching.match_vulnerabilities(numbers, now=now),
        "matching",
    ),
    Stage(MATCH_PACKAGE, 1000, lambda numbers, _: matching.match_packages(numbers), "matching"),
    Stage(FIND, 20, lambda numbers, now: matching.find(numbers, now=now), "matching"),
    Stage(PROPOSE, 200, lambda numbers, now: notices.propose(numbers, now=now)),
    Stage(ESCALATE, 200, _escalate),
    Stage(DISPATCH, 200, _dispatch),
)
"""Judge before matching, match before finding, find before proposing: each is then done once."""
