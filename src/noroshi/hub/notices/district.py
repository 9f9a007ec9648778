"""A district as its bureau looks after it: where each operator stands with each notice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from noroshi.core.delivery import DeliveryState
from noroshi.core.errors import NotFound
from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.visibility import OUTSIDE_THE_CONTENTS, Member, System, Viewer
from noroshi.core.sector import OrganisationKind
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import shaping
from noroshi.hub.notices.listing import PAGE
from noroshi.hub.notices.models import Delivery, Escalation, Notice
from noroshi.hub.notices.queries import watched
from noroshi.hub.notices.views import Head, Progress, Raised, Standing, Tally

COLUMNS = 5
"""Notices that stand beside each other."""

_UNANSWERED = Q(acknowledged_at__isnull=True)


class Column(msgspec.Struct, frozen=True):
    """A notice, the number of its row, and how many of the district's operators stand where."""

    number: int
    head: Head
    tally: Tally

    @property
    def answered(self) -> int:
        """How many operators said something."""
        return self.tally.total - self.tally.unanswered


class Cell(msgspec.Struct, frozen=True):
    """Where one operator stands with one notice; ``raised``: to whom its late answer was brought.

    A late answer to a notice that was withdrawn is not late any more.
    """

    head: Head
    standing: Standing
    late: bool
    raised: tuple[Raised, ...]


class Line(msgspec.Struct, frozen=True):
    """An operator, and its cell for each column; ``None`` where it got no delivery it tells of."""

    organisation: Organisation
    cells: tuple[Cell | None, ...]

    @property
    def late(self) -> int:
        """How many answers are late."""
        return sum(cell.late for cell in self.cells if cell)


def operators(viewer: Viewer) -> QuerySet[Organisation]:
    """Return the active organisations that the viewer's bureau looks after, by name."""
    rows = members.directory().filter(active=True)
    if not isinstance(viewer, Member) or viewer.role in OUTSIDE_THE_CONTENTS:
        return rows.none()
    bureau = Organisation.objects.filter(
        pk=viewer.organisation, kind=OrganisationKind.BUREAU.value
    ).exclude(district="")
    return rows.filter(district__in=bureau.values("district")).exclude(pk=viewer.organisation)


def operator(viewer: Viewer, slug: str) -> Organisation:
    """Return one of the `operators`; raises `NotFound`."""
    found = operators(viewer).filter(slug=slug.replace("\0", "")).first()
    if found is None:
        raise NotFound(kind=_("organisation"), name=slug[:80])
    return found


def columns(
    viewer: Viewer,
    *,
    now: dt.datetime,
    show: Progress = Progress.ALL,
    after: str | None = None,
    limit: int = COLUMNS,
) -> Slice[Column]:
    """Return a page of the notices that operators of the district got, the newest first.

    ``show``: only those with such an answer. Raises `BadCursor` for an ``after`` that no page gave.
    """
    of = watched(viewer).filter(_shown(show, now)).values("notice")
    rows = Notice.objects.visible_to(viewer).filter(pk__in=of, published_at__isnull=False)
    if after is not None:
        at, number = decode_cursor(after, dt.datetime, int)
        rows = rows.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=number))
    rows = rows.select_related("owner").defer("text_ja", "text_en")
    found = list(rows.order_by("-published_at", "-pk")[: limit + 1])
    page = found[:limit]
    tallies = _tallies(watched(viewer).filter(notice__in=[row.pk for row in page]), now)
    items = tuple(Column(row.pk, shaping.head(row), tallies[row.pk]) for row in page)
    last = page[-1] if len(found) > limit else None
    return Slice(items, encode_cursor((last.published_at, last.pk)) if last else None)


def lines(
    viewer: Viewer,
    shown: Sequence[Column],
    *,
    now: dt.datetime,
    show: Progress = Progress.ALL,
) -> tuple[Line, ...]:
    """Return a line for each operator, those with late answers first, then by name.

    ``show``: only operators with such an answer to one of the notices shown.
    """
    numbers = [column.number for column in shown]
    cells: defaultdict[int, dict[int, Cell]] = defaultdict(dict)
    wanted = set()
    for row, cell in _cells(watched(viewer).filter(notice__in=numbers), now):
        cells[row.organisation_id][row.notice_id] = cell
        if _is_shown(cell, show):
            wanted.add(row.organisation_id)
    found = [
        Line(row, tuple(cells[row.pk].get(number) for number in numbers))
        for row in operators(viewer)
        if show is Progress.ALL or row.pk in wanted
    ]
    return tuple(sorted(found, key=lambda line: -line.late))


