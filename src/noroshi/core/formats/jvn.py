"""JVN iPedia and MyJVN: the database of IPA and JPCERT/CC, in Japanese (or its English edition).

Layouts: VULDEF in XML (``getVulnDetailInfo``, the yearly files), JVNRSS (``getVulnOverviewList``,
the feeds of what is new), and MyJVN API 4's JSON: JVN-CSAF, the same inside STIX, and overviews.
Voices: ``jvn`` for what it writes and takes over, ``ipa`` for IPA's own scores, and whoever else a
layout names.

``jvn_split``     a file in XML → its entries     ``jvn_xml``  an entry in XML
``jvn_json``      the JSON layouts                ``jvn_entry``  an entry → records
``jvn_versions``  what a version text means

Source: https://jvndb.jvn.jp/apis/index.html
"""

from __future__ import annotations

from collections.abc import Iterator

from noroshi.core.errors import FormatError
from noroshi.core.facets import Record
from noroshi.core.formats import jvn_entry, jvn_json, jvn_split, jvn_xml
from noroshi.core.formats.feed import RawDocument

SOURCE = jvn_entry.SOURCE


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split a file or answer into its entries, unchanged."""
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    yield from jvn_json.documents(body) if body.startswith(b"{") else jvn_split.entries(body)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the records of one entry: one, or one for each of its CVE ids."""
    if document.lstrip().startswith(b"{"):
        yield from jvn_json.read(document)
        return
    try:
        entry = jvn_xml.read(document)
    except FormatError as error:
        yield error
        return
    yield from jvn_entry.records(entry)
