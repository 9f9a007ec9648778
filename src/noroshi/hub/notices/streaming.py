"""All published notices that a viewer may read, whole, in the order in which they last changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

import msgspec
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.knowledge.models import Alias, Vulnerability
from noroshi.hub.notices.models import Notice

_CHANGED = Coalesce("withdrawn_at", "revised_at", "published_at")


class Told(msgspec.Struct, frozen=True):
    """A notice, what it speaks of, and the attached reports that the viewer may read.

    ``names``: vulnerability (its row) → all its names, the preferred one first.
    """

    notice: Notice
    changed: dt.datetime
    vulnerabilities: tuple[Vulnerability, ...]
    names: dict[int, tuple[str, ...]]
    reports: tuple[str, ...]


def notices(
    viewer: Viewer,
    *,
    since: dt.datetime | None = None,
    after: str | None = None,
    limit: int,
) -> Slice[Told]:
    """Return a page of notices: those published, revised or withdrawn after ``since``.

    The oldest first. Raises `BadCursor`.
    """
    published = Notice.objects.visible_to(viewer).filter(published_at__isnull=False)
    rows = published.select_related("owner").annotate(changed=_CHANGED)
    if since is not None:
        rows = rows.filter(GreaterThan(_CHANGED, since))
    if after is not None:
        at, number = decode_cursor(after, dt.datetime, str)
        rows = rows.filter(
            GreaterThanOrEqual(_CHANGED, at), Q(GreaterThan(_CHANGED, at)) | Q(number__gt=number)
        )
    found = list(rows.order_by("changed", "number")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Slice(
        _told(viewer, {row: row.changed for row in found[:limit]}),
        encode_cursor((last.changed, last.number)) if last else None,
    )


def _told(viewer: Viewer, rows: Mapping[Notice, dt.datetime]) -> tuple[Told, ...]:
    """Return notices with what they refer to, in four queries however many there are.

    ``rows``: notice → when it last changed.
    """
    numbers = [row.pk for row in rows]
    spoken = Notice.vulnerabilities.through.objects.filter(notice__in=numbers)
    pairs = list(spoken.order_by("vulnerability").values_list("notice", "vulnerability"))
    known = Vulnerability.objects.defer("words").in_bulk({number for _, number in pairs})
    names = _names(known)
    reports: defaultdict[int, list[str]] = defaultdict(list)
    attached = IntelObject.objects.visible_to(viewer).filter(notices__in=numbers)
    for number, stix_id in attached.order_by("stix_id").values_list("notices", "stix_id"):
        if stix_id not in reports[number]:
            reports[number].append(stix_id)
    about: defaultdict[int, list[Vulnerability]] = defaultdict(list)
    for notice, number in pairs:
        about[notice].append(known[number])
    return tuple(
        Told(
            notice=row,
            changed=changed,
            vulnerabilities=tuple(about[row.pk]),
            names={each.pk: names[each.pk] for each in about[row.pk]},
            reports=tuple(reports[row.pk]),
        )
        for row, changed in rows.items()
    )


def _names(known: dict[int, Vulnerability]) -> dict[int, tuple[str, ...]]:
    found = {number: [row.preferred_id] for number, row in known.items()}
    rows = Alias.objects.filter(vulnerability__in=list(known)).order_by("name")
    for number, name in rows.values_list("vulnerability", "name"):
        if name != known[number].preferred_id:
            found[number].append(name)
    return {number: tuple(names) for number, names in found.items()}
