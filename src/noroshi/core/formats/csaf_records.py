"""From a CSAF document to records: one a vulnerability.

``external_id`` is ``voice:tracking id/CVE``, for a tracking id is unique only to its publisher
(CSAF 2.0 §3.2.1.12.4), and several publishers name their documents by the CVE id itself. A
vulnerability without a CVE id is called by an id its publisher gives it; by the tracking id, if it
is the document's only one; by its place in the document otherwise. A document without
vulnerabilities is a record of its own: it informs, or takes back what it said.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from noroshi.core.errors import FormatError, NotAnIdentifier, UnsupportedVersion, WrongShape
from noroshi.core.facets import Affected, Product, Record, Remedy
from noroshi.core.formats import claims, csaf_claims, csaf_shapes, csaf_statuses
from noroshi.core.formats.configurations import Conditions
from noroshi.core.formats.csaf_products import Catalogue
from noroshi.core.formats.csaf_voices import voice
from noroshi.core.identity import cve_id

LONGEST_ID = 120
"""Characters of a record's names and of what its source calls it."""

MOST_SAID = 50_000_000
"""Characters, roughly, of all that one document comes to. What holds for the whole is repeated in
each record, and a few bytes may name thousands of versions; no real document comes near."""

_WITHDRAWN = frozenset({"csaf_withdrawn", "csaf_superseded"})
_RESTRICTED = frozenset({"GREEN", "AMBER", "AMBER+STRICT", "RED"})
_LINE = re.compile(r"[^\x00-\x1f\x7f]{1,120}")
_GIVEN = re.compile(r"(?=[^\d]*\d)(?=.*[A-Za-z])[\w.:#/+-]{6,120}", re.ASCII)
_NO_VULNERABILITY = csaf_shapes.Vulnerability()


class Whole(NamedTuple):
    """What every record of a document needs of the whole."""

    source: str
    head: csaf_shapes.Head
    by: str
    lang: str
    catalogue: Catalogue
    published: dt.datetime | None
    modified: dt.datetime | None
    withdrawn: dt.datetime | None
    alone: bool


class _Called(NamedTuple):
    """How a record is called."""

    external_id: str
    names: tuple[str, ...]


def records(
    document: csaf_shapes.Document, source: str, by: str = ""
) -> Iterator[Record | FormatError]:
    """Yield a record for each vulnerability; one that cannot be read yields its error.

    ``by`` is the voice of a source that has a name here; the publisher's, if it has none.
    """
    try:
        whole = _whole(document, source, by)
    except FormatError as error:
        yield error
        return
    yield from whole.catalogue.problems
    if not document.vulnerabilities:
        yield from _record(whole, _NO_VULNERABILITY, "$", _of_document(whole))
    taken: set[str] = set()
    left = MOST_SAID
    for index, said in enumerate(document.vulnerabilities):
        path = f"$.vulnerabilities[{index}]"
        try:
            called = _called(whole, said, index, path, taken)
        except NotAnIdentifier as error:
            yield error
            continue
        for result in _record(whole, said, path, called):
            left -= _volume(result)
            yield result
        if left < 0:
            yield WrongShape(path, detail="the document comes to too much; the rest is not read")
            return


def _volume(result: Record | FormatError) -> int:
    """Return how much a result says, in characters, roughly."""
    if isinstance(result, FormatError):
        return 100
    texts = sum(len(text.text) for text in result.descriptions)
    texts += sum(len(remedy.text) for remedy in result.remedies)
    ranges = sum(1 + len(claim.ranges) for claim in result.affected)
    names = sum(map(len, result.conditions)) + sum(len(each.products) for each in result.remedies)
    return texts + 100 * (1 + ranges + names + len(result.references) + len(result.credits))


def _whole(document: csaf_shapes.Document, source: str, by: str) -> Whole:
    head = document.document
    tracking, publisher = head.tracking, head.publisher
    _refuse(head)
    vendor = publisher.name if publisher.category == "vendor" else ""
    published = claims.moment(tracking.initial_release_date)
    modified = claims.moment(tracking.current_release_date)
    return Whole(
        source=source,
        head=head,
        by=by or voice(publisher.namespace, publisher.name),
        lang=csaf_claims.language(head.lang),
        catalogue=Catalogue(document.product_tree, vendor),
        published=published,
        modified=modified,
        withdrawn=_withdrawn(head, modified or published),
        alone=len(document.vulnerabilities) == 1,
    )


