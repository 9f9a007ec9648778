"""The sources side by side: who says what, where they agree, where they contradict.

One column a record, one row a facet. A line names its voice where a document carries somebody
else's words (a CNA's in the CVE record, a vendor's in NVD's). Whether a facet is agreed upon is
what the assessment found, copies not counted; a line that stands against another is marked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import islice

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.assess.assessment import Assessment, Contradiction, ContradictionKind
from noroshi.core.assess.independence import Cast, canonical
from noroshi.core.assess.phrases import VOICES, Lang, phrase, weakness_phrase
from noroshi.core.assess.product_names import same_product, vendor_and_name
from noroshi.core.assess.vector import severity_class
from noroshi.core.facets import Affected, Record, State, Status
from noroshi.core.versions.ranges import readable
from noroshi.edge import words
from noroshi.edge.web.vulnerabilities import wording
from noroshi.edge.web.vulnerabilities.plain import plain
from noroshi.hub.knowledge.overview import Claims

FEW_LINES, ALL_LINES = 6, 200
"""Lines of one cell, at first and where all are asked for; the others are counted."""

FEW_COLUMNS, ALL_COLUMNS = 12, 60
"""Columns, at first and where all are asked for; the others are counted."""

FEW_CHARACTERS, ALL_CHARACTERS = 500, 20_000
"""Characters of a description, at first and where all is asked for."""

MOST_OF_A_WORD, MOST_OF_A_NAME = 40, 120
"""Characters of a severity in words, and of a name, that are shown."""

MOST_RANGES = 3
"""Ranges of a product that are written out."""


class Verdict(StrEnum):
    """How the sources stand to each other on one facet."""

    AGREE = "agree"
    CONTRADICT = "contradict"
    ALONE = "alone"  # one voice, or copies of one


class Line(msgspec.Struct, frozen=True):
    """One claim. ``voice`` is empty where it is the source's own; ``against``: another one's.

    ``cut``: the text goes on.
    """

    voice: str
    text: str
    against: bool = False
    lang: str = ""
    cut: bool = False


class Cell(msgspec.Struct, frozen=True):
    """What one source says on one facet; ``more`` lines are not shown."""

    lines: tuple[Line, ...]
    more: int


class Column(msgspec.Struct, frozen=True):
    """One source's record. ``asserted_at``: the source's own time.

    ``document``: which of the documents received says it.
    """

    source: str
    external_id: str
    asserted_at: dt.datetime | None
    received_at: dt.datetime
    withdrawn_at: dt.datetime | None
    document: int


class Row(msgspec.Struct, frozen=True):
    """One facet, source by source; ``verdict`` is ``None`` where there is nothing to compare."""

    facet: str
    title: str
    verdict: Verdict | None
    independent: int
    sides: tuple[tuple[Column, Cell], ...]


class Table(msgspec.Struct, frozen=True):
    """The columns, and the rows that hold anything; ``more`` columns are not shown."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    more: int


class _Reader(msgspec.Struct, frozen=True):
    """For whom the lines are written, who speaks, and what is contradicted."""

    who: Cast
    lang: Lang
    against: frozenset[tuple[ContradictionKind, str, str]]
    most: int

    def line(
        self, record: Record, by: str, text: str, *contrary: tuple[ContradictionKind, str]
    ) -> Line:
        """Return a claim with its voice, marked if it is one of those that exclude each other."""
        voice = self.who.voice(by)
        named = "" if voice == canonical(record.source) else phrase(VOICES, voice, self.lang)
        against = any((kind, subject, voice) in self.against for kind, subject in contrary)
        return Line(plain(named), plain(text), against)


Say = Callable[[_Reader, Record], Iterator[Line]]


def side_by_side(
    claims: Sequence[Claims],
    assessment: Assessment | None,
    who: Cast,
    lang: Lang,
    most: int = FEW_LINES,
) -> Table:
    """Return the table of what the sources say, at most so many lines a cell.

    A record that tells of an exploit alone has its place among the exploits and gets no column.
    """
    found = assessment.contradictions if assessment else ()
    reader = _Reader(who, lang, _contrary(found), most)
    telling = [one for one in claims if not _tells_of_exploits_alone(one.record)]
    columns = FEW_COLUMNS if most == FEW_LINES else ALL_COLUMNS
    sources = [(_column(one, lang), one.record) for one in telling[:columns]]
    rows = (_row(*facet, sources, reader, assessment) for facet in _facets())
    return Table(
        tuple(column for column, _record in sources),
        tuple(row for row in rows if any(cell.lines for _column, cell in row.sides)),
        max(len(telling) - columns, 0),
    )


