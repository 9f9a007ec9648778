"""JVN iPedia in JSON (MyJVN API 4): its own CSAF, which STIX may carry, and its overviews.

The CSAF says which products are meant and, of scores and weaknesses, who determined them; version
ranges stand beside it, in ``jvn_extension``, in the words of CVE JSON 5. A product of the tree
without them is affected in versions unknown, not in all.
Source: https://jvndb.jvn.jp/schema/myjvn_vuldef_1.0.csaf.json, myjvn_feed_1.0.json
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Affected, Record
from noroshi.core.formats import (
    configurations,
    csaf_records,
    csaf_shapes,
    cve5_versions,
    jvn_entry,
    jvn_shapes,
    salvage,
    strict_json,
)
from noroshi.core.formats.feed import RawDocument
from noroshi.core.formats.jvn_entry import BY, SOURCE, Entry, Item, Related, Score

_OWN_NAME = repr("jvnpid:")[:-1]
"""How an identifier of JVN's own begins in an error: it stands where a CPE name could be."""


_outer = msgspec.json.Decoder(jvn_shapes.Outer)
_document = msgspec.json.Decoder(jvn_shapes.Document)
_overview = msgspec.json.Decoder(jvn_shapes.Overview)
_DETAIL = re.compile(rb"\{\s*\"(?:\$schema\"\s*:\s*\"[^\"]*\"\s*,\s*\"document|document)\"\s*:")
_VITAL = frozenset(
    {
        "$",
        "$.document",
        "$.document.csaf_version",
        "$.document.tracking",
        "$.document.tracking.id",
        "$.id",
    }
)


def documents(payload: bytes) -> Iterator[RawDocument | FormatError]:
    """Return a detail as it is; split the answers that hold several entries."""
    if _DETAIL.match(payload):
        yield RawDocument("", payload)
        return
    try:
        outer = strict_json.split(payload, _outer)
    except FormatError as error:
        yield error
        return
    if outer.status is not None and outer.status.ret_cd != 0:
        yield WrongShape("$.status", detail=f"the API says: {outer.status.err_msg[:200]}")
    elif bytes(outer.document) or (bytes(outer.id) and outer.objects is None):
        yield RawDocument("", payload)
    elif outer.objects is not None:
        for index, carrier in enumerate(outer.objects):
            for place, raw in enumerate(carrier.documents):
                yield RawDocument(f"$.objects[{index}].VULDEF-Document[{place}]", bytes(raw))
    elif outer.feed is not None:
        for index, raw in enumerate(outer.feed.entry):
            yield RawDocument(f"$.feed.entry[{index}]", bytes(raw))
    else:
        yield WrongShape("$", detail="neither an entry of JVN iPedia nor a list of them")


def read(document: bytes) -> Iterator[Record | FormatError]:
    """Read the records of one entry."""
    try:
        detail = _DETAIL.match(document) or bytes(strict_json.split(document, _outer).document)
        if detail:
            value, odd = salvage.decode(document, _document, _VITAL)
            found = _detail(value)
        else:
            entry, odd = salvage.decode(document, _overview, _VITAL)
            found = jvn_entry.records(_entry(entry))
    except FormatError as error:
        yield error
        return
    yield from odd
    yield from found


def _detail(value: jvn_shapes.Document) -> Iterator[Record | FormatError]:
    jvndb = value.document.tracking.id.strip()
    try:
        jvn_entry.jvndb_id(jvndb, "$.document.tracking.id")
    except NotAnIdentifier as error:
        yield error
        return
    spoken = _spoken_of(value.vulnerabilities)
    if len(spoken) > jvn_entry.MOST_CVES:
        yield jvn_entry.crowded("$.vulnerabilities")
        return
    bare = msgspec.structs.replace(value, vulnerabilities=spoken)
    found = [*csaf_records.records(bare, SOURCE, BY)]
    affected, conditions, problems = _affected(value)
    yield from (each for each in found if isinstance(each, FormatError))
    yield from problems
    impacts = {said.cve: _impacts(said) for said in spoken}
    for record in found:
        if isinstance(record, Record):
            own = record.names[0] if record.names[0] != jvndb else ""
            told = (*(each.text for each in record.descriptions), *impacts.get(own or None, ()))
            named = _called(record, value, jvndb, own, told, alone=len(spoken) < 2)
            yield msgspec.structs.replace(named, affected=affected, conditions=conditions)


