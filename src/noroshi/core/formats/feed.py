"""The port of the feed formats: what every one of them offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Protocol

import msgspec

from noroshi.core.errors import FormatError
from noroshi.core.facets import Record


class RawDocument(msgspec.Struct, frozen=True):
    """A document exactly as it stood in the payload.

    ``where`` is its place there (``line 12``, ``$.vulnerabilities[3]``, ``""`` for the whole).
    """

    where: str
    body: bytes


class FeedFormat(Protocol):
    """A module of `core.formats` that reads a feed."""

    SOURCE: str
    """The name of the source in commands and tables (``cve5``)."""

    def documents(self, payload: bytes, /) -> Iterator[RawDocument | FormatError]:
        """Split a file or response into documents, unchanged.

        A payload that cannot be split yields one `FormatError`; never raises one.
        """

    def read(self, document: bytes, /) -> Iterator[Record | FormatError]:
        """Read the records of one document. A bad one yields its `FormatError`; the rest go on."""


class CatalogueFormat(FeedFormat, Protocol):
    """A feed whose every document is the whole of it: what is missing was taken back."""

    def released(self, document: bytes, /) -> dt.datetime | None:
        """Return when a catalogue was made; ``None`` where it does not say, or cannot be read."""
