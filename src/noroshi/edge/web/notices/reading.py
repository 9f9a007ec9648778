"""Notices as their readers see them: the list, one of them with one's answers, who has answered."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.core.delivery import ANSWERS, DeliveryState
from noroshi.core.errors import Refused
from noroshi.core.policy.duties import may_act
from noroshi.core.sector import OrganisationKind
from noroshi.edge import words
from noroshi.edge.web import forms
from noroshi.edge.web.notices.forms import AnswerForm
from noroshi.edge.web.pages import HUB, Visit, done, page, show
from noroshi.hub.notices import actions, following, listing, queries
from noroshi.hub.notices.views import Head, OwnDelivery, Progress, Show, Whole

LONGEST_SEARCH = 200
E = TypeVar("E", bound=StrEnum)


# --- the list ---


class Tab(msgspec.Struct, frozen=True):
    """One choice of what a list shows; ``count`` is ``None`` where nothing is counted."""

    value: str
    title: str
    count: int | None = None


@page()
def notices(request: Visit) -> HttpResponse:
    """List the notices the reader may read, the newest first."""
    chosen = asked(request, Show, Show.PUBLISHED)
    text = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
    after = request.GET.get("after") or None
    found = listing.notices(request.viewer, show=chosen, text=text, after=after)
    facts = {
        "rows": found.items,
        "after": found.after,
        "begun": after is not None,
        "tabs": _tabs(request),
        "chosen": chosen.value,
        "text": text,
        "queue": request.viewer.role in HUB,
    }
    return show(request, "notices/list.html", facts)


def _tabs(request: Visit) -> list[Tab]:
    waiting = listing.waiting(request.viewer)
    tabs = [
        Tab(Show.PUBLISHED, _("All")),
        Tab(Show.UNREAD, _("Unread"), waiting.unread),
        Tab(Show.TO_ANSWER, _("To answer"), waiting.to_answer),
        Tab(Show.ANSWERED, _("Answered")),
        Tab(Show.EXERCISE, _("Exercises")),
        Tab(Show.WITHDRAWN, _("Withdrawn")),
    ]
    if may_act(request.viewer):
        tabs += [Tab(Show.SENT, _("Sent by us")), Tab(Show.DRAFTS, _("Drafts"), waiting.drafts)]
    return tabs


def asked(request: HttpRequest, kind: type[E], otherwise: E) -> E:
    """Return which part of a list is asked for; what is no part of it is not asked for."""
    value = request.GET.get("show", "")
    return next((each for each in kind if each.value == value and value), otherwise)


# --- one notice ---


class Text(msgspec.Struct, frozen=True):
    """A notice in one language."""

    language: str
    title: str
    text: str


@page(methods=("GET", "POST"))
def notice(request: Visit, name: str) -> HttpResponse:
    """Show a notice, note that it was read, and take answers to it."""
    whole = _read(request, name)
    head, own = whole.head, whole.delivery
    sender = head.sender.slug == request.person.organisation.slug
    acts = may_act(request.viewer)
    if head.published_at is None and sender and acts:
        return redirect("draft", name)
    form = forms.filled(AnswerForm, request)
    if request.method == "POST":
        answer = _answered(request, name, form)
        if answer is not None:
            return answer
    facts = {
        "whole": whole,
        "head": head,
        "own": own,
        "texts": texts(whole),
        "reports": [one for one in whole.intel if one.startswith("report--")],
        "other_intel": [one for one in whole.intel if not one.startswith("report--")],
        "form": form,
        "answers": own is not None and acts and head.withdrawn_at is None,
        "acknowledges": own is not None and own.state not in ANSWERS,
        "sends": sender and acts and head.withdrawn_at is None and head.published_at is not None,
        "follows": head.published_at is not None and (sender or _is_bureau(request)),
    }
    return show(request, "notices/one.html", facts, status=422 if form.errors else 200)


def _read(request: Visit, name: str) -> Whole:
    """Return the notice; note that it has been read by somebody who acts for the organisation."""
    whole = queries.notice_for(request.viewer, name)
    if request.method == "GET" and not _fetched_ahead(request) and _is_news(request, whole):
        now, actor = timezone.now(), request.person.email
        actions.mark_read(request.viewer, name, now=now, actor=actor)
        whole = queries.notice_for(request.viewer, name)
    return whole


def _is_news(request: Visit, whole: Whole) -> bool:
    own: OwnDelivery | None = whole.delivery
    return own is not None and own.state is DeliveryState.DELIVERED and may_act(request.viewer)


def _fetched_ahead(request: HttpRequest) -> bool:
    """Say whether the browser asks before anybody has opened the page (Fetch, Sec-Purpose)."""
    return "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))


def _answered(request: Visit, name: str, form: AnswerForm) -> HttpResponse | None:
    """Take what was answered; ``None`` if it has to be looked at again."""
    now, actor = timezone.now(), request.person.email
    if "acknowledge" in request.POST:
        actions.acknowledge(request.viewer, name, now=now, actor=actor)
        return done(request, _("%(number)s is acknowledged.") % {"number": name}, "notice", name)
    if not form.is_valid():
        return None
    state, text = DeliveryState(form.cleaned_data["state"]), form.cleaned_data["text"]
    try:
        actions.respond(request.viewer, name, state, text=text, now=now, actor=actor)
    except Refused as error:
        forms.refuse(form, error)
        return None
    said = _("Your answer to %(number)s: %(state)s")
    facts = {"number": name, "state": words.delivery(state)}
    return done(request, said % facts, "notice", name)


def texts(whole: Whole) -> list[Text]:
    """Return what a notice says in each language it is written in, the reader's own first."""
    head: Head = whole.head
    found = [Text("ja", head.title_ja, whole.text_ja)]
    if head.title_en:
        found.append(Text("en", head.title_en, whole.text_en))
    return sorted(found, key=lambda one: one.language != get_language())


def _is_bureau(request: Visit) -> bool:
    return request.person.organisation.kind == OrganisationKind.BUREAU


# --- who has answered ---


@page()
def progress(request: Visit, name: str) -> HttpResponse:
    """Show where those stand who got a notice, to those who follow them up."""
    now = timezone.now()
    chosen = asked(request, Progress, Progress.ALL)
    after = request.GET.get("after") or None
    found = following.standings(request.viewer, name, now=now, show=chosen, after=after)
    facts = {
        "head": queries.notice_for(request.viewer, name).head,
        "tally": following.tally(request.viewer, name, now=now),
        "rows": [(one, one.standing.is_late(now)) for one in found.items],
        "after": found.after,
        "begun": after is not None,
        "chosen": chosen.value,
    }
    return show(request, "notices/progress.html", facts)
