"""CISA's catalogue of Known Exploited Vulnerabilities (JSON).

The whole catalogue is one document; each entry is a record with one voice, ``cisa-kev``.
Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Exploited, Record, Weakness
from noroshi.core.formats import claims, salvage, strict_json
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "kev"
BY = "cisa-kev"


class _Catalogue(msgspec.Struct, frozen=True):
    vulnerabilities: list[msgspec.Raw]


class _Dated(msgspec.Struct, frozen=True, rename="camel"):
    date_released: str


class _Entry(msgspec.Struct, frozen=True, rename="camel"):
    cve: str = msgspec.field(name="cveID")
    date_added: str
    vulnerability_name: str = ""
    short_description: str = ""
    required_action: str = ""
    due_date: str | None = None
    known_ransomware_campaign_use: str = ""
    cwes: list[str] = []


_dated = msgspec.json.Decoder(_Dated)
_catalogue = msgspec.json.Decoder(_Catalogue)
_entry = msgspec.json.Decoder(_Entry)
_VITAL = frozenset({"$", "$.cveID", "$.dateAdded"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return the whole catalogue as one document."""
    yield RawDocument("", payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record an entry; an entry that cannot be read yields its error."""
    document = document.removeprefix(b"\xef\xbb\xbf")
    try:
        entries = strict_json.split(document, _catalogue).vulnerabilities
    except FormatError as error:
        yield error
        return
    faulty = False
    for index, raw in enumerate(entries):
        for result in _read_entry(bytes(raw)):
            if isinstance(result, FormatError):
                faulty = True
                yield strict_json.within(f"$.vulnerabilities[{index}]", result)
            else:
                yield result
    if not faulty:
        # What is left to be wrong stands around the entries: a key said twice, say.
        yield from _around(document)


def released(document: bytes, /) -> dt.datetime | None:
    """Return when the catalogue was made."""
    try:
        catalogue = strict_json.split(document.removeprefix(b"\xef\xbb\xbf"), _dated)
    except FormatError:
        return None
    return claims.moment(catalogue.date_released)


def _around(document: bytes) -> Iterator[FormatError]:
    try:
        strict_json.check(document)
    except FormatError as error:
        yield error


def _day_added(entry: _Entry) -> dt.date:
    day = claims.day(entry.date_added)
    if day is None:
        raise WrongShape("$.dateAdded", detail="not a date")
    return day


def _read_entry(raw: bytes) -> Iterator[Record | FormatError]:
    try:
        entry, odd = salvage.decode(raw, _entry, _VITAL)
        name = cve_id(entry.cve, "$.cveID")
        added = _day_added(entry)
    except FormatError as error:
        yield error
        return
    yield from odd
    yield Record(
        source=SOURCE,
        external_id=name,
        names=(name,),
        modified=claims.midnight(added),
        titles=claims.texts([("en", entry.vulnerability_name)], BY),
        descriptions=claims.texts([("en", entry.short_description)], BY),
        weaknesses=tuple(Weakness(BY, cwe) for cwe in dict.fromkeys(entry.cwes) if claims.cwe(cwe)),
        exploited=Exploited(
            BY,
            since=added,
            due=claims.day(entry.due_date),
            ransomware=entry.known_ransomware_campaign_use.strip().lower() == "known",
            action=entry.required_action,
        ),
    )
