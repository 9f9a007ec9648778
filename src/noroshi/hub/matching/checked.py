"""What was checked: how much of what an organisation runs, against how much that is known."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.db.models import Count, Max, Q, Sum

from noroshi.core.policy.visibility import Viewer
from noroshi.hub.inventory.actions import FIND, MATCH_PACKAGE
from noroshi.hub.inventory.models import Component, Inventory, System
from noroshi.hub.knowledge.merging import ASSESS, MATCH
from noroshi.hub.knowledge.models import Source, Vulnerability
from noroshi.hub.todo.models import Todo


class Running(msgspec.Struct, frozen=True):
    """What an organisation says it runs. ``uploaded_at``: when it last said so."""

    systems: int
    listed: int
    components: int
    uploaded_at: dt.datetime | None

    @property
    def unlisted(self) -> int:
        """Systems without an inventory: nothing can be said of them."""
        return self.systems - self.listed


class Checked(msgspec.Struct, frozen=True):
    """What a finding of nothing rests on.

    ``known_at``: when the last source was read to its end. ``waiting``: some of what is stored has
    not been compared yet.
    """

    running: Running
    vulnerabilities: int
    known_at: dt.datetime | None
    waiting: bool


def running(viewer: Viewer, organisation: int) -> Running:
    """Return what an organisation runs, in numbers."""
    rows = System.objects.visible_to(viewer).filter(organisation=organisation, retired_at=None)
    current = Inventory.objects.visible_to(viewer).filter(system__in=rows, current=True)
    listed = current.aggregate(
        listed=Count("pk"), components=Sum("component_count"), uploaded_at=Max("uploaded_at")
    )
    return Running(rows.count(), listed["listed"], listed["components"] or 0, listed["uploaded_at"])


def checked(viewer: Viewer, organisation: int) -> Checked:
    """Return what was compared with what."""
    known = Vulnerability.objects.filter(merged_into=None).aggregate(number=Count("pk"))
    read = Source.objects.aggregate(last=Max("last_finished_at"))
    return Checked(
        running=running(viewer, organisation),
        vulnerabilities=known["number"],
        known_at=read["last"],
        waiting=_waiting(viewer, organisation),
    )


def _waiting(viewer: Viewer, organisation: int) -> bool:
    systems = System.objects.visible_to(viewer).filter(organisation=organisation)
    packages = Component.objects.visible_to(viewer).filter(
        inventory__system__in=systems, inventory__current=True
    )
    asked = (
        Q(stage__in=[ASSESS, MATCH])
        | Q(stage=FIND, object_id__in=systems.values("pk"))
        | Q(stage=MATCH_PACKAGE, object_id__in=packages.values("package"))
    )
    return Todo.objects.filter(asked).exists()
