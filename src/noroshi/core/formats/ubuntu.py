"""The Ubuntu CVE tracker (JSON): what Ubuntu says of each CVE, source package and release.

A CVE is a document and a record. What is said for a package in a release comes to one claim
(`ubuntu_statuses` reads the words). A release has several archives: what its Extended Security
Maintenance (``esm-infra``, ``esm-apps``, ``trusty/esm``) fixes is fixed for that release, so of the
archives' statements the most decided one is kept. An archive of variants (``fips``) counts for its
own kernels alone: its other packages bear the names of ordinary ones, and their versions cannot be
compared. Not taken: ``upstream`` (no package of Ubuntu), snaps, phones and other side archives; the
description and the scores, which are copies of the CVE's and NVD's; the analysts' notes.

Canonical publishes the tracker for machines in the OSV format, one CVE a document (`ubuntu_osv`);
both forms come to the same record of the CVE, and the one that was received last counts.
Source: https://git.launchpad.net/ubuntu-cve-tracker
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Affected, Credit, Rating, Record, Remedy, RemedyKind
from noroshi.core.formats import (
    claims,
    distributions,
    json_parts,
    releases,
    salvage,
    strict_json,
    ubuntu_osv,
)
from noroshi.core.formats.feed import RawDocument
from noroshi.core.formats.ubuntu_statuses import ABSENT, Statement, statement
from noroshi.core.identity import cve_id

SOURCE = "ubuntu"
BY = "ubuntu"

_NOTICE = re.compile(r"https?://(?:\w+\.)?ubuntu\.com/.*\b(USN-\d+-\d+)/?", re.IGNORECASE)
_MAINTAINED = frozenset({"esm-infra", "esm-apps", "esm-infra-legacy"})
_OF_VARIANTS = frozenset({"fips", "fips-updates", "fips-preview", "realtime", "bluefield"})
_NOT_TAKEN = frozenset({"upstream", "snap"})
_OSV = b'"schema_version"'
_RATINGS = frozenset({"negligible", "low", "medium", "high", "critical"})


class _Status(msgspec.Struct, frozen=True, gc=False):
    status: str
    note: str | None = None


_Packages = dict[str, dict[str, _Status]]


class _Head(msgspec.Struct, frozen=True):
    candidate: str
    public_date: str | None = None
    priority: str | None = None
    ubuntu_description: str | None = None
    mitigation: str | None = None
    discovered_by: str | None = None
    references: list[str] | None = None


class _Cve(_Head, frozen=True):
    packages: _Packages = {}


class _Raw(msgspec.Struct, frozen=True):
    packages: msgspec.Raw = msgspec.Raw(b"{}")


class _Archive(msgspec.Struct, frozen=True, gc=False):
    """A release by its version, and whether the archive is one of variants."""

    version: str
    variants: bool


_cve = msgspec.json.Decoder(_Cve)
_head = msgspec.json.Decoder(_Head)
_raw = msgspec.json.Decoder(_Raw)
_status = msgspec.json.Decoder(_Status)
_VITAL = frozenset({"$", "$.candidate"})
_VITAL_OF_STATUS = frozenset({"$", "$.status"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split the payload into its lines, or take it whole where a document has many."""
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if body.partition(b"\n")[0].strip() == b"{":
        yield RawDocument("", body)
    else:
        yield from json_parts.lines(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the record of one CVE."""
    if _OSV in document:
        yield from ubuntu_osv.read(SOURCE, document)
        return
    try:
        cve, packages, odd = _decode(document)
        name = cve_id(cve.candidate, "$.candidate")
    except FormatError as error:
        yield error
        return
    affected = _affected(packages, odd)
    yield from odd
    references = cve.references or []
    notices = (found[1].upper() for each in references if (found := _NOTICE.fullmatch(each)))
    yield Record(
        source=SOURCE,
        external_id=name,
        names=(name,),
        advisories=tuple(dict.fromkeys(notices)),
        published=claims.moment((cve.public_date or "").replace(" UTC", "+00:00")),
        descriptions=claims.texts([("en", cve.ubuntu_description or "")], BY),
        ratings=(Rating(BY, cve.priority),) if cve.priority in _RATINGS else (),
        affected=affected,
        references=claims.references((url, ()) for url in references),
        remedies=_remedies(cve.mitigation),
        credits=(Credit(BY, cve.discovered_by, "finder"),) if cve.discovered_by else (),
    )


def _decode(document: bytes) -> tuple[_Head, _Packages, list[FormatError]]:
    try:
        cve, odd = salvage.decode(document, _cve, _VITAL)
    except WrongShape:  # perhaps in one package only
        head, odd = salvage.decode(document, _head, _VITAL)
        packages, more = _decode_one_by_one(bytes(strict_json.split(document, _raw).packages))
        return head, packages, odd + more
    else:
        return cve, cve.packages, odd


def _decode_one_by_one(raw: bytes) -> tuple[_Packages, list[FormatError]]:
    outer = "$.packages"
    good: _Packages = {}
    odd = []
    for release in json_parts.members(raw):
        where = json_parts.place(release.key, outer)
        for outcome in json_parts.entries(release.value, _status, _VITAL_OF_STATUS, where):
            if isinstance(outcome, FormatError):
                odd.append(outcome)
            else:
                good.setdefault(release.key, {})[outcome[0]] = outcome[1]
    return good, odd


@lru_cache(maxsize=1024)
def _archive(release: str) -> _Archive | None:
    """Return the archive a release's name stands for; ``None``: not taken.

    Raises `WrongShape` for a name that is not known.
    """
    first, slash, second = release.partition("/")
    if not slash and first in releases.UBUNTU:
        return _Archive(releases.UBUNTU[first], variants=False)
    if second == "esm" and first in releases.UBUNTU:
        return _Archive(releases.UBUNTU[first], variants=False)
    if second in releases.UBUNTU and first in _MAINTAINED | _OF_VARIANTS:
        return _Archive(releases.UBUNTU[second], variants=first in _OF_VARIANTS)
    if first in _NOT_TAKEN or slash:
        return None
    raise WrongShape("$", detail="not a release of Ubuntu that is known here")


def _affected(packages: _Packages, odd: list[FormatError]) -> tuple[Affected, ...]:
    found: dict[tuple[str, str], Statement] = {}
    for release, by_package in packages.items():
        where = json_parts.place(release, "$.packages")
        try:
            archive = _archive(release)
        except WrongShape as error:
            odd.append(strict_json.within(where, error))
            continue
        if archive is None:
            continue
        for package, said in by_package.items():
            if said.status == ABSENT or (archive.variants and not package.startswith("linux-")):
                continue
            try:
                stated = statement(said.status, said.note or "")
            except WrongShape as error:
                odd.append(strict_json.within(json_parts.place(package, where), error))
                continue
            key = (package, archive.version)
            other = found.get(key)
            if other is None or stated.rank > other.rank:
                found[key] = stated
    return tuple(_claims(found, odd))


def _claims(found: dict[tuple[str, str], Statement], odd: list[FormatError]) -> Iterator[Affected]:
    for (package, version), stated in found.items():
        product = distributions.package("deb", "ubuntu", package, release=f"ubuntu-{version}")
        if product is None:
            where = json_parts.place(package, "$.packages[*]")
            odd.append(WrongShape(where, detail="not the name of a source package"))
            continue
        yield Affected(BY, product, "deb", stated.ranges, reason=stated.reason)


def _remedies(mitigation: str | None) -> tuple[Remedy, ...]:
    if mitigation is None or not mitigation.strip():
        return ()
    return (Remedy(BY, RemedyKind.MITIGATION, "en", mitigation),)
