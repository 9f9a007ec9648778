"""The list of what concerns an organisation, and the page of one vulnerability."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core.answers import AnswerState
from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.duties import may_act
from noroshi.edge.web import forms
from noroshi.edge.web.exposure.forms import MOST_PAGES, AnswerForm, FilterForm
from noroshi.edge.web.pages import Visit, done, page, show
from noroshi.hub.matching import answering, checked, exposed
from noroshi.hub.matching import exposure as queries
from noroshi.hub.matching.answering import Said
from noroshi.hub.matching.exposed import Exposed
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import mentions

LONGEST_PLACE = 400
"""Characters of the address that a tap comes back to; a longer one comes back to the whole list."""


@page(methods=("GET", "POST"))
def exposure(request: Visit) -> HttpResponse:
    """Show what concerns an organisation; acknowledge one vulnerability in one tap."""
    owner, own = _owner(request)
    if request.method == "POST":
        return _acknowledge(request, own=own)
    viewer, today = request.viewer, timezone.localdate()
    systems = queries.systems(viewer, owner.pk)
    form = FilterForm(request, systems, today=today)
    sheet = queries.listing(viewer, owner.pk, form.filters, page=_page(request))
    counts = queries.counts(viewer, owner.pk, today=today)
    context = {
        "owner": owner,
        "own": own,
        "may_answer": own and may_act(viewer),
        "lenders": queries.lenders(viewer),
        "form": form,
        "sheet": sheet,
        "counts": counts,
        "mentions": mentions.mentions(viewer, [group.number for group in sheet.groups]),
        "running": checked.running(viewer, owner.pk),
        "today": today,
        "here": request.get_full_path(),
        "asking": "" if own else f"?{urlencode({'organisation': owner.slug})}",
        "touched": request.headers.get("HX-Target", "").removeprefix("v"),
    }
    if not sheet.groups and not form.narrowed:
        context["checked"] = checked.checked(viewer, owner.pk)
    return show(request, "exposure/list.html", context)


@page(methods=("GET", "POST"))
def finding(request: Visit, name: str) -> HttpResponse:
    """Show how one vulnerability concerns an organisation; take its answer."""
    owner, own = _owner(request)
    found = exposed.exposed(request.viewer, owner.pk, name, page=_page(request))
    may_answer = own and may_act(request.viewer)
    form = forms.filled(AnswerForm, request, spots=found.spots) if may_answer else None
    if request.method == "POST":
        if not own:
            raise NotFound(kind=_("vulnerability"), name=name)
        if form is None:
            raise Refused(detail=_("your role does not answer for your organisation"))
        answered = _answer(request, form, found)
        if answered is not None:
            return answered
    context = {
        "owner": owner,
        "own": own,
        "found": found,
        "form": form,
        "mentions": mentions.mentions(request.viewer, [found.vulnerability.pk]),
        "today": timezone.localdate(),
    }
    return show(request, "exposure/one.html", context, 422 if form and form.errors else 200)


def _owner(request: Visit) -> tuple[Organisation, bool]:
    """Return whose exposure is asked for, and whether it is the reader's own."""
    slug = request.GET.get("organisation", "")
    if not slug or slug == request.person.organisation.slug:
        return request.person.organisation, True
    return queries.owner(request.viewer, slug), False


def _page(request: Visit) -> int:
    text = request.GET.get("page", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
    return min(max(number, 1), MOST_PAGES)


def _acknowledge(request: Visit, *, own: bool) -> HttpResponse:
    name = request.POST.get("acknowledge", "")
    if not own:
        raise NotFound(kind=_("vulnerability"), name=name)
    viewer, here = request.viewer, request.get_full_path()
    if len(here) > LONGEST_PLACE:
        here = request.path
    numbers = exposed.asked_about(viewer, viewer.organisation, name)
    if not numbers:
        messages.info(request, _("%(name)s: no answer is waited for any more.") % {"name": name})
        return redirect(here)
    said = Said(AnswerState.ACKNOWLEDGED)
    actor = request.person.email
    rows = answering.answer_all(viewer, numbers, said, now=timezone.now(), actor=actor)
    place = f"{here}#v{rows[0].vulnerability_id}"
    return done(request, _("%(name)s is acknowledged.") % {"name": name}, place)


def _answer(request: Visit, form: AnswerForm, found: Exposed) -> HttpResponse | None:
    """Carry out an answer and go on; return nothing where the form has to be shown again."""
    if not form.is_valid():
        return None
    viewer, name = request.viewer, found.vulnerability.preferred_id
    try:
        rows = answering.answer_all(
            viewer, form.numbers, form.said, now=timezone.now(), actor=request.person.email
        )
    except Refused as error:
        forms.refuse(form, error)
        return None
    text = ngettext(
        "%(name)s: answered for %(number)d system.",
        "%(name)s: answered for %(number)d systems.",
        len(rows),
    )
    text %= {"name": name, "number": len(rows)}
    if exposed.asked_about(viewer, viewer.organisation, name):
        return done(request, text, "finding", name=name)
    return done(request, text, "exposure")
