"""Audiences as rows: one row for each distinct audience, written once and never changed."""

from __future__ import annotations

import hashlib

from django.db import transaction

from noroshi.core.policy.audience import Audience, Everyone, Members, Organisations, People
from noroshi.hub.members import models
from noroshi.hub.members.models import AudienceKind


def audience_row(audience: Audience) -> models.Audience:
    """Return the row that stands for an audience, making it if it is the first of its kind."""
    kind, ids = _described(audience)
    text = f"{kind.value}:{','.join(map(str, ids))}"
    digest = hashlib.sha256(text.encode()).digest()
    with transaction.atomic():
        row, created = models.Audience.objects.get_or_create(
            digest=digest, defaults={"kind": kind.value}
        )
        if created:
            _list(row, kind, ids)
    return row


def _described(audience: Audience) -> tuple[AudienceKind, list[int]]:
    match audience:
        case Everyone():
            return AudienceKind.EVERYONE, []
        case Members():
            return AudienceKind.MEMBERS, []
        case Organisations(ids=ids):
            return AudienceKind.ORGANISATIONS, sorted(ids)
        case People(ids=ids):
            return AudienceKind.PEOPLE, sorted(ids)


def _list(row: models.Audience, kind: AudienceKind, ids: list[int]) -> None:
    if kind is AudienceKind.ORGANISATIONS:
        row.organisations.add(*ids)
    elif kind is AudienceKind.PEOPLE:
        row.people.add(*ids)
