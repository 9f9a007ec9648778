"""What holds for every address below ``/api/v1``, whatever stands behind it.

HEAD is answered like GET. An answer carries the hash of its body as ETag, and who already has it
is told so (304): the hash is made of what this caller may see, and of nothing else. Everything
that goes wrong is a problem document, also what Django or ninja would answer in their own way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from noroshi.edge.exchange.rest import problems

View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """Stand before a view; see above."""

    @csrf_exempt  # no cookie opens anything here
    @wraps(view)
    def answered(request: HttpRequest, **parts: object) -> HttpResponse:
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        response = view(request, **parts)
        if isinstance(response, HttpResponseNotAllowed):
            response = _not_allowed(request, response)
        if request.method == "GET" and response.status_code == HTTPStatus.OK:
            response = _conditional(request, response)
        if head:
            request.method = "HEAD"
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        patch_vary_headers(response, ["Authorization"])
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return answered


def unknown(request: HttpRequest, **_parts: object) -> HttpResponse:
    """Answer for addresses where nothing is."""
    return problems.nothing_here(request)


def _not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    allowed = {word.strip() for word in refused.headers["Allow"].split(",")}
    if "GET" in allowed:
        allowed.add("HEAD")
    listed = ", ".join(sorted(allowed))
    detail = _("Here is taken: %(methods)s") % {"methods": listed}
    response = problems.answer(request, 405, "method-not-allowed", detail)
    response.headers["Allow"] = listed
    return response


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or any(one.removeprefix("W/") == etag for one in known):
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        del response.headers["Content-Type"]
    response.headers["ETag"] = etag
    return response
