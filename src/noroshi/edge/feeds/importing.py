"""Payloads → the knowledge base, reading on the other cores while this one writes.

The order of documents is kept, so that the result does not depend on how many cores there are.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from noroshi.core.errors import FormatError
from noroshi.core.formats.feed import RawDocument
from noroshi.edge.feeds.files import (
    Limits,
    Meter,
    Payload,
    Unreadable,
    Wanted,
    every_part,
    files_below,
    name_of,
    payloads,
)
from noroshi.edge.feeds.reading import read, read_elsewhere
from noroshi.edge.feeds.registry import FORMATS
from noroshi.hub.knowledge.actions import Ingest
from noroshi.hub.knowledge.preparing import Located, PreparedDocument

BATCH_DOCUMENTS = 500
BATCH_BYTES = 4_000_000
"""A batch is full at either; it is what one core reads at a time."""

WORTH_A_POOL = 2_000_000
"""Bytes on disk, usually compressed, from which starting other processes pays."""

Named = tuple[str, Path]
"""A file, and the name by which it is spoken of."""


class Watcher(Protocol):
    """Somebody who wants to know how far it is."""

    def __call__(self, bytes_read: int, /) -> None:
        """Take the number of bytes read from disk so far."""


def import_paths(
    ingest: Ingest,
    paths: Sequence[Path],
    limits: Limits,
    *,
    watch: Watcher = lambda _: None,
    cores: int | None = None,
) -> None:
    """Import files and folders into the source of ``ingest``.

    Raises `FileNotFoundError` before anything is read if a path does not exist. ``cores``: how
    many processes read; ``None``: as many as the machine has, if there is enough to read.
    """
    whole = [path.resolve(strict=True) for path in paths]
    files = [(name_of(file, path), file) for path in whole for file in files_below(path)]
    import_files(ingest, files, limits, watch=watch, cores=cores)


def import_files(
    ingest: Ingest,
    files: Sequence[Named],
    limits: Limits,
    *,
    watch: Watcher = lambda _: None,
    cores: int | None = None,
    wanted: Wanted = every_part,
) -> None:
    """Import files under the names given; ``wanted`` says which parts of an archive are read."""
    size = sum(file.stat().st_size for _, file in files)
    meter = Meter()
    batches = _new_batches(ingest, files, limits, meter, wanted)
    readers = (os.cpu_count() or 1) if cores is None else cores
    if readers > 1 and (cores is not None or size >= WORTH_A_POOL):
        written = read_elsewhere(ingest.source.name, batches, readers)
    else:
        written = _read_here(ingest.source.name, batches)
    # Where writing fails, the readers end here and not whenever Python collects the generator.
    with closing(written):
        for prepared in written:
            ingest.write(prepared)
            watch(meter.read)


def _read_here(
    source: str, batches: Iterator[list[Located]]
) -> Generator[list[PreparedDocument], None, None]:
    for batch in batches:
        yield read(source, batch)


def _new_batches(
    ingest: Ingest, files: Sequence[Named], limits: Limits, meter: Meter, wanted: Wanted
) -> Iterator[list[Located]]:
    """Yield batches of documents that are not known yet; what has no documents is set aside."""
    for batch in _batches(_documents(ingest, files, limits, meter, wanted)):
        fresh = ingest.new_among(batch)
        if fresh:
            yield fresh


def _batches(documents: Iterator[Located]) -> Iterator[list[Located]]:
    batch: list[Located] = []
    size = 0
    for item in documents:
        batch.append(item)
        size += len(item[1].body)
        if len(batch) >= BATCH_DOCUMENTS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _documents(
    ingest: Ingest, files: Sequence[Named], limits: Limits, meter: Meter, wanted: Wanted
) -> Iterator[Located]:
    format_ = FORMATS[ingest.source.name]
    for name, file in files:
        for payload in payloads(file, name, limits, meter, wanted):
            if isinstance(payload, Unreadable):
                ingest.unreadable(payload.file, payload.problem)
                continue
            for outcome in format_.documents(payload.data):
                document = _located(payload, outcome)
                ingest.met(payload.file, document)
                yield payload.file, document
        ingest.finished(name)


def _located(payload: Payload, document: RawDocument | FormatError) -> RawDocument:
    """Return the document with its whole place; a payload that cannot be split is kept whole.

    Reading it then fails with the same error, and quarantines it with its bytes.
    """
    if isinstance(document, FormatError):
        return RawDocument(payload.where, payload.data)
    return RawDocument(f"{payload.where} {document.where}".strip(), document.body)
