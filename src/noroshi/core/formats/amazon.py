"""Amazon Linux: its security advisories, as its repositories carry them (``updateinfo.xml``).

An ``<update>`` is a document, and an advisory: it comes to one record for each CVE it treats,
``<advisory>/<CVE>``. For each package that it ships a range says: affected below its version, fixed
from it on, in the release whose mark the version bears (``…amzn2023…``). Updates that are not for
security come to none. Not taken: titles, which name packages, and descriptions, which are copies.
Source: https://docs.aws.amazon.com/linux/al2023/ug/security-advisories.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from noroshi.core.errors import FormatError, NotAnIdentifier, VersionError, WrongShape
from noroshi.core.facets import Affected, Rating, Record, Status, VersionRange
from noroshi.core.formats import claims, distributions, strict_xml, xml_entries
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id
from noroshi.core.versions.registry import key

SOURCE = "amazon"
BY = "amazon"

RELEASES = {"1": "amzn-2018.03"}
"""Mark in a package's version → release, where the two differ."""

_LAYOUT = xml_entries.layout("updateinfo.xml", b"updates", frozenset({b"update"}))
_ADVISORY = re.compile(r"ALAS[A-Za-z0-9._-]{1,60}", re.ASCII)
_VERSION = re.compile(r"[\w.+~^-]{1,100}", re.ASCII)
_MARK = re.compile(r"\.amzn(\d+)(?:\.|$)", re.ASCII)
_RATINGS = frozenset({"low", "medium", "moderate", "important", "critical"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split the file into its updates."""
    yield from xml_entries.entries(payload.removeprefix(b"\xef\xbb\xbf"), _LAYOUT)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the records of one update: one for each CVE."""
    try:
        update, advisory = _advisory(document)
    except FormatError as error:
        yield error
        return
    if update.get("type") != "security":
        return
    affected: list[Affected] = []
    for outcome in _affected(update):
        if isinstance(outcome, FormatError):
            yield outcome
        else:
            affected.append(outcome)
    found: dict[str, list[str]] = {}
    yield from _named(update, found)
    word = (update.findtext("severity") or "").strip().lower()
    for name, addresses in found.items():
        yield Record(
            source=SOURCE,
            external_id=f"{advisory}/{name}",
            names=(name,),
            advisories=(advisory,),
            published=claims.moment(_date(update, "issued")),
            modified=claims.moment(_date(update, "updated")),
            ratings=(Rating(BY, word),) if word in _RATINGS else (),
            affected=tuple(affected),
            references=claims.references((address, ()) for address in addresses if address),
        )


def _advisory(document: bytes) -> tuple[etree._Element, str]:
    """Return the update and the advisory's name; raises `FormatError` where it is none."""
    update = strict_xml.parse(document)
    if update.tag != "update":
        raise WrongShape("line 1", detail="not an update")
    advisory = (update.findtext("id") or "").strip()
    if update.get("type") == "security" and not _ADVISORY.fullmatch(advisory):
        raise WrongShape(_at(update, "id"), detail="not the name of an advisory")
    return update, advisory


def _named(update: etree._Element, found: dict[str, list[str]]) -> Iterator[FormatError]:
    """Sort the references to CVEs by CVE into ``found``; yield what cannot be used."""
    for reference in update.iterfind("references/reference"):
        if reference.get("type") != "cve":
            continue
        try:
            name = cve_id((reference.get("id") or "").strip(), f"line {reference.sourceline}")
        except NotAnIdentifier as error:
            yield error
        else:
            found.setdefault(name, []).append(reference.get("href") or "")


def _at(update: etree._Element, part: str) -> str:
    found = update.find(part)
    return f"line {(update if found is None else found).sourceline}"


def _date(update: etree._Element, part: str) -> str | None:
    found = update.find(part)
    return None if found is None else found.get("date")


def _affected(update: etree._Element) -> Iterator[Affected | FormatError]:
    """Yield what is said of each package; it is listed once for each architecture."""
    fixed: dict[tuple[str, str], str] = {}
    for package in update.iterfind("pkglist/collection/package"):
        name, version = package.get("name") or "", _version(package)
        mark = _MARK.search(version)
        if mark is None or not _VERSION.fullmatch(version.partition(":")[2] or version):
            yield WrongShape(
                f"line {package.sourceline}", detail="not the version of a package of Amazon Linux"
            )
            continue
        place = (name, RELEASES.get(mark[1], f"amzn-{mark[1]}"))
        if place not in fixed or _order(version) > _order(fixed[place]):
            fixed[place] = version
    for (name, release), version in fixed.items():
        product = distributions.package("rpm", "amzn", name, release=release, source=False)
        if product is None:
            yield WrongShape(_at(update, "pkglist"), detail="not the name of a package")
            continue
        ranges = (VersionRange(high=version), VersionRange(Status.FIXED, low=version))
        yield Affected(BY, product, "rpm", ranges)


def _version(package: etree._Element) -> str:
    epoch = package.get("epoch") or "0"
    version = f"{package.get('version') or ''}-{package.get('release') or ''}"
    return version if epoch == "0" else f"{epoch}:{version}"


def _order(version: str) -> bytes:
    try:
        return key("rpm", version)
    except VersionError:
        return b""
