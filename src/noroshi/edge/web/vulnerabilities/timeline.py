"""What happened to one vulnerability, the newest first; each entry says whose word it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.assess import Assessment
from noroshi.core.assess.assessment import EstimatedSeverity
from noroshi.core.assess.independence import Cast, canonical
from noroshi.core.assess.phrases import VOICES, Lang, phrase
from noroshi.core.facets import Record
from noroshi.edge import words
from noroshi.edge.web.vulnerabilities import judgement
from noroshi.edge.web.vulnerabilities.plain import plain
from noroshi.edge.web.vulnerabilities.ranges import LONGEST
from noroshi.hub.knowledge.overview import Claims, Judgement
from noroshi.hub.notices.views import Head


class Whose(StrEnum):
    """Who speaks in an entry."""

    SOURCE = "source"
    MACHINE = "machine"
    PERSON = "person"


class Entry(msgspec.Struct, frozen=True):
    """One event. ``at`` is a day where the source knows no time; ``notice``: which one to read."""

    at: dt.datetime | dt.date
    whose: Whose
    text: str
    notice: str = ""


def timeline(
    claims: Sequence[Claims],
    judgements: Sequence[Judgement],
    notices: Sequence[Head],
    who: Cast,
    lang: Lang,
) -> list[Entry]:
    """Return the entries, the newest first."""
    entries = [*_claimed(claims, who, lang), *_judged(judgements, lang), *_told(notices)]
    return sorted(dict.fromkeys(entries), key=_moment, reverse=True)


def _moment(entry: Entry) -> dt.datetime:
    if isinstance(entry.at, dt.datetime):
        return entry.at
    return dt.datetime.combine(entry.at, dt.time(), dt.UTC)


def _claimed(claims: Sequence[Claims], who: Cast, lang: Lang) -> Iterator[Entry]:
    for one in claims:
        record = one.record
        source = phrase(VOICES, canonical(record.source), lang)
        facts = {"source": source}
        if record.published:
            yield _by_source(record.published, _("%(source)s published it") % facts)
        if one.asserted_at and one.asserted_at != record.published:
            yield _by_source(one.asserted_at, _("%(source)s last changed what it says") % facts)
        yield _by_source(one.received_at, _("what %(source)s says was received here") % facts)
        if one.withdrawn_at:
            yield _by_source(one.withdrawn_at, _("%(source)s took back what it said") % facts)
        if record.exploited:
            voice = phrase(VOICES, who.voice(record.exploited.by), lang)
            text = _("%(source)s listed it as used in attacks") % {"source": voice}
            yield _by_source(record.exploited.since, text)
        yield from _catalogued(record, who, lang)


def _catalogued(record: Record, who: Cast, lang: Lang) -> Iterator[Entry]:
    """Yield the exploits that have a date; a catalogue gives its own, or the disclosure's."""
    for exploit in record.exploits:
        if exploit.since:
            source = phrase(VOICES, who.voice(exploit.by), lang)
            facts = {"source": source, "name": exploit.name[:LONGEST]}
            text = _("%(name)s dates from then, says %(source)s") % facts
            yield _by_source(exploit.since, plain(text))


def _by_source(at: dt.datetime | dt.date, text: str) -> Entry:
    return Entry(at, Whose.SOURCE, text)


def _judged(judgements: Sequence[Judgement], lang: Lang) -> Iterator[Entry]:
    """Yield the assessments, each with what it changed."""
    earlier = [*judgements, None][1:]
    for one, before in zip(judgements, earlier, strict=True):
        yield Entry(one.made_at, Whose.MACHINE, _judgement(one, before, lang))


def _judgement(one: Judgement, before: Judgement | None, lang: Lang) -> str:
    told = _points(one.assessment)
    known = _points(before.assessment) if before else {}
    changed = [text for point, text in told.items() if known.get(point) != text]
    if not changed:
        return _("assessed anew: what it rests on changed, the result did not")
    joint = "、" if lang == "ja" else "; "
    if before is None:
        return _("assessed: %(points)s") % {"points": joint.join(changed)}
    return _("assessed anew: now %(points)s") % {"points": joint.join(changed)}


def _points(assessment: Assessment) -> dict[str, str]:
    """Return what an assessment comes to, in a few words."""
    severity = assessment.severity_class
    rated = words.severity(severity.value if severity else "", assessment.score)
    if isinstance(assessment.severity, EstimatedSeverity):
        rated = _("severity estimated as %(severity)s") % {"severity": rated}
    else:
        rated = _("severity %(severity)s") % {"severity": rated}
    found = {
        "state": judgement.state(assessment.state),
        "severity": rated,
        "exploitation": judgement.level(assessment.exploitation.level),
        "reliability": _("reliability %(code)s") % {"code": assessment.reliability.admiralty},
    }
    if assessment.disputed:
        found["disputed"] = _("disputed")
    return found


def _told(notices: Sequence[Head]) -> Iterator[Entry]:
    for head in notices:
        facts = {"notice": head.name, "title": words.title(head)}
        if head.published_at:
            text = _("notice %(notice)s: %(title)s") % facts
            yield Entry(head.published_at, Whose.PERSON, text, head.name)
        if head.withdrawn_at:
            text = _("notice %(notice)s was withdrawn") % facts
            yield Entry(head.withdrawn_at, Whose.PERSON, text, head.name)
