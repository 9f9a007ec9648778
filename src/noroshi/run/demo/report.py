"""What happened in the demonstration, as a short readable report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import msgspec
from django.db.models import Count
from django.utils.translation import gettext as _
from rich.console import Console

from noroshi.core.delivery import ANSWERS
from noroshi.core.fiscal import TOKYO, fiscal_year
from noroshi.core.policy.visibility import System
from noroshi.edge import words
from noroshi.hub.inventory.models import Component, Package
from noroshi.hub.inventory.models import System as MemberSystem
from noroshi.hub.knowledge.models import AffectedRange, Vulnerability
from noroshi.hub.matching.models import Finding
from noroshi.hub.notices.models import Delivery, Escalation, Notice
from noroshi.hub.reports.figures import figures
from noroshi.run import telling
from noroshi.run.tables import say, show
from noroshi.run.yardsticks import show_figures

TOLD = "CVE-2024-37383"
"""The vulnerability that is told as a story: exploited, with an answer that came too late."""


class Step(msgspec.Struct, frozen=True):
    """One step of the demonstration: what it was, how many things it handled, seconds."""

    name: str
    count: int
    seconds: float


def report(
    console: Console, steps: list[Step], records: Mapping[str, int], now: dt.datetime
) -> None:
    """Print the report."""
    show(console, (_("What"), _("How many")), _contents(records), title=_("What happened"))
    say(console, "")
    show(console, (_("Step"), _("Handled"), _("Seconds")), _times(steps), title=_("How long"))
    say(console, "")
    show_figures(console, figures(fiscal_year(now), now.astimezone(TOKYO).date()))
    say(console, "")
    telling.tell(console, System(), TOLD)


def _contents(records: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return what is in the hub now, counted from its tables."""
    by_source = ", ".join(f"{name} {count}" for name, count in records.items())
    rows = (
        (_("records read (%(sources)s)") % {"sources": by_source}, sum(records.values())),
        (_("vulnerabilities"), Vulnerability.objects.filter(merged_into=None).count()),
        (_("affected ranges"), AffectedRange.objects.count()),
        (_("systems"), MemberSystem.objects.visible_to(System()).count()),
        (_("components"), Component.objects.visible_to(System()).count()),
        (_("distinct packages"), Package.objects.count()),
        *_findings(),
        *_notices(),
        *_deliveries(),
        (_("escalations"), Escalation.objects.visible_to(System()).count()),
    )
    return [(name, f"{count:,}") for name, count in rows]


def _findings() -> Iterator[tuple[str, int]]:
    rows = Finding.objects.visible_to(System()).values_list("status")
    for status, count in rows.annotate(number=Count("pk")).order_by("status"):
        yield _("findings: %(status)s") % {"status": words.finding_status(status)}, count


def _notices() -> Iterator[tuple[str, int]]:
    rows = Notice.objects.visible_to(System())
    yield _("notices published"), rows.filter(published_at__isnull=False).count()
    drafts = rows.filter(published_at__isnull=True, proposed=True)
    yield _("drafts proposed by the machine"), drafts.count()


def _deliveries() -> Iterator[tuple[str, int]]:
    rows = Delivery.objects.visible_to(System())
    yield _("deliveries"), rows.count()
    answered = rows.filter(state__in=[state.value for state in ANSWERS])
    yield _("acknowledgements"), answered.count()


def _times(steps: list[Step]) -> list[tuple[str, str, str]]:
    rows = [(step.name, f"{step.count:,}", f"{step.seconds:.2f}") for step in steps]
    total = sum(step.seconds for step in steps)
    return [*rows, (_("together"), "", f"{total:.2f}")]
