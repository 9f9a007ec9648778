"""Real feeds of JSON lines, every fiftieth of them, read as an import would read them."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path

import msgspec
import zstandard

from noroshi.core.errors import FormatError
from noroshi.core.facets import Record
from noroshi.core.formats.feed import FeedFormat, RawDocument

EVERY = 50


class Sample(msgspec.Struct):
    """What the sample came to."""

    documents: int
    records: list[Record]
    errors: list[FormatError]


def every_fiftieth(feed: FeedFormat, path: Path) -> Sample:
    """Read every fiftieth line; each record survives being stored."""
    found = Sample(0, [], [])
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
        for line in islice(io.BufferedReader(stream, 1 << 20), 0, None, EVERY):
            (document,) = feed.documents(line)
            assert isinstance(document, RawDocument), document
            found.documents += 1
            for outcome in feed.read(document.body):
                if isinstance(outcome, FormatError):
                    found.errors.append(outcome)
                    continue
                assert msgspec.json.decode(msgspec.json.encode(outcome), type=Record) == outcome
                found.records.append(outcome)
    return found
