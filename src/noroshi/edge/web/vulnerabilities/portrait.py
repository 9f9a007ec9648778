"""Everything the page of one vulnerability shows, gathered for one viewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from noroshi.core.assess import narrate
from noroshi.core.assess.assessment import Assessment, EstimatedSeverity
from noroshi.core.assess.independence import cast
from noroshi.core.assess.phrases import VOICES, Lang, phrase, weakness_phrase
from noroshi.core.facets import Record
from noroshi.core.policy.visibility import Viewer
from noroshi.edge import words
from noroshi.edge.web.vulnerabilities import exploits, judgement, ranges, remedies, sides
from noroshi.edge.web.vulnerabilities.judgement import Backing, Guess, Metric
from noroshi.edge.web.vulnerabilities.plain import plain
from noroshi.edge.web.vulnerabilities.ranges import Link, RangeLine
from noroshi.edge.web.vulnerabilities.timeline import Entry, timeline
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.knowledge.overview import Claims
from noroshi.hub.matching import concerning
from noroshi.hub.matching.evidence import Evidence, evidence
from noroshi.hub.matching.models import Finding
from noroshi.hub.notices import queries as notices
from noroshi.hub.notices.views import Head

MOST_NAMES = 30
MOST_RECORDS = 60
MOST_JUDGEMENTS = 20
MOST_REASONS = 3
RANGES_PAGE = 200
"""Lines on a page of affected versions."""


class Amounts(msgspec.Struct, frozen=True):
    """How much of each list is shown."""

    lines: int
    ranges: int
    references: int
    systems: int
    entries: int
    remedies: int
    exploits: int


FEW = Amounts(
    lines=sides.FEW_LINES,
    ranges=15,
    references=10,
    systems=10,
    entries=12,
    remedies=3,
    exploits=10,
)
ALL = Amounts(
    lines=sides.ALL_LINES,
    ranges=RANGES_PAGE,
    references=1000,
    systems=500,
    entries=500,
    remedies=200,
    exploits=500,
)
"""``remedies``: of each kind."""


class Place(msgspec.Struct, frozen=True):
    """A system that is concerned, and why; the surest reasons first."""

    finding: Finding
    reasons: tuple[str, ...]
    more: int


class Places(msgspec.Struct, frozen=True):
    """The systems of one's own, or of others who let one see theirs."""

    shown: tuple[Place, ...]
    number: int


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The assessment in the reader's language.

    ``rated_by`` names the voice whose vector is followed, or the model that estimates.
    """

    assessment: Assessment
    summary: str
    estimated: bool
    rated_by: str
    metrics: tuple[Metric, ...]
    guesses: tuple[Guess, ...]
    weaknesses: tuple[tuple[str, str, str], ...]
    level: str
    exploitation: tuple[str, ...]
    letter: str
    credibility: str
    reliability: tuple[str, ...]
    backing: tuple[Backing, ...]
    contradictions: tuple[str, ...]


class Successor(msgspec.Struct, frozen=True):
    """An identifier that a source names in its place; ``known``: there is a page of it."""

    name: str
    known: bool


class Portrait(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one vulnerability; numbers are those of the whole lists.

    ``cve_form``: it can be written as a CVE record. ``full``: there may be more records than the
    page reads.
    """

    row: Vulnerability
    names: tuple[str, ...]
    cve_form: bool
    successors: tuple[Successor, ...]
    everything: bool
    full: bool
    table: sides.Table
    shelves: tuple[remedies.Shelf, ...]
    exploits: tuple[exploits.Known, ...]
    number_of_exploits: int
    judged: Judged | None
    ranges: tuple[RangeLine, ...]
    number_of_ranges: int
    references: tuple[Link, ...]
    number_of_references: int
    own: Places
    others: Places
    notices: tuple[Head, ...]
    entries: tuple[Entry, ...]
    number_of_entries: int


class Versions(msgspec.Struct, frozen=True):
    """A page of the affected versions."""

    row: Vulnerability
    lines: tuple[RangeLine, ...]
    number: int
    page: int
    last: int


