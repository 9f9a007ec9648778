"""What changed between two versions of what one source says, claim by claim.

Texts are not compared letter by letter: a record is taken apart into `Point`s, each a single claim
under the voice that makes it, and what was said of the same thing before stands beside what is
said of it now ("score 7.5 → 9.8"). The order in which a source lists its claims means nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain

import msgspec

from noroshi.core.facets import Affected, Record
from noroshi.core.versions.ranges import readable


class About(StrEnum):
    """What a claim is about, in the order in which changes are told."""

    STATE = "state"
    WITHDRAWN = "withdrawn"
    REPLACED_BY = "replaced_by"
    NAMES = "names"
    DISPUTED = "disputed"
    EXPLOITED = "exploited"
    SEVERITY = "severity"
    RATING = "rating"
    SSVC = "ssvc"
    EPSS = "epss"
    RANGE = "range"
    WEAKNESS = "weakness"
    EXPLOIT = "exploit"
    REMEDY = "remedy"
    TITLE = "title"
    DESCRIPTION = "description"
    ADVISORY = "advisory"
    REFERENCE = "reference"
    CREDIT = "credit"


class Value(msgspec.Struct, frozen=True, order=True):
    """What is claimed: ``code`` is one of our vocabulary, ``text`` is the source's own."""

    code: str = ""
    text: str = ""


class Point(msgspec.Struct, frozen=True):
    """One claim: by whom, of which subject (a product, a language, a version of CVSS)."""

    about: About
    by: str
    subject: str
    value: Value


class Change(msgspec.Struct, frozen=True):
    """A claim that came (``before`` is none), went (``after`` is none) or became another."""

    about: About
    by: str
    subject: str
    before: Value | None
    after: Value | None


class Version(msgspec.Struct, frozen=True):
    """What a source said from one time on; ``withdrawn_at``: when it took it back.

    ``received_at`` and ``document`` are none where the document has been forgotten since.
    """

    asserted_at: dt.datetime | None
    received_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    document: int | None
    record: Record


class Step(msgspec.Struct, frozen=True):
    """A version and what it changed; the first one of a source changes nothing."""

    version: Version
    first: bool
    changes: tuple[Change, ...]


def steps(versions: Iterable[Version]) -> list[Step]:
    """Return the versions of one record, the oldest first, each with what it changed."""
    found: list[Step] = []
    before: Version | None = None
    for one in versions:
        told = changes(_points(before), _points(one)) if before else ()
        found.append(Step(one, before is None, told))
        before = one
    return found


def changes(before: Iterable[Point], after: Iterable[Point]) -> tuple[Change, ...]:
    """Return what differs, by what it is about; the rest keeps the order of the source."""
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    gone = _grouped(point for point in old if point not in new)
    come = _grouped(point for point in new if point not in old)
    found = [
        Change(*key, first, second)
        for key in dict.fromkeys(chain(gone, come))
        for first, second in _paired(gone.get(key, []), come.get(key, []))
    ]
    order = list(About)
    return tuple(sorted(found, key=lambda change: order.index(change.about)))


def points(record: Record, withdrawn_at: dt.datetime | None = None) -> Iterator[Point]:
    """Yield every claim of a record, its times and its own name aside."""
    yield Point(About.STATE, "", "", Value(record.state.value))
    if withdrawn_at or record.withdrawn:
        yield Point(About.WITHDRAWN, "", "", Value("withdrawn"))
    for about, texts in (
        (About.REPLACED_BY, record.replaced_by),
        (About.NAMES, record.names),
        (About.ADVISORY, record.advisories),
    ):
        yield from (Point(about, "", "", Value(text=text)) for text in texts)
    yield from (Point(About.DISPUTED, by, "", Value("disputed")) for by in record.disputed)
    yield from _judgements(record)
    yield from _words(record)
    for one in record.affected:
        yield from _affected(one, record)


_Key = tuple[About, str, str]


def _points(version: Version) -> Iterator[Point]:
    return points(version.record, version.withdrawn_at)


def _grouped(found: Iterable[Point]) -> dict[_Key, list[Value]]:
    groups: dict[_Key, list[Value]] = {}
    for point in found:
        groups.setdefault((point.about, point.by, point.subject), []).append(point.value)
    return groups


def _paired(gone: list[Value], come: list[Value]) -> Iterator[tuple[Value | None, Value | None]]:
    """Pair one with one: of several, which became which nobody can say."""
    if len(gone) == len(come) == 1:
        yield gone[0], come[0]
        return
    yield from ((value, None) for value in gone)
    yield from ((None, value) for value in come)


def _judgements(record: Record) -> Iterator[Point]:
    for severity in record.severities:
        text = f"{severity.score:.1f} ({severity.vector})"
        yield Point(About.SEVERITY, severity.by, f"CVSS {severity.version}", Value(text=text))
    for rating in record.ratings:
        yield Point(About.RATING, rating.by, "", Value(text=rating.word))
    for weakness in record.weaknesses:
        yield Point(About.WEAKNESS, weakness.by, "", Value(text=weakness.cwe))
    for one in record.ssvc:
        decided = (one.exploitation, one.automatable or "?", one.technical_impact or "?")
        yield Point(About.SSVC, one.by, "", Value(text=" / ".join(decided)))
    if record.exploited:
        listed = record.exploited
        yield Point(About.EXPLOITED, listed.by, "", Value("listed", listed.since.isoformat()))
        if listed.due:
            yield Point(About.EXPLOITED, listed.by, "due", Value("due", listed.due.isoformat()))
        if listed.ransomware:
            yield Point(About.EXPLOITED, listed.by, "ransomware", Value("ransomware"))
    if record.epss:
        yield Point(About.EPSS, "", "", Value(text=f"{record.epss.score:.5f}"))
    for exploit in record.exploits:
        value = Value(exploit.maturity.value)
        yield Point(About.EXPLOIT, exploit.by, exploit.name, value)


def _words(record: Record) -> Iterator[Point]:
    for about, texts in (
        (About.TITLE, record.titles),
        (About.DESCRIPTION, record.descriptions),
    ):
        yield from (Point(about, one.by, one.lang, Value(text=one.text)) for one in texts)
    for remedy in record.remedies:
        text = " ".join(filter(None, (remedy.text, remedy.url)))
        yield Point(About.REMEDY, remedy.by, remedy.lang, Value(remedy.kind.value, text))
    for reference in record.references:
        yield Point(About.REFERENCE, "", "", Value(text=reference.url))
    for credit in record.credits:
        yield Point(About.CREDIT, credit.by, "", Value(text=credit.name))


def _affected(one: Affected, record: Record) -> Iterator[Point]:
    needs = () if one.condition is None else record.conditions[one.condition]
    product = one.cpe or one.product.name
    subject = f"{product} + {' | '.join(needs)}" if needs else product
    if one.reason:
        subject = f"{subject} ({one.reason})"
    if not one.ranges or one.default.value != "unknown":
        # What holds of versions that no range names; without ranges: of all of them.
        code = f"default_{one.default.value}" if one.ranges else one.default.value
        yield Point(About.RANGE, one.by, subject, Value(code, "*"))
    for stated in one.ranges:
        yield Point(About.RANGE, one.by, subject, Value(stated.status.value, readable(stated)))
