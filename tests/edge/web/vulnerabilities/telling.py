"""Records of sources, told without a feed: any facts, as an import would have stored them."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import zstandard

from noroshi.core.facets import Record as RecordFacets
from noroshi.hub.knowledge.actions import source_named
from noroshi.hub.knowledge.models import Document, Record, Vulnerability
from noroshi.hub.knowledge.preparing import pack
from tests.hub.feeds import cve
from tests.hub.sector import NOON

ONE = cve(1)
PAGE = f"/vulnerabilities/{ONE}"
BAD = '<script>alert(1)</script><img src=x onerror="x">\u202egpj.exe'
"""Markup, and a character that turns the text around."""

DANGEROUS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "//elsewhere.example/x",
    "https://elsewhere.example/\u202egpj",
    'https://elsewhere.example/"onmouseover="alert(1)\nx',
)
"""Addresses that no browser should open from here."""


def told(
    of: Vulnerability,
    source: str,
    external_id: str = ONE,
    *,
    body: bytes = b"{}",
    withdrawn_at: dt.datetime | None = None,
    **facts: Any,
) -> Record:
    """Store what a source says of a vulnerability, and the document it says it in."""
    document = stored(source, external_id, body)
    row: Record = Record.objects.create(
        vulnerability=of,
        source=source_named(source),
        document=document,
        external_id=external_id,
        asserted_at=NOON,
        withdrawn_at=withdrawn_at,
        facets=pack(
            RecordFacets(source=source, external_id=external_id, names=(external_id,), **facts)
        ),
    )
    return row


def stored(source: str, external_id: str, body: bytes) -> Document:
    """Store a document; what is stored already is not stored again."""
    found, _new = Document.objects.get_or_create(
        source=source_named(source),
        sha256=hashlib.sha256(body).digest(),
        defaults={
            "external_id": external_id,
            "retrieved_at": NOON,
            "read_at": NOON,
            "size": len(body),
            "body": zstandard.compress(body),
        },
    )
    return found
