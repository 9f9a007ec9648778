"""The list of vulnerabilities, and the page of one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language

from noroshi.core.assess.phrases import Lang
from noroshi.core.errors import NotFound
from noroshi.core.search import typing
from noroshi.edge.web.pages import CONTENTS, Visit, page, show
from noroshi.edge.web.vulnerabilities import portrait
from noroshi.edge.web.vulnerabilities.asking import Asking
from noroshi.edge.web.vulnerabilities.narrowing import narrowing
from noroshi.hub.knowledge import catalogue, overview
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching import concerning

PAGE = 50
"""Vulnerabilities on a page of the list."""


@page(CONTENTS)
def vulnerabilities(request: Visit) -> HttpResponse:
    """List what is asked for; the whole name of one leads straight to it."""
    form = Asking(request.GET)
    if not form.is_valid():
        return show(request, "vulnerabilities/list.html", {"form": form}, status=422)
    after = request.GET.get("after") or None
    typed = request.GET.get("q", "").strip()
    if typed and not (form.narrows or after):
        try:
            return redirect(_address(overview.vulnerability_named(typed)))
        except NotFound:
            pass
    mine = concerning.own_vulnerabilities(request.viewer) if form.cleaned_data["mine"] else None
    what = form.asked()
    found = catalogue.search(what, after, PAGE, order=form.order_, among=mine)
    listed = found.page
    concerned = concerning.own_systems(request.viewer, [line.number for line in listed.items])
    return show(
        request,
        "vulnerabilities/list.html",
        {
            "form": form,
            "lines": [(line, concerned.get(line.number, 0)) for line in listed.items],
            "after": listed.after,
            "further": after is not None,
            "filled": len(listed.items) == PAGE,
            "counts": found.counts,
            "kinds": narrowing(found.counts, what, request.GET),
            "whole": typing.write(what),
        },
    )


@page(CONTENTS)
def vulnerability(request: Visit, name: str) -> HttpResponse:
    """Show what is known of one; under any other name than the one it is called by: go there."""
    found = overview.vulnerability_named(name)
    if found.preferred_id != name:
        return redirect(_address(found))
    everything = request.GET.get("show") == "all"
    shown = portrait.portrait(request.viewer, found, _lang(), everything=everything)
    return show(request, "vulnerabilities/one.html", {"it": shown})


@page(CONTENTS)
def affected(request: Visit, name: str) -> HttpResponse:
    """List all affected versions of one vulnerability, page by page."""
    found = overview.vulnerability_named(name)
    if found.preferred_id != name:
        return redirect("vulnerability-affected", found.preferred_id)
    number = request.GET.get("page", "1")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
    return show(
        request,
        "vulnerabilities/affected.html",
        {"it": portrait.versions(found, _lang(), max(place, 1))},
    )


def _address(found: Vulnerability) -> str:
    return reverse("vulnerability", args=[found.preferred_id])


def _lang() -> Lang:
    return "ja" if get_language() == "ja" else "en"
