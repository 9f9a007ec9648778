"""Endpoints and undelivered messages, as one viewer may know them.

Whoever administers an organisation sees its endpoints and what did not reach its people. Whoever
administers the hub sees beside that the *envelopes* of everybody's messages, about notices that it
may read itself: never who at the organisation was to get it, never a word of it. Where a notice
went to those affected, a message says that the organisation is; then it is seen only by those who
may count the organisation's findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.outgoing import OPEN, MessageKind, MessageState, Trouble
from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.duties import may_administer
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import GrantLevel, Member, System, Viewer
from noroshi.core.sector import Role
from noroshi.hub.dispatch.models import Endpoint, Message
from noroshi.hub.dispatch.views import Envelope, LastCall, Webhook, Whose
from noroshi.hub.members import queries as members
from noroshi.hub.notices.models import Notice

PAGE = 50
"""Rows of one page."""

NOT_ARRIVED = Q(state__in=[MessageState.FAILED.value, MessageState.GIVEN_UP.value])
_LONG = ("text_ja", "text_en")
_IS_OPEN = Q(state__in=sorted(state.value for state in OPEN))
_NOBODY = Q(pk__in=())
_EVERYBODY = Q(pk__isnull=False)  # an empty Q would vanish beside an OR, and leave the other side


# --- endpoints ---


def endpoints(viewer: Viewer) -> tuple[Webhook, ...]:
    """Return the webhooks of the viewer's organisation: those in use first, then the newest."""
    mine = endpoint_rows(viewer).order_by("-active", "-made_at", "-pk")
    return _webhooks(mine.select_related("made_by")[:PAGE])


def endpoint(viewer: Viewer, number: int) -> Webhook:
    """Return one of them; raises `NotFound`."""
    found = _webhooks(endpoint_rows(viewer).filter(pk=number).select_related("made_by"))
    if not found:
        raise _no_endpoint(number)
    return found[0]


def endpoint_rows(viewer: Viewer) -> QuerySet[Endpoint]:
    """Return the endpoints that are the viewer's to look after."""
    # A grant of details opens others' private things to the rule; their endpoints it does not.
    return Endpoint.objects.visible_to(viewer).filter(_own(viewer))


def endpoint_row(viewer: Viewer, number: int) -> Endpoint:
    """Return one of them; raises `NotFound`."""
    found = endpoint_rows(viewer).filter(pk=number).first()
    if found is None:
        raise _no_endpoint(number)
    return found


def _no_endpoint(number: int) -> NotFound:
    return NotFound(kind=_("endpoint"), name=str(number))


def _own(viewer: Viewer) -> Q:
    if isinstance(viewer, System):
        return _EVERYBODY
    if isinstance(viewer, Member) and may_administer(viewer):
        return Q(organisation=viewer.organisation)
    return _NOBODY


def _webhooks(found: Iterable[Endpoint]) -> tuple[Webhook, ...]:
    rows = list(found)
    last, waiting = _last_calls(rows), _waiting(rows)
    return tuple(
        Webhook(
            number=row.pk,
            url=row.url,
            active=row.active,
            gone=row.gone,
            made_at=row.made_at,
            made_by=row.made_by.name if row.made_by else "",
            waiting=waiting.get(row.pk, 0),
            last=last.get(row.pk),
        )
        for row in rows
    )


def _last_calls(rows: Iterable[Endpoint]) -> dict[int, LastCall]:
    mine = Message.objects.visible_to(System()).filter(endpoint__in=[row.pk for row in rows])
    newest = mine.filter(tried_at__isnull=False).values("endpoint").annotate(last=Max("pk"))
    calls = mine.filter(pk__in=[row["last"] for row in newest])
    return {
        row.endpoint_id: LastCall(
            kind=MessageKind(row.kind),
            state=MessageState(row.state),
            at=row.tried_at,
            trouble=Trouble(row.trouble) if row.trouble else None,
            code=row.code,
        )
        for row in calls
        if row.endpoint_id is not None and row.tried_at is not None
    }


def _waiting(rows: Iterable[Endpoint]) -> dict[int, int]:
    open_ones = Message.objects.visible_to(System()).filter(
        _IS_OPEN, endpoint__in=[row.pk for row in rows]
    )
    counted = open_ones.values("endpoint").annotate(count=Count("pk"))
    return {row["endpoint"]: row["count"] for row in counted}


# --- messages ---


def undelivered(viewer: Viewer, after: str = "") -> Slice[Envelope]:
    """Return what did not arrive as far as the viewer may know, the newest first.

    ``after`` is the cursor of the page before. Raises `BadCursor`.
    """
    rows = known_messages(viewer).filter(NOT_ARRIVED)
    if after:
        at, number = decode_cursor(after, dt.datetime, int)
        rows = rows.filter(Q(made_at__lt=at) | Q(made_at=at, pk__lt=number))
    rows = rows.select_related("organisation", "person", "endpoint", "delivery__notice")
    rows = rows.defer("delivery__concerns", *(f"delivery__notice__{name}" for name in _LONG))
    found = list(rows.order_by("-made_at", "-pk")[: PAGE + 1])
    page = found[:PAGE]
    more = len(found) > PAGE
    cursor = encode_cursor((page[-1].made_at, page[-1].pk)) if more else None
    return Slice(tuple(_envelope(row, viewer) for row in page), cursor)


def known_messages(viewer: Viewer) -> QuerySet[Message]:
    """Return the messages whose outside the viewer may see (see above)."""
    rows = Message.objects.visible_to(System())
    if isinstance(viewer, System):
        return rows
    if not isinstance(viewer, Member) or not may_administer(viewer):
        return rows.filter(_NOBODY)
    readable = Notice.objects.visible_to(viewer).filter(tlp__lt=Tlp.RED.rank)
    countable = members.granting(viewer, GrantLevel.COUNTS)
    told = Q(delivery__notice__affected_only=False) | Q(delivery__organisation__in=countable)
    known = Q(delivery__notice__in=readable.values("pk")) & told
    mine = Q(organisation=viewer.organisation)
    if viewer.role is Role.HUB_ADMIN:
        return rows.filter(known | (mine & Q(delivery__isnull=True)))
    return rows.filter(mine & (known | Q(delivery__isnull=True)))


def message_row(viewer: Viewer, number: int) -> Message:
    """Return one of them that has not arrived; raises `NotFound`."""
    found = known_messages(viewer).filter(NOT_ARRIVED, pk=number).first()
    if found is None:
        raise NotFound(kind=_("message"), name=str(number))
    return found


def not_arrived(since: dt.datetime) -> int:
    """Return how many messages have not arrived, of those made since; for the node's own eyes."""
    return Message.objects.visible_to(System()).filter(NOT_ARRIVED, made_at__gte=since).count()


def _envelope(row: Message, viewer: Viewer) -> Envelope:
    own = isinstance(viewer, System) or (
        isinstance(viewer, Member) and row.organisation_id == viewer.organisation
    )
    return Envelope(
        number=row.pk,
        whose=Whose(row.organisation.slug, row.organisation.name, row.organisation.name_en),
        to=_address(row) if own else "",
        channel=row.channel,
        kind=MessageKind(row.kind),
        notice=row.delivery.notice.number if row.delivery else "",
        state=MessageState(row.state),
        made_at=row.made_at,
        tried_at=row.tried_at,
        next_at=row.next_at,
        attempts=row.attempts,
        trouble=Trouble(row.trouble) if row.trouble else None,
        code=row.code,
    )


def _address(row: Message) -> str:
    if row.endpoint is not None:
        return row.endpoint.url
    return row.person.email if row.person else ""
