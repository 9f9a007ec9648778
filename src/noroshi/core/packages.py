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
    """
    if purl_type not in DISTRIBUTION_TYPES:
        return version
    _, _, rest = version.rpartition(":") if ":" in version else ("", "", version)
    rest = rest.rpartition("-")[0] or rest
    return re.sub(r"(\+(dfsg|ds|really|git|svn|deb|ubuntu|nmu)|~(dfsg|bpo|deb)).*$", "", rest)


def _from_purl(purl: Purl | None, version: str) -> list[Identity]:
    if purl is None:
        return []
    return [Identity(purl.identity, _key(purl.versions, purl.version or version))]


def _from_cpes(cpes: tuple[str, ...], purl: Purl | None, version: str) -> list[Identity]:
    identities = []
    for text in cpes:
        try:
            cpe = parse_cpe(text)
        except NotAnIdentifier:
            continue  # the reader has reported it as a problem of the inventory
        if cpe.vendor != "*" and cpe.product != "*":
            found = _cpe_version(cpe) or version
            plain = upstream_version(purl.type if purl else "", found)
            identities.append(Identity(cpe.identity, _key("generic", plain), text))
    return identities


def _cpe_version(cpe: Cpe) -> str:
    if cpe.version in {"*", "-"}:
        return ""
    update = "" if cpe.update in {"*", "-"} else f"-{unescape(cpe.update)}"
    return unescape(cpe.version) + update


def _key(scheme: str, version: str) -> bytes | None:
    try:
        return key(scheme, version) if version else None
    except VersionError:
        return None


def _text(component: Component, purl: Purl | None, version: str, cpes: tuple[str, ...]) -> str:
    base = purl.text if purl else f"{component.supplier}:{component.name}@{version}"
    if cpes:
        digest = hashlib.sha256("\n".join(cpes).encode()).hexdigest()[:16]
        base = f"{base} cpe:{digest}"
    if len(base) > 2000:
        base = base[:1900] + hashlib.sha256(base.encode()).hexdigest()
    return base
