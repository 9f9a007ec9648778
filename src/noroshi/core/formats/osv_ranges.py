"""Version ranges of OSV: from events along a line of versions to intervals.

An event starts the affected stretch (``introduced``; ``0`` is before every version) or ends it
(``fixed``: not affected any more; ``last_affected``: affected for the last time). Events that take
turns are paired as they stand. Others are first sorted by their versions, as the specification's
algorithm has it; where one of them is no version, the order given has to do.
``limit`` ends what nothing else ends; of several the highest counts, ``*`` is none.

Commits have no order that their names would show, and only their repository tells what lies
between two of them: each ``fixed`` of a ``GIT`` range is one interval from its ``introduced``.
Source: https://ossf.github.io/osv-schema/#evaluation
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import NamedTuple

from noroshi.core.errors import VersionError
from noroshi.core.facets import VersionRange
from noroshi.core.formats.osv_shapes import Event
from noroshi.core.versions.registry import key
from noroshi.core.versions.scheme import FIRST, successor

_START = "0"


class _Step(NamedTuple):
    """An event with one meaning: ``opens`` an affected stretch, or ends it (after ``last``)."""

    version: str
    opens: bool
    last: bool = False


def intervals(events: Iterable[Event], scheme: str) -> tuple[VersionRange, ...]:
    """Return the affected intervals; ``scheme`` orders the versions, should it be necessary."""
    written = list(events)
    steps = list(_steps(written))
    if not all(step.opens is opens for step, opens in zip(steps, cycle((True, False)))):
        steps = _sorted(steps, scheme)
    limit = _limit([event.limit for event in written if event.limit is not None], scheme)
    return tuple(_stretches(steps, limit))


def commits(events: Iterable[Event]) -> tuple[VersionRange, ...]:
    """Return the intervals of a ``GIT`` range, whose bounds nothing but the repository orders."""
    found: list[VersionRange] = []
    low: str | None = None
    ended = True
    for event in events:
        high = event.fixed or event.last_affected or event.limit
        if event.introduced is not None:
            if not ended:
                found.append(VersionRange(low=low))
            low, ended = _low(event.introduced), False
        if high is not None:
            inclusive = event.fixed is None and event.last_affected is not None
            found.append(VersionRange(low=low, high=high, high_inclusive=inclusive))
            ended = True
    if not ended:
        found.append(VersionRange(low=low))
    return tuple(found)


def single(versions: Iterable[str]) -> tuple[VersionRange, ...]:
    """Return one interval for each version listed, in the order given."""
    return tuple(
        VersionRange(low=version, high=version, high_inclusive=True)
        for version in dict.fromkeys(versions)
    )


def _steps(events: list[Event]) -> Iterator[_Step]:
    for event in events:
        if event.introduced is not None:
            yield _Step(event.introduced, opens=True)
        if event.fixed is not None:
            yield _Step(event.fixed, opens=False)
        if event.last_affected is not None:
            yield _Step(event.last_affected, opens=False, last=True)


def _sorted(steps: list[_Step], scheme: str) -> list[_Step]:
    try:
        places = [_place(step, scheme) for step in steps]
    except VersionError:
        return steps
    return [steps[number] for number in sorted(range(len(steps)), key=places.__getitem__)]


def _place(step: _Step, scheme: str) -> bytes:
    if step.opens and step.version == _START:
        return FIRST
    place = key(scheme, step.version)
    return successor(place) if step.last else place


def _limit(limits: list[str], scheme: str) -> str | None:
    if not limits or any("*" in limit for limit in limits):
        return None
    try:
        return max(limits, key=lambda limit: key(scheme, limit))
    except VersionError:
        return limits[-1]


def _stretches(steps: list[_Step], limit: str | None) -> Iterator[VersionRange]:
    start: _Step | None = None
    for step in steps:
        if step.opens:
            start = start or step
        elif start is not None:
            low = _low(start.version)
            yield VersionRange(low=low, high=step.version, high_inclusive=step.last)
            start = None
    if start is not None:
        yield VersionRange(low=_low(start.version), high=limit)


def _low(introduced: str) -> str | None:
    return None if introduced == _START else introduced
