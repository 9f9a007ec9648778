"""The start page, which sends everybody to their day's work, and preferences without an account."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from noroshi.core.sector import Role
from noroshi.edge.web import late
from noroshi.edge.web.frame import THEME_COOKIE, THEMES
from noroshi.edge.web.pages import EVERY_ROLE, Visit, page

YEAR = 365 * 86400

STARTS = {
    Role.BUREAU_OFFICER: "bureau",
    Role.HUB_ANALYST: "queue",
    Role.HUB_ADMIN: "hub",
    Role.MINISTRY: "figures",
    Role.AUDITOR: "audit",
}
"""Where a role's day begins; everybody else's with what concerns them."""


@page(EVERY_ROLE)
def home(request: Visit) -> HttpResponse:
    """Send the reader to where the day begins."""
    return redirect(STARTS.get(request.viewer.role, "exposure"))


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the language and the look that the reader chose, in cookies."""
    response = redirect(late.safe_place(request, request.POST.get("next", "/")))
    language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, language)
    if theme in THEMES:
        _keep(response, THEME_COOKIE, theme)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, secure=settings.SECURE, httponly=True, samesite="Lax"
    )