def portrait(viewer: Viewer, row: Vulnerability, lang: Lang, *, everything: bool) -> Portrait:
    """Return what this viewer may see of a vulnerability; ``everything``: in longer lists."""
    amounts = ALL if everything else FEW
    claims = overview.claims_of(row, MOST_RECORDS)
    records = _standing(claims)
    who = cast(records)
    history = overview.history_of(row, MOST_JUDGEMENTS)
    current = history[0].assessment if history else None
    told = notices.about(viewer, row.pk)
    entries = timeline(claims, history, told, who, lang)
    catalogued, number_catalogued = exploits.known(claims, who, lang, amounts.exploits)
    links, number_of_links = ranges.references(records, amounts.references)
    concerned = concerning.concerned(viewer, row.pk, amounts.systems)
    findings = (*concerned.own, *concerned.others)
    why = evidence(viewer, findings) if findings else {}
    names = tuple(overview.names_of(row, MOST_NAMES))
    return Portrait(
        row=row,
        names=names,
        cve_form=any(name.startswith("CVE-") for name in names),
        successors=_successors(claims),
        everything=everything,
        full=len(claims) == MOST_RECORDS,
        shelves=remedies.shelves(records, who, lang, amounts.remedies, everything=everything),
        exploits=catalogued,
        number_of_exploits=number_catalogued,
        table=sides.side_by_side(claims, current, who, lang, amounts.lines),
        judged=_judged(current, records, lang) if current else None,
        ranges=ranges.range_lines(records, who, lang, 0, amounts.ranges),
        number_of_ranges=ranges.number_of_ranges(records),
        references=links,
        number_of_references=number_of_links,
        own=Places(_places(concerned.own, why), concerned.number_own),
        others=Places(_places(concerned.others, why), concerned.number_others),
        notices=told,
        entries=tuple(entries[: amounts.entries]),
        number_of_entries=len(entries),
    )


def versions(row: Vulnerability, lang: Lang, page: int) -> Versions:
    """Return a page of the affected versions; the last one where there are not so many."""
    records = _standing(overview.claims_of(row, MOST_RECORDS))
    number = ranges.number_of_ranges(records)
    last = max(-(-number // RANGES_PAGE), 1)
    page = min(page, last)
    begin = (page - 1) * RANGES_PAGE
    who = cast(records)
    lines = ranges.range_lines(records, who, lang, begin, begin + RANGES_PAGE)
    return Versions(row, lines, number, page, last)


def _successors(claims: Sequence[Claims]) -> tuple[Successor, ...]:
    """Return where to look now: what was taken back since said so, too."""
    named = dict.fromkeys(name for one in claims for name in one.record.replaced_by)
    known = overview.known_among(list(named)) if named else set()
    return tuple(Successor(plain(name), name in known) for name in list(named)[:MOST_NAMES])


def _standing(claims: Sequence[Claims]) -> list[Record]:
    """Return what the sources have not taken back."""
    return [one.record for one in claims if one.withdrawn_at is None]


def _judged(assessment: Assessment, records: Sequence[Record], lang: Lang) -> Judged:
    severity, reliability = assessment.severity, assessment.reliability
    estimated = isinstance(severity, EstimatedSeverity)
    author = severity.model if isinstance(severity, EstimatedSeverity) else ""
    return Judged(
        assessment=assessment,
        summary=plain(narrate.summary(assessment, lang)),
        estimated=estimated,
        rated_by=author or phrase(VOICES, getattr(severity, "by", ""), lang),
        metrics=judgement.stated(assessment, records, lang),
        guesses=judgement.estimated(assessment),
        weaknesses=tuple(
            (one.cwe, weakness_phrase(one.cwe, lang), judgement.spoken(one.voices, lang))
            for one in assessment.weaknesses
        ),
        level=judgement.level(assessment.exploitation.level),
        exploitation=tuple(
            narrate.reason_text(one, lang) for one in assessment.exploitation.reasons
        ),
        letter=judgement.letter(reliability.source),
        credibility=judgement.credibility(reliability.credibility),
        reliability=tuple(narrate.reason_text(one, lang) for one in reliability.reasons),
        backing=judgement.backing(assessment, lang),
        contradictions=tuple(
            plain(narrate.contradiction_text(one, lang)) for one in assessment.contradictions
        ),
    )


def _places(
    findings: Sequence[Finding], why: Mapping[int, Sequence[Evidence]]
) -> tuple[Place, ...]:
    places = []
    for finding in findings:
        reasons = why.get(finding.pk, ())
        told = tuple(plain(words.because(one)) for one in reasons[:MOST_REASONS])
        places.append(Place(finding, told, max(len(reasons) - MOST_REASONS, 0)))
    return tuple(places)
