"""An organisation's exposure: its findings by vulnerability, the most pressing first.

Everything is counted, grouped and cut into pages by the database, over what the viewer may see.
Systems that nobody runs any more are left out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

import msgspec
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from noroshi.core.answers import CLOSING, AnswerState
from noroshi.core.assess.priority import Priority
from noroshi.core.errors import NotFound
from noroshi.core.policy.visibility import GrantLevel, Member, Viewer
from noroshi.hub.inventory.models import System
from noroshi.hub.knowledge.models import Alias, Vulnerability
from noroshi.hub.matching.evidence import Evidence, evidence_of
from noroshi.hub.matching.models import Finding, FindingStatus, PackageMatch
from noroshi.hub.matching.queries import LIVE
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation
from noroshi.hub.scope import ScopedQuerySet

PAGE = 25
"""Vulnerabilities on a page, each with its reason: what a phone shows without waiting."""
NAMED = 5
"""Systems that are named with each of them."""
LONGEST_SEARCH = 100
"""Characters of a search that are looked at."""

PRIORITIES = tuple(priority.value for priority in reversed(Priority))
"""The most pressing first."""
ASKED = ("", AnswerState.REOPENED.value)
"""What a finding says that nobody has answered (again)."""
URGENT = (Priority.IMMEDIATE.value, Priority.OUT_OF_CYCLE.value)

Rows = ScopedQuerySet[Finding]


class State(StrEnum):
    """How far the answers are."""

    OPEN = "open"  # whatever is not settled: the next two
    TO_ANSWER = "to-answer"
    WORKING = "working"
    ANSWERED = "answered"


class Sureness(StrEnum):
    """Whether something has to be confirmed first."""

    SURE = "sure"
    TO_CONFIRM = "to-confirm"


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. ``priorities``: any of these; empty: all. ``system`` is a row's id.

    ``late_on``: only what should have been done before this day. ``text`` occurs in a name or title
    of the vulnerability, in the name of the system or of software that it runs.
    """

    state: State = State.OPEN
    priorities: tuple[str, ...] = ()
    system: int | None = None
    sureness: Sureness | None = None
    late_on: dt.date | None = None
    text: str = ""


class Place(msgspec.Struct, frozen=True):
    """One system that is concerned: by its finding."""

    finding: int
    system: str
    status: str
    answer: str
    priority: str
    confidence: int

    @property
    def asked(self) -> bool:
        """Whether an answer is waited for."""
        return self.status in LIVE and self.answer in ASKED


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A vulnerability, and how an organisation stands with it.

    ``priority`` and ``due`` are those of the most pressing system, ``confidence`` of the surest.
    The counts are of systems; ``places`` names a few, the most pressing first, and ``reason`` is
    the best reason of the first of them.
    """

    number: int
    name: str
    title_ja: str
    title_en: str
    severity: str
    score: float | None
    exploited_since: dt.date | None
    status: str
    priority: str
    due: dt.date | None
    confidence: int
    systems: int
    to_answer: int
    acknowledged: int
    responding: int
    not_affected: int
    fixed: int
    places: tuple[Place, ...]
    reason: Evidence | None

    @property
    def beyond(self) -> int:
        """How many systems there are that are not named."""
        return self.systems - len(self.places)


class Sheet(msgspec.Struct, frozen=True):
    """A page of a list; ``more``: there is another one after it."""

    groups: tuple[Group, ...]
    page: int
    more: bool


class Counts(msgspec.Struct, frozen=True):
    """Vulnerabilities, by what they ask of the organisation.

    ``now``: unanswered and urgent. One that concerns several systems can count in several ways.
    """

    now: int
    late: int
    to_answer: int
    working: int
    answered: int

    @property
    def anything(self) -> bool:
        """Whether there is anything, be it answered."""
        return bool(self.to_answer or self.working or self.answered)


# --- whose ---


def lenders(viewer: Viewer) -> list[Organisation]:
    """Return the other organisations that let the viewer see theirs in detail, by short name."""
    owners = members.granting(viewer, GrantLevel.DETAIL)
    if isinstance(viewer, Member):
        owners -= {viewer.organisation}
    return list(Organisation.objects.filter(pk__in=owners, active=True).order_by("slug"))


def owner(viewer: Viewer, slug: str) -> Organisation:
    """Return an organisation whose exposure the viewer may read; raises `NotFound`."""
    readable = Organisation.objects.filter(pk__in=members.granting(viewer, GrantLevel.DETAIL))
    found = None if "\0" in slug else readable.filter(slug=slug).first()
    if found is None:
        raise NotFound(kind=_("organisation"), name=slug[:80])
    return found


# --- what is asked of the database ---

_LIVE = Q(status__in=LIVE)
_CLOSED = Q(status__in=[state.value for state in CLOSING])
_UNANSWERED = _LIVE & Q(answer__in=ASKED)
_UNDER_WAY = _LIVE & ~Q(answer__in=ASKED)
_STATES = {
    State.OPEN: _LIVE,
    State.TO_ANSWER: _UNANSWERED,
    State.WORKING: _UNDER_WAY,
    State.ANSWERED: _CLOSED,
}


def findings(viewer: Viewer, organisation: int) -> Rows:
    """Return an organisation's findings in systems that somebody runs, as far as they are seen."""
    rows = Finding.objects.visible_to(viewer)
    return rows.filter(system__organisation=organisation, system__retired_at=None)


