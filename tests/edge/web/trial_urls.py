"""The addresses of the site, and a few pages on which the door of every page can be tried."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from noroshi.core.errors import NotFound, Refused
from noroshi.core.sector import Role
from noroshi.edge.web import forms
from noroshi.edge.web.pages import EVERY_ROLE, Visit, done, page
from noroshi.hub.audit import actions as audit
from noroshi.run.urls import handler400, handler403, handler404, handler500
from noroshi.run.urls import urlpatterns as real

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FORM = """{% extends "noroshi/base.html" %}{% block content %}<h1>Trial</h1>
<form id="trial" method="post" enctype="multipart/form-data">{% form_marks %}
{% include "noroshi/form.html" %}<button>Send</button></form>{% endblock %}"""


class Trial(forms.Form):
    name = forms.Line(required=False)
    text = forms.Text(required=False)


def write(request: Visit) -> None:
    """Leave a trace of what was carried out."""
    name = request.POST.get("name", "")
    audit.record("trial.done", f"trial:{name}", actor=request.person.email, at=timezone.now())


@page(EVERY_ROLE, methods=("GET", "POST"))
def trial(request: Visit) -> HttpResponse:
    form = forms.filled(Trial, request)
    if request.method == "POST" and form.is_valid():
        write(request)
        match request.POST["name"]:
            case "refused":
                raise Refused(detail="a rule of the hub")
            case "hidden":
                raise NotFound(kind="lantern", name="x")
            case "wrong":
                form.add_error("name", "Not this one.")
            case "preview":
                return HttpResponse("a preview")
            case _:
                return done(request, "Done.", "trial")
    body = engines["django"].from_string(FORM).render({"form": form}, request)
    return HttpResponse(body, status=422 if form.errors else 200)


@page(EVERY_ROLE, methods=("POST",))
def sent(request: Visit) -> HttpResponse:
    write(request)
    return done(request, "Done.", "trial")


@page(EVERY_ROLE)
def thing(request: Visit, name: str) -> HttpResponse:
    if name == "hidden":
        raise NotFound(kind="lantern", name=name)
    raise Http404


@page(frozenset({Role.BUREAU_OFFICER}), methods=("GET", "POST"))
def officers(request: Visit) -> HttpResponse:
    return HttpResponse("for officers")


@page(frozenset())
def closed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("for nobody")


def fail(request: HttpRequest) -> HttpResponse:
    message = "the reason is nobody's business"
    raise RuntimeError(message)


urlpatterns = [
    path("trial", trial, name="trial"),
    path("trial/sent", sent, name="trial-sent"),
    path("trial/things/<str:name>", thing, name="trial-thing"),
    path("trial/officers", officers, name="trial-officers"),
    path("closed", closed),
    path("failing", fail),
    *real,
]
