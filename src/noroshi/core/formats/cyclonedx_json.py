"""CycloneDX 1.2–1.7 as JSON."""

from __future__ import annotations

from noroshi.core.components import InventoryDocument
from noroshi.core.errors import UnsupportedVersion
from noroshi.core.formats import cyclonedx
from noroshi.core.formats.nodes import JsonNode
from noroshi.core.formats.problems import Problems

VERSIONS = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
"""The values of ``specVersion`` that are read; JSON began with 1.2."""


def is_one(document: dict[str, object]) -> bool:
    """Tell whether the document says that it is CycloneDX."""
    schema = document.get("$schema")
    return document.get("bomFormat") == "CycloneDX" or (
        isinstance(schema, str) and "cyclonedx" in schema
    )


def read(document: dict[str, object]) -> InventoryDocument:
    """Read a decoded document; raises `UnsupportedVersion`."""
    problems = Problems()
    root = JsonNode(document, "$", problems)
    version = root.text("specVersion")
    if version not in VERSIONS:
        raise UnsupportedVersion(
            "$.specVersion",
            format="CycloneDX JSON",
            version=repr(version[:40]),
            supported=", ".join(VERSIONS),
        )
    return cyclonedx.inventory(f"CycloneDX {version} JSON", root, problems)
