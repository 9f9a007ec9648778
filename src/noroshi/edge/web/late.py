"""Forms that come too late: after the session ended, or from somebody else's.

What was typed waits in a new session, for the person whom the form was made for and nobody else,
and stands in the form again after the sign-in.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

KEPT = "kept-form"
MOST = 1_000_000
"""Characters of a form that are kept; no form of ours asks for more, apart from files."""
KEPT_SECONDS = 3600
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "attempt", "sender", "password"})
_SALT = "noroshi.sender"


def sender_mark(request: HttpRequest) -> str:
    """Return the signed mark that says for whom a form was made."""
    return signing.dumps(request.user.pk, salt=_SALT)


def _made_for(request: HttpRequest) -> int | None:
    try:
        number: int = signing.loads(request.POST.get("sender", ""), salt=_SALT)
    except signing.BadSignature:
        return None
    return number


def check_sender(request: HttpRequest) -> None:
    """Refuse a form that was made for somebody else who used this browser before."""
    made_for = _made_for(request)
    if made_for is not None and made_for != request.user.pk:
        raise PermissionDenied


def ask_to_sign_in(request: HttpRequest, *, keep: bool, shows: bool) -> HttpResponse:
    """Send to the sign-in, and back afterwards; with what was typed, if it may be kept.

    ``shows``: the address asked for shows a page; if not, back is the page that the form was on.
    """
    back = page_of(request, shows=shows)
    if keep:
        keep_form(request, back)
    sign_in = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": sign_in})
    return redirect(sign_in)


def page_of(request: HttpRequest, *, shows: bool) -> str:
    """Return the address of the page that the reader looks at."""
    if request.headers.get("HX-Request"):
        shown = request.headers.get("HX-Current-URL", "")
    elif shows:
        return request.get_full_path() if request.method == "GET" else request.path
    else:
        shown = request.headers.get("Referer", "")
    parts = urlsplit(safe_place(request, shown))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def keep_form(request: HttpRequest, page: str) -> bool:
    """Let what was typed wait until the person whom the form was made for opens ``page`` again."""
    made_for = _made_for(request)
    if request.method != "POST" or made_for is None:
        return False
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NEVER_KEPT
        for value in values
    ]
    if sum(len(name) + len(str(value)) for name, value in kept) > MOST:
        return False
    path = urlsplit(page).path
    request.session[KEPT] = {"path": path, "for": made_for, "fields": kept}
    if not request.user.is_authenticated:
        request.session.set_expiry(KEPT_SECONDS)
    return True


def kept_form(request: HttpRequest) -> QueryDict | None:
    """Return, once, what this person typed into the form of this page before the session ended."""
    kept: dict[str, Any] | None = request.session.get(KEPT)
    if request.method != "GET" or kept is None or kept["path"] != request.path:
        return None
    del request.session[KEPT]
    if kept["for"] != request.user.pk:
        return None
    found = QueryDict(mutable=True)
    for name, value in kept["fields"]:
        found.appendlist(name, value)
    return found


def forget_others(request: HttpRequest, person: int) -> None:
    """Throw away what waits for somebody else than the person who just signed in."""
    kept = request.session.get(KEPT)
    if kept is not None and kept["for"] != person:
        del request.session[KEPT]


def safe_place(request: HttpRequest, place: str) -> str:
    """Return an address on this site, or the start page for any other."""
    return place if is_ours(request, place) else "/"


def is_ours(request: HttpRequest, place: str) -> bool:
    """Say whether an address is on this site; nothing is not, nor what cannot be read."""
    return url_has_allowed_host_and_scheme(
        place, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
