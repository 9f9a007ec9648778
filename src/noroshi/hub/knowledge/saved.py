"""Searches that somebody keeps: each person's own, seen by nobody else."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound, Refused
from noroshi.hub.audit import actions as audit
from noroshi.hub.knowledge.catalogue import Order
from noroshi.hub.knowledge.models import SavedSearch
from noroshi.hub.members.models import Person

MOST = 100
"""Searches that one person keeps."""


class Search(msgspec.Struct, frozen=True):
    """What is kept: a name, and what to ask (`models.SavedSearch`)."""

    name: str
    query: str
    mine: bool
    order: Order


def searches_of(person: Person) -> list[SavedSearch]:
    """Return what somebody keeps, by name."""
    return list(SavedSearch.objects.filter(person=person).order_by("name"))


def keep(person: Person, search: Search, *, now: dt.datetime) -> SavedSearch:
    """Keep a search; under a name that is in use, instead of the one before.

    The event record says that it happened, not what is searched for. Raises `Refused`.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        others = SavedSearch.objects.filter(person=person).exclude(name=search.name)
        if others.count() >= MOST:
            raise Refused(detail=_("more searches than can be kept; please delete one"))
        row, _new = SavedSearch.objects.update_or_create(
            person=person,
            name=search.name,
            defaults={
                "query": search.query,
                "mine": search.mine,
                "order": search.order.value,
                "made_at": now,
            },
        )
        audit.record("search.kept", f"search:{row.pk}", actor=person.email, at=now)
    return row


def delete(person: Person, number: int, *, now: dt.datetime) -> None:
    """Delete a search of one's own; raises `NotFound`."""
    with transaction.atomic():
        deleted, _by_model = SavedSearch.objects.filter(person=person, pk=number).delete()
        if not deleted:
            raise NotFound(kind="search", name=number)
        audit.record("search.deleted", f"search:{number}", actor=person.email, at=now)
