"""How an operation is declared, and how it is carried out.

A reading operation returns what it gives. A writing one checks what was sent and returns a *deed*,
which is then done in one transaction: once, if the caller names the attempt (``Idempotency-Key``),
however often it is sent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from noroshi.core.errors import Refused
from noroshi.core.policy.duties import ONLY_READ
from noroshi.core.sector import Role
from noroshi.edge.exchange.rest import description
from noroshi.edge.exchange.rest.bearer import Call, Key, KeyOrPassword
from noroshi.edge.exchange.rest.faults import Fault
from noroshi.edge.exchange.rest.parameters import Parameters
from noroshi.edge.exchange.rest.problems import Declined
from noroshi.edge.exchange.rest.shapes import Page
from noroshi.hub.members import submissions
from noroshi.hub.members.keys import Scope
from noroshi.hub.members.models import Submission

JSON = "application/json"
ATTEMPT = "Idempotency-Key"
PLACE = "/api/v1"
"""Below this are all operations."""

ACTING = frozenset(Role) - ONLY_READ
"""The roles that speak for their organisation."""

F = TypeVar("F", bound=Callable[..., Any])

_token = re.compile(r"[\x21-\x7e]{1,80}", re.ASCII)
_encode = msgspec.json.Encoder().encode


class Bytes(msgspec.Struct, frozen=True):
    """An answer that is served as it is; ``after``: the cursor of the page that follows it."""

    data: bytes
    media_type: str
    after: str | None = None


class Done(msgspec.Struct, frozen=True):
    """What came of a deed: what is answered, and where to find what it made (empty: nothing)."""

    value: msgspec.Struct
    place: str = ""

    @property
    def status(self) -> HTTPStatus:
        """Whether something was made."""
        return HTTPStatus.CREATED if self.place else HTTPStatus.OK


Deed = Callable[[], Done]


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation asks of a key, and what it gives.

    ``scope``: none, where any valid key may ask. ``makes``: something new, with an address of its
    own. ``files``: the kinds of file that its body may be, where the body is one. ``media_type``:
    as what it is answered. ``by_password``: the key may come as a password, as feed readers send.
    """

    scope: Scope | None
    gives: type
    roles: frozenset[Role] = frozenset(Role)
    makes: bool = False
    files: tuple[str, ...] = ()
    media_type: str = JSON
    by_password: bool = False

    @property
    def door(self) -> Key:
        """What lets callers in."""
        kind = KeyOrPassword if self.by_password else Key
        return kind(self.scope, self.roles)


def reading(router: Router, path: str, promise: Promise) -> Callable[[F], F]:
    """Declare an operation that reads."""

    def declare(view: F) -> F:
        extra = description.extra_for_reading(promise.scope, promise.gives, promise.media_type)
        return _declare(router, "GET", path, promise, extra)(view)

    return declare


def writing(router: Router, path: str, promise: Promise) -> Callable[[F], F]:
    """Declare an operation that writes."""

    def declare(view: F) -> F:
        extra = description.extra_for_writing(
            promise.scope, promise.gives, makes=promise.makes, files=promise.files
        )
        return _declare(router, "POST", path, promise, extra)(view)

    return declare


def _declare(
    router: Router, method: str, path: str, promise: Promise, extra: dict[str, Any]
) -> Callable[[F], F]:
    def declare(view: F) -> F:
        summary, _blank, rest = (view.__doc__ or "").partition("\n")
        made: F = router.api_operation(
            [method],
            path,
            auth=promise.door,
            operation_id=view.__name__,
            summary=summary.rstrip("."),
            description=" ".join(rest.split()),
            openapi_extra=extra,
        )(view)
        return made

    return declare


def carried_out(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Carry out an operation and make an answer of what it returns."""

    @wraps(view)
    def run(request: Call, **values: Any) -> HttpResponse:
        _check_parameters(request, values)
        result = view(request, **values)
        if callable(result):
            return _write(request, result)
        return _answer(request, result)

    return run


def _check_parameters(request: Call, values: dict[str, Any]) -> None:
    """Refuse a parameter that nobody reads, or that says two things: it would be passed over."""
    filters = values.get("filters")
    known = dict(filters) if isinstance(filters, Parameters) else {}
    faults = []
    for name, given in request.GET.lists():
        if name not in known:
            faults.append(Fault("query", name[:80], _("There is no such parameter.")))
        elif len(given) > 1 and not isinstance(known[name], list):
            faults.append(Fault("query", name, _("This may be said once.")))
        elif any("\0" in value for value in given):
            faults.append(Fault("query", name, _("This holds a NUL character.")))
    if faults:
        detail = _("See errors for what is wrong, and where.")
        raise Declined("invalid", detail, faults=tuple(faults))


def _answer(request: Call, result: Any) -> HttpResponse:
    if not isinstance(result, Bytes):
        after = result.after if isinstance(result, Page) else None
        result = Bytes(_encode(result), JSON, after)
    response = HttpResponse(result.data, content_type=result.media_type)
    if result.after is not None:
        following = request.GET.copy()
        following["after"] = result.after
        response.headers["Link"] = f'<{request.path}?{following.urlencode()}>; rel="next"'
    return response


# --- writing ---


def _write(request: Call, deed: Deed) -> HttpResponse:
    if ATTEMPT not in request.headers:
        with transaction.atomic():
            done = deed()
        return _written(done.status, _encode(done.value), done.place)
    with transaction.atomic():
        attempt = _begin(request)
        if attempt.status:
            again = _written(attempt.status, bytes(attempt.body), attempt.place)
            again.headers["Idempotency-Replayed"] = "true"
            return again
        done = deed()
        body = _encode(done.value)
        submissions.finish(attempt, done.status, place=done.place, body=body)
    return _written(done.status, body, done.place)


def _written(status: int, body: bytes, place: str) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type=JSON)
    if place:
        response.headers["Location"] = place
    return response


def _begin(request: Call) -> Submission:
    token = request.headers[ATTEMPT]
    if _token.fullmatch(token) is None:
        fault = Fault("header", ATTEMPT, _("1 to 80 visible characters of ASCII"))
        detail = _("See errors for what is wrong, and where.")
        raise Declined("invalid", detail, faults=(fault,))
    sender = f"key:{request.auth.key}"
    try:
        return submissions.begin(sender, token, _fingerprint(request), now=timezone.now())
    except Refused as error:
        detail = _("This Idempotency-Key was used for another request.")
        raise Declined("idempotency-key-reused", detail) from error


def _fingerprint(request: Call) -> bytes:
    """Return what stands for a request: the same again, not another one."""
    digest = hashlib.sha256()
    for part in (request.method or "", request.get_full_path(), request.content_type or ""):
        digest.update(part.encode(errors="replace") + b"\0")
    digest.update(request.received if hasattr(request, "received") else request.body)
    return digest.digest()
