"""Metasploit's modules: the metadata of them all in one object, or one module a line (JSON).

Every module is a document. It names the vulnerabilities it uses among its ``references``: it comes
to one record for each CVE, ``<fullname>/<CVE>``, and to none where it names no CVE.

How far the exploit has come follows from the module's kind and its rank (Metasploit's "Exploit
Ranking"), in the words of CVSS v3.1's exploit code maturity:

=============================================  ===================================================
``exploit/…``, rank 400 good to 600 excellent  ``high``: finds its target, or it is the common one
``exploit/…``, rank 300 normal                 ``functional``: reliable, for one version
``exploit/…``, rank 0 manual to 200 average    ``poc``: unreliable or hard
``auxiliary/scanner/…``                        ``check``
``auxiliary/…``, ``post/…`` and others         ``functional``; they are not ranked
=============================================  ===================================================

Source: https://github.com/rapid7/metasploit-framework, ``db/modules_metadata_base.json``
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Exploit, Maturity, Record
from noroshi.core.formats import claims, json_parts, salvage, strict_json
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "metasploit"
BY = "metasploit"

LONGEST_NAME = 95
"""Characters of a module's name; the longest real one has 82."""

GOOD, NORMAL = 400, 300

_FULL_NAME = re.compile(r"[a-z]+/[\w./+-]+", re.ASCII)
_PATH = re.compile(r"/modules/[\w./+-]+", re.ASCII)
_FILES = "https://github.com/rapid7/metasploit-framework/blob/master"


class _Module(msgspec.Struct, frozen=True):
    fullname: str
    name: str = ""
    rank: int = 0
    disclosure_date: str | None = None
    mod_time: str | None = None
    references: list[str] = []
    path: str = ""


class _Line(msgspec.Struct, frozen=True):
    fullname: msgspec.Raw = msgspec.Raw(b"")


_module = msgspec.json.Decoder(_Module)
_line = msgspec.json.Decoder(_Line)
_VITAL = frozenset({"$", "$.fullname"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split the object of all modules into modules, or JSON into its lines."""
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if _is_line(body.partition(b"\n")[0]):
        yield from json_parts.lines(payload)
        return
    empty = True
    try:
        for member in json_parts.members(payload):
            empty = False
            yield RawDocument(json_parts.place(member.key), member.value)
    except FormatError as error:
        yield error
        return
    if empty:
        yield WrongShape("$", detail="no modules")


def _is_line(line: bytes) -> bool:
    try:
        return bytes(strict_json.split(line, _line).fullname) != b""
    except FormatError:
        return False


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record for each CVE that the module names."""
    try:
        module, odd = salvage.decode(document, _module, _VITAL)
        if len(module.fullname) > LONGEST_NAME or _FULL_NAME.fullmatch(module.fullname) is None:
            raise WrongShape("$.fullname", detail="not the name of a module")
    except FormatError as error:
        yield error
        return
    yield from odd
    yield from _records(module)


def _records(module: _Module) -> Iterator[Record | FormatError]:
    exploit = Exploit(
        BY,
        module.fullname,
        _maturity(module.fullname, module.rank),
        title=module.name,
        since=claims.day(module.disclosure_date),
        url=f"{_FILES}{module.path}" if _PATH.fullmatch(module.path) else None,
    )
    # "2020-10-02 17:38:06 +0000": ISO 8601 has no space before the offset.
    changed = claims.moment((module.mod_time or "").replace(" +", "+"))
    seen = set()
    for place, reference in enumerate(module.references):
        if not reference.startswith("CVE-") or reference in seen:
            continue
        seen.add(reference)
        try:
            cve = cve_id(reference.strip(), f"$.references[{place}]")
        except FormatError as error:
            yield error
            continue
        yield Record(
            source=SOURCE,
            external_id=f"{module.fullname}/{cve}",
            names=(cve,),
            modified=changed,
            exploits=(exploit,),
        )


def _maturity(fullname: str, rank: int) -> Maturity:
    if fullname.startswith("auxiliary/scanner/"):
        return Maturity.CHECK
    if not fullname.startswith("exploit/"):
        return Maturity.FUNCTIONAL
    if rank >= GOOD:
        return Maturity.HIGH
    return Maturity.FUNCTIONAL if rank >= NORMAL else Maturity.PROOF_OF_CONCEPT
