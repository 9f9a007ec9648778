"""What happened in the demonstration, as a short readable report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import msgspec
from django.db.models import Count
from django.utils.translation import gettext as _
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from noroshi.core.delivery import ANSWERS
from noroshi.core.policy.visibility import System
from noroshi.hub.inventory.models import Component, Package
from noroshi.hub.inventory.models import System as MemberSystem
from noroshi.hub.knowledge.models import AffectedRange, Vulnerability
from noroshi.hub.matching.models import Finding
from noroshi.hub.notices.models import Delivery, Escalation, Notice
from noroshi.run import telling, words
from noroshi.run.yardsticks import table as yardsticks

TOLD = "CVE-2023-43770"
"""The vulnerability that is told as a story: exploited, with a late acknowledgement."""


class Step(msgspec.Struct, frozen=True):
    """One step of the demonstration: what it was, how many things it handled, seconds."""

    name: str
    count: int
    seconds: float


def report(
    steps: list[Step], records: Mapping[str, int], today: dt.date
) -> Iterator[RenderableType]:
    """Yield the report in paragraphs."""
    yield _contents(records)
    yield _steps(steps)
    yield yardsticks(today)
    yield ""
    yield from telling.vulnerability(System(), TOLD)


def _contents(records: Mapping[str, int]) -> Table:
    """Return what is in the hub now, counted from its tables."""
    table = Table(_("What"), _("How many"), title=_("What happened"), title_justify="left")
    table.columns[1].justify = "right"
    by_source = ", ".join(f"{name} {count}" for name, count in records.items())
    rows = (
        (_("records read (%(sources)s)") % {"sources": by_source}, sum(records.values())),
        (_("vulnerabilities"), Vulnerability.objects.filter(merged_into=None).count()),
        (_("affected ranges"), AffectedRange.objects.count()),
        (_("systems"), MemberSystem.objects.visible_to(System()).count()),
        (_("components"), Component.objects.visible_to(System()).count()),
        (_("distinct packages"), Package.objects.count()),
        *_findings(),
        (_("notices published"), _published()),
        (_("drafts proposed by the machine"), _proposed()),
        *_deliveries(),
        (_("escalations"), Escalation.objects.visible_to(System()).count()),
    )
    for name, count in rows:
        table.add_row(name, f"{count:,}")
    return table


def _findings() -> Iterator[tuple[str, int]]:
    rows = Finding.objects.visible_to(System()).values_list("status")
    for status, count in rows.annotate(number=Count("pk")).order_by("status"):
        yield _("findings: %(status)s") % {"status": words.finding_status(status)}, count


def _published() -> int:
    return Notice.objects.visible_to(System()).filter(published_at__isnull=False).count()


def _proposed() -> int:
    drafts = Notice.objects.visible_to(System()).filter(published_at__isnull=True)
    return drafts.filter(proposed=True).count()


def _deliveries() -> Iterator[tuple[str, int]]:
    rows = Delivery.objects.visible_to(System())
    yield _("deliveries"), rows.count()
    answered = rows.filter(state__in=[state.value for state in ANSWERS])
    yield _("acknowledgements"), answered.count()


def _steps(steps: list[Step]) -> Table:
    table = Table(
        _("Step"), _("Handled"), _("Seconds"), title=_("How long it took"), title_justify="left"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for step in steps:
        table.add_row(escape(step.name), f"{step.count:,}", f"{step.seconds:.2f}")
    total = sum(step.seconds for step in steps)
    table.add_row(_("together"), "", f"{total:.2f}", style="bold")
    return table
