"""The Debian security tracker (JSON): what it says of each source package and release.

The payload is one object, package → CVE → claim. A document is one package with its name, as it
stands there; it comes to one record for each CVE, ``<package>/<CVE>``. Issues that have no CVE yet
(``TEMP-…``, a name that changes with their text) come to no record. For each release:

``resolved``      affected below ``fixed_version``, fixed from it on; not affected where that is 0
``open``          affected, with the tracker's reason where Debian will not, or not yet, fix it
``undetermined``  unknown

The urgency is Debian's own rating. The description is the CVE's and is left out: a copy.
Source: https://security-tracker.debian.org/tracker/data/json
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Affected, Rating, Record, Reference, Status, VersionRange
from noroshi.core.formats import distributions, json_parts, releases, salvage, strict_json
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "debian"
BY = "debian"

LONGEST_NAME = 90
"""Characters of a source package's name; the longest real one has 55."""

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+", re.ASCII)
_TEMPORARY = re.compile(r"TEMP-\d+-[0-9A-F]+", re.ASCII)
_BUG = "https://bugs.debian.org/{}"
_END_OF_LIFE = "end-of-life"
_RATINGS = frozenset({"unimportant", "low", "medium", "high"})  # "high**" is NVD's: a copy
_NOT_FIXED = frozenset({"ignored", "postponed"})


class _Release(msgspec.Struct, frozen=True):
    status: str
    fixed_version: str | None = None
    urgency: str | None = None
    nodsa_reason: str | None = None


class _Head(msgspec.Struct, frozen=True):
    debianbug: int | None = None


class _Claim(_Head, frozen=True):
    releases: dict[str, _Release] = {}


class _Raw(msgspec.Struct, frozen=True):
    releases: msgspec.Raw = msgspec.Raw(b"{}")


_claim = msgspec.json.Decoder(_Claim)
_head = msgspec.json.Decoder(_Head)
_raw = msgspec.json.Decoder(_Raw)
_release = msgspec.json.Decoder(_Release)
_VITAL = frozenset({"$"})
_VITAL_OF_RELEASE = frozenset({"$", "$.status"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split the tracker's object into its packages, each with its name."""
    empty = True
    try:
        for member in json_parts.members(payload):
            empty = False
            yield RawDocument(json_parts.place(member.key), member.text)
    except FormatError as error:
        yield error
        return
    if empty:
        yield WrongShape("$", detail="no packages")


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record for each CVE of a package."""
    body = document.strip()
    try:
        packages = list(json_parts.members(body if body[:1] == b"{" else b"{%s}" % body))
    except FormatError as error:
        yield error
        return
    if not packages:
        yield WrongShape("$", detail="no package")
    for package in packages:
        where = json_parts.place(package.key)
        if len(package.key) > LONGEST_NAME or _PACKAGE.fullmatch(package.key) is None:
            yield WrongShape(where, detail="not the name of a source package")
            continue
        yield from _package(package, where)


def _package(package: json_parts.Member, where: str) -> Iterator[Record | FormatError]:
    empty = True
    try:
        for claim in json_parts.members(package.value):
            empty = False
            if _TEMPORARY.fullmatch(claim.key) is None:
                yield from _record(package.key, claim, json_parts.place(claim.key, where))
    except FormatError as error:
        yield strict_json.within(where, error)
        return
    if empty:
        yield WrongShape(where, detail="no vulnerabilities")


def _record(package: str, member: json_parts.Member, where: str) -> Iterator[Record | FormatError]:
    try:
        name = cve_id(member.key, "$")
        claim, odd = _decoded(member.value)
    except FormatError as error:
        yield strict_json.within(where, error)
        return
    affected = []
    for release, each in claim.releases.items():
        try:
            affected.append(_affected(package, release, each))
        except FormatError as error:
            odd.append(error)
    yield from (strict_json.within(where, error) for error in odd)
    yield Record(
        source=SOURCE,
        external_id=f"{package}/{name}",
        names=(name,),
        ratings=_ratings(claim),
        affected=tuple(affected),
        references=_references(claim),
    )


def _decoded(raw: bytes) -> tuple[_Claim, list[FormatError]]:
    try:
        return salvage.decode(raw, _claim, _VITAL)
    except WrongShape:  # perhaps in one release only
        head, odd = salvage.decode(raw, _head, _VITAL)
    releases_ = bytes(strict_json.split(raw, _raw).releases)
    good = {}
    for outcome in json_parts.entries(releases_, _release, _VITAL_OF_RELEASE, "$.releases"):
        if isinstance(outcome, FormatError):
            odd.append(outcome)
        else:
            good[outcome[0]] = outcome[1]
    return _Claim(head.debianbug, good), odd


def _affected(package: str, release: str, claim: _Release) -> Affected:
    """Return what the tracker says of one release; raise `WrongShape` where that is nothing."""
    where = json_parts.place(release, "$.releases")
    if release not in releases.DEBIAN:
        raise WrongShape(where, detail="not a release of Debian that is known here")
    ranges: tuple[VersionRange, ...] = ()
    reason = ""
    if claim.status == "resolved":
        if not claim.fixed_version:
            raise WrongShape(f"{where}.fixed_version", detail="resolved, and no version")
        ranges = _fixed(claim.fixed_version)
    elif claim.status == "open":
        ranges = (VersionRange(),)
        reason = _why_not_fixed(claim)
    elif claim.status != "undetermined":
        raise WrongShape(f"{where}.status", detail="neither resolved, open nor undetermined")
    version = releases.DEBIAN[release]
    product = distributions.package("deb", "debian", package, release=f"debian-{version}")
    if product is None:
        raise WrongShape(where, detail="not the name of a source package")
    return Affected(BY, product, "deb", ranges, reason=reason)


def _why_not_fixed(claim: _Release) -> str:
    if claim.urgency == _END_OF_LIFE:
        return _END_OF_LIFE
    return claim.nodsa_reason if claim.nodsa_reason in _NOT_FIXED else ""


def _fixed(version: str) -> tuple[VersionRange, ...]:
    if version == "0":  # the tracker's way to say: never was
        return (VersionRange(Status.NOT_AFFECTED),)
    return (VersionRange(high=version), VersionRange(Status.FIXED, low=version))


def _ratings(claim: _Claim) -> tuple[Rating, ...]:
    words = dict.fromkeys(each.urgency for each in claim.releases.values())
    return tuple(Rating(BY, word) for word in words if word in _RATINGS)


def _references(claim: _Claim) -> tuple[Reference, ...]:
    if claim.debianbug is None or claim.debianbug < 1:
        return ()
    return (Reference(_BUG.format(claim.debianbug), ("issue-tracking",)),)
