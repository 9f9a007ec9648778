"""Whom a notice concerns: live findings of its vulnerabilities, by organisation.

These functions read as the system: what they return goes to the organisation itself, or through
a rule that decides who else may know (`preview`, `recipients`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from noroshi.core.policy.visibility import System
from noroshi.hub.inventory.models import Component
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching.models import Finding
from noroshi.hub.matching.queries import LIVE
from noroshi.hub.notices.views import Concern

_MOST_NAMED = 5  # a system may run dozens of packages of one product: the line stays readable


def surviving(vulnerabilities: Iterable[int]) -> frozenset[int]:
    """Return the vulnerabilities as they are known today: merged ones are the one they became."""
    rows = Vulnerability.objects.filter(pk__in=set(vulnerabilities))
    return frozenset(into or number for number, into in rows.values_list("pk", "merged_into"))


def affected_organisations(vulnerabilities: Iterable[int]) -> frozenset[int]:
    """Return the organisations with a live finding of one of the vulnerabilities."""
    owners = _live(surviving(vulnerabilities)).values_list("system__organisation", flat=True)
    return frozenset(owners.distinct())


def concerns_of(
    vulnerabilities: Iterable[int], organisations: Iterable[int]
) -> dict[int, tuple[Concern, ...]]:
    """Return the systems concerned of each organisation that has any, in two queries for all."""
    wanted = surviving(vulnerabilities)
    rows = _live(wanted).filter(system__organisation__in=set(organisations))
    found = list(
        rows.order_by("system__name", "vulnerability__preferred_id").values_list(
            "system__organisation",
            "system",
            "system__name",
            "vulnerability",
            "vulnerability__preferred_id",
        )
    )
    software = _software(wanted, {system for _, system, _, _, _ in found})
    lines: defaultdict[int, list[Concern]] = defaultdict(list)
    for owner, system, name, vulnerability, called in found:
        named = sorted(software[system, vulnerability])[:_MOST_NAMED]
        lines[owner].append(Concern(name, called, ", ".join(named)))
    return {owner: tuple(each) for owner, each in lines.items()}


def _live(vulnerabilities: Iterable[int]) -> QuerySet[Finding]:
    return Finding.objects.visible_to(System()).filter(
        vulnerability__in=vulnerabilities, status__in=LIVE
    )


def _software(
    vulnerabilities: Iterable[int], systems: Iterable[int]
) -> defaultdict[tuple[int, int], set[str]]:
    """Return what each system runs that each vulnerability matches (``postfix 3.5.0``)."""
    rows = Component.objects.visible_to(System()).filter(
        inventory__current=True,
        inventory__system__in=systems,
        package__matches__vulnerability__in=vulnerabilities,
    )
    found: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for system, vulnerability, name, version in rows.values_list(
        "inventory__system",
        "package__matches__vulnerability",
        "package__name",
        "package__version",
    ).distinct():
        found[system, vulnerability].add(f"{name} {version}".strip())
    return found
