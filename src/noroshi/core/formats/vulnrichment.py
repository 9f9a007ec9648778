"""CISA Vulnrichment: what CISA adds to the record of a CVE, in a container of its own.

A document is a whole record of the CVE List as CISA's repository has it; CISA's own containers
(``CISA-ADP``) are read alone. What the assigner says, and the state, is for the CVE List to say
(`cve5`, by which CISA's containers come as well, later): of two equal claims of one voice one
counts. A record without a container of CISA's comes to no claims: CISA took them back.
Source: https://github.com/cisagov/vulnrichment
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import msgspec

from noroshi.core.errors import FormatError
from noroshi.core.facets import Affected, Record
from noroshi.core.formats import claims, configurations, cve5, cve5_shapes, json_parts, salvage
from noroshi.core.formats.cve5 import Voice
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "vulnrichment"
BY = "CISA-ADP"


class _Provider(cve5_shapes.Provider, frozen=True):
    date_updated: str | None = None


class _Container(cve5_shapes.Container, frozen=True):
    provider_metadata: _Provider = _Provider()


class _Containers(cve5_shapes.Shape, frozen=True):
    adp: tuple[_Container, ...] = ()


class _Metadata(cve5_shapes.Shape, frozen=True):
    cve_id: str
    date_updated: str | None = None


class _Document(cve5_shapes.Shape, frozen=True):
    cve_metadata: _Metadata
    containers: _Containers
    data_version: str = "5"


_decoder = msgspec.json.Decoder(_Document)
_VITAL = frozenset({"$", "$.dataVersion", "$.cveMetadata", "$.cveMetadata.cveId", "$.containers"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return a record as one document, unread; split an array into its records."""
    yield from json_parts.one_or_array(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read what CISA adds to the record of one CVE."""
    try:
        value, odd = salvage.decode(document, _decoder, _VITAL)
        cve5.check_version(value.data_version)
        name = cve_id(value.cve_metadata.cve_id, "$.cveMetadata.cveId")
    except FormatError as error:
        yield error
        return
    yield from odd
    own = [(each, f"$.containers.adp[{n}]") for n, each in enumerate(value.containers.adp)]
    own = [(each, path) for each, path in own if each.provider_metadata.short_name == BY]
    voices = [Voice(BY, each, path) for each, path in own]
    conditions = configurations.Conditions()
    affected: dict[Affected, None] = {}
    for claim in chain.from_iterable(cve5.products(voice, conditions) for voice in voices):
        if isinstance(claim, FormatError):
            yield claim
        else:
            affected[claim] = None
    ssvc, exploited = cve5.decisions(voices)
    # Where CISA took its container back, that is as recent as the record.
    told = [each.provider_metadata.date_updated for each, _ in own]
    times = [claims.moment(time) for time in told or [value.cve_metadata.date_updated]]
    yield Record(
        source=SOURCE,
        external_id=name,
        names=(name,),
        modified=max((time for time in times if time), default=None),
        severities=cve5.severities(voices),
        weaknesses=cve5.weaknesses(voices),
        references=claims.references(cve5.references([each for each, _ in own])),
        affected=tuple(affected),
        conditions=conditions.all(),
        ssvc=ssvc,
        exploited=exploited,
    )
