"""Drafts: written, changed, given up."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import PolicyError, Refused, Stale
from noroshi.core.sector import Role
from noroshi.edge.web import forms
from noroshi.edge.web.notices.forms import DiscardForm, DraftForm, beginning, copied
from noroshi.edge.web.notices.refusals import beside
from noroshi.edge.web.pages import CONTENTS, Visit, done, page, show
from noroshi.hub.notices import actions, queries, suggesting
from noroshi.hub.notices.actions import Written

ACTING = CONTENTS - {Role.VIEWER}
"""Roles that speak for their organisation."""


@page(ACTING, methods=("GET", "POST"))
def compose(request: Visit) -> HttpResponse:
    """Write a new notice, from nothing, about a vulnerability, or passing on a report."""
    begun = _begun(request)
    form = forms.filled(
        DraftForm,
        request,
        viewer=request.viewer,
        attached=begun.intel if begun else (),
        initial=beginning(begun),
    )
    if request.method == "POST" and form.is_valid():
        return _stored(request, form, None)
    return _shown(request, form, None)


@page(ACTING, methods=("GET", "POST"))
def draft(request: Visit, name: str) -> HttpResponse:
    """Change a draft."""
    stored = actions.draft_for(request.viewer, name)
    form = forms.filled(
        DraftForm,
        request,
        viewer=request.viewer,
        attached=stored.intel,
        initial={**beginning(stored), "seen": stored.mark},
    )
    if request.method == "POST" and form.is_valid():
        return _stored(request, form, name)
    return _shown(request, form, name)


@page(ACTING, methods=("GET", "POST"))
def discard(request: Visit, name: str) -> HttpResponse:
    """Give up a draft, after asking."""
    stored = actions.draft_for(request.viewer, name)
    form = forms.filled(DiscardForm, request, initial={"seen": stored.mark})
    if request.method == "POST" and form.is_valid():
        seen, now, actor = form.cleaned_data["seen"], timezone.now(), request.person.email
        actions.discard(request.viewer, name, seen=seen, now=now, actor=actor)
        return done(request, _("The draft is discarded."), "notices")
    head = queries.notice_for(request.viewer, name).head
    return show(request, "notices/discard.html", {"form": form, "head": head})


def _begun(request: Visit) -> Written | None:
    """Return what a new notice begins with; raises `NotFound` for what is not there to write of."""
    vulnerability, incident = _asked(request, "vulnerability"), _asked(request, "incident")
    if vulnerability:
        return suggesting.about_vulnerability(vulnerability)
    if incident:
        return suggesting.with_report(request.viewer, incident)
    return None


def _stored(request: Visit, form: DraftForm, name: str | None) -> HttpResponse:
    """Keep the draft; if it is to be looked at, only one that can be sent as it is."""
    written, now, actor = form.written(), timezone.now(), request.person.email
    try:
        if name is None:
            notice = actions.draft(
                request.viewer,
                written.content,
                now=now,
                actor=actor,
                intel=written.intel,
                chosen=written.chosen,
            )
        else:
            seen = form.cleaned_data["seen"]
            notice = actions.edit(request.viewer, name, written, seen=seen, now=now, actor=actor)
        if "preview" in request.POST:
            actions.previewed(request.viewer, str(notice))
            return redirect("preview", str(notice))
    except Stale:
        return _overtaken(request, form, name or "")
    except (PolicyError, Refused) as error:
        beside(form, error, written)
        return _shown(request, form, name)
    return done(request, _("The draft is saved."), "draft", str(notice))


def _overtaken(request: Visit, form: DraftForm, name: str) -> HttpResponse:
    """Show what somebody else made of the draft meanwhile, beside what was to be saved."""
    stored = actions.draft_for(request.viewer, name)
    again = DraftForm(
        copied(form, stored.mark), viewer=request.viewer, attached=form.cleaned_data["intel"]
    )
    facts = {"form": again, "name": name, "theirs": stored.content}
    return show(request, "notices/draft.html", facts, status=409)


def _shown(request: Visit, form: DraftForm, name: str | None) -> HttpResponse:
    facts = {"form": form, "name": name}
    return show(request, "notices/draft.html", facts, status=422 if form.errors else 200)


def unsendable(request: Visit, name: str, error: PolicyError | Refused) -> HttpResponse:
    """Show a draft that cannot be sent as it is, with the reason beside its field."""
    stored = actions.draft_for(request.viewer, name)
    facts = {**beginning(stored), "seen": stored.mark}
    form = DraftForm(facts, viewer=request.viewer, attached=stored.intel)
    form.is_valid()
    beside(form, error, stored)
    return show(request, "notices/draft.html", {"form": form, "name": name}, status=422)


def _asked(request: Visit, name: str) -> str | None:
    """Return what the address asks for; a NUL, which no name has, becomes what no name has."""
    asked = request.GET.get(name)
    return asked.replace("\0", "\ufffd") if asked is not None else None
