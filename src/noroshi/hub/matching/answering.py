"""What an organisation says of its findings: seen, working on it, not affected, done, open again.

Only the organisation itself answers: a grant lets others read. What is hidden, what is another
organisation's and what is not there are refused alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.answers import CLOSING, AnswerState, Footing, Justification, Step, step
from noroshi.core.characters import STEERING_IN_A_TEXT
from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.duties import may_act
from noroshi.core.policy.visibility import OUTSIDE_THE_CONTENTS, Member, Viewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.matching import queries
from noroshi.hub.matching.models import Finding, FindingAnswer, FindingStatus
from noroshi.hub.matching.wanted import wanted

LONGEST_ANSWER = 10_000
MOST_AT_ONCE = 1_000


class Said(msgspec.Struct, frozen=True):
    """An answer: ``justification`` is a `Justification` where one is not affected, else empty."""

    state: AnswerState
    justification: str = ""
    text: str = ""


@transaction.atomic
def answer(  # noqa: PLR0913 - the parts of one answer; several findings take them as `Said`
    viewer: Viewer,
    finding: int,
    state: AnswerState,
    *,
    justification: str = "",
    text: str = "",
    now: dt.datetime,
    actor: str,
) -> Finding:
    """Answer one finding of the viewer's own organisation; see `answer_all`."""
    said = Said(state, justification, text)
    return answer_all(viewer, [finding], said, now=now, actor=actor)[0]


@transaction.atomic
def answer_all(
    viewer: Viewer, findings: Sequence[int], said: Said, *, now: dt.datetime, actor: str
) -> list[Finding]:
    """Give several findings of the viewer's own organisation the same answer, or none of them.

    To acknowledge what has been acknowledged, or answered, changes nothing. Raises `NotFound` if
    one of them is not the organisation's own, `Refused` for an answer that is none, that goes back
    without saying so (`AnswerState.REOPENED`), and for a finding that was retracted meanwhile.
    """
    rows = _held(viewer, findings)
    if not may_act(viewer):
        raise Refused(detail=_("your role does not answer for your organisation"))
    _check(said)
    _check_still_there(rows)
    footings = queries.footings([row.pk for row in rows])
    person = viewer.person if isinstance(viewer, Member) else None
    for row in rows:
        told = _told(row, said)
        if told is not None:
            line = _line(row, told, footings[row.pk])
            line.at, line.person_id = now, person
            line.save()
            if told.state is said.state:
                _stand(row, line)
            _record(row, told.state, now, actor)
    return rows


def _held(viewer: Viewer, findings: Sequence[int]) -> list[Finding]:
    """Return the findings, held until the transaction ends, in the order in which matching does."""
    wished = sorted(set(findings))
    if not isinstance(viewer, Member) or viewer.role in OUTSIDE_THE_CONTENTS or not wished:
        raise _unknown(wished)
    if len(wished) > MOST_AT_ONCE:
        detail = _("at most %(most)d findings are answered at once")
        raise Refused(detail=detail % {"most": MOST_AT_ONCE})
    own = Finding.objects.visible_to(viewer).filter(system__organisation=viewer.organisation)
    rows = own.filter(pk__in=wished).select_related("system__organisation", "vulnerability")
    found = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
    missing = set(wished).difference(row.pk for row in found)
    if missing:
        raise _unknown(sorted(missing))
    return found


def _unknown(numbers: Sequence[int]) -> NotFound:
    return NotFound(kind=_("finding"), name=str(numbers[0]) if numbers else "")


def _check(said: Said) -> None:
    if len(said.text) > LONGEST_ANSWER or STEERING_IN_A_TEXT.search(said.text):
        detail = _("a text has at most %(most)d characters and no control characters")
        raise Refused(detail=detail % {"most": LONGEST_ANSWER})
    if said.state is AnswerState.NOT_AFFECTED:
        if said.justification not in set(Justification):
            raise Refused(detail=_("say why it is not affected: choose a reason"))
    elif said.justification:
        raise Refused(detail=_("a reason why it is not affected belongs to that answer alone"))


def _check_still_there(rows: Sequence[Finding]) -> None:
    gone = [row.system.name for row in rows if row.status == FindingStatus.RETRACTED]
    if gone:
        detail = _("this was withdrawn meanwhile, and no longer concerns: %(systems)s")
        raise Refused(detail=detail % {"systems": ", ".join(gone)})


def _told(row: Finding, said: Said) -> Said | None:
    """Return what is kept of an answer: nothing where it is not new, a remark where it is late."""
    here = AnswerState(row.answer) if row.answer else None
    match step(here, said.state):
        case Step.BACKWARDS:
            detail = _("%(system)s: this is answered already; reopen it first")
            raise Refused(detail=detail % {"system": row.system.name})
        case Step.STAYS:
            return Said(here, row.justification, said.text) if here and said.text else None
        case Step.GOES:
            return (
                None if said == Said(said.state, row.justification) and here is said.state else said
            )


def _line(row: Finding, told: Said, footing: Footing) -> FindingAnswer:
    return FindingAnswer(
        finding=row,
        state=told.state.value,
        justification=told.justification,
        text=told.text,
        inventory_id=footing.inventory,
        packages=sorted(footing.packages),
    )


def _stand(row: Finding, line: FindingAnswer) -> None:
    """Let the finding stand as the line says."""
    row.answer, row.justification = line.state, line.justification
    row.standing, row.answered_at, row.changed_at = line, line.at, line.at
    if line.state in CLOSING:
        row.status = line.state
    elif line.state == AnswerState.REOPENED:
        _look_again(row)
    row.save()


def _look_again(row: Finding) -> None:
    """Let a finding look as it would if nobody had answered."""
    concern = next(iter(queries.concerns("finding", [row.pk])), None)
    if concern is None:
        detail = _("%(system)s: this is no longer found there; there is nothing to reopen")
        raise Refused(detail=detail % {"system": row.system.name})
    look = wanted(concern, row.opened_at)
    row.status, row.confidence = look.status, look.confidence
    row.priority, row.due = look.priority, look.due


def _record(row: Finding, state: AnswerState, now: dt.datetime, actor: str) -> None:
    audit.record(
        "finding.answered",
        f"finding:{row.pk}",
        actor=actor,
        at=now,
        detail={"state": state.value, "organisation": row.system.organisation.slug},
    )
