"""Curated configurations for CVEs that NVD has not analysed, or not well (JSON, NVD's shape).

One voice, ``anchore``: the analysts who wrote the configurations. Everything else in a document is
a copy of the assigner's own record, description and times included, and is not read: the assigner
says it itself. The analysts' ``reason`` speaks of NVD, not of the vulnerability.
A document without configurations takes back what it held before; one whose only match is not
vulnerable (``null:null``) says that nothing anybody could have installed is. Both are records
without claims.
Source: https://github.com/anchore/nvd-data-overrides
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError
from noroshi.core.facets import Affected, Record
from noroshi.core.formats import claims, configurations, json_parts, salvage
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "nvd_overrides"
BY = "anchore"


class _Annotation(msgspec.Struct, frozen=True):
    cve_id: str
    cna: str = ""
    references: list[str] = []


class _Reference(msgspec.Struct, frozen=True):
    url: str
    tags: list[str] = []


class _Cve(msgspec.Struct, frozen=True):
    configurations: list[configurations.Configuration] = []
    references: list[_Reference] = []


class _Override(msgspec.Struct, frozen=True):
    annotation: _Annotation = msgspec.field(name="_annotation")
    cve: _Cve = _Cve()


_decoder = msgspec.json.Decoder(_Override)
_VITAL = frozenset({"$", "$._annotation", "$._annotation.cve_id"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return an override as one document, unread; split an array into its overrides."""
    yield from json_parts.one_or_array(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the record of one override."""
    try:
        override, odd = salvage.decode(document, _decoder, _VITAL)
        name = cve_id(override.annotation.cve_id, "$._annotation.cve_id")
    except FormatError as error:
        yield error
        return
    yield from odd
    conditions = configurations.Conditions()
    affected: dict[Affected, None] = {}
    for claim in configurations.affected(
        override.cve.configurations, BY, conditions, "$.cve.configurations"
    ):
        if isinstance(claim, FormatError):
            yield claim
        else:
            affected[claim] = None
    yield Record(
        source=SOURCE,
        external_id=name,
        names=(name,),
        assigner=override.annotation.cna,
        affected=tuple(affected),
        conditions=conditions.all(),
        references=claims.references(
            [
                *((each.url, each.tags) for each in override.cve.references),
                *((url, ()) for url in override.annotation.references),
            ]
        ),
    )
