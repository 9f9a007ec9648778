"""The templates of nuclei that check for a CVE, one a line (JSON).

Two layouts: the ``cves.json`` of the templates' own repository (``ID``, ``Info``, ``file_path``),
and the templates' headers as JSON (``id``, ``name``, ``path``, ``metadata``). A template is a
document and a record, named by the CVE in its id or else in its classification. It is a check:
whoever runs it learns whether the vulnerability is there. Its severity, CVSS, CWE, EPSS and
description are copied from NVD and FIRST; they are left out, since a copy must not count as a
second opinion.
Source: https://github.com/projectdiscovery/nuclei-templates
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Exploit, Maturity, Record
from noroshi.core.formats import json_parts, salvage, strict_json
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "nuclei"
BY = "nuclei"

LONGEST_ID = 100
"""Characters of a template's id; the longest real one has 29."""

_CVE = re.compile(r"(?<![A-Za-z0-9])CVE-\d{4}-\d{4,19}(?!\d)", re.ASCII)
_ID = re.compile(r"[\w.-]+", re.ASCII)
_PATH = re.compile(r"[\w./+-]+", re.ASCII)
_FILES = "https://github.com/projectdiscovery/nuclei-templates/blob/main/"


class _Classification(msgspec.Struct, frozen=True):
    cve: str | None = msgspec.field(default=None, name="cve-id")


class _Metadata(msgspec.Struct, frozen=True):
    verified: bool | str | None = None


class _Template(msgspec.Struct, frozen=True):
    id: str
    name: str = ""
    path: str = ""
    classification: _Classification | None = None
    metadata: _Metadata | None = None


class _Info(msgspec.Struct, frozen=True, rename="pascal"):
    name: str = ""


class _Listed(msgspec.Struct, frozen=True):
    id: str = msgspec.field(name="ID")
    info: _Info = msgspec.field(default=_Info(), name="Info")
    file_path: str = ""


class _Outer(msgspec.Struct, frozen=True):
    listed: msgspec.Raw = msgspec.field(default=msgspec.Raw(b""), name="ID")


_outer = msgspec.json.Decoder(_Outer)
_template = msgspec.json.Decoder(_Template)
_listed = msgspec.json.Decoder(_Listed)
_VITAL = frozenset({"$", "$.id", "$.ID"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split the payload into its lines."""
    yield from json_parts.lines(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the record of one template."""
    try:
        template, odd, path = _decode(document)
        if len(template.id) > LONGEST_ID or _ID.fullmatch(template.id) is None:
            raise WrongShape(path, detail="not the id of a template")
        cve = _cve(template, path)
    except FormatError as error:
        yield error
        return
    yield from odd
    exploit = Exploit(
        BY,
        template.id,
        Maturity.CHECK,
        title=template.name,
        url=_FILES + template.path if _PATH.fullmatch(template.path) else None,
        verified=_is_verified(template.metadata),
    )
    yield Record(source=SOURCE, external_id=template.id, names=(cve,), exploits=(exploit,))


def _decode(document: bytes) -> tuple[_Template, list[FormatError], str]:
    if not bytes(strict_json.split(document, _outer).listed):
        template, odd = salvage.decode(document, _template, _VITAL)
        return template, odd, "$.id"
    listed, odd = salvage.decode(document, _listed, _VITAL)
    return _Template(listed.id, listed.info.name, listed.file_path), odd, "$.ID"


def _cve(template: _Template, path: str) -> str:
    """Return the CVE of the template's own id, else the classification's."""
    found = set(_CVE.findall(template.id))
    if len(found) == 1:
        return str(found.pop())
    classified = template.classification.cve if template.classification else None
    if classified is None:
        raise NotAnIdentifier(path, value=repr(template.id[:80]), kind="CVE id")
    return cve_id(classified, "$.classification.cve-id")


def _is_verified(metadata: _Metadata | None) -> bool:
    return metadata is not None and metadata.verified in {True, "true"}
