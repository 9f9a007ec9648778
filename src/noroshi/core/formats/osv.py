"""OSV records: the databases of the language registries and of distributions, in one format.

One voice, that of the database, named by the prefix of its ids (``GHSA-…`` is ``ghsa``'s).

Which vulnerability a record speaks of: its id and its ``aliases`` are names of one and the same
(``related`` ones are others). That cannot be so where several CVE ids are among them, and it is not
meant where ``upstream`` names what a downstream package inherits: such a record is an *advisory*.
It comes to one record for each vulnerability it treats, which has that one's name alone, and the
advisory's id in ``advisories``: which of its further aliases belongs to which nobody says. A
distribution's advisory is never another name, not even for a single CVE; before ``upstream``
existed (version 1.7) distributions wrote what an advisory treats under ``aliases`` or ``related``,
and there, only there, ``related`` is read so.
Source: https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import msgspec

from noroshi.core.errors import BrokenJson, FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Affected, Credit, Rating, Record, Severity, Weakness
from noroshi.core.formats import (
    claims,
    osv_products,
    osv_ranges,
    osv_shapes,
    salvage,
    strict_json,
    vectors,
)
from noroshi.core.formats.feed import RawDocument

SOURCE = "osv"

MOST_VERSIONS = 10_000
"""Single versions of one package that are read; no real list comes near it."""

VOICES = {
    "bit": "bitnami",
    "dsa": "debian",
    "dla": "debian",
    "dtsa": "debian",
    "usn": "ubuntu",
    "lsn": "ubuntu",
    "alsa": "almalinux",
    "alba": "almalinux",
    "alea": "almalinux",
    "rlsa": "rocky",
    "rxsa": "rocky",
    "rhsa": "redhat",
    "rhba": "redhat",
    "rhea": "redhat",
    "opensuse": "suse",
    "mal": "malicious-packages",
    "osv": "oss-fuzz",
    "cve": "osv.dev",
}
"""Prefix of an id, lower case → the voice, where the two differ."""

_DISTRIBUTIONS = frozenset(
    {"alpine", "almalinux", "debian", "mgasa", "oesa", "redhat", "rocky", "suse", "ubuntu"}
)
_LONGEST_ID = 120
_ID = re.compile(r"[A-Za-z][\w.:+-]{2,89}", re.ASCII)
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)
_PREFIX = re.compile(r"[a-z0-9]+")
_SCHEMA = re.compile(r"(\d{1,3})\.(\d{1,3})(?:\..*)?")
_UPSTREAM_SINCE = (1, 7)
_COUNTED = frozenset({"SEMVER", "ECOSYSTEM"})
_SAYS_NOTHING = frozenset({"", "WEB"})
_FIRST_YEAR = 1970  # Go writes the year 1 where it has no time


class _Outer(msgspec.Struct, frozen=True):
    """A record or an object around several; what is inside stays raw."""

    vulns: list[msgspec.Raw] | None = None
    id: msgspec.Raw = msgspec.Raw(b"")


_outer = msgspec.json.Decoder(_Outer)
_array = msgspec.json.Decoder(list[msgspec.Raw])
_decoder = msgspec.json.Decoder(osv_shapes.Document)
_VITAL = frozenset({"$", "$.id"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return a record as one document, unread; split a list or ``{"vulns": […]}`` into records."""
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if body.startswith(b"{") and b'"vulns"' not in body:
        yield RawDocument("", body)
        return
    try:
        place, records = _split(body)
    except FormatError as error:
        yield error
        return
    if records is None:
        yield RawDocument("", body)
        return
    for index, raw in enumerate(records):
        yield RawDocument(f"{place}[{index}]", bytes(raw))


def _split(body: bytes) -> tuple[str, list[msgspec.Raw] | None]:
    """Return the path of a list of records and what is in it; ``None``: the body is a record."""
    if body.startswith(b"["):
        return "$", strict_json.split(body, _array)
    if not body.startswith(b"{"):
        raise BrokenJson("$", detail="neither an object nor an array")
    outer = strict_json.split(body, _outer)
    if outer.vulns is None and not bytes(outer.id):
        raise WrongShape("$", detail="neither a record nor a list of them")
    return "$.vulns", outer.vulns


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record: of an advisory, a record for each vulnerability it treats."""
    try:
        value, odd = salvage.decode(document, _decoder, _VITAL)
        name = _identifier(value.id, "$.id")
    except FormatError as error:
        yield error
        return
    yield from odd
    by = voice(name)
    problems: list[FormatError] = []
    affected: dict[Affected, None] = {}
    for index, entry in enumerate(value.affected):
        for claim in _claims(entry, by, f"$.affected[{index}]"):
            if isinstance(claim, FormatError):
                problems.append(claim)
            else:
                affected[claim] = None
    subjects = _subjects(value, name, by, problems)
    yield from problems
    record = _record(value, name, by, tuple(affected))
    for subject in subjects:
        yield msgspec.structs.replace(record, **subject._asdict())


def voice(name: str) -> str:
    """Return who made a record, from its id: the database that ids with such a prefix are of."""
    prefix = _PREFIX.match(name.lower())
    return VOICES.get(prefix[0], prefix[0]) if prefix else SOURCE


class _Subject(NamedTuple):
    """One vulnerability a record treats; the fields of `Record` that differ from the others'."""

    external_id: str
    names: tuple[str, ...]
    advisories: tuple[str, ...] = ()


