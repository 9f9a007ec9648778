"""Alpine's security database (JSON): for each package, which version fixed what.

One file holds a repository of one release and is one document. It comes to one record for each
package and CVE, ``<release>/<repository>/<package>/<CVE>``: affected below the version that fixed
it, fixed from it on; not affected where that version is 0. Where a package fixed the same CVE more
than once, the last of these versions counts: the ones before were not enough.

An entry may hold several identifiers: its CVEs are one record each, a GHSA id beside one CVE is
another name of it, and what else stands there (``XSA-…``, ``ZBX-…``) names an advisory. An entry
without CVE and GHSA id comes to no record.
Source: https://secdb.alpinelinux.org
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier, VersionError, WrongShape
from noroshi.core.facets import Affected, Product, Record, Status, VersionRange
from noroshi.core.formats import claims, distributions, json_parts, salvage, strict_json
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id
from noroshi.core.versions.registry import key

SOURCE = "alpine"
BY = "alpine"

LONGEST_NAME = 60
"""Characters of a package's name; the longest real one has fewer than 50."""

NEVER = "0"
"""The version that stands for: never affected."""

_RELEASE = re.compile(r"v?(\d{1,3}\.\d{1,3})|(edge)", re.ASCII)
_REPOSITORY = re.compile(r"[a-z]{1,20}", re.ASCII)
_ADVISORY = re.compile(r"[A-Z][A-Z0-9]*-[\w-]*\d[\w.-]*", re.ASCII)


class _Database(msgspec.Struct, frozen=True):
    distroversion: str
    packages: list[msgspec.Raw]
    reponame: str


class _Package(msgspec.Struct, frozen=True):
    name: str


class _Entry(msgspec.Struct, frozen=True):
    pkg: _Package


class _RawPackage(msgspec.Struct, frozen=True):
    secfixes: msgspec.Raw = msgspec.Raw(b"{}")


class _RawEntry(msgspec.Struct, frozen=True):
    pkg: _RawPackage


class _Fix(msgspec.Struct):
    """What the entries of one package say of one vulnerability."""

    versions: list[str] = []
    names: dict[str, None] = {}
    advisories: dict[str, None] = {}


_database = msgspec.json.Decoder(_Database)
_entry = msgspec.json.Decoder(_Entry)
_raw_entry = msgspec.json.Decoder(_RawEntry)
_identifiers = msgspec.json.Decoder(list[str])
_VITAL = frozenset({"$", "$.pkg", "$.pkg.name"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return the whole file as one document."""
    yield RawDocument("", payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record for each package and CVE; a package that cannot be read yields its error."""
    document = document.removeprefix(b"\xef\xbb\xbf")
    try:
        database = strict_json.split(document, _database)
        release = _RELEASE.fullmatch(database.distroversion)
        if release is None:
            raise WrongShape("$.distroversion", detail="not a release of Alpine")
        if _REPOSITORY.fullmatch(database.reponame) is None:
            raise WrongShape("$.reponame", detail="not the name of a repository")
    except FormatError as error:
        yield error
        return
    place = f"{release[1] or release[2]}/{database.reponame}"
    faulty = False
    for index, raw in enumerate(database.packages):
        for outcome in _package(bytes(raw), place):
            if isinstance(outcome, FormatError):
                faulty = True
                yield strict_json.within(f"$.packages[{index}]", outcome)
            else:
                yield outcome
    if not faulty:
        # What is left to be wrong stands around the packages: a key said twice, say.
        yield from _around(document)


def _around(document: bytes) -> Iterator[FormatError]:
    try:
        strict_json.check(document)
    except FormatError as error:
        yield error


def _package(raw: bytes, place: str) -> Iterator[Record | FormatError]:
    try:
        entry, odd = salvage.decode(raw, _entry, _VITAL)
        name = entry.pkg.name
        product = _product(name, place)
    except FormatError as error:
        yield error
        return
    yield from odd
    fixes: dict[str, _Fix] = {}
    yield from _gather(bytes(strict_json.split(raw, _raw_entry).pkg.secfixes), fixes)
    for vulnerability, fix in fixes.items():
        yield Record(
            source=SOURCE,
            external_id=f"{place}/{name}/{vulnerability}",
            names=(vulnerability, *fix.names),
            advisories=tuple(fix.advisories),
            affected=(Affected(BY, product, "apk", _ranges(fix.versions)),),
        )


def _product(name: str, place: str) -> Product:
    release = f"alpine-{place.partition('/')[0]}"
    product = distributions.package("apk", "alpine", name, release=release)
    if product is None or len(name) > LONGEST_NAME:
        raise WrongShape("$.pkg.name", detail="not the name of a package")
    return product


def _gather(secfixes: bytes, fixes: dict[str, _Fix]) -> Iterator[FormatError]:
    """Sort a package's entries by vulnerability into ``fixes``; yield what cannot be used."""
    outer = "$.pkg.secfixes"
    for outcome in json_parts.entries(secfixes, _identifiers, frozenset({"$"}), outer):
        if isinstance(outcome, FormatError):
            yield outcome
            continue
        version, entries = outcome
        for index, entry in enumerate(entries):
            where = f"{json_parts.place(version, outer)}[{index}]"
            yield from _one(entry.split(), version.strip(), where, fixes)


def _one(
    words: list[str], version: str, where: str, fixes: dict[str, _Fix]
) -> Iterator[FormatError]:
    cves, advisories = [], []
    advisory_ids = {word: claims.ghsa(word) for word in words}
    for word in words:
        if word.upper().startswith("CVE"):
            try:
                cves.append(cve_id(word, where))
            except NotAnIdentifier as error:
                yield error
        elif advisory_ids[word] is None and _ADVISORY.fullmatch(word):
            advisories.append(word)
    others = [other for other in advisory_ids.values() if other]
    alone = len(cves) == len(others) == 1
    for name in [*cves, *(() if alone else others)]:
        fix = fixes.setdefault(name, _Fix())
        fix.versions.append(version)
        fix.names.update(dict.fromkeys(others if alone else ()))
        fix.advisories.update(dict.fromkeys(advisories))


def _ranges(versions: list[str]) -> tuple[VersionRange, ...]:
    fixed = _last([version for version in versions if version != NEVER])
    if fixed is None:
        return (VersionRange(Status.NOT_AFFECTED),)
    return (VersionRange(high=fixed), VersionRange(Status.FIXED, low=fixed))


def _last(versions: list[str]) -> str | None:
    """Return the highest version; one that is none counts only where all are so."""
    return max(versions, key=_order, default=None)


def _order(version: str) -> bytes:
    try:
        return key("apk", version)
    except VersionError:
        return b""
