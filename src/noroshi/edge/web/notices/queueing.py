"""What is new and matters, for the hub's analysts."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.edge.web.notices.reading import Tab
from noroshi.edge.web.pages import HUB, Visit, page, show
from noroshi.hub.notices.queue import queue as what_waits
from noroshi.hub.notices.queued import Kind


@page(HUB)
def queue(request: Visit) -> HttpResponse:
    """Show what waits, the most urgent first, each with why it is there and what to do next."""
    value, after = request.GET.get("show", ""), request.GET.get("after") or None
    only = next((kind for kind in Kind if kind.value == value), None)
    found = what_waits(request.viewer, now=timezone.now(), only=only, after=after)
    facts = {
        "rows": found.items,
        "after": found.after,
        "begun": after is not None,
        "tabs": _tabs(),
        "chosen": only.value if only else "",
    }
    return show(request, "notices/queue.html", facts)


def _tabs() -> list[Tab]:
    return [
        Tab("", _("Everything")),
        Tab(Kind.PROPOSAL, _("Proposed notices")),
        Tab(Kind.EXPOSURE, _("Vulnerabilities")),
        Tab(Kind.REPORT, _("Attack reports")),
        Tab(Kind.UNANSWERED, _("Late answers")),
    ]
