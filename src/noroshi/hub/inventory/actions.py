"""Taking in what members run."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE
from noroshi.core.errors import Refused
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Criticality, Exposure
from noroshi.hub.audit import actions as audit
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.inventory import history, interning, queries
from noroshi.hub.inventory.models import Inventory, System
from noroshi.hub.inventory.reading import Upload, read_upload
from noroshi.hub.members.models import Organisation
from noroshi.hub.todo import actions as todo

MATCH_PACKAGE = "match-package"
FIND = "find"
"""Stages asked for: a new package is matched, then the systems that run it get their findings."""


class AddedInventory(msgspec.Struct, frozen=True):
    """What came of an upload. ``new_packages`` nobody in the hub ran before.

    That number is for whoever runs the hub: a member could find out with it what others run.
    """

    number: int
    unchanged: bool
    components: int
    new_packages: int
    problems: int


class NewSystem(msgspec.Struct, frozen=True):
    """A system by name, and how it is described if there is none of this name yet."""

    name: str
    criticality: Criticality
    exposure: Exposure


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
    check_name(name)
    mine = System.objects.visible_to(SystemViewer()).filter(retired_at=None)
    found = mine.filter(organisation=organisation, name=name).first()
    return found or System.objects.create(
        organisation=organisation, name=name, criticality=criticality, exposure=exposure
    )


def check_name(name: str) -> None:
    """Refuse what is no name of a system."""
    if not 0 < len(name) <= 200 or not name.strip() or STEERING_IN_A_LINE.search(name):
        raise Refused(detail=_("a name has 1 to 200 characters and no control characters"))


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
    return add_upload(organisation, new, read_upload(file, data), now=now, actor=actor)


@transaction.atomic
def add_upload(
    organisation: Organisation, new: NewSystem, upload: Upload, *, now: dt.datetime, actor: str
) -> AddedInventory:
    """Store an SBOM that has been read, as `add_system_inventory`."""
    bulk.hold("inventory")
    system = system_named(
        organisation, new.name, criticality=new.criticality, exposure=new.exposure
    )
    return store_upload(system, upload, now=now, actor=actor)


def add_inventory(
    system: System, file: str, data: bytes, *, now: dt.datetime, actor: str
) -> AddedInventory:
    """Store an SBOM as the system's current inventory and ask for matching.

    The same bytes again change nothing. Raises `FormatError` if it cannot be read as a whole;
    parts that cannot be used are kept with the inventory as problems.
    """
    return store_upload(system, read_upload(file, data), now=now, actor=actor)


@transaction.atomic
def store_upload(system: System, upload: Upload, *, now: dt.datetime, actor: str) -> AddedInventory:
    """Store an SBOM that has been read, as `add_inventory`; raises `Refused` once retired."""
    bulk.hold("inventory")
    if queries.retired(system.pk):
        raise Refused(detail=_("this system has been retired"))
    before = queries.current_inventory(system.pk)
    if before and bytes(before.sha256) == upload.sha256:
        return AddedInventory(
            number=before.pk,
            unchanged=True,
            components=before.component_count,
            new_packages=0,
            problems=before.problem_count,
        )
    if before:
        Inventory.objects.visible_to(SystemViewer()).filter(pk=before.pk).update(current=False)
    inventory = _store(system, upload, before, now)
    document = upload.document
    fresh = interning.add_components(inventory.pk, document.components, upload.packages)
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


def _store(system: System, upload: Upload, before: Inventory | None, now: dt.datetime) -> Inventory:
    document = upload.document
    changes = history.against(before.pk, upload.items) if before else None
    inventory = Inventory(
        system=system,
        uploaded_at=now,
        file=upload.file,
        dialect=document.dialect,
        subject=document.subject[:600],
        sha256=upload.sha256,
        size=upload.size,
        component_count=len(document.components),
        problems=msgspec.to_builtins(document.problems),
        problem_count=len(document.problems),
        unmatchable=upload.unmatchable,
        added=len(changes.added) if changes else None,
        removed=len(changes.removed) if changes else None,
        updated=len(changes.updated) if changes else None,
        body=upload.body,
    )
    inventory.save(force_insert=True)
    return inventory
