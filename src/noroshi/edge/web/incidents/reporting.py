"""A member reports what it saw, gives the report to the hub, and may take it back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import NoroshiError, NotFound, Refused
from noroshi.core.formats.stix import Report
from noroshi.core.policy.anonymity import STAND_INS, marked
from noroshi.edge.web import forms
from noroshi.edge.web.incidents.forms import HandoverForm, ReportForm, shown
from noroshi.edge.web.incidents.reading import ACTING
from noroshi.edge.web.pages import Visit, done, page, show
from noroshi.hub.intel import actions, queries, reviewing, reviews
from noroshi.hub.intel.models import ReviewState
from noroshi.hub.intel.reviews import OwnReview


@page(ACTING, methods=("GET", "POST"))
def new(request: Visit) -> HttpResponse:
    """Take a report in, as a draft; then offer to give it to the hub."""
    form = forms.filled(ReportForm, request)
    if request.method == "POST" and form.is_valid():
        now, actor = timezone.now(), request.person.email
        try:
            made = actions.report_incident(request.viewer, form.report(), now=now, actor=actor)
        except Refused as error:
            forms.refuse(form, error)
        else:
            text = _("The report is kept as a draft: nobody outside your organisation reads it.")
            return done(request, text, "incident-submit", name=made)
    status = 422 if form.errors else 200
    return show(request, "incidents/new.html", {"form": form}, status=status)


@page(ACTING, methods=("GET", "POST"))
def handover(request: Visit, name: str) -> HttpResponse:
    """Show what the hub would read of a draft, and give it to the hub."""
    draft, own = _draft(request, name)
    if own and own.state in (ReviewState.SUBMITTED, ReviewState.SHARED):
        return redirect("incident", name=name)
    asked = bool(own and own.state is ReviewState.RETURNED)
    copy = own.report if own and own.report else draft
    initial = {**shown(copy), "nameless": bool(own and own.nameless)}
    form = forms.filled(HandoverForm, request, initial=initial, asked=asked)
    facts: dict[str, object] = {"name": name, "title": draft.title, "form": form, "own": own}
    if request.method == "POST" and form.is_valid():
        try:
            if "preview" not in request.POST:
                return _give(request, name, form)
            given = reviewing.given(request.viewer, name, form.handover())
        except NotFound:
            raise
        except NoroshiError as error:
            forms.refuse(form, error)
        else:
            facts["given"] = given
            facts["pieces"] = marked(given.text, STAND_INS)
            facts["title_pieces"] = marked(given.title, STAND_INS)
    return show(request, "incidents/handover.html", facts, status=422 if form.errors else 200)


def _give(request: Visit, name: str, form: HandoverForm) -> HttpResponse:
    now, actor = timezone.now(), request.person.email
    reviewing.submit(request.viewer, name, form.handover(), now=now, actor=actor)
    text = _("The hub has the report. Until it is shared you can take it back.")
    return done(request, text, "incident", name=name)


def _draft(request: Visit, name: str) -> tuple[Report, OwnReview | None]:
    """Return a draft of the reader's own organisation; raises `NotFound` for any other report."""
    whole = queries.report_for(request.viewer, name)
    if whole.head.published_at is not None:
        raise NotFound(kind=_("report"), name=name)
    return whole.report, reviews.own_reviews(request.viewer, [name]).get(name)


@page(ACTING, methods=("GET", "POST"))
def take_back(request: Visit, name: str) -> HttpResponse:
    """Ask, and take a report back from the hub."""
    draft, own = _draft(request, name)
    if own is None or own.state not in (ReviewState.SUBMITTED, ReviewState.RETURNED):
        return redirect("incident", name=name)
    if request.method == "POST":
        now, actor = timezone.now(), request.person.email
        reviewing.take_back(request.viewer, name, now=now, actor=actor)
        return done(request, _("The report is yours alone again."), "incident", name=name)
    return show(request, "incidents/take_back.html", {"name": name, "title": draft.title})