def counts(viewer: Viewer, organisation: int, *, today: dt.date) -> Counts:
    """Count what is asked of an organisation."""
    kinds = {
        "now": _UNANSWERED & Q(priority__in=URGENT),
        "late": _LIVE & Q(due__lt=today),
        "to_answer": _UNANSWERED,
        "working": _UNDER_WAY,
        "answered": _CLOSED,
    }
    counted = {
        name: Count("vulnerability", distinct=True, filter=condition)
        for name, condition in kinds.items()
    }
    return Counts(**findings(viewer, organisation).aggregate(**counted))


def systems(viewer: Viewer, organisation: int) -> list[tuple[int, str]]:
    """Return the systems that somebody runs, by name: what a list can be narrowed to."""
    rows = System.objects.visible_to(viewer).filter(organisation=organisation, retired_at=None)
    return list(rows.order_by("name").values_list("pk", "name"))


def listing(viewer: Viewer, organisation: int, filters: Filters, *, page: int = 1) -> Sheet:
    """Return a page of the vulnerabilities that concern an organisation.

    What is open: the most pressing first, of equally pressing ones the surest. What is answered:
    the last answer first.
    """
    rows = _filtered(findings(viewer, organisation), organisation, filters)
    lines = _lines(rows, filters.state, (page - 1) * PAGE)
    shown = lines[:PAGE]
    about = Vulnerability.objects.defer("words").in_bulk([line.vulnerability for line in shown])
    places = _places(rows, list(about))
    first = [listed[0].finding for listed in places.values()]
    reasons = evidence_of(viewer, first, most=1)
    groups = (
        _group(line, about[line.vulnerability], places[line.vulnerability], reasons)
        for line in shown
        if line.vulnerability in places  # else it was answered while this was being read
    )
    return Sheet(tuple(groups), page, len(lines) > PAGE)


def _filtered(rows: Rows, organisation: int, filters: Filters) -> Rows:
    rows = rows.filter(_STATES[filters.state])
    if filters.priorities:
        rows = rows.filter(priority__in=filters.priorities)
    if filters.system is not None:
        rows = rows.filter(system=filters.system)
    if filters.sureness is not None:
        sure = filters.sureness is Sureness.SURE
        status = FindingStatus.OPEN if sure else FindingStatus.NEEDS_CONFIRMATION
        rows = rows.filter(status=status)
    if filters.late_on is not None:
        rows = rows.filter(_LIVE, due__lt=filters.late_on)
    for word in filters.text[:LONGEST_SEARCH].replace("\0", " ").split():
        rows = rows.filter(_says(word, organisation))
    return rows


