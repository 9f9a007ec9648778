"""Fusing the records of one vulnerability into an assessment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from noroshi.core.assess import (
    exploitation,
    products,
    ratings,
    reliability,
    severity,
    titles,
    weakness,
)
from noroshi.core.assess.assessment import (
    MODEL,
    Assessment,
    Contradiction,
    ContradictionKind,
    Quote,
)
from noroshi.core.assess.independence import EPSS, KEV, NVD, PASSED_ON, Cast, canonical, cast
from noroshi.core.assess.judge import Judge, SilentJudge
from noroshi.core.assess.support import Findings
from noroshi.core.facets import Record, State

_REGISTRIES = {"cve5": 0, NVD: 1}
"""Who decides on an identifier's state, the highest first; then anybody else who states one."""

_SOURCES = (
    # Who assigned it and who analysed it.
    *_REGISTRIES,
    # Whoever describes it: databases and vendors, then distributions.
    *("jvn", "osv", "csaf", "redhat", "suse", "amazon", "ubuntu", "debian", "alpine"),
    # Whoever passes on what was said elsewhere.
    *PASSED_ON,
    # Configurations without a word of description; lists about vulnerabilities.
    *("nvd_overrides", "vulnrichment", "kev", "epss", "exploitdb", "metasploit", "nuclei"),
)
"""Sources in the order in which their products and texts are looked at; unknown ones stand before
those that describe nothing."""

_PLACES = {source: place for place, source in enumerate(_SOURCES)}
_UNKNOWN_SOURCE = _PLACES["nvd_overrides"] - 0.5

_SIGNALS = frozenset(
    {KEV, EPSS, "exploitdb", "metasploit", "nuclei", "nvd_overrides", "vulnrichment", *PASSED_ON}
)
"""Lists about vulnerabilities: that something stands in one says nothing of the identifier's state.
Trackers and advisories do state it: who still publishes on a rejected identifier contradicts."""

_SILENT = SilentJudge()


def assess(records: Sequence[Record], judge: Judge = _SILENT) -> Assessment:
    """Return our judgement of the one vulnerability that all these records are about.

    Pure: the same records in any order give the same assessment. What a source states is never
    overwritten; ``judge`` is asked only where all are silent.
    """
    ordered = _in_order(records)
    who = cast(ordered)
    claims = severity.claims_of(ordered, who)
    weaknesses = weakness.named(ordered, who)
    groups = products.group(ordered, who)
    state, state_contradictions = _state(ordered)
    contradictions = (
        *state_contradictions,
        *severity.contradictions(claims),
        *weakness.contradictions(weaknesses, who),
        *products.contradictions(groups, who),
        *exploitation.contradictions(ordered, who),
    )
    found = Findings(
        state=state,
        disputed=_disputed(ordered, who),
        claims=claims,
        rated=None if claims else ratings.fuse(ordered, who),
        weaknesses=weakness.fuse(weaknesses, who),
        products=products.summarise(groups, ordered, who),
        exploitation=exploitation.fuse(ordered, who),
        contradictions=contradictions,
    )
    named = any(one.affected for one in found.products) and found.weaknesses
    return Assessment(
        names=_names(ordered),
        state=state,
        disputed=found.disputed,
        severity=severity.fuse(claims, found.rated, ordered, who, judge),
        weaknesses=tuple(found.weaknesses),
        products=tuple(found.products),
        exploitation=found.exploitation,
        reliability=reliability.judge_reliability(found, ordered, who),
        contradictions=contradictions,
        published=_published(ordered),
        titles=() if named else titles.stated(ordered, who),
        model=f"{MODEL}+{judge.name}" if judge.name else MODEL,
    )


def _in_order(records: Sequence[Record]) -> list[Record]:
    """Return the records, each once, in an order that does not depend on the given one."""
    if len({(record.source, record.external_id) for record in records}) == len(records):
        return sorted(records, key=_place)
    distinct = {msgspec.msgpack.encode(record): record for record in records}
    return [distinct[key] for key in sorted(distinct, key=lambda k: (_place(distinct[k]), k))]


def _place(record: Record) -> tuple[float, str, str]:
    return _PLACES.get(record.source, _UNKNOWN_SOURCE), record.source, record.external_id


def _state(records: Sequence[Record]) -> tuple[State, list[Contradiction]]:
    """Return the state by the highest registry that speaks (CVE, NVD, others)."""
    stating = [record for record in records if canonical(record.source) not in _SIGNALS]
    if not stating:
        return State.PUBLISHED, []
    # A vulnerability may have two CVE ids, one of them rejected as the other's double.
    highest = [record for record in stating if record.source == stating[0].source]
    deciding = next((one for one in highest if one.state is State.PUBLISHED), highest[0])
    others = (r for r in stating if r.source != deciding.source and r.state is not deciding.state)
    other = next(others, None)
    if other is None:
        return deciding.state, []
    quotes = tuple(
        Quote(one.source, f"{one.external_id}: {one.state}") for one in (deciding, other)
    )
    return deciding.state, [Contradiction(ContradictionKind.STATE, "", quotes)]


def _disputed(records: Sequence[Record], who: Cast) -> tuple[str, ...]:
    return tuple(sorted({who.voice(by) for record in records for by in record.disputed}))


def _names(records: Sequence[Record]) -> tuple[str, ...]:
    """Return every name once, CVE ids first."""
    names = dict.fromkeys(name for record in records for name in record.names)
    return tuple(sorted(names, key=lambda name: not name.startswith("CVE-")))


def _published(records: Sequence[Record]) -> dt.datetime | None:
    return min((record.published for record in records if record.published), default=None)
