"""Findings counted, and findings by what they stand on: for lists of systems and components."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Value, When

from noroshi.core.assess.priority import Priority
from noroshi.core.policy.visibility import GrantLevel, Viewer
from noroshi.hub.inventory.models import Component
from noroshi.hub.matching.models import Finding, FindingStatus, PackageMatch
from noroshi.hub.matching.queries import LIVE
from noroshi.hub.scope import ScopedQuerySet


class Tally(msgspec.Struct, frozen=True):
    """How many live findings there are: by priority, and how many have to be confirmed first."""

    by_priority: tuple[tuple[str, int], ...] = ()
    to_confirm: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(count for _, count in self.by_priority) + self.to_confirm


def by_system(viewer: Viewer, systems: Iterable[int]) -> dict[int, Tally]:
    """Return the live findings of some systems, counted; only of those that have any."""
    rows = Finding.objects.visible_to(viewer).filter(system__in=list(systems))
    return _tallies(rows, "system")


def by_organisation(viewer: Viewer) -> dict[int, Tally]:
    """Return the live findings of organisations, counted: those that let the viewer count them."""
    return _tallies(Finding.objects.visible_to(viewer, GrantLevel.COUNTS), "system__organisation")


def _tallies(rows: ScopedQuerySet[Finding], key: str) -> dict[int, Tally]:
    counted = rows.filter(status__in=LIVE).values_list(key, "status", "priority")
    numbers: defaultdict[int, dict[str, int]] = defaultdict(dict)
    waiting: defaultdict[int, int] = defaultdict(int)
    for group, status, priority, count in counted.annotate(Count("pk")):
        if status == FindingStatus.NEEDS_CONFIRMATION:
            waiting[group] += count
        else:
            numbers[group][priority] = count
    return {
        group: Tally(_in_order(numbers[group]), waiting[group])
        for group in numbers.keys() | waiting.keys()
    }


_PRIORITIES = (*(priority.value for priority in reversed(Priority)), "")
"""The most pressing first."""


def _in_order(numbers: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, numbers[name]) for name in _PRIORITIES if name in numbers)


def of_system(viewer: Viewer, system: int, *, live: bool = True) -> ScopedQuerySet[Finding]:
    """Return the findings of a system, the most pressing first; only the live ones, or all."""
    rows = Finding.objects.visible_to(viewer).filter(system=system).select_related("vulnerability")
    if live:
        rows = rows.filter(status__in=LIVE)
    return rows.order_by(
        Case(When(status=FindingStatus.OPEN, then=Value(0)), default=Value(1)),
        _urgency(),
        F("due").asc(nulls_last=True),
        F("vulnerability__score").desc(nulls_last=True),
        "vulnerability__preferred_id",
    )


def _urgency() -> Case:
    places = (When(priority=name, then=Value(n)) for n, name in enumerate(_PRIORITIES))
    return Case(*places, default=Value(len(_PRIORITIES)), output_field=IntegerField())


def with_findings(rows: ScopedQuerySet[Component], system: int) -> ScopedQuerySet[Component]:
    """Keep the components of a system that one of its live findings stands on."""
    matched = PackageMatch.objects.filter(
        package=OuterRef("package"),
        vulnerability__findings__system=system,
        vulnerability__findings__status__in=LIVE,
    )
    return rows.filter(Exists(matched))


def of_packages(
    viewer: Viewer, system: int, packages: Sequence[int]
) -> dict[int, tuple[Finding, ...]]:
    """Return the live findings of a system by the package they stand on, most pressing first."""
    matches = PackageMatch.objects.filter(package__in=packages)
    rows = of_system(viewer, system).filter(vulnerability__in=matches.values("vulnerability"))
    standing: defaultdict[int, list[int]] = defaultdict(list)
    for package, vulnerability in matches.values_list("package", "vulnerability"):
        standing[vulnerability].append(package)
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    for row in rows:
        for package in standing[row.vulnerability_id]:
            found[package].append(row)
    return {package: tuple(listed) for package, listed in found.items()}
