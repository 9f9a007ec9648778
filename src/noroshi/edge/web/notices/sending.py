"""Who will receive what; publishing, revising and taking back."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.core.errors import PolicyError, Refused, Stale
from noroshi.edge.web import forms
from noroshi.edge.web.notices.forms import (
    PublicationForm,
    RevisionForm,
    WithdrawalForm,
    copied,
    said,
)
from noroshi.edge.web.notices.refusals import beside
from noroshi.edge.web.notices.writing import ACTING, unsendable
from noroshi.edge.web.pages import Visit, done, page, show
from noroshi.hub.notices import actions, queries
from noroshi.hub.notices.actions import Preview
from noroshi.hub.notices.letters import LANGUAGES, letter, personal_part
from noroshi.hub.notices.preview import Recipient

# --- before it is sent ---


class Text(msgspec.Struct, frozen=True):
    """A text in one language."""

    language: str
    text: str


class Group(msgspec.Struct, frozen=True):
    """Those who read the same; ``texts``: what is added for them to what everybody reads."""

    recipients: tuple[Recipient, ...]
    texts: tuple[Text, ...]


@page(ACTING, methods=("GET", "POST"))
def preview(request: Visit, name: str) -> HttpResponse:
    """Show exactly who will receive what; publish it if that is still so."""
    form = forms.filled(PublicationForm, request)
    changed = False
    if request.method == "POST" and form.is_valid():
        seen, now, actor = form.cleaned_data["seen"], timezone.now(), request.person.email
        try:
            sent = actions.publish_as_seen(request.viewer, name, seen, now=now, actor=actor)
        except Stale:
            changed = True
        except (PolicyError, Refused) as error:
            return unsendable(request, name, error)
        else:
            text = _("%(number)s is published.") % {"number": sent.number}
            return done(request, text, "notice", sent.number)
    try:
        seen_now = actions.previewed(request.viewer, name)
    except (PolicyError, Refused) as error:
        return unsendable(request, name, error)
    facts = {
        "name": name,
        "seen": seen_now,
        "common": _common(seen_now),
        "groups": grouped(seen_now),
        "attached": actions.draft_for(request.viewer, name).intel,
        "changed": changed,
    }
    return show(request, "notices/preview.html", facts, status=409 if changed else 200)


def grouped(seen: Preview) -> list[Group]:
    """Return the recipients by what is added for them, in the order in which they are listed."""
    found: dict[tuple[Text, ...], list[Recipient]] = {}
    for one in seen.recipients:
        texts = tuple(Text(lang, personal_part(one.personal, lang)) for lang in _languages(seen))
        found.setdefault(texts, []).append(one)
    return [Group(tuple(members), texts) for texts, members in found.items()]


def _common(seen: Preview) -> list[Text]:
    """Return what everybody reads, in each language it is written in, the reader's own first."""
    return [Text(lang, letter(seen.content, None, lang)) for lang in _languages(seen)]


def _languages(seen: Preview) -> list[str]:
    written = [lang for lang in LANGUAGES if lang == "ja" or seen.content.title_en]
    return sorted(written, key=lambda lang: lang != get_language())


# --- after it was sent ---


@page(ACTING, methods=("GET", "POST"))
def revise(request: Visit, name: str) -> HttpResponse:
    """Say something else in a notice that was sent."""
    sent = actions.sent_for(request.viewer, name)
    initial = {**said(sent.content), "seen": sent.mark}
    form = forms.filled(RevisionForm, request, sent=sent.content, initial=initial)
    if request.method == "POST" and form.is_valid():
        change, now, actor = form.change(), timezone.now(), request.person.email
        try:
            actions.revise(request.viewer, name, change, now=now, actor=actor)
        except Stale:
            again = RevisionForm(copied(form, sent.mark), sent=sent.content)
            facts = {"form": again, "name": name, "theirs": sent.content}
            return show(request, "notices/revise.html", facts, status=409)
        except (PolicyError, Refused) as error:
            beside(form, error, actions.Written(change.content))
        else:
            text = _("%(number)s is revised.") % {"number": name}
            return done(request, text, "notice", name)
    facts = {"form": form, "name": name}
    return show(request, "notices/revise.html", facts, status=422 if form.errors else 200)


@page(ACTING, methods=("GET", "POST"))
def withdraw(request: Visit, name: str) -> HttpResponse:
    """Take a notice back, with a reason."""
    head = queries.notice_for(request.viewer, name).head
    actions.sent_for(request.viewer, name)
    form = forms.filled(WithdrawalForm, request)
    if request.method == "POST" and form.is_valid():
        reason, now, actor = form.cleaned_data["reason"], timezone.now(), request.person.email
        actions.withdraw(request.viewer, name, reason=reason, now=now, actor=actor)
        text = _("%(number)s is withdrawn; nobody needs to answer it any more.")
        return done(request, text % {"number": name}, "notice", name)
    status = 422 if form.errors else 200
    return show(request, "notices/withdraw.html", {"form": form, "head": head}, status=status)
