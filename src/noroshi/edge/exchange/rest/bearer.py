"""Who asks: the key in the header, how often it may ask, and for what."""

from __future__ import annotations

import base64
import binascii
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from noroshi.core.sector import Role
from noroshi.edge.exchange.rest.problems import Declined
from noroshi.hub.members import keys
from noroshi.hub.members.keys import Caller, Scope

WINDOW = 60
"""Seconds in which a key's requests are counted together."""


class Call(HttpRequest):
    """A request that brought a valid key; ``received``: the file that was its body, if it was."""

    auth: Caller
    received: bytes


class Key(HttpBearer):
    """Lets in who brings a valid key with this scope, in one of these roles."""

    openapi_description = "An API key: noroshi_, eight characters, _ and 64 hexadecimal digits."

    def __init__(self, scope: Scope | None, roles: frozenset[Role]) -> None:
        super().__init__()
        self.scope = scope
        self.roles = roles

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return whose key it is, or nothing; raises `Declined` for what it may not do."""
        address = request.META.get("REMOTE_ADDR", "")
        caller = keys.caller_with(token, address, now=timezone.now())
        if caller is None:
            return None
        _count(caller)
        if self.scope is not None and self.scope not in caller.scopes:
            detail = _("This needs a key with the scope %(scope)s.")
            raise Declined("out-of-scope", detail % {"scope": self.scope.value})
        if caller.viewer.role not in self.roles:
            raise Declined("forbidden", _("This is for other roles."))
        return caller


class KeyOrPassword(Key):
    """Takes the key also as the password of HTTP Basic (RFC 7617), whatever the name."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Return whose key it is, or nothing."""
        kind, _space, sent = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return cast("Caller | None", super().__call__(request))
        try:
            name_and_password = base64.b64decode(sent.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        return self.authenticate(request, name_and_password.partition(":")[2])


def _count(caller: Caller) -> None:
    """Count a request; raises `Declined` beyond what a key may ask in a minute."""
    now = int(timezone.now().timestamp())
    name = f"rest-requests-{caller.key}-{now // WINDOW}"
    cache.add(name, 0, timeout=2 * WINDOW)
    try:
        number = cache.incr(name)
    except ValueError:  # dropped by the cache for want of room
        return
    if number > settings.NOROSHI.requests_per_minute:
        wait = WINDOW - now % WINDOW
        detail = _("A key may ask %(most)d times in a minute.")
        raise Declined(
            "too-many-requests",
            detail % {"most": settings.NOROSHI.requests_per_minute},
            headers={"Retry-After": str(wait)},
        )
