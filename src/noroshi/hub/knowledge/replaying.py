"""Stored documents, read again: a reader that has learnt something finds it in what is there.

What a document does not come to any more is taken back, what it comes to now is merged like
anything new; a document that comes to the same as before changes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db import transaction

from noroshi.core.formats.feed import RawDocument
from noroshi.hub.audit import actions as audit
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.knowledge import queries
from noroshi.hub.knowledge.actions import Tally
from noroshi.hub.knowledge.merging import ASSESS, MATCH
from noroshi.hub.knowledge.models import Document, Quarantine, Record, Source
from noroshi.hub.knowledge.preparing import Located, PreparedDocument, unpack_text
from noroshi.hub.todo import actions as todo

MOST_DOCUMENTS = 500
MOST_BYTES = 4_000_000
"""A batch is full at either."""

_LINE = re.compile(r"line \d+(?= |$)", re.ASCII)


def stored(source: Source) -> Iterator[list[Located]]:
    """Yield the documents of a source in the order in which they came, in batches.

    Only those that are there when it begins: what comes meanwhile is read with today's reader.
    """
    rows = Document.objects.filter(source=source).order_by("pk")
    last = rows.values_list("pk", flat=True).last() or 0
    after = 0
    while after < last:
        sizes = rows.filter(pk__gt=after, pk__lte=last).values_list("pk", "size")[:MOST_DOCUMENTS]
        numbers = list(_first(list(sizes)))
        after = numbers[-1]
        yield _located(numbers)


def _first(sizes: Sequence[tuple[int, int]]) -> Iterator[int]:
    total = 0
    for number, size in sizes:
        if total and total + size > MOST_BYTES:
            return
        total += size
        yield number


def _located(numbers: Sequence[int]) -> list[Located]:
    places: dict[int, tuple[str, str]] = {}
    set_aside = Quarantine.objects.filter(document__in=numbers).order_by("pk")
    for number, file, where in set_aside.values_list("document_id", "file", "where"):
        line = _LINE.match(where)
        places.setdefault(number or 0, (file, line[0] if line else ""))
    rows = Document.objects.filter(pk__in=numbers).order_by("pk")
    found = []
    for number, name, body in rows.values_list("pk", "external_id", "body"):
        file, where = places.get(number, (name, ""))
        found.append((file, RawDocument(where, unpack_text(bytes(body)))))
    return found


def settle(source: Source, documents: Sequence[PreparedDocument], *, now: dt.datetime) -> int:
    """Take back what documents that were read again do not say any more; return how much.

    What was in quarantine and is no longer wrong leaves it. To be called after they were written.
    """
    with transaction.atomic():
        bulk.hold("knowledge")
        numbers = {
            bytes(sha256): number
            for sha256, number in Document.objects.filter(
                source=source, sha256__in=[document.sha256 for document in documents]
            ).values_list("sha256", "pk")
        }
        by_unread: defaultdict[int, list[int]] = defaultdict(list)
        said: dict[int, set[str]] = {}
        for document in documents:
            number = numbers[document.sha256]
            by_unread[len(document.problems)].append(number)
            said[number] = {record.external_id for record in document.records}
        for unread, some in by_unread.items():
            Document.objects.filter(pk__in=some).exclude(unread=unread).update(unread=unread)
        Quarantine.objects.filter(document__in=said, at__lt=now).delete()
        return _take_back(said, now)


def _take_back(said: dict[int, set[str]], now: dt.datetime) -> int:
    rows = Record.objects.filter(document__in=said, withdrawn_at__isnull=True)
    gone = {
        number: vulnerability
        for number, document, name, vulnerability in rows.values_list(
            "pk", "document_id", "external_id", "vulnerability_id"
        )
        if name not in said[document]
    }
    queries.withdraw(gone, now)
    todo.ask(ASSESS, gone.values())
    todo.ask(MATCH, gone.values())
    return len(gone)


def note(source: Source, tally: Tally, taken_back: int, *, now: dt.datetime) -> None:
    """Record that a source was replayed, and what that changed."""
    with transaction.atomic():
        audit.record(
            "knowledge.replayed",
            f"source:{source.name}",
            actor="system",
            at=now,
            detail={**tally.counts(), "taken_back": taken_back},
        )
