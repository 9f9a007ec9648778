"""Where a request came from, when reverse proxies stand in front of the server."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ProxyMiddleware:
    """Puts the address that the outermost trusted proxy saw into ``REMOTE_ADDR``.

    Each proxy appends the address it was asked from to ``X-Forwarded-For``; what stands further
    left was written by whoever asked, and is not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request that says where it came from."""
        trusted = settings.NOROSHI.proxies
        seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if trusted and len(seen) >= trusted and seen[-trusted]:
            request.META["REMOTE_ADDR"] = seen[-trusted]
        return self.get_response(request)
