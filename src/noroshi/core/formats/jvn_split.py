"""A file of JVN iPedia, cut into its entries without being parsed.

A yearly file holds thousands of entries, and most of them are the same as yesterday. Each is a
document of its own, its bytes unchanged (`xml_entries`); what declares the prefixes stands around
them and is known (`wrapped`).
"""

from __future__ import annotations

from collections.abc import Iterator

from noroshi.core.errors import FormatError
from noroshi.core.formats import xml_entries
from noroshi.core.formats.feed import RawDocument

_LAYOUT = xml_entries.layout(
    "VULDEF, JVNRSS or MyJVN's JSON", b"VULDEF-Document|RDF", frozenset({b"Vulinfo", b"item"})
)
_PREFIXES = {
    "vuldef": "http://jvn.jp/vuldef/",
    "rss": "http://purl.org/rss/1.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "sec": "http://jvn.jp/rss/mod_sec/3.0/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "status": "http://jvndb.jvn.jp/myjvn/Status",
    "marking": "http://data-marking.mitre.org/Marking-1",
    "tlpMarking": "http://data-marking.mitre.org/extensions/MarkingStructure#TLP-1",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_OPENING = b"<jvn %s>" % b" ".join(
    f'xmlns:{prefix}="{name}"'.encode() for prefix, name in _PREFIXES.items()
)


def entries(payload: bytes) -> Iterator[RawDocument | FormatError]:
    """Yield the entries of a file; ``where`` is the line on which one begins."""
    return xml_entries.entries(payload, _LAYOUT)


def wrapped(entry: bytes) -> bytes:
    """Return an entry within an element that declares the prefixes it may use, on one line."""
    return b"%s%s</jvn>" % (_OPENING, entry)
