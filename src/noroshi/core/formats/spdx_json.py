"""SPDX 2.2 and 2.3 as JSON."""

from __future__ import annotations

from noroshi.core.components import InventoryDocument
from noroshi.core.formats import spdx
from noroshi.core.formats.component_claims import Claims, Quote
from noroshi.core.formats.nodes import JsonNode
from noroshi.core.formats.problems import Problems


def is_one(document: dict[str, object]) -> bool:
    """Tell whether the document says that it is SPDX 2."""
    return "spdxVersion" in document


def read(document: dict[str, object]) -> InventoryDocument:
    """Read a decoded document; raises `UnsupportedVersion`."""
    problems = Problems()
    root = JsonNode(document, "$", problems)
    version = spdx.version(root.text("spdxVersion"), "$.spdxVersion", "SPDX JSON")
    creation = root.child("creationInfo")
    content = spdx.Content(
        name=root.text("name"),
        created=creation.quote("created") if creation else Quote("", "$"),
        packages=[_claims(package) for package in root.children("packages")],
        described=_described(root),
    )
    return spdx.inventory(f"SPDX {version} JSON", content, problems)


def _claims(package: JsonNode) -> Claims:
    claims = Claims(
        where=package.where,
        path=package.text("SPDXID"),
        name=spdx.stated(package.text("name")),
        version=spdx.stated(package.text("versionInfo")),
        kind=spdx.kind(package.text("primaryPackagePurpose")),
        supplier=spdx.supplier(package.text("supplier")),
    )
    for reference in package.children("externalRefs"):
        locator = reference.quote("referenceLocator")
        spdx.refer(claims, reference.text("referenceType"), locator)
    return claims


def _described(root: JsonNode) -> set[str]:
    """Return the ids of what the document describes: ``documentDescribes`` and relationships."""
    described = set(root.texts("documentDescribes"))
    for relationship in root.children("relationships"):
        left, right = relationship.text("spdxElementId"), relationship.text("relatedSpdxElement")
        described.add(spdx.describes(left, relationship.text("relationshipType"), right))
    return described - {""}
