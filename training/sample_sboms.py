"""Write an inventory in the dialects that members hand in.

Each function takes an `Inventory` and returns the bytes of one file. The layouts are those of the
CycloneDX 1.4 to 1.6 and SPDX 2.2 and 2.3 specifications; only what an inventory needs is written.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from xml.etree import ElementTree as ET

import msgspec

Json = dict[str, object]
"""An object of the documents written here."""

TOOL = "noroshi-sample"
NAMESPACE = "https://sbom.example.jp/"
NOTHING = "NOASSERTION"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One component. ``kind`` is the CycloneDX word; empty texts are left out."""

    name: str
    version: str
    kind: str = "library"
    group: str = ""
    supplier: str = ""
    purl: str = ""
    cpe: str = ""
    parts: tuple[Item, ...] = ()

    def flat(self) -> tuple[Item, ...]:
        """Return the component and everything in it, outermost first."""
        return (self, *(inner for part in self.parts for inner in part.flat()))


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """What one system consists of. ``created`` is a UTC timestamp ending in ``Z``."""

    slug: str
    subject: str
    owner: str
    created: str
    items: tuple[Item, ...]

    def flat(self) -> list[Item]:
        """Return all components, those inside others included."""
        return [inner for item in self.items for inner in item.flat()]


# --- CycloneDX --------------------------------------------------------------------------------


def cyclonedx_json(inventory: Inventory, version: str) -> bytes:
    """CycloneDX as JSON; from 1.6 on with the packages inside their operating system."""
    nested = version == "1.6"
    items = inventory.items if nested else inventory.flat()
    tool: Json = {"name": TOOL, "version": "1"}
    tools: object = [tool]
    if version != "1.4":
        tools = {"components": [{"type": "application", **tool}]}
    document: Json = {
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": f"urn:uuid:{_serial(inventory)}",
        "version": 1,
        "metadata": {
            "timestamp": inventory.created,
            "tools": tools,
            "component": {"type": "application", "bom-ref": "subject", "name": inventory.subject},
        },
        "components": [
            _cyclonedx_component(item, f"c{number}", nested=nested)
            for number, item in enumerate(items, 1)
        ],
    }
    return _pretty(document)


def _cyclonedx_component(item: Item, reference: str, *, nested: bool) -> Json:
    component: Json = {"type": item.kind, "bom-ref": reference}
    if item.supplier:
        component["supplier"] = {"name": item.supplier}
    texts = (("group", item.group), ("name", item.name), ("version", item.version))
    component.update({key: text for key, text in texts if text})
    component.update({key: text for key, text in (("cpe", item.cpe), ("purl", item.purl)) if text})
    if nested and item.parts:
        component["components"] = [
            _cyclonedx_component(part, f"{reference}.{number}", nested=True)
            for number, part in enumerate(item.parts, 1)
        ]
    return component


