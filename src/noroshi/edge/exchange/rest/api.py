"""REST v1, put together: the operations, and what becomes of errors."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from noroshi.core.errors import NoroshiError
from noroshi.edge.exchange.rest import (
    bodies,
    description,
    feed,
    figures,
    findings,
    history,
    incidents,
    inventories,
    key,
    merged_views,
    notices,
    problems,
    statements,
    stix,
    vulnerabilities,
)
from noroshi.edge.exchange.rest.door import door, unknown
from noroshi.edge.exchange.rest.operations import PLACE, carried_out
from noroshi.edge.exchange.rest.problems import Declined

ABOUT = """\
What the pages of Noroshi show people, for programs: vulnerabilities, what a member runs and what
concerns it, notices and answers, attacks, yardsticks.

A program sees what its key may see; what is hidden and what is not there get the same answer.
Lists are paged: pass `after` of a page to get the next one. Errors are problem details (RFC 9457)
with a stable `code`. A write that names its attempt in `Idempotency-Key` is carried out once.
Texts are data, never markup: whoever shows them escapes them.
"""


def _too_big(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problems.of_error(request, bodies.too_much())


def _not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problems.nothing_here(request)


HANDLERS: tuple[tuple[type[Exception], Any], ...] = (
    (Declined, problems.of_declined),
    (NoroshiError, problems.of_error),
    (AuthenticationError, problems.of_authentication),
    (ValidationError, problems.of_validation),
    (HttpError, problems.of_http_error),
    (RequestDataTooBig, _too_big),
    (Http404, _not_found),
    (Exception, problems.of_failure),
)


ROOMS = (
    key,
    vulnerabilities,
    feed,
    history,
    statements,
    merged_views,
    inventories,
    findings,
    notices,
    incidents,
    stix,
    figures,
)
"""The modules with operations, in the order of the document."""


def build() -> NinjaAPI:
    """Return the API with all its operations."""
    api = NinjaAPI(
        title="Noroshi",
        version="1.0",
        description=ABOUT,
        urls_namespace="rest",
        docs_url=None,
        openapi_url=None,
        parser=bodies.StrictParser(),
    )
    for room in ROOMS:
        api.add_router("", room.router)
    api.add_decorator(carried_out, mode="operation")
    for kind, handler in HANDLERS:
        api.add_exception_handler(kind, handler)
    return api


def _document(_request: HttpRequest) -> HttpResponse:
    body = description.document(API, PLACE)
    response = HttpResponse(body, content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


API = build()

_patterns, _app, _namespace = API.urls

urlpatterns: list[URLPattern] = [
    path("openapi.json", door(_document), name="openapi"),
    *(
        path(str(one.pattern), door(one.callback), name=one.name)
        for one in _patterns
        if isinstance(one, URLPattern) and one.name != "api-root"
    ),
    re_path(r"^", door(unknown), name="unknown"),
]
