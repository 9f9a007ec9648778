"""All findings one by one, a page at a time, in the order in which they came up."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.assess.priority import Priority
from noroshi.core.errors import NotFound
from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.knowledge.models import Alias
from noroshi.hub.matching.models import Finding, FindingAnswer, FindingStatus


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; as it stands: everything.

    ``statuses``, ``priorities``: any of these. ``organisation`` by its short name, ``system`` by
    its number, ``vulnerability`` by any of its names.
    """

    statuses: tuple[FindingStatus, ...] = ()
    priorities: tuple[Priority, ...] = ()
    organisation: str = ""
    system: int | None = None
    vulnerability: str = ""
    changed_since: dt.datetime | None = None


def findings(viewer: Viewer, filters: Filters, *, after: str | None, limit: int) -> Slice[Finding]:
    """Return a page of the findings the viewer may see; raises `BadCursor`."""
    rows = Finding.objects.visible_to(viewer)
    if filters.statuses:
        rows = rows.filter(status__in=filters.statuses)
    if filters.priorities:
        rows = rows.filter(priority__in=filters.priorities)
    if filters.organisation:
        rows = rows.filter(system__organisation__slug=filters.organisation)
    if filters.system is not None:
        rows = rows.filter(system=filters.system)
    if filters.vulnerability:
        named = Alias.objects.filter(name=filters.vulnerability)
        rows = rows.filter(vulnerability__in=named.values("vulnerability"))
    if filters.changed_since is not None:
        rows = rows.filter(changed_at__gte=filters.changed_since)
    if after is not None:
        (number,) = decode_cursor(after, int)
        rows = rows.filter(pk__gt=number)
    rows = rows.select_related("system__organisation", "vulnerability")
    found = list(rows.defer("vulnerability__words").order_by("pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Slice(tuple(found[:limit]), encode_cursor((last.pk,)) if last else None)


def finding_for(viewer: Viewer, number: int) -> Finding:
    """Return a finding with its system and vulnerability; or `NotFound`."""
    rows = Finding.objects.visible_to(viewer).filter(pk=number)
    rows = rows.select_related("system__organisation", "vulnerability")
    found = rows.defer("vulnerability__words").first()
    if found is None:
        raise NotFound(kind=_("finding"), name=number)
    return found


def answers_of(viewer: Viewer, finding: int) -> tuple[FindingAnswer, ...]:
    """Return what was said of a finding that the viewer may see, the oldest first."""
    rows = FindingAnswer.objects.visible_to(viewer).filter(finding=finding)
    return tuple(rows.order_by("at", "pk"))
