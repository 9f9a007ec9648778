"""Taking in what members run."""

from __future__ import annotations

import datetime as dt
import hashlib

import msgspec
import zstandard
from django.db import transaction

from noroshi.core.components import InventoryDocument
from noroshi.core.formats import sbom
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Criticality, Exposure
from noroshi.hub.audit import actions as audit
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.inventory import interning, queries
from noroshi.hub.inventory.models import Inventory, System
from noroshi.hub.members.models import Organisation
from noroshi.hub.todo import actions as todo

MATCH_PACKAGE = "match-package"
FIND = "find"
"""Stages asked for: a new package is matched, then the systems that run it get their findings."""


class AddedInventory(msgspec.Struct, frozen=True):
    """What came of an upload. ``new_packages`` nobody in the hub ran before."""

    number: int
    unchanged: bool
    components: int
    new_packages: int
    problems: int


def system_named(
    organisation: Organisation,
    name: str,
    *,
    criticality: Criticality = Criticality.MEDIUM,
    exposure: Exposure = Exposure.CONTROLLED,
) -> System:
    """Return the organisation's system of this name, making it the first time."""
    mine = System.objects.visible_to(SystemViewer()).filter(organisation=organisation, name=name)
    return mine.first() or System.objects.create(
        organisation=organisation, name=name, criticality=criticality, exposure=exposure
    )


def add_inventory(
    system: System, file: str, data: bytes, *, now: dt.datetime, actor: str
) -> AddedInventory:
    """Store an SBOM as the system's current inventory and ask for matching.

    The same bytes again change nothing. Raises `FormatError` if it cannot be read as a whole;
    parts that cannot be used are kept with the inventory as problems.
    """
    digest = hashlib.sha256(data).digest()
    document = sbom.read(data)
    with transaction.atomic():
        bulk.hold("inventory")
        before = queries.current_inventory(system.pk)
        if before and bytes(before.sha256) == digest:
            return AddedInventory(
                number=before.pk,
                unchanged=True,
                components=before.component_count,
                new_packages=0,
                problems=len(before.problems),
            )
        if before:
            Inventory.objects.visible_to(SystemViewer()).filter(pk=before.pk).update(current=False)
        inventory = _store(system, file, data, digest, document, now)
        fresh = interning.add_components(inventory.pk, document.components)
        todo.ask(MATCH_PACKAGE, fresh)
        todo.ask(FIND, [system.pk])
        audit.record(
            "inventory.added",
            f"inventory:{inventory.pk}",
            actor=actor,
            at=now,
            detail={"system": system.pk, "components": len(document.components)},
        )
    return AddedInventory(
        number=inventory.pk,
        unchanged=False,
        components=len(document.components),
        new_packages=len(fresh),
        problems=len(document.problems),
    )


def _store(
    system: System,
    file: str,
    data: bytes,
    digest: bytes,
    document: InventoryDocument,
    now: dt.datetime,
) -> Inventory:
    inventory = Inventory(
        system=system,
        uploaded_at=now,
        file=file.encode(errors="replace").decode()[-300:],  # a name on disk may be no text
        dialect=document.dialect,
        subject=document.subject[:600],
        sha256=digest,
        size=len(data),
        component_count=len(document.components),
        problems=msgspec.to_builtins(document.problems),
        body=zstandard.ZstdCompressor(level=9).compress(data),
    )
    inventory.save(force_insert=True)
    return inventory
