"""Feeds: how each is doing, what could not be read, and the bytes as they came."""

from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.edge.sentences import quarantined
from noroshi.edge.web.downloads import attachment
from noroshi.edge.web.hub.overview import source_names
from noroshi.edge.web.pages import HUB, Visit, page, show
from noroshi.edge.web.paging import leaf
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.models import Document, Quarantine
from noroshi.hub.knowledge.preparing import unpack_text


@page(HUB)
def sources(request: Visit) -> HttpResponse:
    """Show every source, and what is in quarantine, the newest first."""
    names = source_names()
    wanted = request.GET.get("source", "")
    rows = Quarantine.objects.select_related("source").order_by("-at", "file", "pk")
    if wanted in names:
        rows = rows.filter(source__name=wanted)
    page_of_rows = leaf(request, rows)
    context = {
        "sources": overview.sources(names),
        "names": names,
        "wanted": wanted,
        "leaf": page_of_rows,
        "rows": [(row, quarantined(row)) for row in page_of_rows],
    }
    return show(request, "hub/sources.html", context)


@page(HUB)
def document(request: Visit, number: int) -> StreamingHttpResponse:  # noqa: ARG001 - the door's
    """Give the bytes of a document as they came."""
    found = Document.objects.select_related("source").filter(pk=number).first()
    if found is None:
        raise NotFound(kind=_("document"), name=str(number))
    body = unpack_text(bytes(found.body))
    name = f"{found.source.name}-{found.pk}.txt"
    return attachment(name, "application/octet-stream", [body], size=len(body))
