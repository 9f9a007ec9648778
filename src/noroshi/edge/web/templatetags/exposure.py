"""How findings and their answers look on a page."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from noroshi.core.answers import AnswerState
from noroshi.edge import words
from noroshi.edge.web.exposure import wording
from noroshi.edge.web.templatetags.page import day
from noroshi.hub.matching.evidence import Evidence
from noroshi.hub.matching.exposed import Line, Spot
from noroshi.hub.matching.exposure import Group
from noroshi.hub.notices.mentions import Mention

register = template.Library()

SOON = 3
"""Days before a deadline from which it is shown as near."""

_LOOKS: dict[str, str] = {
    AnswerState.ACKNOWLEDGED: "info",
    AnswerState.RESPONDING: "info",
    AnswerState.NOT_AFFECTED: "good",
    AnswerState.FIXED: "good",
}


@register.filter
def because(evidence: Evidence) -> str:
    """Show one reason as a sentence."""
    return words.because(evidence)


@register.filter
def deadline(due: dt.date, today: dt.date) -> SafeString:
    """Show how far away a deadline is."""
    days = (due - today).days
    kind = "late" if days < 0 else "soon" if days <= SOON else "quiet"
    return format_html('<span class="{}">{}</span>', kind, wording.deadline(due, today))


@register.filter
def act_by(due: dt.date | None, today: dt.date) -> SafeString | str:
    """Show by when something has to be done, and how far away that is."""
    if due is None:
        return _("No deadline")
    return format_html("{} {} ({})", _("Act by"), day(due), deadline(due, today))


@register.filter
def sure(thing: Group | Spot) -> str:
    """Show how sure it is."""
    return wording.sureness(thing.status, thing.confidence)


@register.filter
def answered(state: str) -> SafeString:
    """Show where an answer stands."""
    look = _LOOKS.get(state, "notice")
    return format_html('<span class="badge {}">{}</span>', look, wording.answer(state))


@register.filter
def standing(group: Group) -> SafeString:
    """Show where the answers of a few systems stand: each answer with their names."""
    named: dict[str, list[str]] = {}
    for place in group.places:
        named.setdefault(place.answer, []).append(place.system)
    lines = (
        (answered(state), format_html_join(" · ", "<bdi>{}</bdi>", ((name,) for name in names)))
        for state, names in named.items()
    )
    return format_html_join("", "<li>{} {}</li>", lines)


@register.filter
def justified(value: str) -> str:
    """Show why somebody is not affected."""
    return wording.justification(value)


@register.filter
def said(line: Line) -> str:
    """Show a line of the history."""
    return wording.said(line)


@register.filter
def of_vulnerability(mentions: dict[int, tuple[Mention, ...]], number: int) -> tuple[Mention, ...]:
    """Return the notices about one vulnerability."""
    return mentions.get(number, ())


@register.filter
def grouped(number: int) -> str:
    """Show a large number in groups of three digits."""
    return f"{number:,}"
