"""From a document's bytes to rows: all that needs no database, so that it can run elsewhere.

An import hands documents to other processes with `prepare` and only writes what comes back; this
module therefore imports nothing of Django.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Sequence

import msgspec
import zstandard

from noroshi.core.errors import FormatError, VersionError
from noroshi.core.facets import Affected, Record
from noroshi.core.formats.feed import CatalogueFormat, FeedFormat, RawDocument
from noroshi.core.versions.ranges import key_ranges, salvage
from noroshi.hub.knowledge.statuses import STATUS_CODES

LEVEL = 3
"""Zstandard level of stored bytes; on texts this short higher ones only cost time."""

SMALL = 160
"""Bytes below which a frame would be larger than what it holds."""


Located = tuple[str, RawDocument]
"""A file's name and a document in it."""


class RangeRow(msgspec.Struct, frozen=True, array_like=True):
    """One `AffectedRange`, its product still by name."""

    scheme: str
    name: str
    low: bytes
    high: bytes
    status: int
    claim: int
    part: int
    conditional: bool


class PreparedRecord(msgspec.Struct, frozen=True, array_like=True):
    """One `Record`: its names, its source's own times, its facets encoded, its ranges."""

    external_id: str
    names: tuple[str, ...]
    asserted_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    facets: bytes
    ranges: tuple[RangeRow, ...]


class PreparedDocument(msgspec.Struct, frozen=True):
    """A document with all that was read from it, and all that could not be.

    ``file`` and ``where`` say where it came from; ``body`` is its Zstandard frame. ``released``:
    it is a whole catalogue, made then. ``says_all``: what the ids of its records begin with, where
    nothing else of its source is called so.
    """

    file: str
    where: str
    external_id: str
    sha256: bytes
    size: int
    body: bytes
    records: tuple[PreparedRecord, ...]
    problems: tuple[FormatError, ...]
    released: dt.datetime | None = None
    says_all: str = ""


def prepare(
    format_: FeedFormat,
    file: str,
    document: RawDocument,
    catalogue: CatalogueFormat | None = None,
    *,
    complete: bool = False,
) -> PreparedDocument:
    """Read one document; what cannot be read is among the problems, never raised.

    ``catalogue``: the format again, if its documents are whole catalogues. ``complete``: a document
    says all that there is under the name before the last ``/`` of its records' ids.
    """
    records: list[PreparedRecord] = []
    problems: list[FormatError] = []
    for outcome in format_.read(document.body):
        if isinstance(outcome, Record):
            records.append(_prepared(outcome))
        else:
            problems.append(outcome)
    only = records[0].external_id if len(records) == 1 else f"{file} {document.where}".strip()
    return PreparedDocument(
        file=file,
        where=document.where,
        external_id=only[-200:],
        sha256=fingerprint(document.body),
        size=len(document.body),
        body=_engines.compressor.compress(document.body),
        records=tuple(records),
        problems=tuple(problems),
        released=catalogue.released(document.body) if catalogue else None,
        says_all=_beginning(records) if complete else "",
    )


def _beginning(records: Sequence[PreparedRecord]) -> str:
    """Return what the ids of all records begin with, up to their last ``/``."""
    found = {record.external_id.rpartition("/")[0] for record in records}
    beginning = found.pop() if len(found) == 1 else ""
    return f"{beginning}/" if beginning else ""


def fingerprint(body: bytes) -> bytes:
    """Return the SHA-256 by which equal documents are recognised."""
    return hashlib.sha256(body).digest()


def pack(value: msgspec.Struct) -> bytes:
    """Encode a value as JSON, as a Zstandard frame where that is smaller."""
    return pack_bytes(_encoder.encode(value))


def pack_bytes(text: bytes) -> bytes:
    """Return a Zstandard frame of ``text`` where that is smaller, else ``text``."""
    return text if len(text) < SMALL else _engines.compressor.compress(text)


def unpack_text(packed: bytes) -> bytes:
    """Return the bytes that `pack` or `prepare` compressed."""
    if packed.startswith(zstandard.FRAME_HEADER):
        return _engines.decompressor.decompress(packed)
    return bytes(packed)


def unpack_beginning(packed: bytes, most: int) -> bytes:
    """Return at most so many of the first bytes that `unpack_text` returns, without the others."""
    if packed.startswith(zstandard.FRAME_HEADER):
        with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
            return reader.read(most)
    return bytes(packed[:most])


def unpack_record(packed: bytes) -> Record:
    """Return the facets of a stored record."""
    return _record_decoder.decode(unpack_text(packed))


def names_in(packed: bytes) -> tuple[str, ...]:
    """Return the names that a stored record gives its vulnerability, and decode nothing else."""
    return _names_decoder.decode(unpack_text(packed)).names


class _Names(msgspec.Struct, frozen=True):
    names: tuple[str, ...]


_encoder = msgspec.json.Encoder()
_names_decoder = msgspec.json.Decoder(_Names)
_record_decoder = msgspec.json.Decoder(Record)


class _Engines(threading.local):
    """Zstandard contexts; none of them may be used by two threads at once."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_engines = _Engines()


def _prepared(record: Record) -> PreparedRecord:
    return PreparedRecord(
        external_id=record.external_id,
        names=record.names,
        asserted_at=record.modified or record.published,
        withdrawn_at=record.withdrawn,
        facets=pack(record),
        ranges=tuple(
            row for claim, affected in enumerate(record.affected) for row in _rows(claim, affected)
        ),
    )


def _rows(claim: int, affected: Affected) -> list[RangeRow]:
    """Return the comparable ranges of one claim, without those whose bound is no version.

    Their words stay in the facets, where people see them.
    """
    try:
        intervals = key_ranges(affected)
    except VersionError:
        intervals, _ = salvage(affected)
    product = affected.product
    conditional = affected.condition is not None
    return [
        RangeRow(
            product.scheme,
            product.name,
            interval.low,
            interval.high,
            STATUS_CODES[interval.status],
            claim,
            interval.claim,
            conditional,
        )
        for interval in intervals
    ]
