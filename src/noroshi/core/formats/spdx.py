"""SPDX 2.2 and 2.3, whichever way it is written: packages in, an inventory out.

Only packages are inventory; files and snippets are parts of them and are left alone
(https://spdx.github.io/spdx-spec/v2.3/package-information/).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from noroshi.core.components import Component, InventoryDocument
from noroshi.core.errors import UnsupportedVersion
from noroshi.core.formats import component_claims
from noroshi.core.formats.component_claims import Claims, Quote
from noroshi.core.formats.problems import Problems

VERSIONS = ("2.2", "2.3")
"""The versions that are read, as they follow ``SPDX-``."""

DOCUMENT = "SPDXRef-DOCUMENT"
"""The identifier of the document itself (SPDX 2.3 §6.3)."""

_DESCRIBES = frozenset({"DESCRIBES", "DESCRIBE"})  # some releases of trivy write the latter
_SILENT = frozenset({"", "NOASSERTION", "NONE"})
_AGENTS = ("Organization:", "Person:", "Tool:")


class Content(msgspec.Struct, kw_only=True):
    """What both ways of writing SPDX hold, still as claimed."""

    name: str
    created: Quote
    packages: list[Claims]
    described: set[str]


def version(text: str, where: str, format_name: str) -> str:
    """Return ``2.3`` for ``SPDX-2.3``; raise `UnsupportedVersion` for one that is not read."""
    number = text.removeprefix("SPDX-")
    if number not in VERSIONS:
        raise UnsupportedVersion(
            where,
            format=format_name,
            version=repr(text[:40]),
            supported=", ".join(VERSIONS),
        )
    return number


def inventory(dialect: str, content: Content, problems: Problems) -> InventoryDocument:
    """Turn every package into a component; the one package described, if so, is the subject."""
    described = [claims for claims in content.packages if claims.path in content.described]
    subject = described[0] if len(described) == 1 else None
    return InventoryDocument(
        dialect=dialect,
        subject=(subject.name if subject else content.name)[: component_claims.LONGEST_TEXT],
        created=component_claims.created(content.created, problems),
        components=tuple(_components(content.packages, subject, problems)),
        problems=problems.all(),
    )


def _components(
    packages: Iterable[Claims], subject: Claims | None, problems: Problems
) -> Iterable[Component]:
    """Yield the components; a subject that gives nothing to look it up by is only a title."""
    for claims in packages:
        component = component_claims.component(claims, problems)
        if component is None:
            continue
        if claims is not subject or component.purl or component.cpes or component.version:
            yield component


def stated(text: str) -> str:
    """Return the text, or an empty one for ``NOASSERTION`` and ``NONE``."""
    return "" if text in _SILENT else text


def supplier(text: str) -> str:
    """Return the name in ``Organization: name (address)`` (§7.5)."""
    for agent in _AGENTS:
        if text.startswith(agent):
            return _without_address(text.removeprefix(agent).strip())
    return stated(text)


def _without_address(text: str) -> str:
    name, bracket, address = text.rpartition("(")
    is_address = bracket and address.endswith(")") and ("@" in address or address == ")")
    return name.rstrip() if is_address else text


def kind(purpose: str) -> str:
    """Return the primary purpose as CycloneDX writes its types (``OPERATING_SYSTEM``, §7.24)."""
    return stated(purpose).lower().replace("_", "-")


def refer(claims: Claims, reference_type: str, locator: Quote) -> None:
    """Add an external reference to the claims if it identifies the package (§7.21, annex F).

    The category is not asked: tools disagree about it, and the type says all.
    """
    name = reference_type.rpartition("/")[2]
    if name == "purl":
        claims.purls.append(locator)
    elif name in {"cpe23Type", "cpe22Type"}:
        claims.cpes.append(locator)


def describes(left: str, relationship: str, right: str) -> str:
    """Return what the document describes according to one relationship; empty if nothing."""
    if relationship in _DESCRIBES and left == DOCUMENT:
        return right
    return left if relationship == "DESCRIBED_BY" and right == DOCUMENT else ""
