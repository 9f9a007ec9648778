"""NVD's CVE API 2.0: whole pages, single items, bare CVE objects (JSON).

Voices: each score and weakness names its own (``source``); the configurations are NVD's. The text
is the assigner's, whom ``sourceIdentifier`` names. NVD knows organisations without a name by a
number; the one of CISA's ADP container is translated, so that its copy here is the same voice.
Source: https://nvd.nist.gov/developers/vulnerabilities
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import Affected, Record, Severity, State, Weakness
from noroshi.core.formats import claims, configurations, salvage, strict_json
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "nvd"
BY = "nvd@nist.gov"

_VOICES = {"134c704f-9b21-4f2e-91b3-4a467353bcc0": "CISA-ADP"}

_ITEM = re.compile(rb"\s*\{\s*\"cve\"\s*:")
_DISPUTED = re.compile(r"\*\* ?DISPUTED")
_BARE = re.compile(rb"\s*\{\s*\"id\"\s*:")


class _Wire(msgspec.Struct, frozen=True, rename="camel"):
    """Base of the shapes as they stand in the document; only what is used is declared."""


class _Text(_Wire, frozen=True):
    lang: str
    value: str


class _Tags(_Wire, frozen=True):
    source_identifier: str
    tags: list[str]


class _Cvss(_Wire, frozen=True):
    vector_string: str | None = None
    base_score: float | None = None


class _Metric(_Wire, frozen=True):
    source: str
    cvss_data: _Cvss


class _Metrics(_Wire, frozen=True):
    v2: list[_Metric] = msgspec.field(default_factory=list, name="cvssMetricV2")
    v30: list[_Metric] = msgspec.field(default_factory=list, name="cvssMetricV30")
    v31: list[_Metric] = msgspec.field(default_factory=list, name="cvssMetricV31")
    v40: list[_Metric] = msgspec.field(default_factory=list, name="cvssMetricV40")


class _Weakness(_Wire, frozen=True):
    source: str
    description: list[_Text]


class _Reference(_Wire, frozen=True):
    url: str
    tags: list[str] = []


class _Cve(_Wire, frozen=True):
    id: str
    source_identifier: str = ""
    published: str | None = None
    last_modified: str | None = None
    vuln_status: str = ""
    cve_tags: list[_Tags] = []
    descriptions: list[_Text] = []
    metrics: _Metrics = _Metrics()
    weaknesses: list[_Weakness] = []
    configurations: list[configurations.Configuration] = []
    references: list[_Reference] = []


class _Item(_Wire, frozen=True):
    cve: _Cve


class _Outer(_Wire, frozen=True):
    """Whichever of the three shapes it is; what is inside stays raw."""

    vulnerabilities: list[msgspec.Raw] | None = None
    cve: msgspec.Raw = msgspec.Raw(b"")
    id: msgspec.Raw = msgspec.Raw(b"")


_outer = msgspec.json.Decoder(_Outer)
_item = msgspec.json.Decoder(_Item)
_bare = msgspec.json.Decoder(_Cve)
_VITAL = frozenset({"$", "$.cve", "$.cve.id", "$.id"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Split a page into its items; an item or a bare CVE object is one document."""
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if _ITEM.match(body) or _BARE.match(
        body
    ):  # not decoded here: `read` will, and says what is wrong
        yield RawDocument("", body)
        return
    try:
        outer = strict_json.split(body, _outer)
    except FormatError as error:
        yield error
        return
    if outer.vulnerabilities is not None:
        for index, raw in enumerate(outer.vulnerabilities):
            yield RawDocument(f"$.vulnerabilities[{index}]", bytes(raw))
    elif bytes(outer.cve) or bytes(outer.id):
        yield RawDocument("", body)
    else:
        yield WrongShape("$", detail="neither a page of vulnerabilities nor a CVE")


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the record of one item."""
    try:
        cve, odd, path = _decode(document)
        name = cve_id(cve.id, f"{path}.id")
    except FormatError as error:
        yield error
        return
    yield from odd
    conditions = configurations.Conditions()
    affected: list[Affected] = []
    for claim in configurations.affected(
        cve.configurations, BY, conditions, f"{path}.configurations"
    ):
        if isinstance(claim, FormatError):
            yield claim
        else:
            affected.append(claim)
    yield _record(cve, name, tuple(affected), conditions)


def _decode(document: bytes) -> tuple[_Cve, list[FormatError], str]:
    if _is_item(document):
        item, odd = salvage.decode(document, _item, _VITAL)
        return item.cve, odd, "$.cve"
    cve, odd = salvage.decode(document, _bare, _VITAL)
    return cve, odd, "$"


def _is_item(document: bytes) -> bool:
    if _ITEM.match(document):
        return True
    return not _BARE.match(document) and bytes(strict_json.split(document, _outer).cve) != b""


def _record(
    cve: _Cve, name: str, affected: tuple[Affected, ...], conditions: configurations.Conditions
) -> Record:
    author = cve.source_identifier or BY
    return Record(
        source=SOURCE,
        external_id=name,
        names=(name,),
        state=State.REJECTED if cve.vuln_status.lower() == "rejected" else State.PUBLISHED,
        assigner=cve.source_identifier,
        disputed=_disputed(cve, author),
        published=claims.moment(cve.published),
        modified=claims.moment(cve.last_modified),
        descriptions=claims.texts([(text.lang, text.value) for text in cve.descriptions], author),
        severities=_severities(cve.metrics),
        weaknesses=_weaknesses(cve.weaknesses),
        affected=affected,
        conditions=conditions.all(),
        references=claims.references((each.url, each.tags) for each in cve.references),
    )


def _voice(source: str) -> str:
    return _VOICES.get(source, source)


def _disputed(cve: _Cve, author: str) -> tuple[str, ...]:
    tagged = [_voice(each.source_identifier) for each in cve.cve_tags if "disputed" in each.tags]
    if not tagged and any(_DISPUTED.match(text.value) for text in cve.descriptions):
        tagged = [author]  # how it was written before there were tags
    return tuple(dict.fromkeys(tagged))


def _severities(metrics: _Metrics) -> tuple[Severity, ...]:
    written = (*metrics.v2, *metrics.v30, *metrics.v31, *metrics.v40)
    return tuple(
        claim
        for each in written
        if (
            claim := claims.severity(
                _voice(each.source), each.cvss_data.vector_string, each.cvss_data.base_score
            )
        )
    )


def _weaknesses(written: list[_Weakness]) -> tuple[Weakness, ...]:
    found = {
        Weakness(_voice(each.source), text.value): None
        for each in written
        for text in each.description
        if claims.cwe(text.value)
    }
    return tuple(found)
