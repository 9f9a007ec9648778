"""The rows behind the yardsticks, for one fiscal year, exercises left out.

Each definition stands with the function that counts it. What is *counted* is counted over the
whole record, for the programme (`figures`); what is *listed* is listed for a viewer, and holds
only what the viewer may know (`rows_behind`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from noroshi.core.delivery import ANSWERS
from noroshi.core.fiscal import first_moment, midnight
from noroshi.core.policy.visibility import GrantLevel, System, Viewer
from noroshi.core.sector import OrganisationKind
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.inventory.models import Component, Inventory
from noroshi.hub.matching.models import PackageMatch
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.notices.models import Delivery, Notice, Response

EXERCISE = '"exercise":true'
"""How the event record marks what belongs to an exercise (its JSON is canonical)."""


class Period(msgspec.Struct, frozen=True):
    """A fiscal year, as far as it has come: from ``start`` until just before ``end``, in UTC."""

    start: dt.datetime
    end: dt.datetime

    @property
    def running(self) -> bool:
        """Say whether the year has not ended yet."""
        return self.end < first_moment(self.start.year + 1)


def period(year: int, today: dt.date) -> Period:
    """Return the fiscal year up to the end of ``today`` (a day in Tokyo)."""
    start, end = first_moment(year), first_moment(year + 1)
    return Period(start, max(start, min(end, midnight(today + dt.timedelta(days=1)))))


# --- what was shared with whom ---


class Share(msgspec.Struct, frozen=True):
    """One notice or report: its items, who sent it, and which others could read it.

    An item is a vulnerability's preferred name, or a report's STIX id.
    """

    items: frozenset[str]
    sender: int
    readers: frozenset[int]


def shares(viewer: Viewer, span: Period) -> list[Share]:
    """Return what was shared in the period, as far as the viewer may know it.

    An *item* is a vulnerability in a notice published in the period, counted once a year however
    many notices speak of it and under whatever name; or an attack report published in it. It is
    *shared* with every organisation other than its sender that could read it: because it got a
    delivery, or stands in the audience. Without such a reader nothing was shared.

    Of a notice that went to those affected, a viewer learns the readers that granted it counts.
    """
    found = [*_in_notices(viewer, span), *_in_reports(viewer, span)]
    return [share for share in found if share.items and share.readers]


def pairs(shared: Iterable[Share]) -> set[tuple[str, int]]:
    """Return every distinct (item, organisation that could read it)."""
    return {(item, reader) for one in shared for item in one.items for reader in one.readers}


def _in_notices(viewer: Viewer, span: Period) -> list[Share]:
    rows = _published(Notice.objects.visible_to(viewer), span).filter(exercise=False)
    items: defaultdict[int, set[str]] = defaultdict(set)
    for number, name, survivor in rows.values_list(
        "pk", "vulnerabilities__preferred_id", "vulnerabilities__merged_into__preferred_id"
    ):
        if name is not None:
            items[number].add(survivor or name)
    readers: defaultdict[int, set[int]] = defaultdict(set)
    sent = Delivery.objects.visible_to(System()).filter(notice__in=list(items))
    for number, organisation in sent.values_list("notice", "organisation"):
        readers[number].add(organisation)
    known = members.granting(viewer, GrantLevel.COUNTS)
    telling = list(rows.filter(pk__in=list(items)))
    named = members.audience_organisations(row.audience_id for row in telling)
    found = []
    for row in telling:
        reading = (readers[row.pk] | named.get(row.audience_id, set())) - {row.owner_id}
        told = reading & known if row.affected_only else reading
        found.append(Share(frozenset(items[row.pk]), row.owner_id, frozenset(told)))
    return found


def _in_reports(viewer: Viewer, span: Period) -> list[Share]:
    drilled = Notice.objects.visible_to(System()).filter(exercise=True, intel=OuterRef("pk"))
    rows = _published(IntelObject.objects.visible_to(viewer), span).filter(type="report")
    joined = Organisation.objects.filter(active=True, joined_at__lt=span.end)
    everybody = set(
        joined.exclude(kind=OrganisationKind.MINISTRY.value).values_list("pk", flat=True)
    )
    told = list(rows.exclude(Exists(drilled)))
    named = members.audience_organisations(row.audience_id for row in told)
    found = []
    for row in told:
        # An audience that lists nobody is everyone, or all members.
        readers = named.get(row.audience_id, everybody) - {row.owner_id}
        found.append(Share(frozenset({row.stix_id}), row.owner_id, frozenset(readers)))
    return found


def _published(rows: QuerySet, span: Period) -> QuerySet:  # type: ignore[type-arg]  # of any such model
    return rows.filter(published_at__gte=span.start, published_at__lt=span.end)


# --- who took part ---


class Taking(msgspec.Struct, frozen=True):
    """An organisation that took part in the period, and by what."""

    organisation: Organisation
    by: tuple[str, ...]


def sharing_organisations(span: Period) -> tuple[Taking, ...]:
    """Return the organisations that signed in, pulled or acknowledged at least once.

    *Acknowledged*: it gave an answer to a delivery. *Signed in, pulled*: the event record holds
    something that one of its people did under their own name, or its machine under its
    (``organisation:`` and the short name); reading alone leaves such an event, too.
    """
    by: defaultdict[int, set[str]] = defaultdict(set)
    answers = Response.objects.visible_to(System()).filter(
        at__gte=span.start,
        at__lt=span.end,
        state__in=[state.value for state in ANSWERS],
        delivery__notice__exercise=False,
    )
    for number in answers.values_list("delivery__organisation", flat=True).distinct():
        by[number].add("acknowledged")
    for number in _acting(span):
        by[number].add("signed in")
    rows = Organisation.objects.filter(pk__in=list(by)).order_by("district", "slug")
    return tuple(Taking(row, tuple(sorted(by[row.pk]))) for row in rows)


def _acting(span: Period) -> set[int]:
    events = AuditEvent.objects.filter(at__gte=span.start, at__lt=span.end)
    actors = set(
        events.exclude(detail__contains=EXERCISE).values_list("actor", flat=True).distinct()
    )
    people = Person.objects.filter(email__in=actors).values_list("organisation", flat=True)
    slugs = {name.removeprefix("organisation:") for name in actors if name[:13] == "organisation:"}
    machines = Organisation.objects.filter(slug__in=slugs).values_list("pk", flat=True)
    return set(people) | set(machines)


# --- what is linked ---


def linked_assets(viewer: Viewer, span: Period) -> QuerySet[Component, tuple[int, int]]:
    """Return the distinct (system, package) linked to vulnerability information.

    An *asset* is a package in the inventory that a system had at the end of the period (its
    current one, while the year is running); *linked* if at least one vulnerability matches the
    package, as the sources know it today. A system that had been retired by then had none.
    """
    matched = PackageMatch.objects.filter(package=OuterRef("package"))
    rows = Component.objects.visible_to(viewer).filter(
        Exists(matched), inventory__in=_inventories(span).values("pk")
    )
    return rows.values_list("inventory__system", "package").distinct()


def _inventories(span: Period) -> QuerySet[Inventory]:
    rows = Inventory.objects.visible_to(System())
    if span.running:
        return rows.filter(current=True, uploaded_at__lt=span.end)
    later = Inventory.objects.visible_to(System()).filter(
        system=OuterRef("system"), uploaded_at__gt=OuterRef("uploaded_at"), uploaded_at__lt=span.end
    )
    rows = rows.filter(~Exists(later), uploaded_at__lt=span.end)
    return rows.exclude(system__retired_at__lt=span.end)
