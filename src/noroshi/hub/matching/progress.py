"""How far the matching of what a system runs has come."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.db.models import Min

from noroshi.core.policy.visibility import Viewer
from noroshi.hub.inventory import queries as inventory
from noroshi.hub.inventory.actions import FIND, MATCH_PACKAGE
from noroshi.hub.inventory.models import Component
from noroshi.hub.todo.models import Todo


class Progress(StrEnum):
    """Where it stands."""

    WAITING = "waiting"
    DELAYED = "delayed"  # it failed, and is tried again later
    DONE = "done"


def progress(viewer: Viewer, system: int, *, now: dt.datetime) -> Progress:
    """Say whether the findings of a system follow from what it runs now; raises `NotFound`.

    Deliberately no number: only packages that nobody ran before have to be matched, so that
    counting them would tell a member what others run.
    """
    number = inventory.system_for(viewer, system).pk
    stages = [Todo.objects.filter(stage=FIND, object_id=number)]
    if Todo.objects.filter(stage=MATCH_PACKAGE).exists():
        running = inventory.current_inventories(viewer, [number])
        packages = Component.objects.visible_to(viewer).filter(inventory__in=list(running.values()))
        stages.append(
            Todo.objects.filter(stage=MATCH_PACKAGE, object_id__in=packages.values("package"))
        )
    earliest = [rows.aggregate(first=Min("not_before"))["first"] for rows in stages]
    due = [moment for moment in earliest if moment is not None]
    if not due:
        return Progress.DONE
    return Progress.WAITING if min(due) <= now else Progress.DELAYED