def _tells_of_exploits_alone(record: Record) -> bool:
    claims = (record.titles, record.descriptions, record.severities, record.affected)
    return bool(record.exploits) and not any(claims)


def _column(claims: Claims, lang: Lang) -> Column:
    name = phrase(VOICES, canonical(claims.record.source), lang)
    return Column(
        plain(name[:1].upper() + name[1:]),
        plain(claims.record.external_id)[:MOST_OF_A_NAME],
        claims.asserted_at,
        claims.received_at,
        claims.withdrawn_at,
        claims.document,
    )


def _contrary(
    found: Sequence[Contradiction],
) -> frozenset[tuple[ContradictionKind, str, str]]:
    return frozenset((one.kind, one.subject, quote.voice) for one in found for quote in one.quotes)


def _row(
    facet: str,
    title: str,
    say: Say,
    sources: Sequence[tuple[Column, Record]],
    reader: _Reader,
    assessment: Assessment | None,
) -> Row:
    sides = []
    for column, record in sources:
        said = say(reader, record)
        lines = tuple(islice(said, reader.most))
        # Products come in thousands: counting them must not cost writing them.
        products = len(record.affected) - len(lines)
        more = products if facet == "products" else sum(1 for _line in said)
        sides.append((column, Cell(lines, more)))
    verdict, independent = _verdict(facet, assessment)
    return Row(facet, title, verdict, independent, tuple(sides))


_CONTRADICTED_BY = {
    "state": {ContradictionKind.STATE},
    "severity": {ContradictionKind.SEVERITY, ContradictionKind.SCORE},
    "weakness": {ContradictionKind.WEAKNESS},
    "products": {ContradictionKind.RANGES, ContradictionKind.AFFECTED},
    "exploitation": {ContradictionKind.EXPLOITED},
}


def _verdict(facet: str, assessment: Assessment | None) -> tuple[Verdict | None, int]:
    if assessment is None:
        return None, 0
    kinds = _CONTRADICTED_BY.get(facet, set())
    support = next((one for one in assessment.reliability.support if one.facet == facet), None)
    independent = support.independent if support else 0
    if any(one.kind in kinds for one in assessment.contradictions):
        return Verdict.CONTRADICT, independent
    if support is None:
        return None, 0
    return (Verdict.AGREE if independent > 1 else Verdict.ALONE), independent


# --- facets: what a record says on each ---


def _facets() -> tuple[tuple[str, str, Say], ...]:
    return (
        ("state", _("State"), _state),
        ("dates", _("Dates"), _dates),
        ("text", _("Description"), _text),
        ("severity", _("Severity"), _severity),
        ("weakness", _("Weakness"), _weakness),
        ("products", _("Affected versions"), _products),
        ("exploitation", _("Attacks"), _exploitation),
        ("epss", _("Probability of attacks"), _epss),
        ("advisories", _("Advisories"), _advisories),
        ("references", _("References"), _references),
        ("credits", _("Thanks to"), _credits),
    )


def _state(reader: _Reader, record: Record) -> Iterator[Line]:
    contrary = (ContradictionKind.STATE, "")
    if record.state is State.REJECTED:
        yield reader.line(record, record.source, _("rejected"), contrary)
    elif record.assigner:
        yield reader.line(record, record.source, _("published"), contrary)
    for by in record.disputed:
        yield reader.line(record, by, _("disputed"))
    if record.replaced_by:
        names = ", ".join(record.replaced_by[:FEW_LINES])
        yield reader.line(record, record.source, _("replaced by %(names)s") % {"names": names})


def _dates(reader: _Reader, record: Record) -> Iterator[Line]:
    if record.published:
        text = _("published %(day)s") % {"day": record.published.date()}
        yield reader.line(record, record.source, text)
    if record.modified and record.modified != record.published:
        text = _("changed %(day)s") % {"day": record.modified.date()}
        yield reader.line(record, record.source, text)


def _text(reader: _Reader, record: Record) -> Iterator[Line]:
    most = FEW_CHARACTERS if reader.most == FEW_LINES else ALL_CHARACTERS
    for text in (*record.titles, *record.descriptions):
        cut = len(text.text) > most
        line = reader.line(record, text.by, f"{text.text[:most]}…" if cut else text.text)
        yield msgspec.structs.replace(line, lang=text.lang, cut=cut)


