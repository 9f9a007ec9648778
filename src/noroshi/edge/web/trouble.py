"""The pages for what went wrong. They say what to do, and nothing about what is there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from noroshi.edge.web import late


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the signature is Django's
    """Say that the browser sent something that cannot be read.

    What failed may be anything up to the name of the host: the page needs no request.
    """
    return HttpResponse(render_to_string("noroshi/trouble/bad_request.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the signature is Django's
    """Say that this page is for other roles."""
    return render(request, "noroshi/trouble/forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the signature is Django's
    """Say that there is nothing here: the same whether it is hidden or was never there."""
    return render(request, "noroshi/trouble/not_found.html", status=404)


def forgery(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the signature is Django's
    """Say that a form did not come from this site, or its cookie is gone.

    What was typed into a form of ours (its reader signed in anew meanwhile) is there again.
    """
    view = request.resolver_match.func if request.resolver_match else None
    page = late.page_of(request, shows="GET" in getattr(view, "methods", ()))
    kept = getattr(view, "keep", False) and late.keep_form(request, page)
    return render(request, "noroshi/trouble/forgery.html", {"page": page, "kept": kept}, status=403)


def failed(_request: HttpRequest) -> HttpResponse:
    """Say that the server failed; it needs nothing that may have failed."""
    return HttpResponse(render_to_string("noroshi/trouble/failed.html"), status=500)
