"""What is new and matters to members: the hub's analysts work through it.

Four kinds of things, in one order: drafts the machine proposes, vulnerabilities that members have
and nobody wrote about, attack reports that members gave, and late answers that were brought to the
hub. What members have is counted, and only of those that let the hub count it: a vulnerability
that nobody else has is not in the queue.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import GreaterThanOrEqual, IsNull
from django.utils.translation import gettext as _

from noroshi.core.assess.assessment import SeverityClass
from noroshi.core.errors import Refused
from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.visibility import GrantLevel, Member, Viewer
from noroshi.hub.intel import reviews
from noroshi.hub.intel.models import ReviewState
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching.models import Finding
from noroshi.hub.matching.queries import LIVE
from noroshi.hub.members import queries as members
from noroshi.hub.notices import shaping
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.queries import escalated_to
from noroshi.hub.notices.queued import (
    Entry,
    Exposure,
    Kind,
    Proposal,
    Reach,
    Report,
    Threat,
    Unanswered,
    Urgency,
)
from noroshi.hub.notices.views import Head

NEW = dt.timedelta(days=30)
"""How long a vulnerability that members have, or that is attacked, counts as new."""


PAGE = 25
"""Entries of a page: it is worked through from the top, not read."""

Row = tuple[int, dt.datetime, str, int]
"""Urgency, moment, kind and number: the key by which the queue is ordered."""


def queue(
    viewer: Viewer,
    *,
    now: dt.datetime,
    only: Kind | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Slice[Entry]:
    """Return a page of what waits for the hub's analysts, the most urgent and newest first.

    Raises `Refused` to anybody else, `BadCursor` for an ``after`` that no page gave.
    """
    desk = _desk(viewer, now)
    begin = decode_cursor(after, int, dt.datetime, str, int) if after is not None else None
    kinds = tuple(Kind) if only is None else (only,)
    first, *others = (_keys(kind, _PARTS[kind](desk), begin) for kind in kinds)
    joined = first.union(*others, all=True) if others else first
    found: list[Row] = list(joined.order_by("urgency", "-moment", "kind", "key")[: limit + 1])
    page = found[:limit]
    entries = _entries(desk, page)
    items = tuple(entries[key[2], key[3]] for key in page if (key[2], key[3]) in entries)
    return Slice(items, encode_cursor(page[-1]) if len(found) > limit else None)


Part = QuerySet[Any, Any]


class _Desk(NamedTuple):
    """Who looks at the queue, when, and what is open to it.

    Each is asked in several ways: to build the rule once is most of the work.
    """

    viewer: Member
    now: dt.datetime
    notices: Part
    counted: Part
    reports: Part
    late: Part


def _desk(viewer: Viewer, now: dt.datetime) -> _Desk:
    if not isinstance(viewer, Member) or not _analyses(viewer):
        raise Refused(detail=_("the queue is for the hub's analysts"))
    counted = Finding.objects.visible_to(viewer, GrantLevel.COUNTS).filter(status__in=LIVE)
    return _Desk(
        viewer,
        now,
        notices=Notice.objects.visible_to(viewer),
        counted=counted,
        reports=reviews.reviewable(viewer).filter(state=ReviewState.SUBMITTED),
        late=escalated_to(viewer),
    )


def _analyses(viewer: Member) -> bool:
    return viewer.role in reviews.ANALYSTS and members.is_hub(viewer.organisation)


_INTO = "vulnerabilities__merged_into"

# --- what is in it: each part has an urgency, a moment and a number ---


def _level(attacked: Q | Exists, *before: When) -> Case:
    return Case(
        *before,
        When(attacked, then=Value(Urgency.ATTACKED.value)),
        default=Value(Urgency.CRITICAL.value),
        output_field=IntegerField(),
    )


def _constant(urgency: Urgency) -> Value:
    return Value(urgency.value, output_field=IntegerField())


def _proposals(desk: _Desk) -> Part:
    attacked = Vulnerability.objects.filter(notices=OuterRef("pk"), exploited_since__isnull=False)
    told = _telling(desk).filter(_said_since_attacked(), vulnerabilities__notices=OuterRef("pk"))
    level = _level(Exists(attacked), When(Exists(told), then=Value(Urgency.TOLD.value)))
    rows: Part = desk.notices.filter(
        proposed=True,
        owner=desk.viewer.organisation,
        published_at__isnull=True,
        withdrawn_at__isnull=True,
    )
    keyed: Part = rows.annotate(urgency=level, moment=F("created_at"), key=F("pk"))
    return keyed


def _telling(desk: _Desk) -> Part:
    """Return the notices that stand."""
    rows: Part = desk.notices.filter(published_at__isnull=False, withdrawn_at__isnull=True)
    return rows


def _exposures(desk: _Desk) -> Part:
    """Return the live findings by vulnerability: exploited or critical, new, in no notice."""
    attacked = Q(vulnerability__exploited_since__isnull=False)
    rows: Part = desk.counted.filter(
        attacked | Q(vulnerability__severity=SeverityClass.CRITICAL.value),
        ~Q(vulnerability__in=_spoken(desk)),
    )
    begin = desk.now - NEW
    new = Q(moment__gte=begin) | Q(vulnerability__exploited_since__gte=begin.date())
    grouped: Part = rows.values(key=F("vulnerability")).annotate(
        urgency=_level(attacked), moment=Max("opened_at")
    )
    return grouped.filter(new)


def _spoken(desk: _Desk) -> Part:
    """Return the vulnerabilities of notices that the hub has read, or is writing."""
    rows: Part = desk.notices.filter(
        Q(published_at__isnull=True, withdrawn_at__isnull=True) | _said_since_attacked(),
        vulnerabilities__isnull=False,
    )
    return rows.order_by().values_list(Coalesce(_INTO, "vulnerabilities"))


def _said_since_attacked() -> Q:
    """Say of a notice's vulnerability that it was not attacked first after the notice."""
    said = TruncDate(Coalesce("withdrawn_at", "published_at", "created_at"), tzinfo=dt.UTC)
    since = Coalesce(f"{_INTO}__exploited_since", "vulnerabilities__exploited_since")
    return Q(IsNull(since, rhs=True)) | Q(GreaterThanOrEqual(said, since))


