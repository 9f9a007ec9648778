"""What every request of a session passes, before any page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from noroshi.edge.web.signin import factors

WITHOUT_FACTOR = frozenset({
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "preferences",
})  # fmt: skip
"""Pages that open to somebody who still has to set up a second factor: those for setting it up."""


class GuardMiddleware:
    """Ends the session of who has left, and lets nobody pass who still needs a second factor.

    What comes without a session (programs with their keys) passes untouched.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; what there is to do is done once the address is known."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],  # noqa: ARG002 - Django's signature
        args: Any,  # noqa: ARG002 - Django's signature
        parts: Any,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse | None:
        """Send whoever lacks a second factor to where it is set up."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not request.user.is_authenticated:
            if SESSION_KEY in request.session:
                request.session.flush()
            return None
        person = request.user
        if not factors.needed(person) or getattr(person, "has_second_factor", False):
            return None
        match = request.resolver_match
        if match is not None and match.url_name in WITHOUT_FACTOR:
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("mfa_index")})
        return redirect("mfa_index")