def _called(
    record: Record,
    value: jvn_shapes.Document,
    jvndb: str,
    cve: str,
    told: tuple[str, ...],
    *,
    alone: bool,
) -> Record:
    """Return a record of CSAF with JVN's names and texts."""
    notes = jvn_entry.advisories(each.summary for each in value.document.references)
    return msgspec.structs.replace(
        record,
        external_id=jvn_entry.external_id(jvndb, cve, alone=alone),
        names=(cve, jvndb) if alone and cve else (cve or jvndb,),
        advisories=notes if alone else (jvndb, *notes),
        titles=jvn_entry.texts([value.document.title]),
        descriptions=jvn_entry.texts(told),
        weaknesses=record.weaknesses or jvn_entry.weaknesses_of(cve, told),
        remedies=jvn_entry.remedies((each.text, each.url) for each in record.remedies),
    )


def _spoken_of(written: list[csaf_shapes.Vulnerability]) -> list[csaf_shapes.Vulnerability]:
    """Return the vulnerabilities without their products, of whose versions the CSAF says nothing.

    What belongs to the whole entry stands in one more without a CVE id, which is none of them; an
    entry without any CVE id is one vulnerability.
    """
    named = [
        msgspec.structs.replace(said, product_status=csaf_shapes.ProductStatus())
        for said in written
        if said.cve
    ]
    if named or not written:
        return named
    return [
        csaf_shapes.Vulnerability(
            cwes=[cwe for said in written for cwe in said.cwes],
            notes=[note for said in written for note in said.notes],
            remediations=[remedy for said in written for remedy in said.remediations],
            threats=[threat for said in written for threat in said.threats],
            metrics=[metric for said in written for metric in said.metrics],
        )
    ]


def _impacts(said: csaf_shapes.Vulnerability) -> tuple[str, ...]:
    return tuple(each.details for each in said.threats if each.category == "impact")


def _affected(
    value: jvn_shapes.Document,
) -> tuple[tuple[Affected, ...], tuple[tuple[str, ...], ...], list[FormatError]]:
    """Return the claims on products, and the platforms they name."""
    conditions = configurations.Conditions()
    found, problems = jvn_entry.claimed(_items(value), "")
    claims_found = dict.fromkeys(found)
    path = "$.jvn_extension.cpeApplicability"
    written = value.jvn_extension.cpe_applicability
    for claim in configurations.affected(written, BY, conditions, path):
        if not isinstance(claim, FormatError):
            claims_found[claim] = None
        elif not str(claim.facts.get("value")).startswith(_OWN_NAME):
            problems.append(claim)
    return tuple(claims_found), conditions.all(), problems


def _items(value: jvn_shapes.Document) -> Iterator[Item]:
    """Yield the products of the extension, with the CPE names that the tree gives them."""
    tree = {(item.vendor, item.product): item for item in _leaves(value.product_tree.branches)}
    for each in value.jvn_extension.affected:
        leaf = tree.pop((each.vendor, each.product), None)
        ranges = [one for version in each.versions for one in cve5_versions.intervals(version)]
        words = [version.description for version in each.versions] if not ranges else []
        cpes = leaf.cpes if leaf and not value.jvn_extension.cpe_applicability else ()
        where = leaf.where if leaf else ""
        yield Item(each.vendor, each.product, cpes, tuple(words), tuple(ranges), where=where)
    yield from tree.values()


def _leaves(branches: list[csaf_shapes.Branch]) -> Iterator[Item]:
    """Yield the products of the tree; those with a version repeat what the extension says."""
    for index, vendor in enumerate(branches):
        for place, leaf in enumerate(vendor.branches):
            if leaf.product is None or leaf.category != "product_name":
                continue
            helper = leaf.product.product_identification_helper
            cpes = (helper.cpe,) if helper and helper.cpe else ()
            path = f"$.product_tree.branches[{index}].branches[{place}].product"
            where = f"{path}.product_identification_helper.cpe"
            yield Item(vendor.name, leaf.name, cpes, where=where)


def _entry(overview: jvn_shapes.Overview) -> Entry:
    related = [Related("", overview.link)]
    related += [
        Related(each.summary, each.url, each.source, where=f"$.references[{index}].summary")
        for index, each in enumerate(overview.references)
    ]
    related += [Related(each.id, each.url, kind="cwe") for each in overview.cwes]
    return Entry(
        id=overview.id,
        where="$.id",
        title=overview.title,
        texts=(overview.summary,),
        items=tuple(
            Item(
                each.vname,
                each.pname,
                (each.product_ids.cpe,) if each.product_ids and each.product_ids.cpe else (),
                (each.version,) if each.version else (),
                where=f"$.products[{index}].product_ids.cpe",
            )
            for index, each in enumerate(overview.products)
        ),
        scores=tuple(_scores(overview.metrics)),
        related=tuple(related),
        published=overview.created,
        modified=overview.modified,
        overview=True,
    )


def _scores(metrics: list[csaf_shapes.Metric]) -> Iterator[Score]:
    for metric in metrics:
        content = metric.content
        for cvss in (content.cvss_v2, content.cvss_v3, content.cvss_v4):
            if cvss is not None:
                yield Score(cvss.vector_string, cvss.base_score, content.source)
