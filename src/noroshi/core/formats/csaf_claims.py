"""What a CSAF document says of a vulnerability beside its products: prose, metrics, remedies.

Each function takes the parts as they stand in the document and returns facets; what says nothing
that could be used is left out and does not touch what stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from noroshi.core.errors import FormatError, WrongShape
from noroshi.core.facets import (
    Credit,
    Exploited,
    Product,
    Rating,
    Reference,
    Remedy,
    RemedyKind,
    Severity,
    Ssvc,
    Text,
    Weakness,
)
from noroshi.core.formats import claims, csaf_shapes
from noroshi.core.formats.csaf_voices import author

_REMEDIES = {
    "vendor_fix": RemedyKind.FIX,
    "optional_patch": RemedyKind.FIX,
    "fix_planned": RemedyKind.FIX_PLANNED,
    "mitigation": RemedyKind.MITIGATION,
    "workaround": RemedyKind.WORKAROUND,
    "no_fix_planned": RemedyKind.NO_FIX_PLANNED,
    "none_available": RemedyKind.NONE_AVAILABLE,
}
_TELLING = frozenset({"description", "summary", "details"})
_WORDS = frozenset({"critical", "high", "important", "medium", "moderate", "low", "none"})
_EXPLOITED = re.compile(
    r"(?:.*;)?\s*exploited\s*:\s*yes\b.*|(?:(?:known|actively)\s+)?exploited(?:\s+in\s+the\s+wild)?\.?",
    re.IGNORECASE | re.DOTALL,
)
_VECTOR = re.compile(
    r"SSVCv2/E:(?P<E>[NPA])/(?:A:(?P<A>[NY])/)?(?:T:(?P<T>[PT])/)?(?:[A-Z]+:[A-Z]/)*(?P<at>[\w:.+-]*)/?\s*"
)  # SSVC calculator, as CISA puts it into a note
_EXPLOITATION = {"N": "none", "P": "poc", "A": "active"}
_AUTOMATABLE = {"N": "no", "Y": "yes"}
_IMPACT = {"P": "partial", "T": "total"}


def language(written: str | None) -> str:
    """Return the language of a document's texts (``en-US`` → ``en``); ``en`` if it names none."""
    return (written or "en").partition("-")[0].lower() or "en"


def descriptions(
    own: Iterable[csaf_shapes.Note], shared: Iterable[csaf_shapes.Note], lang: str, by: str
) -> tuple[Text, ...]:
    """Return the vulnerability's own telling notes; if it has none, those of the document."""
    for notes in (own, shared):
        told = [(lang, note.text) for note in notes if _tells(note)]
        if found := claims.texts(told, by):
            return tuple(dict.fromkeys(found))
    return ()


def severities(said: csaf_shapes.Vulnerability, by: str) -> tuple[Severity, ...]:
    """Return each CVSS claim once, whichever products it holds for, by who determined it."""
    found = {
        claim: None
        for who, metrics in _metrics(said, by)
        for cvss in (metrics.cvss_v2, metrics.cvss_v3, metrics.cvss_v4)
        if cvss and (claim := claims.severity(who, cvss.vector_string, cvss.base_score))
    }
    return tuple(found)


def ratings(
    said: csaf_shapes.Vulnerability, whole: csaf_shapes.AggregateSeverity | None, by: str
) -> tuple[Rating, ...]:
    """Return severities in words; ``whole`` is the document's, if it is about this one alone.

    An impact that is one word of a scale (Red Hat writes so) is a rating too.
    """
    found: dict[Rating, None] = {}
    if whole is not None and 0 < len(whole.text.strip()) <= 40:
        found[Rating(by, whole.text.strip().lower())] = None
    for who, metrics in _metrics(said, by):
        word = (metrics.qualitative_severity_rating or "").strip().lower()
        if word in _WORDS:
            found[Rating(who, word)] = None
    for threat in said.threats:
        word = threat.details.strip().lower()
        if threat.category == "impact" and word in _WORDS:
            found[Rating(by, word)] = None
    return tuple(found)


def weaknesses(said: csaf_shapes.Vulnerability, by: str) -> tuple[Weakness, ...]:
    """Return the CWE ids by who named them."""
    written = [*([said.cwe] if said.cwe else []), *said.cwes]
    found = {
        Weakness(author(each.source, by), cwe): None
        for each in written
        if (cwe := claims.cwe(each.id))
    }
    return tuple(found)