def _reports(desk: _Desk) -> Part:
    level = _constant(Urgency.REPORTED)
    rows: Part = desk.reports.annotate(urgency=level, moment=F("changed_at"), key=F("pk"))
    return rows


def _unanswered(desk: _Desk) -> Part:
    level = _constant(Urgency.UNANSWERED)
    rows: Part = desk.late.values(key=F("notice")).annotate(urgency=level, moment=Max("due_at"))
    return rows


_PARTS = {
    Kind.PROPOSAL: _proposals,
    Kind.EXPOSURE: _exposures,
    Kind.REPORT: _reports,
    Kind.UNANSWERED: _unanswered,
}


def _keys(kind: Kind, rows: Part, begin: tuple[Any, ...] | None) -> Part:
    """Return the keys of a part that come after one; a union can only be filtered part by part."""
    if begin is not None:
        urgency, moment, last, number = begin
        rest = Q(moment__lt=moment)
        if kind.value > last:
            rest |= Q(moment=moment)
        elif kind.value == last:
            rest |= Q(moment=moment, key__gt=number)
        rows = rows.filter(Q(urgency__gt=urgency) | (Q(urgency=urgency) & rest))
    named: Part = rows.annotate(kind=Value(kind.value, output_field=CharField()))
    keys: Part = named.order_by().values_list("urgency", "moment", "kind", "key")
    return keys


# --- what a page holds of it ---


