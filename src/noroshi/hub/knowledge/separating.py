"""Vulnerabilities that come apart: a source no longer says that two names are one.

Joining is easy, for it only adds. Here the names of a vulnerability are settled anew from what its
records say now: those still connected to the name it is called by stay, each other group becomes
the vulnerability it was before it was joined, or a new one. A name that nobody gives any more goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from noroshi.core import naming
from noroshi.core.naming import Resolution
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.knowledge import queries
from noroshi.hub.knowledge.models import Alias, AliasConflict, Record, Vulnerability
from noroshi.hub.knowledge.preparing import names_in


class _Said(msgspec.Struct, frozen=True):
    """A record of a vulnerability, and the names that still connect it."""

    number: int
    source: int
    names: tuple[str, ...]
    withdrawn: bool


def come_apart(vulnerabilities: Iterable[int]) -> set[int]:
    """Settle the names of vulnerabilities anew; return all that changed.

    Must run inside a transaction that holds "knowledge", after what their records say was written.
    """
    changed: set[int] = set()
    waiting = sorted(set(vulnerabilities), reverse=True)
    while waiting:
        settled = _settle(waiting.pop())
        changed |= settled.changed
        waiting += _disputing(settled.free)
    return changed


def _disputing(names: Iterable[str]) -> list[int]:
    """Return the vulnerabilities to which somebody gives a name that another one had till now."""
    rows = AliasConflict.objects.filter(name__in=list(names)).order_by("-vulnerability")
    return list(dict.fromkeys(rows.values_list("vulnerability", flat=True)))


class _Settled(msgspec.Struct, frozen=True):
    """What changed, and the names that are free now."""

    changed: frozenset[int] = frozenset()
    free: frozenset[str] = frozenset()


def _settle(number: int) -> _Settled:
    vulnerability = Vulnerability.objects.get(pk=number)
    said = _records(number)
    if vulnerability.merged_into_id is not None or not any(not one.withdrawn for one in said):
        return _Settled()  # nobody speaks of it any more: it keeps the names it had
    holders = queries.holders_of({name for one in said for name in one.names})
    others = {name: holder for name, holder in holders.items() if holder != number}
    called = _called(vulnerability.preferred_id, said)
    cves = queries.cve_of(set(others.values()))
    if called.startswith("CVE-"):
        cves[number] = called
    result = naming.resolve([one.names for one in said], others | {called: number}, cves)
    before = set(Alias.objects.filter(vulnerability=number).values_list("name", flat=True))
    if _is_as_before(number, before, called, result):
        _note_conflicts(number, said, result, {})
        return _Settled()
    real = _vulnerabilities(number, result)
    _rename(vulnerability, result.preferred.get(number, called))
    _give(number, before, {name: real.get(item, item) for name, item in result.named.items()})
    Alias.objects.get_or_create(name=called, defaults={"vulnerability_id": number})
    moved = _move(number, said, [real.get(item, item) for item in result.assigned])
    for absorbed, survivor in result.merged.items():
        queries.absorb(absorbed, real.get(survivor, survivor))
    _note_conflicts(number, said, result, real)
    changed = {number, *real.values(), *moved, *result.merged, *result.merged.values()}
    return _Settled(frozenset(changed), frozenset(before - result.named.keys() - {called}))


def _records(number: int) -> list[_Said]:
    rows = Record.objects.filter(vulnerability=number).order_by("pk")
    columns = ("pk", "source_id", "facets", "withdrawn_at")
    said = []
    for pk, source, facets, withdrawn in rows.values_list(*columns):
        names = names_in(bytes(facets))
        gone = withdrawn is not None
        # What was taken back connects nothing, but stays with the name it was about.
        said.append(_Said(pk, source, names[:1] if gone else names, gone))
    return said


def _called(preferred: str, said: Sequence[_Said]) -> str:
    """Return the name whose group stays: what it is called, if a record still says so."""
    standing = [one for one in said if not one.withdrawn]
    if any(preferred in one.names for one in standing):
        return preferred
    return standing[0].names[0]


def _is_as_before(number: int, before: set[str], called: str, result: Resolution) -> bool:
    return (
        set(result.assigned) == {number}
        and not result.merged
        and not result.preferred
        and {*result.named, called} == before
    )


def _vulnerabilities(number: int, result: Resolution) -> dict[int, int]:
    """Return the row of each group that leaves: what it was before it was joined, or a new one."""
    real: dict[int, int] = {}
    for item, preferred in result.created.items():
        names = {name for name, root in result.named.items() if root == item}
        former = list(
            Vulnerability.objects.filter(merged_into=number, preferred_id__in=names).order_by("pk")
        )
        former.sort(key=lambda row: row.preferred_id != preferred)
        if former:
            first, *rest = former
            real[item] = first.pk
            Vulnerability.objects.filter(pk=first.pk).update(merged_into=None)
            Vulnerability.objects.filter(pk__in=[row.pk for row in rest]).update(merged_into=first)
            _rename(first, preferred)
        else:
            (real[item],) = bulk.reserve("knowledge_vulnerability", 1)
            queries.create_vulnerabilities({real[item]: preferred})
    return real


def _rename(vulnerability: Vulnerability, name: str) -> None:
    """Call a vulnerability otherwise; one that was joined and is called so takes its old name."""
    old = vulnerability.preferred_id
    if old == name:
        return
    same = Vulnerability.objects.filter(preferred_id=name).exclude(pk=vulnerability.pk).first()
    if same is not None:
        Vulnerability.objects.filter(pk=same.pk).update(preferred_id=f"#{same.pk}")
    Vulnerability.objects.filter(pk=vulnerability.pk).update(preferred_id=name)
    if same is not None:
        Vulnerability.objects.filter(pk=same.pk).update(preferred_id=old)


def _give(number: int, before: set[str], named: Mapping[str, int]) -> None:
    """Give each name to its holder; let go those that nobody gives any more."""
    rows = Alias.objects.filter(vulnerability=number)
    rows.filter(name__in=before - named.keys()).delete()
    for holder in set(named.values()):
        names = [name for name, item in named.items() if item == holder]
        rows.filter(name__in=names).update(vulnerability=holder)
    held = queries.holders_of(named)
    queries.create_aliases({name: item for name, item in named.items() if name not in held})


def _move(number: int, said: Sequence[_Said], assigned: Sequence[int]) -> set[int]:
    moved = {one.number: to for one, to in zip(said, assigned, strict=True) if to != number}
    for to in set(moved.values()):
        some = [record for record, target in moved.items() if target == to]
        Record.objects.filter(pk__in=some).update(vulnerability=to)
    return set(moved.values())


def _note_conflicts(
    number: int, said: Sequence[_Said], result: Resolution, real: Mapping[int, int]
) -> None:
    AliasConflict.objects.filter(vulnerability=number).delete()
    for conflict in result.conflicts:
        holder = real.get(conflict.vulnerability, conflict.vulnerability)
        queries.record_conflicts(said[conflict.record].source, [(conflict.name, holder)])
