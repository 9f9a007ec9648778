"""An entry of JVN iPedia, whatever layout it came in, and its records.

An entry names the CVE ids it is about. With one of them, or none, it is one vulnerability, and its
JVNDB id is a name of it. With several it is an advisory: one record a CVE, and the score and the
weaknesses of the whole belong to none of them, unless the text says which (``CWE-79 - CVE-…``).

An overview says less than the entry itself, and must not take its place: it is a record of its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import (
    Affected,
    Credit,
    Record,
    Reference,
    Remedy,
    RemedyKind,
    Severity,
    Status,
    Text,
    VersionRange,
    Weakness,
)
from noroshi.core.formats import claims, configurations, jvn_versions
from noroshi.core.formats.csaf_voices import author
from noroshi.core.identity import cve_id, fold, named, parse_cpe

SOURCE = "jvn"
BY = "jvn"

IPA = "ipa"
"""Who scores what was reported in Japan; the rest JVN iPedia takes over from others."""

MOST_CVES = 500
"""CVE ids of one entry, which each of their records repeats; real entries have some dozens."""

LONGEST_NAME = 512
"""Characters of a vendor or product beyond which a text is not taken for its name."""

_CVE_LIST = "CVE"
_NVD = "NVD"
_SOURCES = {
    "Common Vulnerabilities and Exposures (CVE)": _CVE_LIST,
    "National Vulnerability Database (NVD)": _NVD,
}
_QUOTED = re.compile(r"%([0-9A-Fa-f]{2})")
_ID = re.compile(r"JVNDB-\d{4}-(\d{6,9})", re.ASCII)
_JVN = re.compile(r"(?:JVN(?:VU|TA)?#\d{6,10}|JVNTA\d{2}-\d{3}[A-Z])", re.ASCII)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
_ITEM = re.compile(r"<li[^<>]*>|<br\s*/?>|</p>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:[uo]l|li|p|b|i|a|em|strong|div|span|font|pre|table|t[rdh])(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_OF_WEAKNESS = re.compile(
    r"(CWE-\d{1,6})\s*[)）]?\s*[-–:：]\s*((?:CVE-\d{4}-\d{4,19}[\s、,]*)+)", re.ASCII
)
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)
_HEADING = re.compile(r"\[([^\[\]]{2,40})\]")
_KINDS = (
    (
        re.compile(r"ワークアラウンド|回避|緩和|軽減|workaround|mitigat", re.IGNORECASE),
        RemedyKind.WORKAROUND,
    ),
    (
        re.compile(r"使用を停止|サポート(?:が|を)終了|stop using|discontinue", re.IGNORECASE),
        RemedyKind.NO_FIX_PLANNED,
    ),
    (
        re.compile(
            r"アップデート|パッチ|修正|更新|対策.{0,8}公開|update|patch|upgrade|fix", re.IGNORECASE
        ),
        RemedyKind.FIX,
    ),
)
_NAMELESS = frozenset(
    {"", "-", "n/a", "unknown", "(複数の製品)", "複数の製品", "(multiple products)"}
)
_SCORED_HERE = 1_000
"""JVNDB numbers below are for what was reported in Japan and coordinated by JPCERT/CC."""


class Item(msgspec.Struct, frozen=True):
    """A product: its vendor and name as JVN writes them, CPE names, version texts.

    ``ranges`` are those that need no reading any more.
    """

    vendor: str
    product: str
    cpes: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    ranges: tuple[VersionRange, ...] = ()
    status: Status = Status.AFFECTED
    where: str = ""


class Score(msgspec.Struct, frozen=True):
    """A CVSS vector and score; ``source``: who determined it, where the layout says so."""

    vector: str | None
    score: float | None
    source: str | None = None


class Related(msgspec.Struct, frozen=True):
    """Something an entry refers to: an address, the id there, whose it is, JVN's kind of it."""

    id: str
    url: str
    source: str = ""
    kind: str = ""
    where: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry says."""

    id: str
    where: str
    title: str = ""
    texts: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    scores: tuple[Score, ...] = ()
    related: tuple[Related, ...] = ()
    solutions: tuple[tuple[str, str | None], ...] = ()
    thanked: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None
    overview: bool = False


def records(entry: Entry) -> Iterator[Record | FormatError]:
    """Yield the records of an entry: one, or one for each of several CVE ids.

    An entry without a JVNDB id has none; nor has one whose CVE ids are none.
    """
    try:
        jvndb = jvndb_id(entry.id, entry.where)
    except NotAnIdentifier as error:
        yield error
        return
    cves, broken = _cves(entry.related)
    yield from broken
    if len(cves) > MOST_CVES:
        yield crowded(entry.where)
        return
    if broken and not cves:
        return
    alone = len(cves) < 2
    for index, cve in enumerate(cves or [""]):
        affected, problems = claimed(entry.items, cve)
        yield from [] if index else problems
        yield _record(entry, jvndb, cve, affected, alone=alone)


def jvndb_id(text: str, where: str) -> str:
    """Return a JVNDB id; raise `NotAnIdentifier` for what is none."""
    if not _ID.fullmatch(text):
        raise NotAnIdentifier(where, value=repr(text[:80]), kind="JVNDB id")
    return text


def crowded(where: str) -> WrongShape:
    """Return the error of an entry that is about more CVE ids than any entry is."""
    return WrongShape(where, detail=f"more than {MOST_CVES} CVE ids")


def external_id(jvndb: str, cve: str, *, alone: bool, overview: bool = False) -> str:
    """Return what JVN iPedia calls a record."""
    name = jvndb if alone else f"{jvndb}/{cve}"
    return f"{name}/overview" if overview else name


def advisories(ids: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of JVN's own notes among ``ids`` (``JVN#…``, ``JVNVU#…``), each once."""
    return tuple(dict.fromkeys(text for text in ids if _JVN.fullmatch(text)))


