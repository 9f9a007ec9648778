"""The door of every page.

`page` wraps a view. It lets in who is signed in and whose role may open the page, gives the view
one viewer, turns what the hub refuses into a page that says so, and sees to three things that
happen to forms: sent twice (carried out once), sent too late (the text survives the sign-in), sent
half (nothing of a form that was refused is written).

What may not be seen and what is not there get the same answer, byte for byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from noroshi.core.errors import NoroshiError, NotFound
from noroshi.core.policy.visibility import Member
from noroshi.core.sector import Role
from noroshi.edge.sentences import sentence
from noroshi.edge.web import late
from noroshi.hub.members import queries as members
from noroshi.hub.members import submissions
from noroshi.hub.members.models import Person

EVERY_ROLE = frozenset(Role)
CONTENTS = EVERY_ROLE - {Role.MINISTRY, Role.AUDITOR}
"""Roles that read contents; the ministry sees figures, the auditor the event record."""
HUB = frozenset({Role.HUB_ANALYST, Role.HUB_ADMIN})


class Visit(HttpRequest):
    """A request of somebody who is signed in."""

    viewer: Member
    person: Person


View = Callable[..., HttpResponseBase]
Work = Callable[[], HttpResponseBase]


def page(
    roles: frozenset[Role] = CONTENTS,
    *,
    methods: tuple[str, ...] = ("GET",),
    keep: bool = True,
    atomic: bool = True,
) -> Callable[[View], View]:
    """Make a view a page for these roles; see above.

    ``keep``: what was typed into the form may wait for a sign-in (never a password). ``atomic``: a
    form is carried out by the view as a whole; a view that has long to read what was sent leaves
    the database to others meanwhile, and calls `carry_out` for the rest itself.
    """

    def wrap(view: View) -> View:
        @require_http_methods([*methods, "HEAD"])
        @wraps(view)
        def door(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return late.ask_to_sign_in(request, keep=keep, shows="GET" in methods)
            visit = cast("Visit", request)
            visit.person = request.user
            if not (visit.person.is_active and visit.person.organisation.active):
                return late.ask_to_sign_in(request, keep=False, shows="GET" in methods)
            visit.viewer = members.viewer_of(visit.person)
            if visit.viewer.role not in roles:
                raise PermissionDenied
            try:
                response = _run(partial(view, visit, **parts), visit, atomic=atomic)
            except NotFound as error:
                raise Http404 from error
            except NoroshiError as error:
                response = refused(visit, error)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        door.methods = methods  # type: ignore[attr-defined]  # read by the leak matrix
        door.keep = keep  # type: ignore[attr-defined]  # read where a form is refused unseen
        return door

    return wrap


def _run(work: Work, visit: Visit, *, atomic: bool) -> HttpResponseBase:
    if visit.method != "POST":
        return work()
    late.check_sender(visit)
    return carry_out(visit, work) if atomic else work()


def carry_out(visit: Visit, work: Work) -> HttpResponseBase:
    """Do what a form asks for: once, and as a whole or not at all."""
    attempt = _attempt(visit)
    with transaction.atomic():
        response = _once(visit, work, attempt) if attempt else work()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return response


def _once(visit: Visit, work: Work, name: bytes) -> HttpResponseBase:
    """Carry out an attempt of this name; answer the second time as the first."""
    sender = f"person:{visit.person.pk}"
    attempt = submissions.begin(sender, name.hex(), name, now=timezone.now())
    if attempt.status:
        messages.info(visit, _("This had been sent before; it was carried out once."))
        return redirect(attempt.place)
    response = work()
    if isinstance(response, HttpResponseRedirect):
        submissions.finish(attempt, response.status_code, place=response.url)
    elif response.status_code < 400:
        attempt.delete()  # nothing was done yet: a preview, a part of a page
    return response


def _attempt(visit: Visit) -> bytes:
    """Return what names this attempt: the same form with the same contents; nothing if it cannot.

    Who goes back and changes something before sending again means another attempt.
    """
    if not visit.POST.get("attempt"):
        return b""
    digest = hashlib.sha256(visit.path.encode())
    for name in sorted(visit.POST):
        if name != "csrfmiddlewaretoken":
            digest.update(repr((name, visit.POST.getlist(name))).encode())
    for name in sorted(visit.FILES):
        for file in visit.FILES.getlist(name):
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.digest()


def show(
    visit: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Return a page; ``template`` is below ``noroshi/``."""
    return render(visit, f"noroshi/{template}", context or {}, status=status)


def done(visit: HttpRequest, text: str, to: str, *args: Any, **parts: Any) -> HttpResponse:
    """Say that something was done, on the page where the reader goes next."""
    messages.success(visit, text)
    there: HttpResponse = redirect(to, *args, **parts)
    return there


def refused(visit: HttpRequest, error: NoroshiError) -> HttpResponse:
    """Return the page that says why the hub said no."""
    return show(visit, "refused.html", {"reason": sentence(error)}, status=409)
