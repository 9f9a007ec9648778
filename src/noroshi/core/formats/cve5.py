"""CVE JSON 5: the record of one CVE with its containers, as the CVE programme publishes it.

Voices: the CNA (``providerMetadata.shortName``) and each ADP container (``CISA-ADP``, …). The
container named ``CVE`` only repeats references and is read for those. CISA's container carries
SSVC decisions and, for what is in its catalogue, the day it was added there.
Source: https://github.com/CVEProject/cve-schema
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import msgspec

from noroshi.core.errors import (
    FormatError,
    NotAnIdentifier,
    UnsupportedVersion,
    WrongShape,
)
from noroshi.core.facets import (
    Affected,
    Exploited,
    Record,
    Severity,
    Ssvc,
    State,
    Text,
    Weakness,
)
from noroshi.core.formats import (
    claims,
    configurations,
    cve5_products,
    cve5_shapes,
    json_parts,
    salvage,
)
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id

SOURCE = "cve5"

_REFERENCES_ONLY = "CVE"
_TRANSFERRED = "x_transferred"  # the programme's own bookkeeping, not a tag of the source


_decoder = msgspec.json.Decoder(cve5_shapes.Document)
_VITAL = frozenset(
    {
        "$",
        "$.dataVersion",
        "$.cveMetadata",
        "$.cveMetadata.cveId",
        "$.cveMetadata.state",
        "$.containers",
        "$.containers.cna",
    }
)
_CHANGES = re.compile(rb"\[?\s*\{\s*\"fetchTime\"\s*:")
_EXPLOITATION = frozenset({"none", "poc", "active"})
_AUTOMATABLE = frozenset({"no", "yes"})
_TECHNICAL_IMPACT = frozenset({"partial", "total"})
_STATES = {"PUBLISHED": State.PUBLISHED, "REJECTED": State.REJECTED}


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return a record as one document, unread; split an array into its records.

    The lists of changes in the programme's own archive (``delta.json``, ``deltaLog.json``) lie
    among the records and hold none: they have no documents.
    """
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if _CHANGES.match(body):
        return
    yield from json_parts.one_or_array(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the record of one CVE."""
    try:
        value, odd = salvage.decode(document, _decoder, _VITAL)
        name, state = _name_and_state(value)
    except FormatError as error:
        yield error
        return
    yield from odd
    voices = list(_voices(value))
    conditions = configurations.Conditions()
    affected: dict[Affected, None] = {}
    for claim in chain.from_iterable(products(voice, conditions) for voice in voices):
        if isinstance(claim, FormatError):
            yield claim
        else:
            affected[claim] = None
    replaced_by: list[str] = []
    for index, text in enumerate(value.containers.cna.replaced_by):
        try:
            replaced_by.append(cve_id(text, f"$.containers.cna.replacedBy[{index}]"))
        except NotAnIdentifier as error:
            yield error
    record = _record(value, name, state, voices)
    yield msgspec.structs.replace(
        record,
        replaced_by=tuple(replaced_by),
        affected=tuple(affected),
        conditions=conditions.all(),
    )


class Voice(NamedTuple):
    """A container, the name of who speaks in it, and its path."""

    by: str
    said: cve5_shapes.Container
    path: str


def check_version(version: str) -> None:
    """Raise `UnsupportedVersion` for a version of the format that is not read here."""
    if version.partition(".")[0] != "5":
        raise UnsupportedVersion(
            "$.dataVersion", format="CVE JSON", version=version[:20], supported="5"
        )


def _name_and_state(value: cve5_shapes.Document) -> tuple[str, State]:
    check_version(value.data_version)
    state = _STATES.get(value.cve_metadata.state)
    if state is None:
        raise WrongShape("$.cveMetadata.state", detail="neither PUBLISHED nor REJECTED")
    return cve_id(value.cve_metadata.cve_id, "$.cveMetadata.cveId"), state


def _voices(value: cve5_shapes.Document) -> Iterator[Voice]:
    cna = value.containers.cna
    who = cna.provider_metadata
    by = who.short_name or value.cve_metadata.assigner_short_name or who.org_id
    yield Voice(by, cna, "$.containers.cna")
    for index, container in enumerate(value.containers.adp):
        by = container.provider_metadata.short_name or container.provider_metadata.org_id
        if by != _REFERENCES_ONLY:
            yield Voice(by, container, f"$.containers.adp[{index}]")


def products(
    voice: Voice, conditions: configurations.Conditions
) -> Iterator[Affected | FormatError]:
    """Yield what a voice says of products; platforms are added to ``conditions``."""
    by, said, path = voice
    yield from cve5_products.affected(said.affected, by, conditions, f"{path}.affected")
    yield from configurations.affected(
        said.cpe_applicability, by, conditions, f"{path}.cpeApplicability"
    )


def _record(value: cve5_shapes.Document, name: str, state: State, voices: list[Voice]) -> Record:
    cna, by = value.containers.cna, voices[0].by
    about = value.cve_metadata
    advisory = claims.ghsa(cna.source.advisory) if cna.source else None
    ssvc, exploited = decisions(voices)
    return Record(
        source=SOURCE,
        external_id=name,
        names=(name, advisory) if advisory else (name,),
        state=state,
        assigner=about.assigner_short_name,
        disputed=tuple(dict.fromkeys(each.by for each in voices if "disputed" in each.said.tags)),
        published=claims.moment(about.date_published),
        modified=claims.moment(about.date_updated),
        titles=claims.texts([("en", cna.title)], by),
        descriptions=_descriptions(voices),
        severities=severities(voices),
        weaknesses=weaknesses(voices),
        references=claims.references(references([cna, *value.containers.adp])),
        ssvc=ssvc,
        exploited=exploited,
    )


def _descriptions(voices: list[Voice]) -> tuple[Text, ...]:
    return tuple(
        text
        for by, said, _ in voices
        for text in claims.texts(
            [(each.lang, each.value) for each in (*said.descriptions, *said.rejected_reasons)], by
        )
    )


def severities(voices: list[Voice]) -> tuple[Severity, ...]:
    """Return the CVSS vectors with their scores."""
    found = {
        claim: None
        for by, said, _ in voices
        for metric in said.metrics
        for cvss in (metric.v2, metric.v30, metric.v31, metric.v40)
        if cvss and (claim := claims.severity(by, cvss.vector_string, cvss.base_score))
    }
    return tuple(found)


def weaknesses(voices: list[Voice]) -> tuple[Weakness, ...]:
    """Return the weaknesses, each once."""
    found = {
        Weakness(by, cwe): None
        for by, said, _ in voices
        for problem in said.problem_types
        for each in problem.descriptions
        if (cwe := claims.cwe(each.cwe_id))
    }
    return tuple(found)


def references(
    containers: Iterable[cve5_shapes.Container],
) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the references of containers, each with its tags."""
    for container in containers:
        for each in container.references:
            yield each.url, [tag for tag in each.tags if tag != _TRANSFERRED]


def decisions(voices: list[Voice]) -> tuple[tuple[Ssvc, ...], Exploited | None]:
    """Return the SSVC decisions, and the first note that a catalogue of exploited CVEs has it."""
    decisions = []
    exploited = None
    for by, said, _ in voices:
        for metric in said.metrics:
            if metric.other is None:
                continue
            if metric.other.type == "ssvc":
                decisions.append(_ssvc(by, metric.other.content))
            elif metric.other.type == "kev" and exploited is None:
                exploited = _listed(by, metric.other.content)
    return tuple(decision for decision in decisions if decision), exploited


def _listed(by: str, content: cve5_shapes.Content) -> Exploited | None:
    since = claims.day(content.date_added)
    return Exploited(by, since) if since else None


def _ssvc(by: str, content: cve5_shapes.Content) -> Ssvc | None:
    exploitation = automatable = impact = None
    for option in content.options:
        exploitation = _one_of(_EXPLOITATION, option.exploitation) or exploitation
        automatable = _one_of(_AUTOMATABLE, option.automatable) or automatable
        impact = _one_of(_TECHNICAL_IMPACT, option.technical_impact) or impact
    if exploitation is None:
        return None
    return Ssvc(by, exploitation, automatable, impact, claims.moment(content.timestamp))


def _one_of(values: frozenset[str], text: str | None) -> str | None:
    folded = text.strip().lower() if text else None
    return folded if folded in values else None
