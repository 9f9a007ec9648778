"""What happens at the sign-in, in the event record.

The record names people by their number and never holds what was typed. For an unknown address the
same event is written as for a known one, without a name: that takes the same time.
"""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from noroshi.edge.web import late
from noroshi.edge.web.signin import lifetime
from noroshi.hub.audit import actions as audit
from noroshi.hub.members.models import Person

NOBODY = "person:unknown"
LOCK_SECONDS = 300
"""For how long a lock is one lock, as in the rate limit of failed sign-ins."""


def connect() -> None:
    """Listen to what allauth says."""
    account.user_logged_in.connect(signed_in)
    user_logged_out.connect(signed_out)
    account.password_changed.connect(_told("person.password_changed"), weak=False)
    account.password_reset.connect(password_reset)
    mfa.authenticator_added.connect(_told("person.factor_added"), weak=False)
    mfa.authenticator_removed.connect(_told("person.factor_removed"), weak=False)
    mfa.authenticator_reset.connect(_told("person.recovery_codes_renewed"), weak=False)
    mfa.authentication_failed.connect(code_refused)


def signed_in(request: HttpRequest, user: Person, **_rest: object) -> None:
    """Begin a session: its end is set, it is recorded, and what waited for somebody else goes."""
    lifetime.begin(request)
    late.forget_others(request, user.pk)
    steps = get_authentication_records(request, user)
    shown = [step.get("type", step["method"]) for step in steps if "reauthenticated" not in step]
    _record("person.signed_in", user, **{"with": shown, "from": _address(request)})


def signed_out(user: Person | None, **_rest: object) -> None:
    """Record that somebody left."""
    if user is not None:
        _record("person.signed_out", user)


def password_reset(request: HttpRequest, user: Person, **_rest: object) -> None:
    """Record a new password set by link; whoever reads the person's mail ends a lock with it.

    allauth ends it for the addresses in a table of its own, which stays empty here.
    """
    _record("person.password_reset", user)
    get_adapter()._delete_login_attempts_cached_email(request, email=user.email)  # noqa: SLF001 - the one way there is


def failed(request: HttpRequest, email: str) -> None:
    """Record a sign-in that failed: whose, if the address is known."""
    _attempt("person.sign_in_failed", request, Person.objects.filter(email=email).first())


def locked(request: HttpRequest, email: str) -> None:
    """Record that an address takes no more attempts for now; once for each lock."""
    digest = hashlib.sha256(email.encode()).hexdigest()
    if cache.add(f"noroshi:locked:{digest}", "yes", LOCK_SECONDS):
        _attempt("person.locked", request, Person.objects.filter(email=email).first())


def code_refused(
    request: HttpRequest, user: Person, authenticator: Authenticator, **_rest: object
) -> None:
    """Record a code that was wrong."""
    _attempt("person.sign_in_failed", request, user, at=authenticator.type)


def _attempt(verb: str, request: HttpRequest, person: Person | None, **detail: object) -> None:
    item = f"person:{person.pk}" if person is not None else NOBODY
    found = {"from": _address(request), **detail}
    audit.record(verb, item, actor="system", at=timezone.now(), detail=found)


def _told(verb: str) -> Any:
    def receive(user: Person, authenticator: Authenticator | None = None, **_rest: object) -> None:
        detail = {"kind": authenticator.type} if authenticator is not None else {}
        _record(verb, user, **detail)

    return receive


def _record(verb: str, person: Person, **detail: object) -> None:
    item = f"person:{person.pk}"
    audit.record(verb, item, actor=person.email, at=timezone.now(), detail=detail)


def _address(request: HttpRequest) -> str:
    address: str = get_adapter().get_client_ip(request)
    return address
