"""Drafts that the machine writes for the hub; a person decides whether they are sent.

One is written for a vulnerability that is exploited or critical, that has a finding which cannot
wait, and that no notice speaks of yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from noroshi.core.assess.assessment import Assessment, SeverityClass, decode
from noroshi.core.assess.priority import Priority
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.audit import actions as audit
from noroshi.hub.knowledge import queries as knowledge
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.knowledge.preparing import unpack_text
from noroshi.hub.matching.actions import PROPOSE
from noroshi.hub.matching.models import Finding
from noroshi.hub.matching.queries import LIVE
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.suggesting import wordings
from noroshi.hub.todo import actions as todo

RESPOND_WITHIN_HOURS = {Priority.IMMEDIATE: 24, Priority.OUT_OF_CYCLE: 72}
"""Hours within which a proposal asks for an acknowledgement: a working day, or three."""

NO_HUB_YET = dt.timedelta(minutes=1)
"""How long a proposal waits for somebody who could send it."""


@transaction.atomic
def propose(vulnerabilities: Iterable[int], *, now: dt.datetime) -> int:
    """Write a draft for each vulnerability that calls for one; return how many were written.

    Before there is a hub nobody could send it: nothing is written, and the stage looks again.
    """
    hub = Organisation.objects.filter(kind=OrganisationKind.HUB.value).first()
    urgent = _urgent(vulnerabilities)
    if hub is None:
        todo.postpone(PROPOSE, urgent, until=now + NO_HUB_YET)
        return 0
    rows = _unspoken(urgent, hub)
    assessed = knowledge.current_assessments([row.pk for row in rows])
    for row in rows:
        body = assessed.get(row.pk)
        assessment = decode(unpack_text(body)) if body else None
        _draft(row, assessment, urgent[row.pk], hub, now)
    return len(rows)


def _urgent(vulnerabilities: Iterable[int]) -> dict[int, Priority]:
    """Return those with a live finding that cannot wait, and the most pressing priority of each."""
    rows = Finding.objects.visible_to(System()).filter(
        vulnerability__in=set(vulnerabilities),
        status__in=LIVE,
        priority__in=[priority.value for priority in RESPOND_WITHIN_HOURS],
    )
    found: dict[int, Priority] = {}
    for number, priority in rows.values_list("vulnerability", "priority").distinct():
        if found.get(number) is not Priority.IMMEDIATE:
            found[number] = Priority(priority)
    return found


def _unspoken(vulnerabilities: Iterable[int], hub: Organisation) -> list[Vulnerability]:
    """Return those that are exploited or critical, and in no notice, under no former name.

    In none that the hub may read: what a member writes for itself must neither keep the hub from
    warning others, nor be guessed from its silence.
    """
    spoken = Notice.objects.visible_to(Member(hub.pk, None, Role.HUB_ANALYST)).filter(
        Q(vulnerabilities=OuterRef("pk")) | Q(vulnerabilities__merged_into=OuterRef("pk"))
    )
    return list(
        Vulnerability.objects.filter(
            Q(exploited_since__isnull=False) | Q(severity=SeverityClass.CRITICAL.value),
            ~Exists(spoken),
            pk__in=list(vulnerabilities),
            merged_into__isnull=True,
        )
        .exclude(state="rejected")
        .order_by("pk")
    )


def _draft(
    row: Vulnerability,
    assessment: Assessment | None,
    priority: Priority,
    hub: Organisation,
    now: dt.datetime,
) -> None:
    ja, en = wordings(row, assessment)
    notice = Notice(
        owner=hub,
        tlp=Tlp.GREEN.rank,
        title_ja=ja.title,
        title_en=en.title,
        text_ja=ja.text,
        text_en=en.text,
        respond_within_hours=RESPOND_WITHIN_HOURS[priority],
        proposed=True,
        created_at=now,
    )
    notice.save()
    notice.vulnerabilities.add(row)
    audit.record(
        "notice.proposed",
        f"notice:{notice.pk}",
        actor="system",
        at=now,
        detail={"vulnerability": row.preferred_id},
    )