def _says(word: str, organisation: int) -> Q:
    """Say that a word occurs in what is known of a finding.

    Software is looked up among what the organisation itself runs: what others run, and the same
    vulnerability concerns, is theirs.
    """
    named = Alias.objects.filter(vulnerability=OuterRef("vulnerability"), name__icontains=word)
    running = PackageMatch.objects.filter(
        package__name__icontains=word,
        package__components__inventory__current=True,
        package__components__inventory__system__organisation=organisation,
    )
    return (
        Q(vulnerability__title_en__icontains=word)
        | Q(vulnerability__title_ja__icontains=word)
        | Q(system__name__icontains=word)
        | Q(Exists(named))
        | Q(vulnerability__in=running.values("vulnerability"))
    )


_PLACES = {name: place for place, name in enumerate(PRIORITIES)}
_DOUBTS = {status.value: place for place, status in enumerate(LIVE)}
"""0 where it is sure, 1 where it has to be confirmed; beyond: where it is settled."""


def _place(column: str, places: dict[str, int]) -> Case:
    """Return the place of a column's value in an order; what is not in it comes last."""
    cases = (When(**{column: name}, then=Value(place)) for name, place in places.items())
    return Case(*cases, default=Value(len(places)), output_field=IntegerField())


class _Line(msgspec.Struct, frozen=True):
    """One line of the grouped query; the names are those of the query."""

    vulnerability: int
    urgency: int
    doubt: int
    earliest: dt.date | None


def _lines(rows: Rows, state: State, begin: int) -> list[_Line]:
    """Return the lines of a page, and one more if there is another page."""
    grouped = rows.values("vulnerability").annotate(
        urgency=Min(_place("priority", _PLACES)),
        doubt=Min(_place("status", _DOUBTS)),
        earliest=Min("due"),
        rated=Max("vulnerability__score"),
    )
    order: list[str | OrderBy] = ["urgency", "doubt", F("earliest").asc(nulls_last=True)]
    if state is State.ANSWERED:
        grouped = grouped.annotate(said_at=Max("answered_at"))
        order = [F("said_at").desc(nulls_last=True)]
    order += [F("rated").desc(nulls_last=True), "-vulnerability"]
    found = grouped.order_by(*order)[begin : begin + PAGE + 1]
    return [msgspec.convert(line, _Line, strict=False) for line in found]


def _places(rows: Rows, numbers: Sequence[int]) -> dict[int, list[Place]]:
    """Return the systems each of these vulnerabilities concerns, the most pressing first."""
    few = rows.filter(vulnerability__in=numbers)
    columns = ("vulnerability", "pk", "system__name", "status", "answer", "priority", "confidence")
    found: dict[int, list[Place]] = {}
    for number, *place in few.values_list(*columns):
        found.setdefault(number, []).append(Place(*place))
    for listed in found.values():
        listed.sort(key=_pressing)
    return found


def _pressing(place: Place) -> tuple[bool, int, int, str]:
    urgency = _PLACES.get(place.priority, len(_PLACES))
    return (not place.asked, urgency, _DOUBTS.get(place.status, len(_DOUBTS)), place.system)


def _group(
    line: _Line, about: Vulnerability, places: list[Place], reasons: dict[int, list[Evidence]]
) -> Group:
    reason = reasons.get(places[0].finding)
    said = Counter(place.answer for place in places)
    return Group(
        number=about.pk,
        name=about.preferred_id,
        title_ja=about.title_ja,
        title_en=about.title_en,
        severity=about.severity,
        score=about.score,
        exploited_since=about.exploited_since,
        status=[*LIVE, ""][line.doubt],
        priority=[*PRIORITIES, ""][line.urgency],
        due=line.earliest,
        confidence=max(place.confidence for place in places),
        systems=len(places),
        to_answer=sum(place.asked for place in places),
        acknowledged=said[AnswerState.ACKNOWLEDGED],
        responding=said[AnswerState.RESPONDING],
        not_affected=said[AnswerState.NOT_AFFECTED],
        fixed=said[AnswerState.FIXED],
        places=tuple(places[:NAMED]),
        reason=reason[0] if reason else None,
    )
