"""From a component of an inventory to a package: matched once, for everybody who runs it."""

from __future__ import annotations

import hashlib
import re

import msgspec

from noroshi.core.components import Component
from noroshi.core.errors import NotAnIdentifier, VersionError
from noroshi.core.facets import Product
from noroshi.core.identity import (
    DISTRIBUTION_TYPES,
    Cpe,
    Purl,
    named,
    parse_cpe,
    parse_purl,
    unescape,
)
from noroshi.core.versions.registry import key

LONGEST_TEXT = 2000
"""Bytes of `PackageFacts.text`; a database can only look up what fits into its index."""

_REALLY = re.compile(r"^.*\+really")
_PACKAGERS = re.compile(
    r"([.+~-](dfsg|ds\d*(?![a-z])|repack|bpo|deb|nmu|ubuntu)|\+(git|svn|hg|bzr|cvs|~)).*$"
)
_UNRELEASED = re.compile(r"v?0\.0\.0-\d{14}-[0-9a-f]{12}")
_RESERVED = re.compile(r"[%:@ ]")


class Identity(msgspec.Struct, frozen=True):
    """One product identity of a package with the key of its version; ``None``: not comparable."""

    product: Product
    key: bytes | None
    cpe: str = ""


class PackageFacts(msgspec.Struct, frozen=True):
    """A distinct software item. ``text`` is equal exactly for equal packages."""

    text: str
    name: str
    version: str
    purl_type: str
    identities: tuple[Identity, ...]


def package_of(component: Component) -> PackageFacts:
    """Return the package a component is an instance of.

    Its identities are its package URL's, those of its CPE names, and, only if it has neither, its
    supplier and name.
    """
    purl = parse_purl(component.purl) if component.purl else None
    version = component.version or (purl.version if purl else None) or ""
    cpes = tuple(sorted(set(component.cpes)))
    identities = [*_from_purl(purl, version), *_from_cpes(cpes, purl, version)]
    if not identities and component.supplier:
        product = named(component.supplier, component.name)
        identities.append(Identity(product, _key("generic", version)))
    return PackageFacts(
        text=_text(component, purl, version, cpes),
        name=component.name,
        version=version,
        purl_type=purl.type if purl else "",
        identities=tuple(dict.fromkeys(identities)),
    )


def upstream_version(purl_type: str, version: str) -> str:
    """Return the version its authors gave a distribution's package (``1:2.36-8+deb11u1`` → 2.36).

    Debian Policy §5.6.12 and RPM: the epoch stands before ``:``, the distribution's own revision
    after the last ``-`` (Alpine: ``-r1``); ``+dfsg``, ``~bpo`` and the like are the packager's.
    What follows ``+really`` is the version it really is (Debian's way to go back to an older one).
    """
    if purl_type not in DISTRIBUTION_TYPES:
        return version
    rest = version.rpartition(":")[2]
    rest = rest.rpartition("-")[0] or rest
    return _PACKAGERS.sub("", _REALLY.sub("", rest))


def _from_purl(purl: Purl | None, version: str) -> list[Identity]:
    if purl is None:
        return []
    return [Identity(purl.identity, _key(purl.versions, _with_epoch(purl, version)))]


def _with_epoch(purl: Purl, version: str) -> str:
    """Return the version; RPM's package URLs keep its epoch in a qualifier (purl-spec, ``rpm``)."""
    version = purl.version or version
    epoch = dict(purl.qualifiers).get("epoch") if purl.type == "rpm" else None
    return f"{epoch}:{version}" if epoch and version and ":" not in version else version


def _from_cpes(cpes: tuple[str, ...], purl: Purl | None, version: str) -> list[Identity]:
    identities = []
    for text in cpes:
        try:
            cpe = parse_cpe(text)
        except NotAnIdentifier:
            continue  # the reader has reported it as a problem of the inventory
        if cpe.vendor != "*" and cpe.product != "*":
            plain = _cpe_version(cpe, purl.type if purl else "", version)
            identities.append(Identity(cpe.identity, _key("generic", plain), text))
    return identities


def _cpe_version(cpe: Cpe, purl_type: str, version: str) -> str:
    """Return the version as a CPE name means it: its own, or else the component's.

    Empty for a commit that Go found no tag before (Go Modules Reference, pseudo-versions): a CPE
    name speaks of releases, and which one it comes after nobody knows.
    """
    own = cpe.version not in {"*", "-"}
    plain = upstream_version(purl_type, unescape(cpe.version) if own else version)
    if purl_type == "golang" and _UNRELEASED.fullmatch(plain):
        return ""
    return plain if not own or cpe.update in {"*", "-"} else f"{plain}-{unescape(cpe.update)}"


def _key(scheme: str, version: str) -> bytes | None:
    """Return the key; ``None`` for what no version is, such as ``(devel)`` and ``UNKNOWN``."""
    if not any(character.isdigit() for character in version):
        return None
    try:
        return key(scheme, version)
    except VersionError:
        return None


def _text(component: Component, purl: Purl | None, version: str, cpes: tuple[str, ...]) -> str:
    """Write down all that the identities follow from, so that no two packages look the same."""
    if purl is None:
        base = f"name:{_plain(component.supplier)}:{_plain(component.name)}@{_plain(version)}"
    elif version and version != purl.version:
        base = f"{purl.text} version:{_plain(version)}"
    else:
        base = purl.text
    if cpes:
        digest = hashlib.sha256("\n".join(cpes).encode()).hexdigest()[:16]
        base = f"{base} cpe:{digest}"
    return base if len(base.encode()) <= LONGEST_TEXT else _shortened(base)


def _plain(part: str) -> str:
    return _RESERVED.sub(lambda sign: f"%{ord(sign[0]):02X}", part)


def _shortened(text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()
    head = text.encode()[: LONGEST_TEXT - len(digest) - 1].decode(errors="ignore")
    return f"{head} {digest}"
