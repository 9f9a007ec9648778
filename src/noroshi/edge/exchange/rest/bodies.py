"""What is sent: within limits, and JSON that can be read in one way only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from noroshi.core.errors import TooLarge
from noroshi.core.formats import strict_json
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.problems import Declined


def too_much() -> TooLarge:
    """Return the refusal of a JSON body beyond what Django holds in memory."""
    return TooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class StrictParser(Parser):
    """Reads JSON without duplicate keys, NUL, or bottomless nesting."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the body says; raises `FormatError` or `Declined`."""
        if request.content_type != "application/json":
            raise unsupported(["application/json"])
        return strict_json.tree(request.body)  # type: ignore[return-value]  # any JSON; ninja checks


def file_of(request: Call, kinds: Collection[str]) -> bytes:
    """Return a body that is a file of one of these kinds, as it came.

    Raises `Declined` for another kind, or where its length was not said; `TooLarge`.
    """
    if request.content_type not in kinds:
        raise unsupported(kinds)
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise Declined("length-required", _("Send the header Content-Length."))
    limits = settings.NOROSHI
    most = min(limits.max_file_bytes, limits.max_document_bytes)  # one document, held in memory
    if int(length) > most:
        raise TooLarge(limit=most)
    request.received = request.read()
    return request.received


def unsupported(expected: Iterable[str]) -> Declined:
    """Return the refusal of a body of another kind."""
    detail = _("The body has to be one of: %(expected)s")
    return Declined("unsupported-media-type", detail % {"expected": ", ".join(sorted(expected))})
