"""Changing what is known of a system: its name, what depends on it, whether anybody runs it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.core.policy.duties import may_act
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.actions import FIND, NewSystem, check_name
from noroshi.hub.inventory.models import Inventory, System
from noroshi.hub.members.models import Organisation
from noroshi.hub.todo import actions as todo


def own_system(viewer: Viewer, number: int) -> System:
    """Return a system that the viewer may change: its organisation's own, and still run.

    Raises `NotFound`, also for what may not be seen; `Refused` for what may only be seen.
    """
    system = queries.system_for(viewer, number)
    if isinstance(viewer, Member) and viewer.organisation != system.organisation_id:
        raise Refused(detail=_("only the organisation that runs a system can change it"))
    if not may_act(viewer):
        raise Refused(detail=_("your role reads; it does not act for the organisation"))
    if system.retired_at is not None:
        raise Refused(detail=_("this system has been retired"))
    return system


@transaction.atomic
def add_system(
    organisation: Organisation, new: NewSystem, *, now: dt.datetime, actor: str
) -> System:
    """Make a system; raises `Refused` if the name is taken, or is none."""
    bulk.hold("inventory")
    check_name(new.name)
    _check_free(organisation.pk, new.name, None)
    system = System.objects.create(
        organisation=organisation,
        name=new.name,
        criticality=new.criticality.value,
        exposure=new.exposure.value,
    )
    audit.record("system.added", f"system:{system.pk}", actor=actor, at=now)
    return system


@transaction.atomic
def change_system(system: System, new: NewSystem, *, now: dt.datetime, actor: str) -> bool:
    """Change what is known of a system; return whether anything changed.

    How pressing its findings are depends on criticality and exposure: they are found anew. Raises
    `Refused` if the name is taken, or is none.
    """
    bulk.hold("inventory")
    check_name(new.name)
    _check_free(system.organisation_id, new.name, system.pk)
    wanted = {
        "name": new.name,
        "criticality": new.criticality.value,
        "exposure": new.exposure.value,
    }
    changed = sorted(name for name, value in wanted.items() if getattr(system, name) != value)
    if not changed:
        return False
    for name in changed:
        setattr(system, name, wanted[name])
    system.save(update_fields=changed)
    if changed != ["name"]:
        todo.ask(FIND, [system.pk])
    item = f"system:{system.pk}"
    audit.record("system.changed", item, actor=actor, at=now, detail={"changed": changed})
    return True


@transaction.atomic
def retire_system(system: System, *, now: dt.datetime, actor: str) -> None:
    """Say that nobody runs a system any more: nothing concerns it from now on.

    Its inventories and findings stay on record; its name can be given to another one.
    """
    bulk.hold("inventory")
    current = Inventory.objects.visible_to(SystemViewer()).filter(system=system, current=True)
    current.update(current=False)
    system.retired_at = now
    system.save(update_fields=["retired_at"])
    todo.ask(FIND, [system.pk])
    audit.record("system.retired", f"system:{system.pk}", actor=actor, at=now)


def _check_free(organisation: int, name: str, itself: int | None) -> None:
    rows = System.objects.visible_to(SystemViewer()).filter(
        organisation=organisation, name=name, retired_at=None
    )
    if rows.exclude(pk=itself or 0).exists():
        raise Refused(detail=_("there is already a system of this name"))
