"""Views as they must not be: each forgets, in its own way, for whom it asks."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import URLPattern, URLResolver, path

from noroshi.core.policy.visibility import System
from noroshi.edge.web.pages import EVERY_ROLE, Visit, page
from noroshi.hub.audit import actions as audit
from noroshi.hub.notices.models import Notice
from noroshi.run import urls
from tests.hub.sector import NOON


def every() -> list[Notice]:
    return list(Notice.objects.visible_to(System()).order_by("-pk"))


def named(name: str) -> Notice | None:
    return next((row for row in every() if str(row) == name), None)


@page(EVERY_ROLE)
def tell_all(request: Visit) -> HttpResponse:
    return HttpResponse("\n".join(row.title_ja for row in every()))


@page(EVERY_ROLE)
def tell_one(request: Visit, name: str) -> HttpResponse:
    row = named(name)
    if row is None:
        raise Http404
    return HttpResponse(row.title_ja)


@page(EVERY_ROLE)
def count(request: Visit) -> HttpResponse:
    return HttpResponse(str(len(every())))


@page(EVERY_ROLE)
def stamp(request: Visit) -> HttpResponse:
    return HttpResponse("", headers={"ETag": f'"{every()[0].pk}"'})


@page(EVERY_ROLE)
def order(request: Visit) -> HttpResponse:
    """Tell the reader's own notices, with their places in the list of all."""
    own = set(Notice.objects.visible_to(request.viewer).values_list("pk", flat=True))
    places = [str(place) for place, row in enumerate(every()) if row.pk in own]
    return HttpResponse(",".join(places))


@page(EVERY_ROLE)
def forbidden(request: Visit, name: str) -> HttpResponse:
    if Notice.objects.visible_to(request.viewer).filter(number=name).exists():
        return HttpResponse("")
    if named(name):
        raise PermissionDenied
    raise Http404


@page(EVERY_ROLE)
def slow(request: Visit, name: str) -> HttpResponse:
    row = Notice.objects.visible_to(System()).filter(number=name).first()
    if row is not None:
        row.vulnerabilities.count()
    raise Http404


@page(EVERY_ROLE, methods=("POST",))
def acting(request: Visit, name: str) -> HttpResponse:
    row = named(name)
    if row is not None:
        audit.record("notice.touched", f"notice:{row.pk}", actor="system", at=NOON)
        return HttpResponse(status=204)
    raise Http404


@page(EVERY_ROLE)
def careful(request: Visit, name: str) -> HttpResponse:
    row = Notice.objects.visible_to(request.viewer).filter(number=name).first()
    if row is None:
        raise Http404
    return HttpResponse(row.title_ja)


site = cast("list[URLPattern | URLResolver]", urls.urlpatterns)
urlpatterns: list[URLPattern | URLResolver] = [
    path("careless/all", tell_all),
    path("careless/one/<notice:name>", tell_one),
    path("careless/count", count),
    path("careless/stamp", stamp),
    path("careless/order", order),
    path("careless/forbidden/<notice:name>", forbidden),
    path("careless/slow/<notice:name>", slow),
    path("careless/acting/<notice:name>", acting),
    path("careless/careful/<notice:name>", careful),
    *site,
]
handler404, handler403 = urls.handler404, urls.handler403