def ssvc(said: csaf_shapes.Vulnerability, by: str) -> tuple[Ssvc, ...]:
    """Return the SSVC decision points that Noroshi knows, of each selection list."""
    found = [
        _decision(who, _chosen(metrics.ssvc_v2), metrics.ssvc_v2.timestamp)
        for who, metrics in _metrics(said, by)
        if metrics.ssvc_v2 is not None
    ]
    found += [
        _decision(by, vector.groupdict(), vector["at"])
        for note in said.notes
        if (vector := _VECTOR.fullmatch(note.text))
    ]
    return tuple(dict.fromkeys(each for each in found if each is not None))


def exploited(said: csaf_shapes.Vulnerability, today: str | None, by: str) -> Exploited | None:
    """Return known exploitation: its first day, or the day on which the document states it.

    ``today`` is the document's own date, for a statement that names none. Only a statement that it
    *is* exploited counts; "no known exploits" and the like are prose.
    """
    days = [claims.day(each.exploitation_date) for each in said.first_known_exploitation_dates]
    days += [
        claims.day(threat.date) or claims.day(today)
        for threat in said.threats
        if threat.category == "exploit_status" and _EXPLOITED.fullmatch(threat.details.strip())
    ]
    since = min((day for day in days if day is not None), default=None)
    return Exploited(by, since) if since else None


def remedies(
    said: csaf_shapes.Vulnerability,
    products_of: Callable[[csaf_shapes.Concerned], tuple[Product, ...]],
    lang: str,
    by: str,
    path: str,
) -> Iterator[Remedy | FormatError]:
    """Yield the remedies; ``products_of`` tells whom one is for, empty if for all."""
    seen = set()
    for index, each in enumerate(said.remediations):
        kind = _REMEDIES.get(each.category)
        if kind is None:
            place = f"{path}.remediations[{index}].category"
            yield WrongShape(place, detail="no category of CSAF")
            continue
        remedy = Remedy(by, kind, lang, each.details.strip(), each.url, products_of(each))
        if remedy not in seen:
            seen.add(remedy)
            yield remedy


def references(said: csaf_shapes.Vulnerability, head: csaf_shapes.Head) -> tuple[Reference, ...]:
    """Return the addresses of the vulnerability, then the document's, each once."""
    own = "vendor-advisory" if head.publisher.category == "vendor" else "third-party-advisory"
    return claims.references(
        (each.url.strip(), _tags(each, own)) for each in (*said.references, *head.references)
    )


def thanks(thanked: Iterable[csaf_shapes.Acknowledgment], by: str) -> tuple[Credit, ...]:
    """Return who is thanked by name: people with their organisation, or the organisation."""
    found: dict[Credit, None] = {}
    for each in thanked:
        organisation = (each.organization or "").strip()
        people = [name.strip() for name in each.names if name.strip()]
        for name in people or [organisation]:
            said = f"{name} ({organisation})" if people and organisation else name
            if said:
                found[Credit(by, said)] = None
    return tuple(found)


def _metrics(said: csaf_shapes.Vulnerability, by: str) -> Iterator[tuple[str, csaf_shapes.Metrics]]:
    for scores in said.scores:
        yield by, scores
    for metric in said.metrics:
        yield author(metric.source or metric.content.source, by), metric.content


def _tells(note: csaf_shapes.Note) -> bool:
    return note.category in _TELLING and not _VECTOR.fullmatch(note.text)


def _chosen(written: csaf_shapes.Selections) -> Mapping[str, str | None]:
    """Return the value at each of SSVC's own decision points; of several nothing follows."""
    return {
        point.key: point.values[0].key
        for point in written.selections
        if point.namespace == "ssvc" and len(point.values) == 1
    }


def _decision(by: str, chosen: Mapping[str, str | None], at: str | None) -> Ssvc | None:
    exploitation = _EXPLOITATION.get(chosen.get("E") or "")
    if exploitation is None:
        return None
    return Ssvc(
        by,
        exploitation,
        _AUTOMATABLE.get(chosen.get("A") or ""),
        _IMPACT.get(chosen.get("T") or chosen.get("TI") or ""),
        claims.moment(at or None),
    )


def _tags(each: csaf_shapes.Reference, own: str) -> list[str]:
    if each.type:
        return [f"{each.type}-advisory" if each.type == "vendor" else each.type]
    return [own] if each.category == "self" else []
