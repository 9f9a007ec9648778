"""CSAF 2.0 and 2.1: advisories and VEX documents of any publisher (JSON).

One document speaks of several vulnerabilities; each is a record with one voice, its publisher's
(`csaf_voices`). The document's tracking id is among `Record.advisories`, never among the names.

``csaf_records``   the records of a document
``csaf_products``  what its product ids stand for; ``csaf_versions`` what a version text means
``csaf_statuses``  product status → claims
``csaf_claims``    everything else that is said of a vulnerability

Sources: https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html and
https://docs.oasis-open.org/csaf/csaf/v2.1/csaf-v2.1.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError
from noroshi.core.facets import Record
from noroshi.core.formats import csaf_records, csaf_shapes, json_parts, salvage
from noroshi.core.formats.feed import RawDocument

SOURCE = "csaf"

_decoder = msgspec.json.Decoder(csaf_shapes.Document)
_VITAL = frozenset(
    {
        "$",
        "$.document",
        "$.document.csaf_version",
        "$.document.tracking",
        "$.document.tracking.id",
    }
)
_VULNERABILITIES = "$.vulnerabilities"
_CVE_PLACE = re.compile(r"\$\.vulnerabilities\[\d+\]\.cve")
_BESIDE = re.compile(
    rb"[0-9a-f]{64,128}\s+\S+\s*\Z|-----BEGIN PGP |\{\s*\"(?:feed|canonical_url)\"\s*:",
    re.IGNORECASE,
)
"""What lies beside the documents of a provider: hashes, signatures, ROLIE feeds, its metadata."""


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return a document, unread; split an array of them.

    What a provider's directory holds beside its documents (§7.1: ``.sha256``, ``.sha512``,
    ``.asc``, ROLIE feeds, ``provider-metadata.json``) has no documents.
    """
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if _BESIDE.match(body):
        return
    yield from json_parts.one_or_array(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the records of one document."""
    try:
        value, odd = salvage.decode(document, _decoder, _VITAL)
    except FormatError as error:
        yield error
        return
    yield from odd
    told = _told(value, odd)
    if told is not None:
        yield from csaf_records.records(told, SOURCE)


def _told(document: csaf_shapes.Document, odd: list[FormatError]) -> csaf_shapes.Document | None:
    """Return the document without what is odd in the names of its vulnerabilities.

    Where a CVE id was cut out, those without one are left out: one of them is not what it seems. A
    document that loses all of them is not one that has none.
    """
    found = document.vulnerabilities
    if any(_CVE_PLACE.fullmatch(error.where) for error in odd):
        found = [said for said in found if said.cve]
    if not found and any(error.where.startswith(_VULNERABILITIES) for error in odd):
        return None
    return msgspec.structs.replace(document, vulnerabilities=found)