def _severity(reader: _Reader, record: Record) -> Iterator[Line]:
    for one in record.severities:
        rating = words.severity(severity_class(one.version, one.score).value, one.score)
        yield reader.line(
            record,
            one.by,
            f"{rating} – CVSS {one.version} {one.vector.removeprefix(f'CVSS:{one.version}/')}",
            (ContradictionKind.SEVERITY, f"CVSS {one.version[0]}"),
            (ContradictionKind.SCORE, f"CVSS {one.version}"),
        )
    for said in record.ratings:
        text = _("%(word)s, on its own scale") % {"word": said.word[:MOST_OF_A_WORD]}
        yield reader.line(record, said.by, text)


def _weakness(reader: _Reader, record: Record) -> Iterator[Line]:
    for one in record.weaknesses:
        known = weakness_phrase(one.cwe, reader.lang)
        text = one.cwe if one.cwe in known else f"{one.cwe} {known}"
        yield reader.line(record, one.by, text, (ContradictionKind.WEAKNESS, ""))


def _products(reader: _Reader, record: Record) -> Iterator[Line]:
    for one in record.affected:
        subject = same_product(one.product)
        yield reader.line(
            record,
            one.by,
            _product(one),
            (ContradictionKind.RANGES, subject),
            (ContradictionKind.AFFECTED, subject),
        )


def _product(affected: Affected) -> str:
    vendor, name = vendor_and_name(affected.product)
    said = [_written(one.status, readable(one)) for one in affected.ranges[:MOST_RANGES]]
    if len(affected.ranges) > MOST_RANGES:
        said.append(_("and %(count)d more") % {"count": len(affected.ranges) - MOST_RANGES})
    if not said and affected.default is not Status.UNKNOWN:
        said = [_written(affected.default, _("all versions"))]
    product = f"{vendor} {name}" if vendor and vendor not in name else name
    text = f"{product}: {'; '.join(said)}" if said else product
    return f"{text} – {wording.reason(affected.reason)}" if affected.reason else text


def _written(status: Status, versions: str) -> str:
    versions = _("all versions") if versions == "*" else versions
    return versions if status is Status.AFFECTED else f"{versions} ({words.status(status)})"


def _exploitation(reader: _Reader, record: Record) -> Iterator[Line]:
    contrary = (ContradictionKind.EXPLOITED, "")
    if record.exploited:
        known = record.exploited
        text = _("used in attacks, listed on %(day)s") % {"day": known.since}
        yield reader.line(record, known.by, text, contrary)
        if known.ransomware:
            yield reader.line(record, known.by, _("used for ransomware"))
        if known.due:
            text = _("US agencies must act by %(day)s") % {"day": known.due}
            yield reader.line(record, known.by, text)
    for one in record.ssvc:
        text = f"SSVC: {_ssvc(one.exploitation)}"
        if one.automatable:
            text += "; " + _("automatable: %(answer)s") % {"answer": _ssvc(one.automatable)}
        if one.technical_impact:
            text += "; " + _("impact: %(extent)s") % {"extent": _ssvc(one.technical_impact)}
        yield reader.line(record, one.by, text, contrary)


def _ssvc(value: str) -> str:
    """Return a value of SSVC in words; what it does not know is shown as it is."""
    return {
        "none": _("no attacks known"),
        "poc": _("proof of concept public"),
        "active": _("used in attacks"),
        "yes": _("yes"),
        "no": _("no"),
        "partial": _("partial"),
        "total": _("total"),
    }.get(value, value)


def _epss(reader: _Reader, record: Record) -> Iterator[Line]:
    if record.epss:
        facts = {"percent": f"{record.epss.score:.1%}", "day": record.epss.date}
        text = _("%(percent)s within 30 days, estimated on %(day)s") % facts
        yield reader.line(record, record.source, text)


def _references(reader: _Reader, record: Record) -> Iterator[Line]:
    if record.references:
        text = _("%(count)d references") % {"count": len(record.references)}
        yield reader.line(record, record.source, text)


def _advisories(reader: _Reader, record: Record) -> Iterator[Line]:
    for name in record.advisories:
        yield reader.line(record, record.source, name[:MOST_OF_A_NAME])


def _credits(reader: _Reader, record: Record) -> Iterator[Line]:
    for one in record.credits:
        role = wording.credit_role(one.role)[:MOST_OF_A_WORD]
        name = one.name[:MOST_OF_A_NAME]
        yield reader.line(record, one.by, f"{name} ({role})" if role else name)
