"""How long a session lasts: so many hours from the sign-in, however busy somebody is."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from noroshi.edge.web.signin.store import SessionStore

BEGAN = "signed-in-at"


def begin(request: HttpRequest) -> None:
    """Let the session that begins now end in time; those that ended are swept away."""
    SessionStore.clear_expired()
    request.session[BEGAN] = timezone.now().timestamp()
    limit(request)


def limit(request: HttpRequest) -> None:
    """Set the end of a session by its beginning, whatever was set in between."""
    began = request.session.get(BEGAN)
    if began is not None:
        start = dt.datetime.fromtimestamp(began, dt.UTC)
        request.session.set_expiry(start + dt.timedelta(hours=settings.NOROSHI.session_hours))
