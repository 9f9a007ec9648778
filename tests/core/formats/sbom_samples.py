"""One inventory, written in each dialect: what the SBOM tests have in common.

It is the software of a mail gateway: a Debian package, a Java and a JavaScript library whose names
have a group, firmware known by its CPE name only, and an in-house program with a name and nothing
else to find it by. The names are real where the software is; everything said about it is ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

CYCLONEDX_JSON = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
CYCLONEDX_XML = ("1.0", "1.1", *CYCLONEDX_JSON)
SPDX = ("2.2", "2.3")
MADE = "2026-04-01T09:30:00+09:00"


@dataclass(frozen=True)
class Item:
    """One component; ``group`` is kept apart only where a dialect keeps it apart."""

    name: str
    version: str = ""
    kind: str = "library"
    group: str = ""
    supplier: str = ""
    purl: str = ""
    cpe: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.group}/{self.name}" if self.group else self.name


SUBJECT = Item("mail-gateway", "2026.04", "application", supplier="架空ケーブル")
ITEMS = (
    Item(
        "postfix",
        "3.7.11-0+deb12u1",
        purl="pkg:deb/debian/postfix@3.7.11-0%2Bdeb12u1?arch=amd64&distro=debian-12",
        cpe="cpe:2.3:a:postfix:postfix:3.7.11:*:*:*:*:*:*:*",
    ),
    Item(
        "log4j-core",
        "2.17.1",
        group="org.apache.logging.log4j",
        supplier="The Apache Software Foundation",
        purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1",
    ),
    Item("core", "17.3.0", group="@angular", purl="pkg:npm/%40angular/core@17.3.0"),
    Item(
        "FortiOS", "7.0.12", "firmware", supplier="Fortinet", cpe="cpe:/o:fortinet:fortios:7.0.12"
    ),
    Item("配信管理 <甲>", "4.2", "application"),
    Item("zlib"),
)


def cyclonedx_json(version: str = "1.6", items: tuple[Item, ...] = ITEMS) -> bytes:
    """The inventory as CycloneDX JSON."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "version": 1,
        "metadata": {"timestamp": MADE, "component": _json_component(SUBJECT)},
        "components": [_json_component(item) for item in items],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _json_component(item: Item) -> dict[str, object]:
    component: dict[str, object] = {
        "type": item.kind,
        "bom-ref": f"ref-{item.name}",
        "group": item.group,
        "name": item.name,
        "version": item.version,
        "purl": item.purl,
        "cpe": item.cpe,
    }
    if item.supplier:
        component["supplier"] = {"name": item.supplier}
    return {key: value for key, value in component.items() if value}


def cyclonedx_xml(version: str = "1.6", items: tuple[Item, ...] = ITEMS) -> bytes:
    """The inventory as CycloneDX XML (metadata came with 1.2)."""
    metadata = f"<timestamp>{MADE}</timestamp>{_xml_component(SUBJECT)}"
    components = "\n".join(map(_xml_component, items))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<bom xmlns="http://cyclonedx.org/schema/bom/{version}" version="1">\n'
        + (f"<metadata>{metadata}</metadata>\n" if version >= "1.2" else "")
        + f"<components>\n{components}\n</components>\n</bom>\n"
    ).encode()


def _xml_component(item: Item) -> str:
    supplier = f"<name>{escape(item.supplier)}</name>" if item.supplier else ""
    members = {
        "supplier": supplier,
        "group": escape(item.group),
        "name": escape(item.name),
        "version": escape(item.version),
        "cpe": escape(item.cpe),
        "purl": escape(item.purl),
    }
    inside = "".join(f"<{key}>{value}</{key}>" for key, value in members.items() if value)
    reference = quoteattr(f"ref-{item.name}")
    return f'<component type="{item.kind}" bom-ref={reference}>{inside}</component>'


def spdx_json(version: str = "2.3", items: tuple[Item, ...] = ITEMS) -> bytes:
    """The inventory as SPDX JSON (the purpose of a package came with 2.3)."""
    document = {
        "spdxVersion": f"SPDX-{version}",
        "SPDXID": "SPDXRef-DOCUMENT",
        "dataLicense": "CC0-1.0",
        "name": "inventory of the mail gateway",
        "documentNamespace": "https://sbom.example/mail-gateway",
        "creationInfo": {"created": MADE, "creators": ["Tool: written-by-hand"]},
        "packages": [
            _json_package(number, item, version) for number, item in enumerate((SUBJECT, *items))
        ],
        "files": [{"SPDXID": "SPDXRef-File", "fileName": "./main.cf", "checksums": []}],
        "relationships": [
            {
                "spdxElementId": "SPDXRef-DOCUMENT",
                "relationshipType": "DESCRIBES",
                "relatedSpdxElement": "SPDXRef-Package-0",
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _json_package(number: int, item: Item, version: str) -> dict[str, object]:
    package: dict[str, object] = {
        "SPDXID": f"SPDXRef-Package-{number}",
        "name": item.full_name,
        "versionInfo": item.version or "NOASSERTION",
        "supplier": f"Organization: {item.supplier}" if item.supplier else "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "externalRefs": [
            {"referenceCategory": category, "referenceType": kind, "referenceLocator": locator}
            for category, kind, locator in _references(item)
        ],
    }
    if version >= "2.3":
        package["primaryPackagePurpose"] = item.kind.upper()
    return package


def spdx_tag_value(version: str = "2.3", items: tuple[Item, ...] = ITEMS) -> bytes:
    """The inventory as SPDX tag-value."""
    head = f"""SPDXVersion: SPDX-{version}
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: inventory of the mail gateway
DocumentNamespace: https://sbom.example/mail-gateway
DocumentComment: <text>First line.
PackageName: not one, for it stands inside a text
Last line.</text>

## Creation
Creator: Tool: written-by-hand
Created: {MADE}
"""
    packages = (_tags(number, item, version) for number, item in enumerate((SUBJECT, *items)))
    tail = """
FileName: ./main.cf
SPDXID: SPDXRef-File
FileComment: belongs to no package

Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-Package-0
"""
    return "\n".join([head, *packages, tail]).encode()


def _tags(number: int, item: Item, version: str) -> str:
    supplier = f"Organization: {item.supplier}" if item.supplier else "NOASSERTION"
    lines = [
        f"PackageName: {item.full_name}",
        f"SPDXID: SPDXRef-Package-{number}",
        f"PackageVersion: {item.version}" if item.version else "",
        f"PackageSupplier: {supplier}",
        "PackageDownloadLocation: NOASSERTION",
        *(" ".join(("ExternalRef:", *reference)) for reference in _references(item)),
        f"PrimaryPackagePurpose: {item.kind.upper()}" if version >= "2.3" else "",
        "PackageComment: <text>ours</text>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _references(item: Item) -> list[tuple[str, str, str]]:
    references = []
    if item.purl:
        references.append(("PACKAGE-MANAGER", "purl", item.purl))
    if item.cpe:
        kind = "cpe22Type" if item.cpe.startswith("cpe:/") else "cpe23Type"
        references.append(("SECURITY", kind, item.cpe))
    return references


WRITERS = {
    "CycloneDX JSON": cyclonedx_json,
    "CycloneDX XML": cyclonedx_xml,
    "SPDX JSON": spdx_json,
    "SPDX tag-value": spdx_tag_value,
}
"""How each dialect is written, in its newest version."""
