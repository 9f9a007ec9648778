"""How the hub is doing: sources, what waits, what came too late."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone

from noroshi.edge import words
from noroshi.edge.web.pages import HUB, Visit, page, show
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.models import Source
from noroshi.hub.members import queries as members
from noroshi.hub.notices import queries as notices
from noroshi.hub.todo.models import Todo


@page(HUB)
def hub(request: Visit) -> HttpResponse:
    """Show the state of the hub on one page."""
    now = timezone.now()
    waiting = Todo.objects.filter(not_before__lte=now).values_list("stage")
    counted = waiting.annotate(number=Count("pk")).order_by("stage")
    context = {
        "sources": overview.sources(source_names()),
        "waiting": [(words.stage(name), number) for name, number in counted],
        "late": len(notices.late(request.viewer, now)),
        "organisations": members.directory().filter(active=True).count(),
    }
    return show(request, "hub/overview.html", context)


def source_names() -> list[str]:
    """Return the sources that anything ever came from."""
    return list(Source.objects.order_by("name").values_list("name", flat=True))
