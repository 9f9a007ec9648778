"""Who of those that got a notice has read it, answered it, or is late: in numbers, and by page."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q

from noroshi.core.delivery import DeliveryState
from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.visibility import System, Viewer
from noroshi.hub.notices import shaping
from noroshi.hub.notices.listing import PAGE
from noroshi.hub.notices.models import Escalation
from noroshi.hub.notices.queries import followed
from noroshi.hub.notices.views import Followed, Progress, Raised, Tally

_UNANSWERED = Q(acknowledged_at__isnull=True)


def tally(viewer: Viewer, name: str, *, now: dt.datetime) -> Tally:
    """Return how many of those that the viewer follows stand where; raises as `followed` does."""
    rows = followed(viewer, name)
    counts = rows.order_by().values_list("state").annotate(Count("pk"))
    states = {DeliveryState(state): number for state, number in counts}
    return Tally(states, rows.filter(_late(now)).count())


def standings(
    viewer: Viewer,
    name: str,
    *,
    now: dt.datetime,
    show: Progress = Progress.ALL,
    after: str | None = None,
    limit: int = PAGE,
) -> Slice[Followed]:
    """Return a page of those that the viewer follows, by district and name.

    Raises as `followed` does, and `BadCursor` for an ``after`` that no page gave.
    """
    rows = followed(viewer, name)
    if show is not Progress.ALL:
        rows = rows.filter(_late(now) if show is Progress.LATE else _UNANSWERED)
    if after is not None:
        district, slug = decode_cursor(after, str, str)
        later = Q(organisation__district=district, organisation__slug__gt=slug)
        rows = rows.filter(Q(organisation__district__gt=district) | later)
    rows = rows.select_related("organisation").defer("concerns")
    found = list(rows.order_by("organisation__district", "organisation__slug")[: limit + 1])
    page = found[:limit]
    told = _raised(row.pk for row in page)
    items = tuple(Followed(shaping.standing(row), tuple(told[row.pk])) for row in page)
    last = page[-1].organisation if len(found) > limit else None
    return Slice(items, encode_cursor((last.district, last.slug)) if last else None)


def _late(now: dt.datetime) -> Q:
    return _UNANSWERED & Q(due_at__lte=now, notice__withdrawn_at__isnull=True)


def _raised(deliveries: Iterable[int]) -> defaultdict[int, list[Raised]]:
    rows = Escalation.objects.visible_to(System()).filter(delivery__in=list(deliveries))
    found: defaultdict[int, list[Raised]] = defaultdict(list)
    for row in rows.select_related("delivery__organisation", "to").order_by("at", "pk"):
        found[row.delivery_id].append(shaping.raised(row))
    return found
