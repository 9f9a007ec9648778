"""What goes wrong, as problem details (RFC 9457): a stable ``code``, a title, a detail.

A problem says nothing about what is hidden: what may not be seen and what is not there get the
same answer, but for the address that was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError
from structlog.stdlib import get_logger

from noroshi.core import errors
from noroshi.core.errors import NoroshiError
from noroshi.edge.exchange.rest.faults import Fault, of_pydantic
from noroshi.edge.sentences import sentence

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="noroshi"'
CHALLENGE_OF_FEEDS = f'{CHALLENGE}, Basic realm="noroshi", charset="UTF-8"'

_log = get_logger(__name__)


class Problem(msgspec.Struct, frozen=True):
    """What went wrong. ``code`` never changes; ``title`` and ``detail`` are for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: tuple[Fault, ...] = ()


class Declined(Exception):
    """A request that is not carried out; ``code`` is one of `STATUS_OF`."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        faults: tuple[Fault, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.faults = faults
        self.headers = headers or {}


STATUS_OF = {
    "bad-request": 400,
    "unauthenticated": 401,
    "out-of-scope": 403,
    "forbidden": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "idempotency-key-reused": 409,
    "length-required": 411,
    "unsupported-media-type": 415,
    "invalid": 422,
    "too-many-requests": 429,
    "failed": 500,
}
"""The codes of this room beside those of the hub's errors, and their status."""

STATUS_OF_ERROR: dict[type[NoroshiError], int] = {
    errors.NotFound: 404,
    errors.BadCursor: 400,
    errors.TooLarge: 413,
    errors.FormatError: 422,
    errors.VersionError: 422,
    errors.PolicyError: 422,
    errors.Refused: 409,
    errors.Stale: 409,
}
"""The hub's errors that a request may cause; any other is a failure of the program."""


def titles() -> dict[int, str]:
    """Return the title of each status, in the active language."""
    return {
        400: _("This request cannot be read"),
        401: _("A valid key is needed"),
        403: _("This key may not do that"),
        404: _("There is nothing here"),
        405: _("This cannot be done here"),
        409: _("A rule of the hub says no"),
        411: _("The length of the body has to be said"),
        413: _("Too large"),
        415: _("This kind of body is not read here"),
        422: _("Something in the request cannot be used"),
        429: _("Too many requests"),
        500: _("The server failed"),
    }


def answer(
    request: HttpRequest,
    status: int,
    code: str,
    detail: str,
    faults: tuple[Fault, ...] = (),
) -> HttpResponse:
    """Return the answer that states a problem."""
    problem = Problem(
        type=f"urn:noroshi:problem:{code}",
        title=titles()[status],
        status=status,
        detail=detail,
        instance=request.path,
        code=code,
        errors=faults,
    )
    return HttpResponse(msgspec.json.encode(problem), status=status, content_type=MEDIA_TYPE)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Return the one answer for what is hidden and what is not there."""
    return answer(request, HTTPStatus.NOT_FOUND, "not-found", not_there())


def not_there() -> str:
    """Return the sentence for what is hidden and what is not there."""
    return _("There is no such thing, or none that this key may see.")


# --- exceptions ---


def of_declined(request: HttpRequest, declined: Declined) -> HttpResponse:
    """Answer what this room itself declines."""
    status = STATUS_OF[declined.code]
    response = answer(request, status, declined.code, declined.detail, declined.faults)
    for name, value in declined.headers.items():
        response.headers[name] = value
    return response


def of_error(request: HttpRequest, error: NoroshiError) -> HttpResponse:
    """Answer an error of the hub; ``where`` it names is a place in what was sent."""
    if isinstance(error, errors.NotFound):
        return nothing_here(request)
    for kind, status in STATUS_OF_ERROR.items():
        if isinstance(error, kind):
            faults = (Fault("body", error.where, sentence(error)),) if error.where else ()
            return answer(request, status, error.code, sentence(error), faults)
    return of_failure(request, error)


def of_authentication(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Answer who brings no key that is valid here and now; why is not said."""
    detail = _("Send the header Authorization: Bearer, and a key that is valid from where you are.")
    response = answer(request, HTTPStatus.UNAUTHORIZED, "unauthenticated", detail)
    by_password = request.path.endswith(".atom")
    response.headers["WWW-Authenticate"] = CHALLENGE_OF_FEEDS if by_password else CHALLENGE
    return response


def of_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer a body that could not be parsed, with what the parser found."""
    match error.__cause__:
        case NoroshiError() as cause if isinstance(cause, errors.TooLarge):
            return of_error(request, cause)
        case NoroshiError() as cause:
            faults = (Fault("body", cause.where, sentence(cause)),)
            return answer(request, 400, cause.code, sentence(cause), faults)
        case Declined() as cause:
            return of_declined(request, cause)
        case _:
            return answer(request, 400, "bad-request", _("The body is not JSON."))


def of_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer values that are missing or of the wrong kind, each with its place."""
    faults = tuple(of_pydantic(each) for each in error.errors)
    if any(fault.place == "path" for fault in faults):
        return nothing_here(request)  # no such name can exist
    detail = _("See errors for what is wrong, and where.")
    return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, faults)


def of_failure(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer when the program failed: the log says how, the answer does not."""
    _log.error("request failed", path=request.path, exc_info=error)
    got_request_exception.send(sender=of_failure, request=request)
    detail = _("The failure was recorded. Please try again later.")
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "failed", detail)
