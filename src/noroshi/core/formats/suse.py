"""SUSE: its advisories and VEX documents, which are CSAF (`csaf`), about packages in its releases.

What CSAF leaves open, SUSE's product ids say: ``SUSE Linux Enterprise Server 15 SP4:zlib-1.2-1.1``
is a package, in the version that fixes, in a release; one that is affected or not comes without a
version. So a package has a range for each release: affected below the version, fixed from it on.
Where a release has the fix from several channels (LTSS), the lowest version counts: each has it.
Records none of whose products is a package of a release that is known stay as CSAF has them.
Source: https://www.suse.com/support/security/csaf/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, VersionError
from noroshi.core.facets import Affected, Product, Record, Status, VersionRange
from noroshi.core.formats import csaf, distributions, osv_products
from noroshi.core.formats.feed import RawDocument
from noroshi.core.versions.registry import key

SOURCE = "suse"
BY = "suse"

_BUILD = re.compile(r"(.{1,150})-(\d[^-:]{0,99})-(\d[^-:]{0,99})")
_MACHINE = re.compile(r"\.(?:x86_64|aarch64|s390x|ppc64le|i[3-6]86|noarch)$")
_OF_SOURCES = (".src", ".nosrc")


class _Lists(msgspec.Struct, frozen=True):
    fixed: list[str] = []
    first_fixed: list[str] = []
    recommended: list[str] = []
    known_affected: list[str] = []
    known_not_affected: list[str] = []


class _Vulnerability(msgspec.Struct, frozen=True):
    cve: str = ""
    product_status: _Lists = _Lists()


class _Document(msgspec.Struct, frozen=True):
    vulnerabilities: list[_Vulnerability] = []


_decoder = msgspec.json.Decoder(_Document)


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return a document, unread; split an array of them."""
    yield from csaf.documents(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the records of one document: one for each vulnerability."""
    packages = _packages(document)
    for outcome in csaf.read(document):
        if isinstance(outcome, FormatError):
            yield outcome
            continue
        own = packages.get(outcome.names[0], ())
        record = msgspec.structs.replace(outcome, source=SOURCE)
        yield msgspec.structs.replace(record, affected=own, conditions=()) if own else record


def _packages(document: bytes) -> dict[str, tuple[Affected, ...]]:
    """Return what is said of packages by CVE; nothing where a part has another shape."""
    try:
        value = _decoder.decode(document.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}  # what is wrong is told, with its place, by who reads the whole
    return {one.cve: tuple(_claims(one.product_status)) for one in value.vulnerabilities if one.cve}


def _claims(status: _Lists) -> Iterator[Affected]:
    fixed: dict[Product, str] = {}
    for written in (*status.fixed, *status.first_fixed, *status.recommended):
        product, version = _package(written)
        if product is None or not version:
            continue
        if product not in fixed or _order(version) < _order(fixed[product]):
            fixed[product] = version
    for product, version in fixed.items():
        ranges = (VersionRange(high=version), VersionRange(Status.FIXED, low=version))
        yield Affected(BY, product, "rpm", ranges)
    told = set(fixed)
    for names, said in (
        (status.known_affected, Status.AFFECTED),
        (status.known_not_affected, Status.NOT_AFFECTED),
    ):
        for written in names:
            product, _ = _package(written)
            if product is not None and product not in told:
                told.add(product)
                yield Affected(BY, product, "rpm", (VersionRange(said),))


def _package(written: str) -> tuple[Product | None, str]:
    """Return the package that a product id names, and its version, if it has one."""
    platform, _, build = written.partition(":")
    release = osv_products.suse_release(platform)
    if not release or build.endswith(_OF_SOURCES):
        return None, ""
    found = _BUILD.fullmatch(_MACHINE.sub("", build))
    name, version = (found[1], f"{found[2]}-{found[3]}") if found else (build, "")
    vendor = "opensuse" if release.startswith("opensuse") else "suse"
    return distributions.package("rpm", vendor, name, release=release, source=False), version


def _order(version: str) -> bytes:
    try:
        return key("rpm", version)
    except VersionError:
        return b"\xff"
