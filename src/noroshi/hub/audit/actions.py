"""Writing the event record.

The chain: ``hash = SHA-256(previous hash ‖ JSON of [seq, at, actor, verb, object, detail])``,
with 32 zero bytes before the first event. An event that is changed, removed or put in between
breaks every hash after it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping

from django.db import transaction

from noroshi.hub.audit import queries
from noroshi.hub.audit.models import AuditEvent

ORIGIN = bytes(32)
"""What stands before the first event."""


def digest(previous: bytes, event: AuditEvent) -> bytes:
    """Return the hash of an event that follows ``previous``."""
    at = event.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    fields = [event.seq, at, event.actor, event.verb, event.object, event.detail]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + text.encode()).digest()


def record(
    verb: str, item: str, *, actor: str, at: dt.datetime, detail: Mapping[str, object] | None = None
) -> AuditEvent:
    """Append an event; it commits or vanishes with the change it speaks of.

    ``verb`` is ``room.done`` (``notice.published``), ``item`` names the thing (``notice:17``),
    ``actor`` who did it (``system`` or a mail address). ``detail`` must be JSON.
    """
    with transaction.atomic():
        last = queries.lock_last()
        event = AuditEvent(
            seq=last.seq + 1 if last else 1,
            at=at,
            actor=actor,
            verb=verb,
            object=item,
            detail=json.dumps(
                detail or {}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
            ),
        )
        event.hash = digest(bytes(last.hash) if last else ORIGIN, event)
        event.save(force_insert=True)
    return event
