"""How one vulnerability concerns an organisation: where, why, and what was said of it."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.knowledge.models import Alias, Vulnerability
from noroshi.hub.matching import exposure
from noroshi.hub.matching.evidence import Evidence, evidence_of
from noroshi.hub.matching.exposure import ASKED
from noroshi.hub.matching.models import Finding, FindingAnswer, FindingStatus
from noroshi.hub.matching.queries import LIVE

PAGE = 50
"""Systems on a page."""
MOST_LINES = 100
"""Lines of the history that are told, the newest ones."""


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """One system that the vulnerability concerns, or did: by its finding.

    ``gone_at``: since when nothing matches any more. ``reasons``: the surest first.
    """

    finding: int
    system: int
    name: str
    status: str
    answer: str
    answered_at: dt.datetime | None
    justification: str
    priority: str
    due: dt.date | None
    confidence: int
    opened_at: dt.datetime
    gone_at: dt.datetime | None
    reasons: tuple[Evidence, ...]

    @property
    def live(self) -> bool:
        """Whether it concerns the system now."""
        return self.status in LIVE

    @property
    def asked(self) -> bool:
        """Whether an answer is waited for."""
        return self.live and self.answer in ASKED

    @property
    def withdrawn(self) -> bool:
        """Whether it turned out not to concern the system, or no longer to."""
        return self.status == FindingStatus.RETRACTED


class Line(msgspec.Struct, frozen=True):
    """One line of the history: what was said of a system, or why it was asked again.

    ``person`` is empty for a program, for the machine, and for readers of other organisations.
    ``inventory_at`` is the day of the inventory that it rests on.
    """

    at: dt.datetime
    system: str
    state: str
    justification: str
    text: str
    reason: str
    person: str
    inventory_at: dt.datetime | None


class Exposed(msgspec.Struct, frozen=True):
    """A vulnerability as it concerns an organisation. ``more``: there are systems after these."""

    vulnerability: Vulnerability
    spots: tuple[Spot, ...]
    history: tuple[Line, ...]
    page: int
    more: bool

    @property
    def live(self) -> tuple[Spot, ...]:
        """The systems that it concerns now."""
        return tuple(spot for spot in self.spots if spot.live)


def exposed(viewer: Viewer, organisation: int, name: str, *, page: int = 1) -> Exposed:
    """Return how a vulnerability concerns an organisation, by any of its names.

    Raises `NotFound` where it never did, as for a name that nothing has.
    """
    vulnerability = vulnerability_called(name)
    begin = (page - 1) * PAGE
    rows = _rows(viewer, organisation, vulnerability.pk)[begin : begin + PAGE + 1]
    found = list(rows.select_related("system"))
    if not found:
        raise _unknown(name)
    shown = found[:PAGE]
    reasons = evidence_of(viewer, [row.pk for row in shown])
    return Exposed(
        vulnerability,
        tuple(_spot(row, tuple(reasons.get(row.pk, ()))) for row in shown),
        history(viewer, organisation, vulnerability.pk),
        page,
        len(found) > PAGE,
    )


def asked_about(viewer: Viewer, organisation: int, name: str) -> list[int]:
    """Return the findings of a vulnerability that an answer is waited for, the oldest first.

    Raises `NotFound` as `exposed` does.
    """
    vulnerability = vulnerability_called(name)
    rows = exposure.findings(viewer, organisation).filter(vulnerability=vulnerability)
    if not rows.exists():
        raise _unknown(name)
    asked = rows.filter(status__in=LIVE, answer__in=ASKED)
    return list(asked.order_by("pk").values_list("pk", flat=True))


def history(viewer: Viewer, organisation: int, vulnerability: int) -> tuple[Line, ...]:
    """Return what was said of a vulnerability, under all its names; the newest first."""
    former = Vulnerability.objects.filter(merged_into=vulnerability).values_list("pk", flat=True)
    rows = FindingAnswer.objects.visible_to(viewer).filter(
        finding__vulnerability__in=[vulnerability, *former],
        finding__system__organisation=organisation,
    )
    rows = rows.select_related("finding__system", "person", "inventory")
    rows = rows.defer("inventory__body", "inventory__problems", "packages")
    own = isinstance(viewer, Member) and viewer.organisation == organisation
    return tuple(
        Line(
            at=row.at,
            system=row.finding.system.name,
            state=row.state,
            justification=row.justification,
            text=row.text,
            reason=row.reason,
            person=row.person.name if own and row.person else "",
            inventory_at=row.inventory.uploaded_at if row.inventory else None,
        )
        for row in rows.order_by("-at", "-pk")[:MOST_LINES]
    )


def vulnerability_called(name: str) -> Vulnerability:
    """Return the vulnerability that has this name; raises `NotFound`."""
    named = Alias.objects.select_related("vulnerability")
    alias = None if "\0" in name else named.filter(name=name).first()
    if alias is None:
        raise _unknown(name)
    return alias.vulnerability


def _unknown(name: str) -> NotFound:
    return NotFound(kind=_("vulnerability"), name=name[:80])


def _rows(viewer: Viewer, organisation: int, vulnerability: int) -> exposure.Rows:
    """Return its findings: those that an answer is waited for, then the others; by name."""
    asked = Case(When(status__in=LIVE, answer__in=ASKED, then=Value(0)), default=Value(1))
    settled = Case(
        When(status__in=LIVE, then=Value(0)),
        When(status=FindingStatus.RETRACTED, then=Value(2)),
        default=Value(1),
    )
    rows = exposure.findings(viewer, organisation).filter(vulnerability=vulnerability)
    return rows.order_by(asked, settled, F("due").asc(nulls_last=True), "system__name", "pk")


def _spot(row: Finding, reasons: tuple[Evidence, ...]) -> Spot:
    return Spot(
        finding=row.pk,
        system=row.system_id,
        name=row.system.name,
        status=row.status,
        answer=row.answer,
        answered_at=row.answered_at,
        justification=row.justification,
        priority=row.priority,
        due=row.due,
        confidence=row.confidence,
        opened_at=row.opened_at,
        gone_at=row.gone_at,
        reasons=reasons,
    )
