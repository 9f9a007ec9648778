"""STIX 2.1 objects that speak of vulnerabilities, from TAXII 2.1 collections and bundles (JSON).

Three types are looked at: a ``vulnerability`` describes one, a ``report`` or an ``indicator``
mentions some. Each object is a document of its own and comes to one record for each CVE; the voice
is the identity that made it. One that names no CVE says nothing.

Every object says for itself who may read it, by the TLP markings on the whole and on parts of it
(§7.2); the strictest decides. What is not marked TLP:CLEAR (1.0: WHITE) is refused, and so is what
is not marked at all: nobody said that it is for everybody.

Sources: STIX 2.1 §3, §4.7, §4.16, §4.18, §7.2; TAXII 2.1 §3.7 (envelope)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Record
from noroshi.core.formats import claims, json_parts, mentions, salvage, strict_json
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id
from noroshi.core.policy.marking import Tlp, tlp_of_stix_id

SOURCE = "taxii"

TYPES = ("vulnerability", "report", "indicator")
"""What is read, and asked for."""

LONGEST_TITLE, MOST_LINKS = 300, 100

_ONLY = "only what is for everybody is read"
_MARKED = ("$.object_marking_refs", "$.granular_markings")
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ID = re.compile(rf"(?:{'|'.join(TYPES)})--{_UUID}", re.ASCII)
_IDENTITY = re.compile(rf"identity--({_UUID})", re.ASCII)
_LIKE_A_CVE = re.compile(r"\s*CVE\b", re.IGNORECASE)


class _Reference(msgspec.Struct, frozen=True):
    source_name: str = ""
    external_id: str = ""
    url: str = ""


class _Granular(msgspec.Struct, frozen=True):
    marking_ref: str = ""


class _Object(msgspec.Struct, frozen=True):
    type: str
    id: str
    created_by_ref: str = ""
    created: str = ""
    modified: str = ""
    revoked: bool = False
    lang: str = ""
    name: str = ""
    description: str = ""
    external_references: list[_Reference] = []
    object_marking_refs: list[str] = []
    granular_markings: list[_Granular] = []


class _Outer(msgspec.Struct, frozen=True):
    objects: list[msgspec.Raw] | None = None


class _Typed(msgspec.Struct, frozen=True):
    type: str


_outer = msgspec.json.Decoder(_Outer)
_typed = msgspec.json.Decoder(_Typed)
_object = msgspec.json.Decoder(_Object)
_VITAL = frozenset({"$", "$.type", "$.id"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split a bundle, an envelope or a list into those objects that could be read."""
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if not body.startswith(b"{") or b'"objects"' not in body:
        yield from json_parts.one_or_array(payload)
        return
    try:
        objects = strict_json.split(body, _outer).objects
    except FormatError as error:
        yield error
        return
    if objects is None:
        yield RawDocument("", body)
    for index, raw in enumerate(objects or []):
        if _may_be_ours(bytes(raw)):
            yield RawDocument(f"$.objects[{index}]", bytes(raw))


def _may_be_ours(raw: bytes) -> bool:
    try:
        return strict_json.split(raw, _typed).type in TYPES
    except FormatError:
        return True  # what is wrong with it is told where it is read


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record for each CVE that the object speaks of."""
    try:
        value, odd = salvage.decode(document, _object, _VITAL)
        if value.type not in TYPES:
            return
        if _ID.fullmatch(value.id) is None:
            raise WrongShape("$.id", detail="not the identifier of such an object")
        found: list[Record | FormatError] = [*odd, *_records(value)]
    except FormatError as error:
        yield error
        return
    refused = _refusal(value, odd) if found else None
    if refused is None:
        yield from found
    else:
        yield refused


def _refusal(value: _Object, odd: list[FormatError]) -> FormatError | None:
    """Return why an object is not read; ``None`` if it is for everybody."""
    if any(error.where.startswith(_MARKED) for error in odd):
        return WrongShape(_MARKED[0], detail=f"a marking that cannot be read; {_ONLY}")
    markings = [*value.object_marking_refs, *(one.marking_ref for one in value.granular_markings)]
    labels = [tlp for tlp in map(tlp_of_stix_id, markings) if tlp is not None]
    if not any(tlp_of_stix_id(one) is Tlp.CLEAR for one in value.object_marking_refs):
        said = max(labels).label if labels else "no TLP marking"
        return WrongShape(_MARKED[0], detail=f"{said}; {_ONLY}")
    strictest = max(labels)
    if strictest is not Tlp.CLEAR:
        return WrongShape(_MARKED[0], detail=f"{strictest.label}; {_ONLY}")
    return None


def _records(value: _Object) -> Iterator[Record | FormatError]:
    names: list[str] = []
    for outcome in _named(value) if value.type == "vulnerability" else _mentioned(value):
        if isinstance(outcome, FormatError):
            yield outcome
        else:
            names.append(outcome)
    names = list(dict.fromkeys(names))
    if not names:
        return
    record = _record(value, names)
    for name in names:
        external_id = f"{value.id}/{name}"
        yield msgspec.structs.replace(record, external_id=external_id, names=(name,))


def _named(value: _Object) -> Iterator[str | FormatError]:
    """Yield the CVE ids of a vulnerability: in references to CVE (§4.18.1), and as its name."""
    written = [
        (one.external_id, f"$.external_references[{index}].external_id")
        for index, one in enumerate(value.external_references)
        if one.source_name.strip().lower() == "cve" and one.external_id
    ]
    if _LIKE_A_CVE.match(value.name):
        written.append((value.name, "$.name"))
    for text, where in written:
        try:
            yield cve_id(text.strip().upper(), where)
        except NotAnIdentifier as error:
            # "CVE-2024-12345 in the firmware of …" is a title.
            found = mentions.cves([text], where).names if where == "$.name" else ()
            yield from found or [error]


def _mentioned(value: _Object) -> Iterator[str | FormatError]:
    refs = (text for one in value.external_references for text in (one.external_id, one.url))
    found = mentions.cves([value.name, value.description, *refs], "$")
    yield from found.problems
    yield from found.names


def _record(value: _Object, names: list[str]) -> Record:
    maker = _IDENTITY.fullmatch(value.created_by_ref)
    by = f"{SOURCE}:{maker[1]}" if maker else SOURCE
    is_vulnerability = value.type == "vulnerability"
    describes = len(names) == 1 and value.type != "indicator"
    title = "" if value.name.strip().upper() in names else value.name
    texts = (title[:LONGEST_TITLE], value.description) if describes else ("", "")
    lang = value.lang[:20]
    created, modified = claims.moment(value.created), claims.moment(value.modified)
    titles, descriptions = ([(lang or mentions.language(text), text)] for text in texts)
    links = [one.url for one in value.external_references if one.url][:MOST_LINKS]
    return Record(
        source=SOURCE,
        external_id="",
        names=(),
        advisories=() if is_vulnerability else (value.id,),
        withdrawn=(modified or created) if value.revoked else None,
        published=created if is_vulnerability else None,
        modified=modified or created,
        titles=claims.texts(titles, by),
        descriptions=claims.texts(descriptions, by),
        references=claims.references((link, ()) for link in links),
    )
