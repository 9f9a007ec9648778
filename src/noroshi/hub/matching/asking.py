"""The machine and what was answered: when it asks again, and what a merged vulnerability hands on.

Nothing is taken back unseen: an answer that no longer stands is followed by a line that says why,
and a vulnerability that becomes part of another one leaves its answers where they were given; the
finding of the other one points to them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from noroshi.core.answers import CLOSING, AnswerState, Footing, Reopening, second_look
from noroshi.core.assess.priority import Priority
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.matching import queries
from noroshi.hub.matching.models import Finding, FindingAnswer
from noroshi.hub.matching.queries import LIVE, FindingSide
from noroshi.hub.matching.wanted import due


class Again(msgspec.Struct, frozen=True):
    """A finding has to be asked about again: why, and what it rests on now."""

    reason: Reopening
    footing: Footing


def second_looks(findings: Iterable[Finding]) -> dict[int, Again]:
    """Return which of these findings, which all match (again), have to be asked about again."""
    answered = {
        row.pk: row
        for row in findings
        if row.answer not in {"", AnswerState.REOPENED} and row.status not in LIVE
    }
    said = _said(row.standing_id for row in answered.values())
    found = {}
    for number, now in queries.footings(list(answered)).items():
        row = answered[number]
        before = said.get(row.standing_id)
        reason = second_look(AnswerState(row.answer), _footing(before), now) if before else None
        if reason is not None:
            found[number] = Again(reason, now)
    return found


def ask_again(finding: Finding, again: Again, *, now: dt.datetime) -> None:
    """Write down that the answer of a finding no longer stands."""
    row = FindingAnswer.objects.visible_to(SystemViewer()).create(
        finding=finding,
        at=now,
        state=AnswerState.REOPENED.value,
        reason=again.reason.value,
        inventory_id=again.footing.inventory,
        packages=sorted(again.footing.packages),
    )
    _point(finding, row, justification="", answered_at=now)
    audit.record(
        "finding.reopened",
        f"finding:{finding.pk}",
        actor="system",
        at=now,
        detail={"reason": again.reason.value},
    )


def carry_over(side: FindingSide, numbers: Sequence[int], *, now: dt.datetime) -> None:
    """Let findings say what was answered while their vulnerability had another name.

    The newest answer stands, under whichever name it was given, if the system still runs what it
    spoke of. Whoever was at work keeps the deadline.
    """
    pairs = queries.heirs(side, numbers)
    rows = Finding.objects.visible_to(SystemViewer())
    olds = rows.select_related("standing").in_bulk({old for old, _ in pairs})
    heirs = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    news = heirs.in_bulk({new for _, new in pairs})
    footings = queries.footings(list(news))
    pairs.sort(key=lambda pair: (olds[pair[0]].answered_at or now, pair))
    for number, old in {new: olds[old] for old, new in pairs}.items():
        _inherit(news[number], old, footings[number], now)


def _inherit(heir: Finding, old: Finding, footing: Footing, now: dt.datetime) -> None:
    state, said = AnswerState(old.answer), old.standing
    if said is None:
        return
    if state is not AnswerState.REOPENED:
        reason = second_look(state, _footing(said), footing)
        if reason is not None:
            ask_again(heir, Again(reason, footing), now=now)
            return
    opened = min(heir.opened_at, old.opened_at)
    _point(
        heir,
        said,
        justification=old.justification,
        answered_at=old.answered_at,
        status=state.value if state in CLOSING else heir.status,
        opened_at=opened,
        due=due(Priority(heir.priority), opened),
        changed_at=now,
    )


def _point(finding: Finding, said: FindingAnswer, **columns: object) -> None:
    rows = Finding.objects.visible_to(SystemViewer()).filter(pk=finding.pk)
    rows.update(answer=said.state, standing=said, **columns)


def _said(numbers: Iterable[int | None]) -> dict[int | None, FindingAnswer]:
    wanted = [number for number in numbers if number is not None]
    return {**FindingAnswer.objects.visible_to(SystemViewer()).in_bulk(wanted)}


def _footing(said: FindingAnswer) -> Footing:
    return Footing(said.inventory_id, frozenset(said.packages))
