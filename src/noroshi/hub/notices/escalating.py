"""Bringing a delivery that nobody answers to the attention of those above.

First to the bureau of the district, an interval later to the hub; each once for a revision. Neither
learns of a notice that it may not read, nor, where the notice went to those affected, of an
organisation that did not grant it counts: then the next above is told at once, and in the last
place the sender.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F

from noroshi.core.delivery import BUREAU_LEVEL, HUB_LEVEL, Escalate, Wait, lateness
from noroshi.core.policy.visibility import GrantLevel, System
from noroshi.core.sector import OrganisationKind
from noroshi.hub.audit import actions as audit
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Grant, Organisation
from noroshi.hub.notices.models import Delivery, Escalation, Notice
from noroshi.hub.notices.publishing import DISPATCH, ESCALATE, described
from noroshi.hub.todo import actions as todo


@transaction.atomic
def escalate(deliveries: Sequence[int], *, now: dt.datetime, every: dt.timedelta) -> int:
    """Escalate those of the deliveries that are late; return how many were.

    ``every``: from one level to the next. Asks the stage to look again where another level is to
    come; an answered delivery and one of a withdrawn notice simply end.
    """
    rows = _open(deliveries)
    raised = _raised(row.pk for row in rows)
    above = _Above(rows)
    count = 0
    for row in rows:
        levels = raised.get(row.pk, {})
        if HUB_LEVEL in levels:
            continue
        bureau = above.bureau(row)
        verdict = lateness(
            row.due_at, levels.get(BUREAU_LEVEL), bureau=bureau is not None, now=now, every=every
        )
        match verdict:
            case Wait(until=until):
                todo.postpone(ESCALATE, [row.pk], until=until)
            case Escalate(level=level):
                target = bureau if level == BUREAU_LEVEL else above.last(row)
                count += _raise(row, level, target, now)
                if level == BUREAU_LEVEL:
                    todo.postpone(ESCALATE, [row.pk], until=now + every)
    return count


def _open(deliveries: Sequence[int]) -> list[Delivery]:
    rows = Delivery.objects.visible_to(System()).filter(
        pk__in=deliveries, acknowledged_at__isnull=True, notice__withdrawn_at__isnull=True
    )
    return list(rows.select_related("notice__owner", "organisation").order_by("pk"))


def _raised(deliveries: Iterable[int]) -> dict[int, dict[int, dt.datetime]]:
    rows = Escalation.objects.visible_to(System()).filter(
        delivery__in=list(deliveries), revision=F("delivery__revision")
    )
    found: dict[int, dict[int, dt.datetime]] = {}
    for delivery, level, at in rows.values_list("delivery", "level", "at"):
        found.setdefault(delivery, {})[level] = at
    return found


def _raise(row: Delivery, level: int, target: Organisation | None, now: dt.datetime) -> int:
    if target is None:
        return 0
    Escalation.objects.create(delivery=row, revision=row.revision, level=level, to=target, at=now)
    todo.ask(DISPATCH, [row.pk])
    audit.record(
        "delivery.escalated",
        f"delivery:{row.pk}",
        actor="system",
        at=now,
        detail=described(row.notice) | {"level": level, "to": target.slug},
    )
    return 1


class _Above:
    """Who stands above the organisations of a batch, and may hear of a delivery."""

    def __init__(self, rows: Sequence[Delivery]) -> None:
        known = Organisation.objects.filter(
            kind__in=[OrganisationKind.BUREAU.value, OrganisationKind.HUB.value], active=True
        )
        self._bureaus = {row.district: row for row in known if row.kind == OrganisationKind.BUREAU}
        self._hub = next((row for row in known if row.kind == OrganisationKind.HUB), None)
        grants = Grant.objects.filter(
            owner__in={row.organisation_id for row in rows}, level__gte=GrantLevel.COUNTS
        )
        self._granted = set(grants.values_list("owner", "grantee"))
        self._readable: dict[tuple[int, int], bool] = {}

    def bureau(self, row: Delivery) -> Organisation | None:
        """Return the bureau of the organisation's district, if it may hear of this delivery."""
        bureau = self._bureaus.get(row.organisation.district)
        return bureau if bureau and self._may_hear(bureau, row) else None

    def last(self, row: Delivery) -> Organisation | None:
        """Return the hub if it may hear of this delivery, else the sender if it may."""
        if self._hub and self._may_hear(self._hub, row):
            return self._hub
        return row.notice.owner if self._may_know(row.notice.owner, row) else None

    def _may_hear(self, target: Organisation, row: Delivery) -> bool:
        return (
            target.pk != row.organisation_id
            and self._may_know(target, row)
            and self._reads(target, row.notice)
        )

    def _may_know(self, target: Organisation, row: Delivery) -> bool:
        return not row.notice.affected_only or (row.organisation_id, target.pk) in self._granted

    def _reads(self, target: Organisation, notice: Notice) -> bool:
        key = target.pk, notice.pk
        if key not in self._readable:
            readable = Notice.objects.visible_to(members.viewer_of(target))
            self._readable[key] = readable.filter(pk=notice.pk).exists()
        return self._readable[key]
