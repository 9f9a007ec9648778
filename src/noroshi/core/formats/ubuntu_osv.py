"""Ubuntu's records in the OSV format: what the tracker says of a CVE, for machines.

A record names source packages in releases (``Ubuntu:22.04:LTS``) and in the archives beside them
(``Ubuntu:Pro:22.04:LTS`` is Extended Security Maintenance); these count for the release, as they do
in the tracker's own form: a package that is fixed in one of a release's archives is fixed. What is
not affected does not occur. Details and vectors are copies of the CVE's. ``modified`` is not taken:
it stays as it was while what is said of packages changes.
Source: https://documentation.ubuntu.com/security/security-updates/osv/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Affected, Rating, Record, Status, VersionRange
from noroshi.core.formats import claims, distributions, osv_ranges, osv_shapes, salvage
from noroshi.core.identity import cve_id

BY = "ubuntu"

_decoder = msgspec.json.Decoder(osv_shapes.Document)
_VITAL = frozenset({"$", "$.id"})

_PREFIX = "UBUNTU-"
_OTHERS = re.compile(r"(?:USN|LSN|UBUNTU-(?:USN|LSN))-\d+-\d+", re.ASCII)
_NOTICE = re.compile(r"USN-\d+-\d+", re.ASCII)
_NOTICE_AT = re.compile(r"https://ubuntu\.com/security/notices/(USN-\d+-\d+)/?", re.ASCII)
_ARCHIVE = re.compile(r"Ubuntu:(?:Pro:)?(?:([A-Za-z-]+):)?(\d\d?\.\d\d)(?::LTS)?", re.ASCII)
_OF_VARIANTS = frozenset({"fips", "fips-updates", "fips-preview", "realtime", "bluefield"})
_COUNTED = frozenset({"ECOSYSTEM", "SEMVER"})


def read(source: str, document: bytes) -> Iterator[Record | FormatError]:
    """Read the record of one CVE; a notice comes to none: its CVEs have their own."""
    try:
        value, odd = salvage.decode(document, _decoder, _VITAL)
        if _OTHERS.fullmatch(value.id):
            yield from odd
            return
        name = cve_id(value.id.removeprefix(_PREFIX), "$.id")
    except FormatError as error:
        yield error
        return
    yield from odd
    affected: dict[tuple[str, str], Affected] = {}
    for index, entry in enumerate(value.affected):
        try:
            found = _claim(entry)
        except WrongShape as error:
            yield WrongShape(f"$.affected[{index}].package", **error.facts)
            continue
        if found is None:
            continue
        key = (found.product.name, found.versions)
        if key not in affected or _is_fixed(found) > _is_fixed(affected[key]):
            affected[key] = found
    words = [each.score.lower() for each in value.severity if each.type == "Ubuntu"]
    yield Record(
        source=source,
        external_id=name,
        names=(name,),
        advisories=tuple(dict.fromkeys(_notices(value))),
        withdrawn=claims.moment(value.withdrawn),
        published=claims.moment(value.published),
        ratings=tuple(Rating(BY, word) for word in dict.fromkeys(words) if word.isalpha()),
        affected=tuple(affected.values()),
        references=claims.references((each.url, ()) for each in value.references),
    )


def _notices(value: osv_shapes.Document) -> Iterator[str]:
    yield from (each for each in value.related if _NOTICE.fullmatch(each))
    for each in value.references:
        if found := _NOTICE_AT.fullmatch(each.url):
            yield found[1]


def _claim(entry: osv_shapes.Affected) -> Affected | None:
    """Return what an entry declares; ``None``: its archive is not taken."""
    if entry.package is None:
        return None
    archive = _ARCHIVE.fullmatch(entry.package.ecosystem)
    if archive is None:
        return None
    name, kind = entry.package.name, (archive[1] or "").lower()
    if kind and (kind not in _OF_VARIANTS or not name.startswith("linux-")):
        return None  # others bear the names of ordinary packages, with versions of their own
    release = archive[2].removeprefix("0")
    product = distributions.package("deb", "ubuntu", name, release=f"ubuntu-{release}")
    if product is None:
        raise WrongShape("$", detail="not the name of a source package")
    ranges: tuple[VersionRange, ...] = ()
    for each in entry.ranges:
        if each.type in _COUNTED:
            ranges += osv_ranges.intervals(each.events, "deb")
    highs = [each.high for each in ranges]
    if highs and highs[-1] is not None and not ranges[-1].high_inclusive:
        ranges += (VersionRange(Status.FIXED, low=highs[-1]),)
    return Affected(BY, product, "deb", ranges)


def _is_fixed(claim: Affected) -> bool:
    return any(each.status is Status.FIXED for each in claim.ranges)
