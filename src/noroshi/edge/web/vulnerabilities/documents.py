"""The documents that the sources' words come from, as they were received.

They are shown as text and never as what they say they are: whoever wrote one must not be able to
make a page of it.
"""

from __future__ import annotations

import codecs

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect

from noroshi.edge.web.downloads import attachment
from noroshi.edge.web.pages import CONTENTS, Visit, page, show
from noroshi.edge.web.vulnerabilities.plain import plain
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.models import Document, Vulnerability
from noroshi.hub.knowledge.preparing import unpack_beginning, unpack_text

MOST = 65_536
"""Bytes of a document that are shown; all of it can be kept as a file."""


class Shown(msgspec.Struct, frozen=True):
    """A document as text; ``cut``: it goes on. ``sha256``: of the bytes, in hexadecimal digits."""

    row: Vulnerability
    document: Document
    source: str
    external_id: str
    sha256: str
    text: str
    shown: int
    cut: bool


@page(CONTENTS)
def document(request: Visit, name: str, number: int) -> HttpResponse:
    """Show the beginning of a document that says something of this vulnerability."""
    row = overview.vulnerability_named(name)
    found = overview.document_of(row, number)
    if row.preferred_id != name:
        return redirect("vulnerability-document", row.preferred_id, number)
    beginning = unpack_beginning(bytes(found.body), MOST)
    return show(request, "vulnerabilities/document.html", {"it": _shown(row, found, beginning)})


@page(CONTENTS)
def document_file(request: Visit, name: str, number: int) -> StreamingHttpResponse:  # noqa: ARG001 - the door's
    """Give all of it to keep: the very bytes."""
    found = overview.document_of(overview.vulnerability_named(name), number)
    body = unpack_text(bytes(found.body))
    file = f"{found.source.name}-{found.pk}.txt"
    return attachment(file, "application/octet-stream", [body], size=len(body))


def _shown(row: Vulnerability, found: Document, beginning: bytes) -> Shown:
    cut = found.size > len(beginning)
    # What was cut in the middle of a character is no broken character.
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(beginning, final=not cut)
    return Shown(
        row,
        found,
        plain(found.source.name),
        plain(found.external_id),
        bytes(found.sha256).hex(),
        plain(text),
        len(beginning),
        cut,
    )
