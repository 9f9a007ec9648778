"""What the server says of itself to those who watch it: alive, ready, numbers.

None of it tells what is stored: numbers of requests, of what waits, of what failed.
"""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from noroshi.run import health, metrics


@require_safe
@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Say whether the database answers and has the tables of this version."""
    try:
        missing = health.migrations_missing()
    except DatabaseError:
        return JsonResponse({"ready": False, "why": "database"}, status=503)
    if missing:
        return JsonResponse({"ready": False, "why": "migrations"}, status=503)
    return JsonResponse({"ready": True})


@require_safe
@never_cache
def numbers(request: HttpRequest) -> HttpResponse:
    """Return the numbers for Prometheus, to whoever may read them; nothing to anybody else."""
    if not _may_read(request):
        raise Http404
    text, kind = metrics.exposition()
    return HttpResponse(text, content_type=kind)


def _may_read(request: HttpRequest) -> bool:
    wanted: str = settings.NOROSHI.metrics_token
    if wanted:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), wanted.encode())
    if "X-Forwarded-For" in request.headers:  # somebody else asked through a proxy on this machine
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