def _entries(desk: _Desk, page: Iterable[Row]) -> dict[tuple[str, int], Entry]:
    found: dict[tuple[str, int], Entry] = {}
    for kind, show in _SHOWN.items():
        keys = {number: (Urgency(level), at) for level, at, of, number in page if of == kind}
        if keys:
            found |= {(kind.value, number): one for number, one in show(desk, keys).items()}
    return found


Keys = dict[int, tuple[Urgency, dt.datetime]]


def _heads(desk: _Desk, numbers: Iterable[int]) -> dict[int, Head]:
    rows = desk.notices.filter(pk__in=list(numbers)).select_related("owner")
    rows = rows.defer("text_ja", "text_en", "withdrawal_reason", "chosen")
    return {row.pk: shaping.head(row) for row in rows}


def _show_proposals(desk: _Desk, keys: Keys) -> dict[int, Entry]:
    about = Notice.vulnerabilities.through.objects.filter(notice__in=keys)
    named: defaultdict[int, list[int]] = defaultdict(list)
    for notice, vulnerability in about.values_list("notice", "vulnerability"):
        named[notice].append(vulnerability)
    threats = _threats({number for each in named.values() for number in each})
    reach = _reach(desk, Q(vulnerability__notices__in=keys), "vulnerability__notices")
    told = _told(desk, keys)
    return {
        number: Proposal(
            *keys[number],
            head,
            tuple(threats[each] for each in sorted(named[number])),
            reach.get(number, Reach()),
            tuple(told[number]),
        )
        for number, head in _heads(desk, keys).items()
    }


def _told(desk: _Desk, keys: Keys) -> defaultdict[int, list[str]]:
    """Return the notices that speak of the same as these proposals."""
    rows = _telling(desk).filter(vulnerabilities__notices__in=list(keys)).distinct()
    found: defaultdict[int, list[str]] = defaultdict(list)
    named = rows.order_by("published_at").values_list("vulnerabilities__notices", "number")
    for proposal, number in named:
        found[proposal].append(number)
    return found


def _show_exposures(desk: _Desk, keys: Keys) -> dict[int, Entry]:
    threats = _threats(keys)
    reach = _reach(desk, Q(vulnerability__in=keys), "vulnerability")
    return {number: Exposure(*keys[number], threats[number], reach[number]) for number in reach}


def _show_reports(desk: _Desk, keys: Keys) -> dict[int, Entry]:
    rows = desk.reports.filter(pk__in=keys)
    return {
        row.pk: Report(*keys[row.pk], row.name, reviews.copy_of(row).title, row.marking)
        for row in rows
    }


def _show_unanswered(desk: _Desk, keys: Keys) -> dict[int, Entry]:
    late = desk.late.filter(notice__in=keys)
    counts = dict(late.values_list("notice").annotate(number=Count("pk")))
    return {
        number: Unanswered(*keys[number], head, counts.get(number, 0))
        for number, head in _heads(desk, keys).items()
    }


_SHOWN = {
    Kind.PROPOSAL: _show_proposals,
    Kind.EXPOSURE: _show_exposures,
    Kind.REPORT: _show_reports,
    Kind.UNANSWERED: _show_unanswered,
}


def _threats(numbers: Iterable[int]) -> dict[int, Threat]:
    rows = Vulnerability.objects.filter(pk__in=list(numbers)).only(
        "preferred_id", "title_ja", "title_en", "severity", "score", "exploited_since"
    )
    return {
        row.pk: Threat(
            name=row.preferred_id,
            title_ja=row.title_ja,
            title_en=row.title_en,
            severity=row.severity,
            score=row.score,
            exploited_since=row.exploited_since,
        )
        for row in rows
    }


def _reach(desk: _Desk, of: Q, by: str) -> dict[int, Reach]:
    counted = (
        desk.counted.filter(of)
        .values_list(by)
        .annotate(Count("system", distinct=True), Count("system__organisation", distinct=True))
    )
    return {number: Reach(systems, owners) for number, systems, owners in counted.order_by()}
