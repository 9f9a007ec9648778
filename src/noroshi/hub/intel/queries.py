"""Attack information as one viewer may know it; what is hidden answers like what is not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.formats import stix
from noroshi.core.formats.stix import Report
from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.intel.models import IntelObject

PAGE = 50
"""Rows of a page."""


class ReportHead(msgspec.Struct, frozen=True, kw_only=True):
    """An attack report in a list. ``owner``: the hub for what was shared, whoever reported it."""

    stix_id: str
    owner: str
    owner_name: str
    owner_name_en: str
    tlp: Tlp
    title: str
    title_en: str = ""
    version: dt.datetime
    published_at: dt.datetime | None

    @property
    def title_ja(self) -> str:
        """The title as it was reported: in Japanese, if there is one in English beside it."""
        return self.title


class WholeReport(msgspec.Struct, frozen=True):
    """A whole attack report."""

    head: ReportHead
    report: Report


def reports(viewer: Viewer) -> tuple[ReportHead, ...]:
    """Return the attack reports the viewer may read, its own drafts among them, newest first."""
    return _heads(viewer, _listed(viewer))


def report_page(
    viewer: Viewer, *, mine: bool = False, after: str | None = None, limit: int = PAGE
) -> Slice[ReportHead]:
    """Return a page of the `reports`; ``mine``: those of the viewer's own organisation.

    Raises `BadCursor` for an ``after`` that no page gave.
    """
    rows = _listed(viewer)
    if mine:
        rows = rows.filter(owner=viewer.organisation if isinstance(viewer, Member) else None)
    if after is not None:
        version, stix_id = decode_cursor(after, dt.datetime, str)
        rows = rows.filter(Q(version__lt=version) | Q(version=version, stix_id__gt=stix_id))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    items = _heads(viewer, found[:limit])
    return Slice(items, encode_cursor((last.version, last.stix_id)) if last else None)


def report_for(viewer: Viewer, stix_id: str) -> WholeReport:
    """Return a report with what it refers to, as far as the viewer may read it; or `NotFound`."""
    row = report_row(viewer, stix_id)
    report = report_value(viewer, row)
    return WholeReport(_head(row, report.title_en), report)


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
    rows = IntelObject.objects.visible_to(viewer).filter(stix_id__in=wanted)
    versions = rows.order_by("version", "pk").values_list("stix_id", "body")
    newest = {stix_id: bytes(body) for stix_id, body in versions}
    return [newest[stix_id] for stix_id in wanted if stix_id in newest]


def readable(viewer: Viewer, stix_ids: Iterable[str]) -> frozenset[str]:
    """Return which of the objects the viewer may read."""
    rows = IntelObject.objects.visible_to(viewer).filter(stix_id__in=list(stix_ids))
    return frozenset(rows.values_list("stix_id", flat=True))


def _listed(viewer: Viewer) -> QuerySet[IntelObject]:
    rows = _newest(viewer).filter(type="report").select_related("owner")
    return rows.order_by("-version", "stix_id")


def _heads(viewer: Viewer, rows: Iterable[IntelObject]) -> tuple[ReportHead, ...]:
    found = list(rows)
    english = _english_titles(viewer, found)
    return tuple(_head(row, english.get(row.stix_id, "")) for row in found)


def _english_titles(viewer: Viewer, rows: Iterable[IntelObject]) -> dict[str, str]:
    parts = [part for row in rows for part in stix.references(bytes(row.body))]
    wanted = [part for part in parts if part.startswith("language-content--")]
    bodies = _bodies(viewer, wanted) if wanted else []
    return dict(stix.english_title(body) for body in bodies)


def _newest(viewer: Viewer) -> QuerySet[IntelObject]:
    """Return the newest version of each object *among those the viewer may read*."""
    same = IntelObject.objects.visible_to(viewer).filter(stix_id=OuterRef("stix_id"))
    newest = same.order_by("-version", "-pk").values("pk")[:1]
    return IntelObject.objects.visible_to(viewer).filter(pk=Subquery(newest))


def _clean(stix_id: str) -> str:
    # PostgreSQL refuses to compare with a NUL character; no identifier has one.
    return "" if "\x00" in stix_id else stix_id


def _head(row: IntelObject, title_en: str) -> ReportHead:
    return ReportHead(
        stix_id=row.stix_id,
        owner=row.owner.slug,
        owner_name=row.owner.name,
        owner_name_en=row.owner.name_en,
        tlp=row.marking,
        title=stix.title(bytes(row.body)),
        title_en=title_en,
        version=row.version,
        published_at=row.published_at,
    )
