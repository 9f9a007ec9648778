"""Reading the event record."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.db import connection
from django.db.models import Q, QuerySet

from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.hub.audit.models import AuditEvent

_CHAIN_LOCK = 0x4E4F524F5348_49  # the word NOROSHI in ASCII


def lock_last() -> AuditEvent | None:
    """Return the newest event, and keep every other writer out until the transaction ends.

    SQLite has one writer at a time anyway (transactions begin immediate); PostgreSQL takes an
    advisory lock, because the row that must not appear twice does not exist yet.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    return AuditEvent.objects.order_by("-seq").first()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which events: of one verb (or room) and actor, from ``since`` until just before ``until``."""

    verb: str = ""
    actor: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def matching(asked: Asked) -> QuerySet[AuditEvent]:
    """Return the events asked for, newest first.

    For auditors and for whoever runs the node: the record names what happened, never contents.
    """
    rows = AuditEvent.objects.order_by("-seq")
    if asked.verb:
        rows = rows.filter(Q(verb=asked.verb) | Q(verb__startswith=f"{asked.verb}."))
    if asked.actor:
        rows = rows.filter(actor=asked.actor)
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__lt=asked.until)
    return rows


def newest(limit: int, asked: Asked) -> list[AuditEvent]:
    """Return the newest events asked for, newest first."""
    return list(matching(asked)[: max(limit, 0)])


def events(asked: Asked, after: str = "", limit: int = 50) -> Slice[AuditEvent]:
    """Return a page of the events asked for; raises `BadCursor`."""
    rows = matching(asked)
    if after:
        (seq,) = decode_cursor(after, int)
        rows = rows.filter(seq__lt=seq)
    found = list(rows[: limit + 1])
    more = encode_cursor((found[limit - 1].seq,)) if len(found) > limit else None
    return Slice(tuple(found[:limit]), more)
