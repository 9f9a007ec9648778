"""Lists of notices, a page at a time."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, LessThan

from noroshi.core.delivery import DeliveryState
from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.notices import shaping
from noroshi.hub.notices.models import Delivery, Notice
from noroshi.hub.notices.queries import EVERYBODY, own_deliveries
from noroshi.hub.notices.views import Listed, Received, Show, Waiting

PAGE = 50
"""Rows of a page."""
MOST_WORDS = 8
"""Words that are looked for at once."""

_TOLD = Coalesce("published_at", "created_at")
_DRAFTS = Q(published_at__isnull=True, withdrawn_at__isnull=True)
_UNREAD = Q(state=DeliveryState.DELIVERED.value)
_UNANSWERED = Q(acknowledged_at__isnull=True)


def notices(
    viewer: Viewer,
    *,
    show: Show = Show.ALL,
    text: str = "",
    after: str | None = None,
    limit: int = PAGE,
) -> Slice[Listed]:
    """Return a page of the notices the viewer may read, its own drafts among them.

    The newest first, by publication or, of drafts, by writing. ``text`` is looked for in numbers
    and titles. Raises `BadCursor` for an ``after`` that no page gave.
    """
    own = own_deliveries(viewer)
    rows = Notice.objects.visible_to(viewer).filter(_shown(viewer, show, own))
    for word in text.replace("\x00", "").split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(number__icontains=word) | Q(title_ja__icontains=word) | Q(title_en__icontains=word)
        )
    if after is not None:
        at, number = decode_cursor(after, dt.datetime, int)
        rows = rows.filter(Q(LessThan(_TOLD, at)) | Q(Exact(_TOLD, at), pk__lt=number))
    rows = rows.select_related("owner").defer("text_ja", "text_en", "withdrawal_reason", "chosen")
    found = list(rows.order_by(_TOLD.desc(), "-pk")[: limit + 1])
    page = found[:limit]
    sent = {row.notice_id: row for row in own.filter(notice__in=[row.pk for row in page])}
    items = [
        Listed(shaping.head(row), shaping.own(sent[row.pk]) if row.pk in sent else None)
        for row in page
    ]
    last = page[-1] if len(found) > limit else None
    key = (last.published_at or last.created_at, last.pk) if last else None
    return Slice(tuple(items), encode_cursor(key) if key else None)


def inbox(viewer: Viewer, *, after: str | None = None, limit: int = PAGE) -> Slice[Received]:
    """Return a page of the notices that were sent to the viewer's organisation, newest first.

    Raises `BadCursor` as `notices` does.
    """
    rows = own_deliveries(viewer).select_related("notice__owner")
    if after is not None:
        at, number = decode_cursor(after, dt.datetime, int)
        rows = rows.filter(Q(delivered_at__lt=at) | Q(delivered_at=at, pk__lt=number))
    found = list(rows.order_by("-delivered_at", "-pk")[: limit + 1])
    page = found[:limit]
    last = page[-1] if len(found) > limit else None
    items = tuple(Received(shaping.head(row.notice), shaping.own(row)) for row in page)
    return Slice(items, encode_cursor((last.delivered_at, last.pk)) if last else None)


def waiting(viewer: Viewer) -> Waiting:
    """Return how much of its notices waits for the viewer's organisation."""
    asked = own_deliveries(viewer).filter(notice__withdrawn_at__isnull=True)
    return Waiting(
        unread=asked.filter(_UNREAD).count(),
        to_answer=asked.filter(_UNANSWERED).count(),
        drafts=Notice.objects.visible_to(viewer).filter(_DRAFTS).count(),
    )


def _shown(viewer: Viewer, show: Show, own: QuerySet[Delivery]) -> Q:
    """Return which notices a choice shows, of those the viewer may read."""
    mine = own.filter(notice=OuterRef("pk"))
    standing = Q(published_at__isnull=False, withdrawn_at__isnull=True)
    match show:
        case Show.ALL:
            return EVERYBODY
        case Show.PUBLISHED:
            return Q(published_at__isnull=False)
        case Show.UNREAD:
            return standing & Q(Exists(mine.filter(_UNREAD)))
        case Show.TO_ANSWER:
            return standing & Q(Exists(mine.filter(_UNANSWERED)))
        case Show.ANSWERED:
            return Q(Exists(mine.filter(~_UNANSWERED)))
        case Show.WITHDRAWN:
            return Q(withdrawn_at__isnull=False)
        case Show.EXERCISE:
            return Q(published_at__isnull=False, exercise=True)
        case Show.SENT:
            own_one = viewer.organisation if isinstance(viewer, Member) else 0
            return Q(published_at__isnull=False, owner=own_one)
        case Show.DRAFTS:
            return _DRAFTS
