"""The hub's analysts: what was given to them, questions, and sharing."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import NoroshiError, NotFound
from noroshi.core.policy.anonymity import STAND_INS, marked
from noroshi.edge.web import forms
from noroshi.edge.web.incidents.forms import QuestionForm, SharingForm, proposed
from noroshi.edge.web.incidents.reading import wordings
from noroshi.edge.web.pages import HUB, Visit, done, page, show
from noroshi.hub.intel import queries, reviewing
from noroshi.hub.intel import reviews as given
from noroshi.hub.intel.reviewing import Edition
from noroshi.hub.intel.reviews import WholeReview


@page(HUB)
def reviews(request: Visit) -> HttpResponse:
    """List the reports that were given to the hub."""
    found = given.reviews(request.viewer, after=request.GET.get("after") or None)
    facts = {"rows": found.items, "after": found.after, "begun": "after" in request.GET}
    return show(request, "incidents/reviews.html", facts)


@page(HUB, methods=("GET", "POST"))
def one(request: Visit, name: str) -> HttpResponse:
    """Show a report as it was given; show what would be shared, and with whom; share it."""
    review = given.review_for(request.viewer, name)
    form = forms.filled(SharingForm, request, initial=proposed(review), review=review)
    edition = _edition(form) if request.method == "POST" and "change" not in request.POST else None
    if edition is None:
        return _shown(request, review, form, QuestionForm())
    try:
        if "share" in request.POST:
            return _share(request, name, edition)
        sharing = reviewing.preview(request.viewer, name, edition)
    except NotFound:
        raise
    except NoroshiError as error:
        forms.refuse(form, error)
        return _shown(request, review, form, QuestionForm())
    report = sharing.report
    facts = {
        "review": review,
        "form": form,
        "report": report,
        "readers": sharing.readers,
        "wordings": [
            (one, marked(one.title, STAND_INS), marked(one.text, STAND_INS))
            for one in wordings(report)
        ],
    }
    return show(request, "incidents/share.html", facts)


@page(HUB, methods=("POST",))
def question(request: Visit, name: str) -> HttpResponse:
    """Return a report with a question."""
    review = given.review_for(request.viewer, name)
    form = forms.filled(QuestionForm, request)
    if form.is_valid():
        try:
            asked, now, actor = form.cleaned_data["question"], timezone.now(), request.person.email
            reviewing.give_back(request.viewer, name, asked, now=now, actor=actor)
        except NotFound:
            raise
        except NoroshiError as error:
            forms.refuse(form, error)
        else:
            return done(
                request, _("The report was returned with your question."), "incident-review"
            )
    return _shown(request, review, SharingForm(initial=proposed(review), review=review), form)


def _edition(form: SharingForm) -> Edition | None:
    """Return what the analyst made of the report; ``None`` where a field is wrong."""
    if not form.is_valid():
        return None
    try:
        return form.edition()
    except NoroshiError as error:  # a community without members, a mail address of nobody
        forms.refuse(form, error, "to")
        return None


def _share(request: Visit, name: str, edition: Edition) -> HttpResponse:
    now, actor = timezone.now(), request.person.email
    made = reviewing.share(request.viewer, name, edition, now=now, actor=actor)
    text = _("The report is shared under the hub's name.")
    try:
        queries.report_row(request.viewer, made)
    except NotFound:  # TLP:RED is read by those named, who need not be the analyst
        return done(request, text, "incident-review")
    return done(request, text, "incident", name=made)


def _shown(
    request: Visit, review: WholeReview, form: SharingForm, asking: QuestionForm
) -> HttpResponse:
    facts = {"review": review, "form": form, "question": asking}
    wrong = form.errors or asking.errors
    return show(request, "incidents/review.html", facts, status=422 if wrong else 200)