def _refuse(head: csaf_shapes.Head) -> None:
    """Raise for a version that is not read, a marking that forbids it, an id that is none."""
    if head.csaf_version not in {"2.0", "2.1"}:
        raise UnsupportedVersion(
            "$.document.csaf_version",
            format="CSAF",
            version=head.csaf_version[:20],
            supported="2.0, 2.1",
        )
    tlp = head.distribution.tlp if head.distribution else None
    label = tlp.label.strip().upper().removeprefix("TLP:") if tlp else ""
    if label in _RESTRICTED:  # what is read here, everybody may read
        place = "$.document.distribution.tlp.label"
        raise WrongShape(place, detail=f"TLP:{label}; only what is for everybody is read")
    if not _LINE.fullmatch(head.tracking.id.strip()):
        shown = repr(head.tracking.id[:80])
        raise NotAnIdentifier("$.document.tracking.id", value=shown, kind="tracking id")


def _withdrawn(head: csaf_shapes.Head, since: dt.datetime | None) -> dt.datetime | None:
    """Return when the publisher took all of it back; a draft it has not come to say yet."""
    if head.category.lower() not in _WITHDRAWN and head.tracking.status != "draft":
        return None
    if since is None:
        place = "$.document.tracking.current_release_date"
        raise WrongShape(place, detail="not a time, in a document that does not hold")
    return since


def _of_document(whole: Whole) -> _Called:
    tracking_id = whole.head.tracking.id.strip()
    return _Called(_short(f"{whole.by}:{tracking_id}"), (tracking_id,))


def _called(
    whole: Whole, said: csaf_shapes.Vulnerability, index: int, path: str, taken: set[str]
) -> _Called:
    tracking_id = whole.head.tracking.id.strip()
    cve = (said.cve or "").strip()
    if cve.startswith("CVE-"):
        name = cve_id(cve, f"{path}.cve")
    else:  # some publishers write an id of their own there
        given = (text.strip() for text in (cve, *(each.text for each in said.ids)))
        name = next((text for text in given if _GIVEN.fullmatch(text)), "")
        name = name or (tracking_id if whole.alone else _short(f"{tracking_id}/{index + 1}"))
    external_id = _short(f"{whole.by}:{tracking_id}/{name}")
    if external_id in taken:  # the same vulnerability once more, with other products
        external_id = _short(f"{whole.by}:{tracking_id}/{name}/{index + 1}")
    taken.add(external_id)
    ghsa = claims.ghsa(" ".join(each.text for each in said.ids if each.text != name))
    return _Called(external_id, (name, ghsa) if ghsa else (name,))


def _short(text: str) -> str:
    """Return a text that fits; of a longer one the end gives way to a digest of the whole."""
    if len(text) <= LONGEST_ID:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{text[: LONGEST_ID - 17]}~{digest}"


def _record(
    whole: Whole, said: csaf_shapes.Vulnerability, path: str, called: _Called
) -> Iterator[Record | FormatError]:
    conditions = Conditions()
    affected: list[Affected] = []
    found = csaf_statuses.affected(said, whole.catalogue, conditions, whole.by, path)
    for claim in found:
        if isinstance(claim, FormatError):
            yield claim
        else:
            affected.append(claim)
    all_products = {claim.product for claim in affected}

    def products_of(concerned: csaf_shapes.Concerned) -> tuple[Product, ...]:
        products = whole.catalogue.products(concerned)
        return () if all_products.issubset(products) else products

    remedies: list[Remedy] = []
    for remedy in csaf_claims.remedies(said, products_of, whole.lang, whole.by, path):
        if isinstance(remedy, FormatError):
            yield remedy
        else:
            remedies.append(remedy)
    yield _assembled(whole, said, called, tuple(affected), conditions, tuple(remedies))


def _assembled(
    whole: Whole,
    said: csaf_shapes.Vulnerability,
    called: _Called,
    affected: tuple[Affected, ...],
    conditions: Conditions,
    remedies: tuple[Remedy, ...],
) -> Record:
    head, by, lang = whole.head, whole.by, whole.lang
    alone = whole.alone or said is _NO_VULNERABILITY
    tracking_id = head.tracking.id.strip()
    title = said.title.strip()
    if title in {"", *called.names}:
        title = head.title.strip() if alone else ""
    shared = [note for note in head.notes if note.category != "details" or alone]
    return Record(
        source=whole.source,
        external_id=called.external_id,
        names=called.names,
        assigner="",
        advisories=() if tracking_id in called.names else (tracking_id,),
        withdrawn=whole.withdrawn,
        published=whole.published,
        modified=whole.modified,
        titles=claims.texts([(lang, title)], by),
        descriptions=csaf_claims.descriptions(said.notes, shared, lang, by),
        severities=csaf_claims.severities(said, by),
        ratings=csaf_claims.ratings(said, head.aggregate_severity if alone else None, by),
        weaknesses=csaf_claims.weaknesses(said, by),
        affected=affected,
        conditions=conditions.all(),
        references=csaf_claims.references(said, head),
        remedies=remedies,
        credits=csaf_claims.thanks((*said.acknowledgments, *head.acknowledgments), by),
        ssvc=csaf_claims.ssvc(said, by),
        exploited=csaf_claims.exploited(said, head.tracking.current_release_date, by),
    )
