"""The event record: who did what, and whether the record itself is whole."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.sector import Role
from noroshi.edge.web.downloads import csv_attachment
from noroshi.edge.web.hub.forms import RecordForm
from noroshi.edge.web.pages import Visit, page, show
from noroshi.hub.audit import queries
from noroshi.hub.audit.queries import Asked
from noroshi.hub.audit.verification import Broken, Intact, verify

WATCHING = frozenset({Role.AUDITOR, Role.HUB_ADMIN})


@page(WATCHING)
def audit(request: Visit) -> HttpResponse:
    """Show events, the newest first."""
    form, asked = _asked(request)
    found = queries.events(asked, request.GET.get("after", ""))
    context = {"form": form, "events": found.items, "after": found.after}
    return show(request, "hub/audit.html", context, 422 if form.errors else 200)


@page(WATCHING)
def audit_csv(request: Visit) -> StreamingHttpResponse:
    """Give the events that were asked for as a table."""
    _form, asked = _asked(request)
    columns = ("seq", "at", "actor", "verb", "object", "detail")
    return csv_attachment("events", columns, _rows(asked))


@page(WATCHING, methods=("POST",))
def verification(request: Visit) -> HttpResponse:
    """Walk the whole chain, and say whether it holds."""
    found = verify()
    context = {"whole": isinstance(found, Intact), "text": _in_words(found)}
    return show(request, "hub/verification.html", context)


def _in_words(found: Intact | Broken) -> str:
    match found:
        case Intact(events=events, head=head):
            sentence = _("The record is whole: %(events)d events, the last one %(head)s.")
            return sentence % {"events": events, "head": head}
        case Broken(seq=seq):
            sentence = _("The record is broken at event %(seq)d: it was changed, or one before it.")
            return sentence % {"seq": seq}


def _asked(request: Visit) -> tuple[RecordForm, Asked]:
    """Return what was asked for; everything, where that cannot be read."""
    form = RecordForm(request.GET)
    if not form.is_valid():
        return form, Asked()
    since, until = form.moments()
    asked = Asked(
        verb=form.cleaned_data["verb"], actor=form.cleaned_data["actor"], since=since, until=until
    )
    return form, asked


def _rows(asked: Asked) -> Iterator[tuple[str, ...]]:
    for event in queries.matching(asked).iterator(chunk_size=2000):
        at = timezone.localtime(event.at).isoformat(timespec="seconds")
        yield (str(event.seq), at, event.actor, event.verb, event.object, event.detail)
