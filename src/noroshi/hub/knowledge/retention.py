"""Forgetting documents that nothing rests on any more.

A document is forgotten if its source has said something newer under the same name, no record rests
on it, nothing of it is in quarantine, and it came before a given moment. What the knowledge base
says does not change by that, nor does its history; what is lost is the proof of the latter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum
from django.db.models.functions import Length

from noroshi.hub.audit import actions as audit
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.knowledge import queries
from noroshi.hub.knowledge.models import Document, Quarantine, Record

PORTION = 500
"""Documents forgotten in one transaction."""


class Forgotten(msgspec.Struct, frozen=True):
    """How many documents were forgotten, and how many bytes they took, as they were stored."""

    documents: int = 0
    size: int = 0


def forget(before: dt.datetime, *, now: dt.datetime) -> Forgotten:
    """Forget the replaced documents that came before a moment; return how much that was."""
    documents = size = 0
    for portion in bulk.chunks(_replaced(before), PORTION):
        with transaction.atomic():
            bulk.hold("knowledge")
            done = _forget(portion)
        documents, size = documents + done.documents, size + done.size
    if documents:
        audit.record(
            "documents.forgotten",
            "knowledge",
            actor="system",
            at=now,
            detail={"documents": documents, "size": size, "before": before.isoformat()},
        )
    return Forgotten(documents, size)


def _replaced(before: dt.datetime) -> list[int]:
    """Return the documents that came before, and of whose name a newer one has been read."""
    read = Document.objects.filter(read_at__isnull=False)
    newest = read.values("source", "external_id").annotate(newest=Max("pk")).values("newest")
    old = read.filter(retrieved_at__lt=before).exclude(pk__in=newest)
    return list(old.order_by("pk").values_list("pk", flat=True))


def _forget(numbers: Sequence[int]) -> Forgotten:
    """Forget those of the documents that nothing rests on."""
    rows: QuerySet[Document] = Document.objects.filter(
        ~Exists(Record.objects.filter(document=OuterRef("pk"))),
        ~Exists(Quarantine.objects.filter(document=OuterRef("pk"))),
        pk__in=numbers,
    )
    by_source = rows.values_list("source").annotate(count=Count("pk"), size=Sum(Length("body")))
    counted = list(by_source.order_by())
    rows.delete()
    for source, count, _size in counted:
        queries.count_kept(source, documents=-count)
    return Forgotten(sum(count for _, count, _ in counted), sum(size for _, _, size in counted))
