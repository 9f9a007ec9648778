"""How notices look on a page: deadlines in words, and why something is in the queue."""

from __future__ import annotations

import datetime as dt
from typing import assert_never

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from noroshi.core.delivery import ANSWERS
from noroshi.core.policy.telling import Telling
from noroshi.edge.web.templatetags.page import moment
from noroshi.hub.notices.letters import Counted, Named, Personal
from noroshi.hub.notices.queued import Entry, Exposure, Proposal, Report, Unanswered, Urgency
from noroshi.hub.notices.views import Head, OwnDelivery, Raised

register = template.Library()

SOON = dt.timedelta(hours=24)


@register.filter
def brought_to(step: Raised) -> str:
    """Return to whom a late answer was brought, in the reader's language."""
    return step.to if get_language() == "ja" else step.to_en or step.to


@register.filter
def deadline(own: OwnDelivery | None) -> SafeString | str:
    """Return by when an answer is due, and how long that is; nothing once it is given."""
    if own is None or own.due_at is None:
        return "–"
    due = moment(own.due_at)
    if own.state in ANSWERS:
        return due
    left = own.due_at - timezone.now()
    if left <= dt.timedelta():
        return format_html('{} <span class="late">{}</span>', due, _late(-left))
    kind = "soon" if left <= SOON else "quiet"
    return format_html('{} <span class="{}">{}</span>', due, kind, _left(left))


def _left(span: dt.timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours < 1:
        return _("in less than an hour")
    if hours < 48:
        return ngettext("in %(n)d hour", "in %(n)d hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


def _late(span: dt.timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    if hours < 1:
        return _("late")
    if hours < 48:
        return ngettext("%(n)d hour late", "%(n)d hours late", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}


@register.filter
def standing(head: Head) -> str:
    """Return where a notice stands that is not simply in force; empty: it is."""
    if head.published_at is None:
        if head.withdrawn_at:
            return _("set aside")
        return _("proposed by the machine") if head.proposed else _("draft")
    return _("withdrawn") if head.withdrawn_at else ""


@register.filter
def concerned(personal: Personal) -> str:
    """Return how many systems of a recipient are concerned, as far as the sender may know."""
    match personal:
        case Named(concerns=concerns):
            return str(len({concern.system for concern in concerns}))
        case Counted(systems=count):
            return str(count)
        case _:
            return _("not shown to you")


@register.filter
def mailed(telling: Telling) -> str:
    """Return what a mail about a notice holds."""
    match telling:
        case Telling.CONTENTS:
            return _("Mails hold the title and the text below, never which systems are concerned.")
        case Telling.ENVELOPE:
            return _("Mails say its number and its marking, and to sign in to read it: no more.")
        case Telling.NOTHING:
            return _("No mail is sent about it: who may read it has to be told in another way.")
        case _:
            assert_never(telling)


@register.filter
def kind(entry: Entry) -> str:
    """Return of which kind an entry of the queue is."""
    return type(entry).__name__.lower()


@register.filter
def why(entry: Entry) -> str:
    """Return why something is in the queue."""
    match entry:
        case Report():
            return _("A member saw an attack and gave the hub a report to share.")
        case Unanswered(organisations=count):
            sentence = ngettext(
                "%(count)d organisation has not answered in time.",
                "%(count)d organisations have not answered in time.",
                count,
            )
            return sentence % {"count": count}
        case Proposal(told=told) if entry.urgency is Urgency.TOLD:
            return _("Members were told already: %(numbers)s.") % {"numbers": ", ".join(told)}
        case Proposal(threats=threats):
            since = [one.exploited_since for one in threats if one.exploited_since]
            return _threat(min(since, default=None))
        case Exposure(threat=threat):
            return _threat(threat.exploited_since)


def _threat(since: dt.date | None) -> str:
    if since is None:
        return _("It is critical, members have it, and no notice speaks of it.")
    sentence = _("It is used in attacks since %(day)s, members have it, and no notice says so.")
    return sentence % {"day": since.isoformat()}


@register.filter
def reach(entry: Proposal | Exposure) -> str:
    """Return how much a vulnerability touches, among those that show it."""
    found = entry.reach
    if not found.systems:
        return _("no system of those that let the hub count theirs")
    systems = ngettext("%(n)d system", "%(n)d systems", found.systems) % {"n": found.systems}
    sentence = ngettext(
        "%(systems)s of %(n)d organisation that lets the hub count it",
        "%(systems)s of %(n)d organisations that let the hub count it",
        found.organisations,
    )
    return sentence % {"systems": systems, "n": found.organisations}
