"""Deadlines, sureness and answers as people read them, in the active language."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from noroshi.core.answers import AnswerState, Justification, Reopening
from noroshi.hub.matching.exposed import Line
from noroshi.hub.matching.models import FindingStatus


def deadline(due: dt.date, today: dt.date) -> str:
    """Return how far away a day is: ``in 2 days``, ``3 days late``."""
    days = (due - today).days
    if days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}
    if days == 0:
        return _("today")
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}


def sureness(status: str, confidence: int) -> str:
    """Return how sure it is that one is affected, in words and as a number."""
    if status == FindingStatus.NEEDS_CONFIRMATION:
        text = _("Possibly affected: please confirm (confidence %(confidence)d of 100)")
    elif confidence >= 90:
        text = _("Affected: as good as certain (confidence %(confidence)d of 100)")
    elif confidence >= 60:
        text = _("Affected: quite sure (confidence %(confidence)d of 100)")
    else:
        text = _("Affected: not very sure (confidence %(confidence)d of 100)")
    return text % {"confidence": confidence}


_ANSWERS: dict[str, str] = {
    "": gettext_noop("to answer"),
    AnswerState.ACKNOWLEDGED: gettext_noop("seen"),
    AnswerState.RESPONDING: gettext_noop("being worked on"),
    AnswerState.NOT_AFFECTED: gettext_noop("not affected"),
    AnswerState.FIXED: gettext_noop("done"),
    AnswerState.REOPENED: gettext_noop("to answer again"),
}
_OFFERED = {
    AnswerState.ACKNOWLEDGED: gettext_noop("We have seen it"),
    AnswerState.RESPONDING: gettext_noop("We are working on it"),
    AnswerState.FIXED: gettext_noop("Done: it is fixed"),
    AnswerState.NOT_AFFECTED: gettext_noop("We are not affected, because…"),
    AnswerState.REOPENED: gettext_noop("The last answer no longer holds: open it again"),
}
_JUSTIFICATIONS: dict[str, str] = {
    Justification.COMPONENT_NOT_PRESENT: gettext_noop("the component is not in this system"),
    Justification.CODE_NOT_PRESENT: gettext_noop("the vulnerable code is not in our component"),
    Justification.CODE_NOT_EXECUTED: gettext_noop("the vulnerable code is never executed"),
    Justification.CODE_NOT_REACHABLE: gettext_noop(
        "an attacker cannot control the vulnerable code"
    ),
    Justification.MITIGATED: gettext_noop("other measures already prevent it"),
}
_LINES = {
    AnswerState.ACKNOWLEDGED: gettext_noop("%(who)s has seen it (%(system)s)"),
    AnswerState.RESPONDING: gettext_noop("%(who)s is working on it (%(system)s)"),
    AnswerState.FIXED: gettext_noop("%(who)s says that it is done (%(system)s)"),
    AnswerState.NOT_AFFECTED: gettext_noop("%(who)s says that %(system)s is not affected"),
    AnswerState.REOPENED: gettext_noop("%(who)s opened it again (%(system)s)"),
}


def answer(state: str) -> str:
    """Return where an answer stands, in a word or two."""
    return _(_ANSWERS[state])


def offered(state: AnswerState) -> str:
    """Return what somebody says by this answer."""
    return _(_OFFERED[state])


def justification(value: str) -> str:
    """Return why somebody is not affected, in words; empty where nothing was said."""
    return _(_JUSTIFICATIONS[value]) if value else ""


def said(line: Line) -> str:
    """Return a line of the history as a sentence: who said what of which system."""
    facts = {"system": line.system, "who": line.person or _("the organisation")}
    if line.reason == Reopening.CHANGED:
        return _("Asked again: %(system)s runs other software than the answer spoke of") % facts
    if line.reason:
        return _("Asked again: it is still found in %(system)s (%(file)s)") % {
            **facts,
            "file": _inventory(line.inventory_at),
        }
    return _(_LINES[AnswerState(line.state)]) % facts


def _inventory(at: dt.datetime | None) -> str:
    if at is None:
        return _("inventory")
    return _("inventory of %(day)s") % {"day": timezone.localtime(at).date().isoformat()}
