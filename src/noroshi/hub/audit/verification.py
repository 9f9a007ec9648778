"""Checking that nobody changed the event record."""

from __future__ import annotations

import msgspec

from noroshi.hub.audit.actions import ORIGIN, digest
from noroshi.hub.audit.models import AuditEvent


class Intact(msgspec.Struct, frozen=True):
    """The chain holds. ``head`` (hex) can be kept elsewhere to notice a record cut short."""

    events: int
    head: str


class Broken(msgspec.Struct, frozen=True):
    """The chain breaks at event ``seq``: it, or one just before it, was changed or removed."""

    seq: int


def verify() -> Intact | Broken:
    """Walk the whole chain."""
    previous, count = ORIGIN, 0
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        count += 1
        if event.seq != count or not _holds(previous, event):
            return Broken(count)
        previous = bytes(event.hash)
    return Intact(count, previous.hex())


def _holds(previous: bytes, event: AuditEvent) -> bool:
    try:
        return digest(previous, event) == bytes(event.hash)
    except (AttributeError, TypeError, ValueError):  # SQLite keeps, say, a time that is none
        return False