def text(written: str) -> Text:
    """Return a text without its HTML, in the language it is in."""
    plain = _TAG.sub("", _ITEM.sub("\n", written)).replace("\r\n", "\n").strip()
    return Text("ja" if _JAPANESE.search(plain) else "en", plain, BY)


def texts(written: Iterable[str]) -> tuple[Text, ...]:
    """Return the texts that say something, each once."""
    found = (text(each) for each in written)
    return tuple(dict.fromkeys(each for each in found if each.text))


def weaknesses_of(cve: str, written: Iterable[str]) -> tuple[Weakness, ...]:
    """Return the weaknesses that a text gives one of several CVE ids (``CWE-79) - CVE-…``)."""
    told = (found for each in written for found in _OF_WEAKNESS.finditer(each))
    named = (found[1] for found in told if cve in _CVE.findall(found[2]))
    return tuple(Weakness(BY, cwe) for cwe in dict.fromkeys(named) if claims.cwe(cwe) is not None)


def remedies(solutions: Iterable[tuple[str, str | None]]) -> tuple[Remedy, ...]:
    """Return the solutions; one text may hold several, each with its heading in brackets."""
    found: dict[Remedy, None] = {}
    for written, url in solutions:
        whole = text(written)
        for part in _parts(whole.text):
            found[Remedy(BY, _kind(part), whole.lang, part, url)] = None
    return tuple(found)


def claimed(items: Iterable[Item], cve: str) -> tuple[tuple[Affected, ...], list[FormatError]]:
    """Return the claims on products, by CPE name and by the names JVN writes.

    Versions that are told for other CVE ids alone are left out for ``cve``.
    """
    found: dict[Affected, None] = {}
    problems: list[FormatError] = []
    for item in items:
        ranges = _ranges(item, cve)
        if ranges is None:
            continue
        for written in item.cpes:
            try:
                cpe = parse_cpe(_bound(written))
            except NotAnIdentifier as error:
                problems.append(NotAnIdentifier(item.where, **error.facts))
                continue
            if configurations.names_product(cpe):
                own = ranges or configurations.own_version(cpe, item.status)
                general = msgspec.structs.replace(cpe, version="*", update="*")
                name = cpe.text if cpe.version in {"*", "-"} else general.text
                found[Affected(BY, cpe.identity, "generic", own, cpe=name)] = None
        if _is_name(item.vendor) and _is_name(item.product):
            product = named(item.vendor, item.product)
            found[Affected(BY, product, "generic", ranges)] = None
    return tuple(found), problems