def _subjects(
    value: osv_shapes.Document, name: str, by: str, problems: list[FormatError]
) -> list[_Subject]:
    aliases = _identifiers(value.aliases, "$.aliases", problems)
    treated = _identifiers(value.upstream, "$.upstream", problems)
    cves = [each for each in dict.fromkeys((name, *aliases)) if _CVE.fullmatch(each)]
    if by in _DISTRIBUTIONS:
        if not treated and _schema(value.schema_version) < _UPSTREAM_SINCE:
            treated = [each for each in value.related if _CVE.fullmatch(each)]
        treated = [*cves, *treated]
    if len(cves) > 1:
        treated = [*cves, *treated]
    if not treated or name in cves:
        return [_Subject(name, tuple(dict.fromkeys((name, *aliases))))]
    treated = [each for each in treated if _CVE.fullmatch(each)] or treated
    return [
        _Subject(f"{name}/{each}"[:_LONGEST_ID], (each,), (name,))
        for each in dict.fromkeys(treated)
    ]


def _identifiers(written: Iterable[str], path: str, problems: list[FormatError]) -> list[str]:
    found = []
    for index, text in enumerate(written):
        try:
            found.append(_identifier(text, f"{path}[{index}]"))
        except NotAnIdentifier as error:
            problems.append(error)
    return found


def _identifier(text: str, where: str) -> str:
    valid = _CVE if text.startswith("CVE-") else _ID
    if not valid.fullmatch(text):
        raise NotAnIdentifier(where, value=repr(text[:80]), kind="vulnerability id")
    return text


def _schema(text: str) -> tuple[int, int]:
    found = _SCHEMA.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else (1, 0)


def _claims(entry: osv_shapes.Affected, by: str, path: str) -> Iterator[Affected | FormatError]:
    """Yield what an entry declares: of version numbers, and apart from them of commits."""
    counted = [each for each in entry.ranges if each.type in _COUNTED]
    of_commits = [each for each in entry.ranges if each.type == "GIT"]
    identity = None
    if entry.package is not None:
        try:
            identity = _identity(entry.package, counted)
        except NotAnIdentifier as error:
            yield NotAnIdentifier(f"{path}.package.purl", **error.facts)
    if identity is not None:
        product, scheme = identity.product, identity.versions
        ranges = tuple(chain.from_iterable(osv_ranges.intervals(r.events, scheme) for r in counted))
        listed = [] if counted or (of_commits and product.scheme == "name") else entry.versions
        if len(listed) > MOST_VERSIONS:
            yield WrongShape(f"{path}.versions", detail=f"more than {MOST_VERSIONS} versions")
        ranges += osv_ranges.single(listed[:MOST_VERSIONS])
        if ranges or not of_commits:
            yield Affected(by, product, scheme, ranges)
    for each in of_commits:
        place = identity.product if identity else osv_products.repository(each.repo)
        if place is not None:
            yield Affected(by, place, "git", osv_ranges.commits(each.events))


def _identity(
    package: osv_shapes.Package, counted: list[osv_shapes.Range]
) -> osv_products.Identity | None:
    ecosystem, name, purl = package.ecosystem, package.name, package.purl
    found = osv_products.identify(ecosystem, name, purl, modular=False)
    if found is None or found.versions != "rpm":
        return found
    events = chain.from_iterable(each.events for each in counted)
    modular = any(osv_products.is_modular(each.fixed or each.introduced or "") for each in events)
    return osv_products.identify(ecosystem, name, purl, modular=True) if modular else found


def _record(
    value: osv_shapes.Document, name: str, by: str, affected: tuple[Affected, ...]
) -> Record:
    severities, ratings = _severities(value, by)
    weaknesses = dict.fromkeys(value.database_specific.cwe_ids)
    return Record(
        source=SOURCE,
        external_id=name,
        names=(name,),
        withdrawn=_moment(value.withdrawn),
        published=_moment(value.published),
        modified=_moment(value.modified),
        titles=claims.texts([("en", value.summary)], by),
        descriptions=claims.texts([("en", value.details)], by),
        severities=severities,
        ratings=ratings,
        weaknesses=tuple(Weakness(by, cwe) for cwe in weaknesses if claims.cwe(cwe)),
        affected=affected,
        references=claims.references(
            (each.url, () if each.type in _SAYS_NOTHING else (each.type,))
            for each in value.references
        ),
        credits=tuple(
            Credit(by, each.name.strip(), each.type.lower().replace("_", " "))
            for each in value.credits
            if each.name.strip()
        ),
    )


def _moment(text: str | None) -> dt.datetime | None:
    time = claims.moment(text)
    return time if time is not None and time.year >= _FIRST_YEAR else None


def _severities(
    value: osv_shapes.Document, by: str
) -> tuple[tuple[Severity, ...], tuple[Rating, ...]]:
    """Return vectors with their scores, and severities in words, of the record or of a package."""
    severities: dict[Severity, None] = {}
    ratings: dict[Rating, None] = {}
    word = value.database_specific.severity.strip().lower()
    if word:
        ratings[Rating(by, word)] = None
    for each in chain(value.severity, *(entry.severity for entry in value.affected)):
        if not each.type.startswith("CVSS_V"):
            ratings[Rating(each.type.lower(), each.score.lower())] = None
        elif claim := vectors.scored(by, each.score):
            severities[claim] = None
    return tuple(severities), tuple(ratings)
