"""Aliases become one vulnerability by union — within limits.

Rules: a vulnerability has at most one CVE id, so an alias that would join two CVEs joins neither
(it stays where it is, and the conflict is recorded); a record speaks of the vulnerability its first
name belongs to; names nobody knows yet go to that vulnerability; vulnerabilities that a record's
names connect become one. What is stored survives what is new, for findings and answers hang on it;
of two that are stored the one with the CVE id survives, else the older one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec


class Conflict(msgspec.Struct, frozen=True):
    """``name`` was also claimed for ``vulnerability``, but belongs to another CVE."""

    name: str
    vulnerability: int
    record: int


class Resolution(msgspec.Struct, frozen=True):
    """What follows from a batch of records.

    Vulnerabilities are known ids, or negative numbers for new ones. ``assigned``: index of the
    record → vulnerability. ``created``: new vulnerability → its preferred name, the CVE id if it
    has one. ``preferred``: known vulnerability → the CVE id it had not before. ``named``: new name
    → vulnerability. ``merged``: vulnerability → the one it became part of.
    """

    assigned: tuple[int, ...]
    created: dict[int, str]
    preferred: dict[int, str]
    named: dict[str, int]
    merged: dict[int, int]
    conflicts: tuple[Conflict, ...]


def resolve(
    names_of: Iterable[tuple[str, ...]], known: Mapping[str, int], cves: Mapping[int, str]
) -> Resolution:
    """Decide which vulnerability each record speaks of.

    ``names_of`` holds each record's names, the preferred one first. ``known`` maps the names that
    exist to their vulnerability, ``cves`` each of those to its CVE id, if it has one.
    """
    union = _Union(known, cves)
    assigned = [union.take(index, names) for index, names in enumerate(names_of)]
    return Resolution(
        assigned=tuple(union.root(item) for item in assigned),
        created={
            item: union.cves.get(item, name)
            for item, name in union.created.items()
            if item not in union.parent
        },
        preferred={
            item: cve
            for item, cve in union.cves.items()
            if item > 0 and item not in cves and item not in union.parent
        },
        named={name: union.root(item) for name, item in union.named.items()},
        merged={item: union.root(item) for item in union.parent if item > 0},
        conflicts=tuple(
            Conflict(c.name, union.root(c.vulnerability), c.record) for c in union.conflicts
        ),
    )


class _Union:
    """Union-find over vulnerabilities; each set remembers its one CVE id."""

    def __init__(self, known: Mapping[str, int], cves: Mapping[int, str]) -> None:
        self.known = known
        self.cves = dict(cves)
        self.parent: dict[int, int] = {}
        self.created: dict[int, str] = {}
        self.named: dict[str, int] = {}
        self.conflicts: list[Conflict] = []

    def root(self, item: int) -> int:
        while item in self.parent:
            item = self.parent[item]
        return item

    def holder(self, name: str) -> int | None:
        item = self.named.get(name, self.known.get(name))
        return None if item is None else self.root(item)

    def take(self, record: int, names: tuple[str, ...]) -> int:
        anchor = self.holder(names[0])
        if anchor is None:
            anchor = self._create(names[0])
        for name in names[1:]:
            anchor = self._attach(record, name, anchor)
        return anchor

    def _create(self, name: str) -> int:
        item = -1 - len(self.created)
        self.created[item] = name
        self.named[name] = item
        if name.startswith("CVE-"):
            self.cves[item] = name
        return item

    def _attach(self, record: int, name: str, anchor: int) -> int:
        """Give ``name`` to ``anchor``, or join its holder to it; return who now holds both."""
        holder = self.holder(name)
        if holder == anchor:
            return anchor
        cve = name if name.startswith("CVE-") else self.cves.get(holder or 0)
        own = self.cves.get(anchor)
        if cve and own and cve != own:
            self.conflicts.append(Conflict(name, anchor, record))
            return anchor
        if holder is None:
            self.named[name] = anchor
            if cve:
                self.cves[anchor] = cve
            return anchor
        return self._join(holder, anchor)

    def _join(self, one: int, other: int) -> int:
        survivor, absorbed = sorted((one, other), key=self._rank)
        self.parent[absorbed] = survivor
        if absorbed in self.cves:
            self.cves[survivor] = self.cves[absorbed]
        return survivor

    def _rank(self, item: int) -> tuple[bool, bool, int]:
        """Order: is stored already, has a CVE id, is older."""
        return (item < 0, item not in self.cves, abs(item))
