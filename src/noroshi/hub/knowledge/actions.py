"""Keeping documents and merging what they say.

`Ingest` writes prepared documents in portions, each one transaction: documents, records, names,
ranges, quarantine and the to-do rows that follow from them commit together or not at all. Killed at
any instant, the same import run again finds what is complete by its hash and does the rest; run
twice, it changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
from django.db import transaction

from noroshi.core.errors import FormatError
from noroshi.core.formats.feed import RawDocument
from noroshi.hub.audit import actions as audit
from noroshi.hub.identity.interning import ProductIds
from noroshi.hub.knowledge import merging, queries
from noroshi.hub.knowledge.models import Quarantine, Source
from noroshi.hub.knowledge.preparing import PreparedDocument, PreparedRecord, fingerprint

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


class _Portion(msgspec.Struct):
    """What one transaction writes: parts of documents, and which of them it completes."""

    parts: list[tuple[PreparedDocument, tuple[PreparedRecord, ...]]]
    complete: list[PreparedDocument]


class Ingest:
    """One import of one source."""

    def __init__(self, source: Source, *, now: dt.datetime, portion: int = PORTION) -> None:
        self.source = source
        self.now = now
        self.portion = portion
        self.tally = Tally()
        self._products = ProductIds()
        self._aside = queries.quarantined(source.pk)

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

    def new_among(self, documents: Sequence[RawDocument]) -> list[RawDocument]:
        """Return the documents that were not read completely before, each once."""
        by_hash = {fingerprint(document.body): document for document in documents}
        known = queries.documents_read(self.source.pk, list(by_hash))
        self.tally.unchanged += len(documents) - len(by_hash) + len(known)
        return [document for key, document in by_hash.items() if key not in known]

    def write(self, documents: Iterable[PreparedDocument]) -> None:
        """Write documents, in as many transactions as their records need."""
        for portion in _portions(documents, self.portion):
            with transaction.atomic():
                done = self._write(portion)
            self.tally.add(done)

    def _write(self, portion: _Portion) -> Tally:
        rows = [document for document, _ in portion.parts]
        numbers = queries.keep(self.source.pk, rows, self.now)
        merged = merging.merge(
            self.source.pk,
            [
                (numbers[document.sha256], record)
                for document, records in portion.parts
                for record in records
            ],
            self._products,
            now=self.now,
        )
        for document in portion.complete:
            self._release(document)
            self.set_aside(
                document.file, document.problems, document.where, numbers[document.sha256]
            )
        queries.mark_read([numbers[d.sha256] for d in portion.complete], self.now)
        return Tally(
            documents=len(portion.complete),
            records=merged.records,
            stale=merged.stale,
            quarantined=sum(len(document.problems) for document in portion.complete),
        )

    def set_aside(
        self,
        file: str,
        problems: Sequence[FormatError],
        where: str = "",
        document: int | None = None,
    ) -> None:
        """Put into quarantine what could not be read, with its place and the reason."""
        for problem in problems:
            Quarantine.objects.update_or_create(
                source=self.source,
                file=file[-500:],
                where=f"{where} {problem.where}".strip()[:500],
                defaults={
                    "document_id": document,
                    "code": problem.code,
                    "facts": {name: str(value)[:300] for name, value in problem.facts.items()},
                    "at": self.now,
                },
            )

    def _release(self, document: PreparedDocument) -> None:
        """Let go what stood at this place before: another document stands there now."""
        places = self._aside.pop((document.file[-500:], document.where), [])
        if places:
            Quarantine.objects.filter(pk__in=places).delete()


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