def overdue(viewer: Viewer, *, now: dt.datetime, limit: int = PAGE) -> tuple[Cell, ...]:
    """Return late answers of the district, the longest overdue first."""
    rows = watched(viewer).filter(_late(now)).order_by("due_at", "pk")
    return tuple(cell for _row, cell in _cells(rows, now, limit))


def tally(viewer: Viewer, *, now: dt.datetime) -> Tally:
    """Return how many deliveries of the district stand where; those withdrawn left out."""
    rows = watched(viewer).filter(notice__withdrawn_at__isnull=True)
    counts = rows.order_by().values_list("state").annotate(Count("pk"))
    states = {DeliveryState(state): number for state, number in counts}
    return Tally(states, rows.filter(_late(now)).count())


def deliveries_of(
    viewer: Viewer,
    slug: str,
    *,
    now: dt.datetime,
    after: str | None = None,
    limit: int = PAGE,
) -> Slice[Cell]:
    """Return a page of where one operator stands with its notices, the newest first.

    Raises `NotFound` as `operator` does, and `BadCursor` for an ``after`` that no page gave.
    """
    rows = watched(viewer).filter(organisation=operator(viewer, slug))
    if after is not None:
        at, number = decode_cursor(after, dt.datetime, int)
        rows = rows.filter(Q(delivered_at__lt=at) | Q(delivered_at=at, pk__lt=number))
    found = list(_cells(rows.order_by("-delivered_at", "-pk"), now, limit + 1))
    last = found[limit - 1][0] if len(found) > limit else None
    items = tuple(cell for _row, cell in found[:limit])
    return Slice(items, encode_cursor((last.delivered_at, last.pk)) if last else None)


def _late(now: dt.datetime) -> Q:
    return _UNANSWERED & Q(due_at__lte=now, notice__withdrawn_at__isnull=True)


def _shown(show: Progress, now: dt.datetime) -> Q:
    match show:
        case Progress.LATE:
            return _late(now)
        case Progress.UNANSWERED:
            return _UNANSWERED & Q(notice__withdrawn_at__isnull=True)
        case Progress.ALL:
            return Q()


def _is_shown(cell: Cell, show: Progress) -> bool:
    open_still = cell.standing.acknowledged_at is None and cell.head.withdrawn_at is None
    return cell.late if show is Progress.LATE else open_still


def _tallies(rows: QuerySet[Delivery], now: dt.datetime) -> dict[int, Tally]:
    states: defaultdict[int, dict[DeliveryState, int]] = defaultdict(dict)
    counts = rows.order_by().values_list("notice", "state").annotate(Count("pk"))
    for number, state, count in counts:
        states[number][DeliveryState(state)] = count
    late = dict(rows.filter(_late(now)).order_by().values_list("notice").annotate(Count("pk")))
    return {number: Tally(counted, late.get(number, 0)) for number, counted in states.items()}


def _cells(
    rows: QuerySet[Delivery], now: dt.datetime, limit: int | None = None
) -> list[tuple[Delivery, Cell]]:
    rows = rows.select_related("organisation", "notice__owner")
    found = list(rows.defer("concerns", "notice__text_ja", "notice__text_en")[:limit])
    raised = _raised(row.pk for row in found)
    cells = []
    for row in found:
        standing, head = shaping.standing(row), shaping.head(row.notice)
        late = standing.is_late(now) and head.withdrawn_at is None
        cells.append((row, Cell(head, standing, late, tuple(raised[row.pk]))))
    return cells


def _raised(deliveries: Iterable[int]) -> defaultdict[int, list[Raised]]:
    rows = Escalation.objects.visible_to(System()).filter(
        delivery__in=list(deliveries), revision=F("delivery__revision")
    )
    found: defaultdict[int, list[Raised]] = defaultdict(list)
    for row in rows.select_related("delivery__organisation", "to").order_by("at", "pk"):
        found[row.delivery_id].append(shaping.raised(row))
    return found
