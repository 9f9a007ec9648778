"""Attack information as one viewer may know it; what is hidden answers like what is not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.formats import stix
from noroshi.core.formats.stix import Report
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.intel.models import IntelObject


class ReportHead(msgspec.Struct, frozen=True, kw_only=True):
    """An attack report in a list. ``owner``: the hub for what was shared, whoever reported it."""

    stix_id: str
    owner: str
    tlp: Tlp
    title: str
    version: dt.datetime
    published_at: dt.datetime | None


class WholeReport(msgspec.Struct, frozen=True):
    """A whole attack report."""

    head: ReportHead
    report: Report


def reports(viewer: Viewer) -> tuple[ReportHead, ...]:
    """Return the attack reports the viewer may read, its own drafts among them, newest first."""
    rows = _newest(viewer).filter(type="report").select_related("owner")
    return tuple(_head(row) for row in rows.order_by("-version", "stix_id"))


def report_for(viewer: Viewer, stix_id: str) -> WholeReport:
    """Return a report with what it refers to, as far as the viewer may read it; or `NotFound`."""
    row = report_row(viewer, stix_id)
    return WholeReport(_head(row), report_value(viewer, row))


def object_for(viewer: Viewer, stix_id: str) -> bytes:
    """Return the newest version of an object that the viewer may read, as stored; or `NotFound`."""
    row = _newest(viewer).filter(stix_id=_clean(stix_id)).first()
    if row is None:
        raise NotFound(kind=_("object"), name=stix_id[:120])
    return bytes(row.body)


def report_row(viewer: Viewer, stix_id: str) -> IntelObject:
    """Return the row of a report the viewer may read; raises `NotFound`."""
    rows = _newest(viewer).filter(stix_id=_clean(stix_id), type="report")
    row = rows.select_related("owner").first()
    if row is None:
        raise NotFound(kind=_("report"), name=stix_id[:120])
    return row


def report_value(viewer: Viewer, row: IntelObject) -> Report:
    """Return what a report says, in the order in which it refers to its parts."""
    whole = bytes(row.body)
    return stix.report_of(whole, _bodies(viewer, stix.references(whole)), row.marking)


def _bodies(viewer: Viewer, wanted: Sequence[str]) -> list[bytes]:
    rows = _newest(viewer).filter(stix_id__in=wanted)
    found = {row.stix_id: bytes(row.body) for row in rows}
    return [found[stix_id] for stix_id in wanted if stix_id in found]


def _newest(viewer: Viewer) -> QuerySet[IntelObject]:
    """Return the newest version of each object *among those the viewer may read*."""
    same = IntelObject.objects.visible_to(viewer).filter(stix_id=OuterRef("stix_id"))
    newest = same.order_by("-version", "-pk").values("pk")[:1]
    return IntelObject.objects.visible_to(viewer).filter(pk=Subquery(newest))


def _clean(stix_id: str) -> str:
    # PostgreSQL refuses to compare with a NUL character; no identifier has one.
    return "" if "\x00" in stix_id else stix_id


def _head(row: IntelObject) -> ReportHead:
    return ReportHead(
        stix_id=row.stix_id,
        owner=row.owner.slug,
        tlp=row.marking,
        title=stix.title(bytes(row.body)),
        version=row.version,
        published_at=row.published_at,
    )
