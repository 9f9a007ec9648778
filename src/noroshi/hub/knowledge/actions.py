"""Keeping documents and merging what they say.

`Ingest` writes prepared documents in portions, each one transaction: documents, records, names,
ranges, quarantine and the to-do rows that follow from them commit together or not at all. Killed at
any instant, the same import run again finds what is complete by its hash and does the rest; run
twice, it changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec
from django.db import transaction

from noroshi.core.errors import FormatError
from noroshi.core.formats.feed import RawDocument
from noroshi.hub.audit import actions as audit
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.identity.interning import ProductIds
from noroshi.hub.knowledge import merging, queries
from noroshi.hub.knowledge.models import Source
from noroshi.hub.knowledge.preparing import (
    Located,
    PreparedDocument,
    PreparedRecord,
    fingerprint,
)
from noroshi.hub.knowledge.quarantine import Aside

PORTION = 1000
"""Records written in one transaction."""


class Tally(msgspec.Struct):
    """What an import did. ``unchanged`` documents were known already."""

    documents: int = 0
    unchanged: int = 0
    records: int = 0
    stale: int = 0
    quarantined: int = 0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for name, count in other.counts().items():
            setattr(self, name, getattr(self, name) + count)

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


_Part = tuple[PreparedDocument, tuple[PreparedRecord, ...]]


class _Portion(msgspec.Struct):
    """What one transaction writes: parts of documents, and which of them it completes."""

    parts: list[_Part]
    complete: list[PreparedDocument]


class Ingest:
    """One import of one source."""

    def __init__(self, source: Source, *, now: dt.datetime, portion: int = PORTION) -> None:
        self.source = source
        self.now = now
        self.portion = portion
        self.tally = Tally()
        self._written = 0
        self._products = ProductIds()
        self._aside = Aside(source, now)
        self._under_way: set[bytes] = set()

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note on the source when the import starts and when it has finished, and record it."""
        Source.objects.filter(pk=self.source.pk).update(last_started_at=self.now)
        yield
        with transaction.atomic():
            Source.objects.filter(pk=self.source.pk).update(last_finished_at=self.now)
            audit.record(
                "feed.imported",
                f"source:{self.source.name}",
                actor="system",
                at=self.now,
                detail=self.tally.counts(),
            )

    def new_among(self, documents: Sequence[Located]) -> list[Located]:
        """Return the documents that were not read completely before, each once."""
        by_hash: dict[bytes, Located] = {}
        for item in documents:
            by_hash.setdefault(fingerprint(item[1].body), item)
        known = queries.documents_read(self.source.pk, list(by_hash)) | self._under_way
        fresh = {sha256: item for sha256, item in by_hash.items() if sha256 not in known}
        self.tally.unchanged += len(documents) - len(fresh)
        self._under_way.update(fresh)
        return list(fresh.values())

    def met(self, file: str, document: RawDocument) -> None:
        """Note that a document stands in a file, before it is asked whether it is new."""
        if self._aside.knows(file):
            self._aside.met(file, fingerprint(document.body))

    def unreadable(self, file: str, problem: FormatError) -> None:
        """Set aside a file, or a part of one, that does not even hold a document."""
        self._aside.unreadable(file, problem)
        self.tally.quarantined += 1

    def finished(self, file: str) -> None:
        """Note that a file has been read to its end: what was wrong with it before may be gone."""
        self._aside.finished(file)

    def write(self, documents: Iterable[PreparedDocument]) -> None:
        """Write documents, in as many transactions as their records need."""
        for portion in _portions(documents, self.portion):
            with transaction.atomic():
                bulk.hold("knowledge")
                done = self._write(portion)
            self._under_way.difference_update(document.sha256 for document in portion.complete)
            self.tally.add(done)
            self._written += 1
            if self._written.bit_count() == 1:  # the 1st, 2nd, 4th, 8th … portion
                bulk.refresh_statistics()

    def _write(self, portion: _Portion) -> Tally:
        rows = [document for document, _ in portion.parts]
        numbers = queries.keep(self.source.pk, rows, self.now)
        current, newest = self._current(portion)
        merged = merging.merge(
            self.source.pk,
            [
                (numbers[document.sha256], record)
                for document, records in current
                for record in records
            ],
            self._products,
            now=self.now,
        )
        problems = 0
        for document in portion.complete:
            found = document.problems or self._taken_back(document, newest, merged.documents)
            if found:
                number = numbers[document.sha256]
                self._aside.add(document.file, document.where, found, number)
                problems += len(found)
        queries.mark_read([numbers[d.sha256] for d in portion.complete], self.now)
        return Tally(
            documents=len(portion.complete),
            records=merged.records,
            stale=merged.stale
            + sum(len(records) for _, records in portion.parts)
            - sum(len(records) for _, records in current),
            quarantined=problems,
        )

    def _current(self, portion: _Portion) -> tuple[list[_Part], dt.datetime | None]:
        """Return the parts that no newer catalogue stands against, and when the newest was made."""
        newest = queries.newest_catalogue(self.source.pk)
        current = []
        for part in portion.parts:
            if not _is_outdated(part[0], newest):
                newest = part[0].released or newest
                current.append(part)
        return current, newest

    def _taken_back(
        self, document: PreparedDocument, newest: dt.datetime | None, before: Mapping[str, int]
    ) -> tuple[FormatError, ...]:
        """Withdraw what a document without a fault says no more; return what is odd."""
        said = frozenset(record.external_id for record in document.records)
        older = {before[name] for name in said & before.keys()}
        if document.says_all and older:
            merging.take_back_from(
                self.source.pk, older, document.says_all, document.records, now=self.now
            )
        made = document.released
        if made is None or _is_outdated(document, newest):
            return ()
        queries.note_catalogue(self.source.pk, made)
        odd = merging.take_back(self.source.pk, said, made=made, now=self.now)
        return (odd,) if odd else ()


def _is_outdated(document: PreparedDocument, newest: dt.datetime | None) -> bool:
    """Say whether a catalogue is older than one that was read before."""
    made = document.released
    return made is not None and newest is not None and made < newest


def source_named(name: str) -> Source:
    """Return the source's row, making it the first time."""
    return Source.objects.get_or_create(name=name)[0]


def _portions(documents: Iterable[PreparedDocument], size: int) -> Iterator[_Portion]:
    portion = _Portion([], [])
    room = size
    for document in documents:
        records = document.records
        while len(records) > room:
            portion.parts.append((document, records[:room]))
            records = records[room:]
            yield portion
            portion, room = _Portion([], []), size
        portion.parts.append((document, records))
        portion.complete.append(document)
        room -= max(1, len(records))
        if room <= 0:
            yield portion
            portion, room = _Portion([], []), size
    if portion.parts:
        yield portion
