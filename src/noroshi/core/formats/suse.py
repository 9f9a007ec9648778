"""SUSE: its advisories and VEX documents, which are CSAF (`csaf`), as a source of their own.

They are many, and of a distribution: each is about packages in SUSE's releases. As a source of
their own they are pulled, counted and looked up apart from other publishers' advisories.
Source: https://www.suse.com/support/security/csaf/
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError
from noroshi.core.facets import Record
from noroshi.core.formats import csaf
from noroshi.core.formats.feed import RawDocument

SOURCE = "suse"


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return a document, unread; split an array of them."""
    yield from csaf.documents(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the records of one document: one for each vulnerability."""
    for outcome in csaf.read(document):
        if isinstance(outcome, Record):
            yield msgspec.structs.replace(outcome, source=SOURCE)
        else:
            yield outcome
