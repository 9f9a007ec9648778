"""Any SBOM that is read here: which dialect it is, told by its content.

``CycloneDX`` as JSON and XML, ``SPDX`` 2.2 and 2.3 as JSON and tag-value. The name of the file is
never asked: in the wild it is wrong too often.
"""

from __future__ import annotations

from noroshi.core.components import InventoryDocument
from noroshi.core.errors import UnknownFormat, UnsupportedVersion
from noroshi.core.formats import (
    cyclonedx_json,
    cyclonedx_xml,
    spdx,
    spdx_json,
    spdx_tag_value,
    strict_json,
    strict_text,
    strict_xml,
)

EXPECTED = "CycloneDX 1.2-1.7 as JSON or XML, or SPDX 2.2-2.3 as JSON or tag-value"
"""What a refusal tells the sender to send."""

_ARCHIVES = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
}
_TAR = (257, b"ustar")  # POSIX ustar: the magic stands behind the first file's header fields
_HEAD = 65_536
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"


def read(data: bytes) -> InventoryDocument:
    """Read one SBOM, whole; parts that cannot be used are in its ``problems``.

    Raises a `FormatError` when the document as a whole cannot be read: `UnknownFormat` and
    `UnsupportedVersion` say what is expected, all others name the byte, line or JSON path.
    """
    _refuse_archive(data)
    text = strict_text.check(data)
    head = text[:_HEAD].lstrip()
    if head.startswith((b"{", b"[")):
        return _read_json(text)
    if head.startswith(b"<"):
        return _read_xml(text, head)
    if spdx_tag_value.FIRST_TAG.encode() in head:
        return spdx_tag_value.read(strict_text.decode(text))
    raise _unknown("YAML" if b"spdxVersion:" in head or b"bomFormat:" in head else "")


def _read_json(text: bytes) -> InventoryDocument:
    document = strict_json.tree(text)
    if not isinstance(document, dict):
        raise _unknown("a JSON list")
    if cyclonedx_json.is_one(document):
        return cyclonedx_json.read(document)
    if spdx_json.is_one(document):
        return spdx_json.read(document)
    if "spdx.org/rdf/" in str(document.get("@context"))[:_HEAD]:
        raise UnsupportedVersion(
            "$", format="SPDX", version="3 (JSON-LD)", supported=", ".join(spdx.VERSIONS)
        )
    raise _unknown("JSON of another kind")


def _read_xml(text: bytes, head: bytes) -> InventoryDocument:
    if head[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise _unknown("an HTML page")
    root = strict_xml.parse(text)
    if cyclonedx_xml.is_one(root):
        return cyclonedx_xml.read(root)
    if root.tag == _RDF:
        raise _unknown("SPDX as RDF/XML")
    raise _unknown("XML of another kind")


def _refuse_archive(data: bytes) -> None:
    for magic, name in _ARCHIVES.items():
        if data.startswith(magic):
            raise _unknown(f"{name}: unpack it first")
    offset, magic = _TAR
    if data[offset : offset + len(magic)] == magic:
        raise _unknown("a tar archive: unpack it first")


def _unknown(found: str) -> UnknownFormat:
    expected = f"{EXPECTED} (this is {found})" if found else EXPECTED
    return UnknownFormat(expected=expected)