def _bound(cpe: str) -> str:
    """Return a CPE 2.3 name without the quoting of 2.2, which JVN's JSON leaves in some."""
    if not cpe.startswith("cpe:2.3:"):
        return cpe
    return _QUOTED.sub(lambda quoted: f"\\{chr(int(quoted[1], 16))}", cpe)


def _record(
    entry: Entry, jvndb: str, cve: str, affected: tuple[Affected, ...], *, alone: bool
) -> Record:
    notes = advisories(each.id for each in entry.related)
    names = ((cve, jvndb) if cve else (jvndb,)) if alone else (cve,)
    return Record(
        source=SOURCE,
        external_id=external_id(jvndb, cve, alone=alone, overview=entry.overview),
        names=names,
        advisories=notes if alone else (jvndb, *notes),
        published=_moment(entry.published),
        modified=_moment(entry.modified),
        titles=texts([entry.title]),
        descriptions=texts(entry.texts),
        severities=_severities(entry.scores, jvndb) if alone else (),
        weaknesses=_weaknesses(entry) if alone else weaknesses_of(cve, entry.texts),
        affected=affected,
        references=_references(entry.related),
        remedies=remedies(entry.solutions),
        credits=tuple(dict.fromkeys(Credit(BY, name) for name in entry.thanked if name)),
    )


def _cves(related: Iterable[Related]) -> tuple[list[str], list[FormatError]]:
    """Return the CVE ids of an entry, each once: those of the CVE list, or else NVD's."""
    found: dict[str, dict[str, None]] = {_CVE_LIST: {}, _NVD: {}}
    broken: list[FormatError] = []
    for each in related:
        source = _SOURCES.get(each.source, each.source)
        if source not in found:
            continue
        try:
            found[source][cve_id(each.id, each.where)] = None
        except NotAnIdentifier as error:
            broken.append(error)
    return list(found[_CVE_LIST] or found[_NVD]), broken


def _severities(scores: Iterable[Score], jvndb: str) -> tuple[Severity, ...]:
    """Return the scores by whoever determined them; see `_SCORED_HERE` where nothing says who."""
    number = _ID.fullmatch(jvndb)
    home = IPA if number and int(number[1]) < _SCORED_HERE else BY
    found = (claims.severity(author(each.source, home), each.vector, each.score) for each in scores)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _weaknesses(entry: Entry) -> tuple[Weakness, ...]:
    written = dict.fromkeys(each.id for each in entry.related)
    return tuple(Weakness(BY, cwe) for cwe in written if claims.cwe(cwe) is not None)


def _references(related: Iterable[Related]) -> tuple[Reference, ...]:
    return claims.references(
        (each.url, ["vendor-advisory"] if each.kind == "vendor" else [])
        for each in related
        if not claims.cwe(each.id)
    )


def _parts(solution: str) -> Iterator[str]:
    """Cut a text at its headings (``[アップデートする]``) that mean a kind of remedy."""
    starts = [found.start() for found in _HEADING.finditer(solution) if _named_kind(found[1])]
    edges = [0, *(start for start in starts if start > 0), len(solution)]
    for begin, end in pairwise(edges):
        part = solution[begin:end].strip()
        if part:
            yield part


def _kind(part: str) -> RemedyKind:
    heading = _HEADING.match(part)
    return (
        (_named_kind(heading[1]) if heading else None) or _named_kind(part) or RemedyKind.MITIGATION
    )


def _named_kind(words: str) -> RemedyKind | None:
    return next((kind for pattern, kind in _KINDS if pattern.search(words)), None)


def _ranges(item: Item, cve: str) -> tuple[VersionRange, ...] | None:
    """Return the intervals of an item; ``None`` if all of them are about other CVE ids."""
    told = [jvn_versions.read(each) for each in item.versions if each.strip()]
    meant = [each for each in told if not cve or not each.of or cve in each.of]
    if told and not meant and not item.ranges:
        return None
    spans = (span for each in meant for span in each.spans or ())
    read = (span.as_range(item.status) for span in spans)
    return tuple(dict.fromkeys((*item.ranges, *read)))


def _is_name(written: str) -> bool:
    return len(written) <= LONGEST_NAME and fold(written) not in _NAMELESS


def _moment(written: str | None) -> dt.datetime | None:
    return claims.moment(written.strip()) if written else None
