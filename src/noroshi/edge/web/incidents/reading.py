"""The lists of reports, and one of them."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse
from django.utils.translation import get_language

from noroshi.core.formats.stix import Report
from noroshi.core.policy.duties import may_act
from noroshi.core.sector import Role
from noroshi.edge import words
from noroshi.edge.web.pages import CONTENTS, HUB, Visit, page, show
from noroshi.hub.intel import queries, reviews
from noroshi.hub.intel.models import ReviewState
from noroshi.hub.intel.queries import ReportHead
from noroshi.hub.intel.reviews import OwnReview
from noroshi.hub.knowledge.models import Alias

ACTING = CONTENTS - {Role.VIEWER}
"""Roles that report for their organisation."""

_TONES = {ReviewState.SUBMITTED: "info", ReviewState.RETURNED: "warn", ReviewState.SHARED: "good"}


class Standing(msgspec.Struct, frozen=True):
    """Where a draft stands, in a word; ``tone`` is how it looks."""

    text: str
    tone: str


class Row(msgspec.Struct, frozen=True):
    """A report in the list; ``standing`` is empty for what was shared with the reader."""

    head: ReportHead
    standing: Standing | None


class Wording(msgspec.Struct, frozen=True):
    """A report in one language."""

    language: str
    title: str
    text: str


@page()
def incidents(request: Visit) -> HttpResponse:
    """List what the reader may read, or what the reader's organisation reported."""
    mine = request.GET.get("show") == "mine"
    found = queries.report_page(request.viewer, mine=mine, after=request.GET.get("after") or None)
    drafts = [head.stix_id for head in found.items if head.published_at is None]
    own = reviews.own_reviews(request.viewer, drafts)
    rows = [
        Row(head, None if head.published_at else standing(own.get(head.stix_id)))
        for head in found.items
    ]
    facts = {
        "rows": rows,
        "mine": mine,
        "after": found.after,
        "begun": "after" in request.GET,
        "waiting": reviews.waiting(request.viewer) if request.viewer.role in HUB else 0,
        "reviews": request.viewer.role in HUB,
    }
    return show(request, "incidents/list.html", facts)


@page()
def incident(request: Visit, name: str) -> HttpResponse:
    """Show one report; to those who made it, where it stands."""
    whole = queries.report_for(request.viewer, name)
    head, report = whole.head, whole.report
    own = reviews.own_reviews(request.viewer, [name]).get(name)
    mine = head.published_at is None
    first, *others = wordings(report)
    known = Alias.objects.filter(name__in=report.vulnerabilities).values_list("name", flat=True)
    facts = {
        "head": head,
        "report": report,
        "wording": first,
        "others": others,
        "known": set(known),
        "mine": mine,
        "own": own,
        "standing": standing(own) if mine else None,
        "decides": mine and may_act(request.viewer),
    }
    return show(request, "incidents/one.html", facts)


def standing(own: OwnReview | None) -> Standing:
    """Return where a draft stands."""
    state = own.state if own else ReviewState.TAKEN_BACK
    return Standing(words.review(state), _TONES.get(state, ""))


def wordings(report: Report) -> list[Wording]:
    """Return what a report says in each language that it has, the reader's own first."""
    if not report.title_en:
        return [Wording("", report.title, report.text)]
    both = [
        Wording("ja", report.title, report.text),
        Wording("en", report.title_en, report.text_en),
    ]
    return sorted(both, key=lambda one: one.language != get_language())
