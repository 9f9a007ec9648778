"""Reading the event record."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q

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


def newest(limit: int, *, verb: str = "", actor: str = "") -> list[AuditEvent]:
    """Return the newest events, newest first: of one verb (or room) and actor, if given.

    For auditors and for whoever runs the node: the record names what happened, never contents.
    """
    rows = AuditEvent.objects.order_by("-seq")
    if verb:
        rows = rows.filter(Q(verb=verb) | Q(verb__startswith=f"{verb}."))
    if actor:
        rows = rows.filter(actor=actor)
    return list(rows[: max(limit, 0)])