def cyclonedx_xml(inventory: Inventory, version: str) -> bytes:
    """CycloneDX as XML."""
    bom = ET.Element(
        "bom",
        xmlns=f"http://cyclonedx.org/schema/bom/{version}",
        serialNumber=f"urn:uuid:{_serial(inventory)}",
        version="1",
    )
    metadata = ET.SubElement(bom, "metadata")
    ET.SubElement(metadata, "timestamp").text = inventory.created
    subject = ET.SubElement(metadata, "component", {"type": "application", "bom-ref": "subject"})
    ET.SubElement(subject, "name").text = inventory.subject
    components = ET.SubElement(bom, "components")
    for number, item in enumerate(inventory.flat(), 1):
        _xml_component(components, item, f"c{number}")
    ET.indent(bom, " ")
    text: bytes = ET.tostring(bom, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _xml_component(parent: ET.Element, item: Item, reference: str) -> None:
    component = ET.SubElement(parent, "component", {"type": item.kind, "bom-ref": reference})
    if item.supplier:
        ET.SubElement(ET.SubElement(component, "supplier"), "name").text = item.supplier
    texts = {"group": item.group, "name": item.name, "version": item.version}
    for tag, text in {**texts, "cpe": item.cpe, "purl": item.purl}.items():
        if text:
            ET.SubElement(component, tag).text = text


# --- SPDX -------------------------------------------------------------------------------------

PURPOSES = {
    "application": "APPLICATION",
    "library": "LIBRARY",
    "operating-system": "OPERATING-SYSTEM",
    "firmware": "FIRMWARE",
    "device": "DEVICE",
}
"""CycloneDX kind → SPDX 2.3 primary package purpose."""


def spdx_json(inventory: Inventory, version: str) -> bytes:
    """SPDX as JSON."""
    packages = [
        _spdx_package(item, f"SPDXRef-Package-{number}", version)
        for number, item in enumerate(inventory.flat(), 1)
    ]
    document: Json = {
        "spdxVersion": f"SPDX-{version}",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": inventory.subject,
        "documentNamespace": f"{NAMESPACE}{inventory.slug}/{_serial(inventory)}",
        "creationInfo": {
            "created": inventory.created,
            "creators": [f"Tool: {TOOL}-1", f"Organization: {inventory.owner}"],
        },
        "packages": packages,
        "relationships": [
            {
                "spdxElementId": "SPDXRef-DOCUMENT",
                "relationshipType": "DESCRIBES",
                "relatedSpdxElement": f"SPDXRef-Package-{number}",
            }
            for number in range(1, len(packages) + 1)
        ],
    }
    return _pretty(document)


def _spdx_package(item: Item, reference: str, version: str) -> Json:
    package: Json = {"SPDXID": reference, "name": _spdx_name(item)}
    if item.version:
        package["versionInfo"] = item.version
    package["supplier"] = f"Organization: {item.supplier}" if item.supplier else NOTHING
    package["downloadLocation"] = NOTHING
    package["filesAnalyzed"] = False
    if version != "2.2":
        package["primaryPackagePurpose"] = PURPOSES[item.kind]
    if references := _spdx_references(item, version):
        package["externalRefs"] = [
            {"referenceCategory": category, "referenceType": kind, "referenceLocator": locator}
            for category, kind, locator in references
        ]
    return package


def _spdx_references(item: Item, version: str) -> list[tuple[str, str, str]]:
    manager = "PACKAGE_MANAGER" if version == "2.2" else "PACKAGE-MANAGER"
    found = [("SECURITY", "cpe23Type", item.cpe), (manager, "purl", item.purl)]
    return [reference for reference in found if reference[2]]


def _spdx_name(item: Item) -> str:
    return f"{item.group}:{item.name}" if item.group else item.name


def spdx_tag_value(inventory: Inventory, version: str) -> bytes:
    """SPDX as tag-value lines."""
    lines = [
        f"SPDXVersion: SPDX-{version}",
        "DataLicense: CC0-1.0",
        "SPDXID: SPDXRef-DOCUMENT",
        f"DocumentName: {inventory.subject}",
        f"DocumentNamespace: {NAMESPACE}{inventory.slug}/{_serial(inventory)}",
        f"Creator: Tool: {TOOL}-1",
        f"Creator: Organization: {inventory.owner}",
        f"Created: {inventory.created}",
    ]
    for number, item in enumerate(inventory.flat(), 1):
        lines += ["", *_tag_value_package(item, f"SPDXRef-Package-{number}", version)]
    return ("\n".join(lines) + "\n").encode()


def _tag_value_package(item: Item, reference: str, version: str) -> list[str]:
    lines = [f"PackageName: {_spdx_name(item)}", f"SPDXID: {reference}"]
    if item.version:
        lines.append(f"PackageVersion: {item.version}")
    supplier = f"Organization: {item.supplier}" if item.supplier else NOTHING
    lines += [
        f"PackageSupplier: {supplier}",
        f"PackageDownloadLocation: {NOTHING}",
        "FilesAnalyzed: false",
        f"PrimaryPackagePurpose: {PURPOSES[item.kind]}",
    ]
    lines += [f"ExternalRef: {' '.join(found)}" for found in _spdx_references(item, version)]
    lines.append(f"Relationship: SPDXRef-DOCUMENT DESCRIBES {reference}")
    return lines


# --- all of them ------------------------------------------------------------------------------

Writer = Callable[[Inventory, str], bytes]

DIALECTS: dict[str, tuple[Writer, str]] = {
    "cyclonedx-json": (cyclonedx_json, "cdx.json"),
    "cyclonedx-xml": (cyclonedx_xml, "cdx.xml"),
    "spdx-json": (spdx_json, "spdx.json"),
    "spdx-tag-value": (spdx_tag_value, "spdx"),
}
"""Dialect → its writer and the ending of its files."""


def _serial(inventory: Inventory) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE + inventory.slug)


def _pretty(document: Json) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
