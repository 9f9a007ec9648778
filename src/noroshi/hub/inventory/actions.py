"""Taking in what members run."""

from __future__ import annotations

import datetime as dt
import hashlib

import msgspec
import zstandard
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE
from noroshi.core.components import InventoryDocument
from noroshi.core.errors import Refused
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
    """Return the organisation's system of this name, making it the first time.

    Raises `Refused` for a name that is none.
    """
    if not 0 < len(name) <= 200 or not name.strip() or STEERING_IN_A_LINE.search(name):
        raise Refused(detail=_("a name has 1 to 200 characters and no control characters"))
    mine = System.objects.visible_to(SystemViewer()).filter(organisation=organisation, name=name)
    return mine.first() or System.objects.create(
        organisation=organisation, name=name, criticality=criticality, exposure=exposure
    )


class NewSystem(msgspec.Struct, frozen=True):
    """A system by name, and how it is described if there is none of this name yet."""

    name: str
    criticality: Criticality
    exposure: Exposure


class _Upload(msgspec.Struct, frozen=True):
    """An SBOM as it came, and what it says."""

    file: str
    data: bytes
    document: InventoryDocument


def add_system_inventory(
    organisation: Organisation,
    new: NewSystem,
    file: str,
    data: bytes,
    *,
    now: dt.datetime,
    actor: str,
) -> AddedInventory:
    """Store an SBOM for the system of this name, as `add_inventory`; makes the system if new.

    An SBOM that cannot be read leaves no system behind: it would keep the criticality and the
    exposure of the attempt that failed.
    """
    upload = _Upload(file, data, sbom.read(data))
    with transaction.atomic():
        bulk.hold("inventory")
        system = system_named(
            organisation, new.name, criticality=new.criticality, exposure=new.exposure
        )
        return _take_in(system, upload, now=now, actor=actor)


def add_inventory(
    system: System, file: str, data: bytes, *, now: dt.datetime, actor: str
) -> AddedInventory:
    """Store an SBOM as the system's current inventory and ask for matching.

    The same bytes again change nothing. Raises `FormatError` if it cannot be read as a whole;
    parts that cannot be used are kept with the inventory as problems.
    """
    upload = _Upload(file, data, sbom.read(data))
    with transaction.atomic():
        bulk.hold("inventory")
        return _take_in(system, upload, now=now, actor=actor)


def _take_in(system: System, upload: _Upload, *, now: dt.datetime, actor: str) -> AddedInventory:
    digest = hashlib.sha256(upload.data).digest()
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
    document = upload.document
    inventory = _store(system, upload, digest, now)
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


def _store(system: System, upload: _Upload, digest: bytes, now: dt.datetime) -> Inventory:
    document = upload.document
    inventory = Inventory(
        system=system,
        uploaded_at=now,
        file=upload.file.encode(errors="replace").decode()[-300:],  # a name on disk may be no text
        dialect=document.dialect,
        subject=document.subject[:600],
        sha256=digest,
        size=len(upload.data),
        component_count=len(document.components),
        problems=msgspec.to_builtins(document.problems),
        body=zstandard.ZstdCompressor(level=9).compress(upload.data),
    )
    inventory.save(force_insert=True)
    return inventory
