"""Reliability: how far the information itself can be trusted.

Admiralty's two questions, answered apart (NATO AJP-2.1; STIX 2.1 Appendix A):

*Source, A–F.* The best letter among those who assert anything. The letters are fixed priors until
track records are kept: A for CISA's catalogue of known exploitation (it lists on evidence); B for
NVD, for an assigner, for CISA's ADP container, for national coordinators (CISA, JPCERT/CC, IPA,
JVN iPedia) and for whoever speaks first-hand of a product (trained staff, yet they correct
themselves); C for EPSS (a model's estimate) and for curated databases of packages (GHSA, PyPA, Go,
RustSec: reviewed, mostly from what others reported); F, cannot be judged, for anybody else.

*First-hand.* Somebody speaks of a product of its own: the assigner, the publisher of a CSAF
document, a distribution in its own tracker or database, whose name is in the vendor's name or in
the namespace of the package.

*Information, 1–6.*

==  ==================================================================================
5   a registry rejected the identifier
4   somebody disputes it; or it is contradicted and confirmed by nobody
1   two voices that do not copy each other say the same of one facet, none contradicts;
    or attacks are seen by somebody else than whoever describes the flaw
2   as 1, with a contradiction elsewhere; or the vendor itself gives the details
3   one voice, uncontradicted, saying what is affected, how badly or by what flaw
6   nothing is stated that could be judged
==  ==================================================================================

*Confidence, 0–100.* STIX's own table maps 1–5 to 90, 70, 50, 30, 10; the source's letter moves the
number within that value's band, never out of it. STIX gives no number for 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from noroshi.core.assess.assessment import (
    Contradiction,
    ContradictionKind,
    Letter,
    Reason,
    Reliability,
    Support,
)
from noroshi.core.assess.independence import ADP, EPSS, KEV, NVD, Cast
from noroshi.core.assess.product_names import vendor_and_name
from noroshi.core.assess.severity import precedence
from noroshi.core.assess.support import Findings, exploiters, support_for
from noroshi.core.facets import Product, Record, State

PRIORS = {
    KEV: Letter.A,
    NVD: Letter.B,
    ADP: Letter.B,
    EPSS: Letter.C,
    **dict.fromkeys(("cisa", "icscert", "jpcert", "ipa", "jvn"), Letter.B),
    **dict.fromkeys(("ghsa", "pysec", "go", "rustsec"), Letter.C),
}
"""Voice → source letter; an assigner and whoever speaks first-hand have B, anybody else F."""

OWN_DOCUMENTS = frozenset({"csaf", "redhat", "suse", "amazon", "ubuntu", "debian", "alpine", "osv"})
"""Sources in which whoever makes a product speaks of it in a document of its own."""

CONFIDENCE = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}
"""Credibility → STIX confidence (STIX 2.1 Appendix A, Admiralty Credibility)."""

LETTER_SHIFT = {
    Letter.A: 8,
    Letter.B: 4,
    Letter.C: 0,
    Letter.D: -4,
    Letter.E: -8,
    Letter.F: -6,
}
"""How far a source's letter moves the confidence; the bands are 20 wide."""

SLIP_SHIFT = -4
"""For a stated score that its own vector does not give: a sign of little care."""

FACETS_ASKED = ("severity", "weakness", "products", "text")
"""What ``detail`` counts."""

# Words in a voice or a vendor that say nothing about who it is.
_COMMON_WORDS = frozenset(
    {"com", "org", "net", "io", "github", "gitlab", "inc", "corp", "ltd", "co", "foundation"}
    | {"project", "software", "security", "cna", "psirt", "the", "of", "and", "m"}
)


def judge_reliability(found: Findings, records: Sequence[Record], cast: Cast) -> Reliability:
    """Return the Admiralty pair, the confidence, and why."""
    support = support_for(found, cast)
    first_hand = _first_hand(records, cast)
    detail = _detail(found, records)
    confirmed = tuple(one for one in support if one.independent > 1)
    source, voice = _source(found, records, cast, first_hand)
    credibility = _credibility(found, support, confirmed, first_hand=first_hand)
    reasons = _reasons(found, support, confirmed)
    if voice:
        reasons.append(Reason("source", (("voice", voice), ("letter", source.value))))
    if first_hand:
        reasons.append(Reason("first-hand", (("voice", first_hand),)))
    reasons.append(_detail_reason(detail))
    return Reliability(
        source=source,
        credibility=credibility,
        confidence=_confidence(credibility, source, found.contradictions),
        first_hand=bool(first_hand),
        detail=detail,
        support=support,
        reasons=tuple(reasons),
    )


# --- what is looked at ---


def _first_hand(records: Sequence[Record], cast: Cast) -> str:
    """Return who speaks of a product of its own, else ``""``."""
    for record in records:
        own = record.source in OWN_DOCUMENTS
        asked: set[tuple[str, str]] = set()  # a tracker names hundreds of packages of one vendor
        for affected in record.affected:
            pair = affected.by, _vendor(affected.product)
            if pair in asked:
                continue
            asked.add(pair)
            voice = cast.voice(affected.by)
            if (own or voice in cast.cnas) and _words(voice) & _words(pair[1]):
                return voice
    return ""


def _vendor(product: Product) -> str:
    vendor, name = vendor_and_name(product)
    return vendor or name.rpartition("/")[0]


@lru_cache(maxsize=16_384)
def _words(text: str) -> frozenset[str]:
    for mark in "_-./@:,":
        text = text.replace(mark, " ")
    return frozenset(text.split()) - _COMMON_WORDS


def _detail(found: Findings, records: Sequence[Record]) -> float:
    stated = (
        bool(found.claims or found.rated),
        bool(found.weaknesses),
        any(affected.ranges for record in records for affected in record.affected),
        any(record.descriptions for record in records),
    )
    return sum(stated) / len(FACETS_ASKED)


# --- the three answers ---


def _source(
    found: Findings, records: Sequence[Record], cast: Cast, first_hand: str
) -> tuple[Letter, str]:
    """Return the best letter of those who assert anything, and whose it is."""
    voices = {claim.voice for claim in found.claims}
    voices.update(found.rated.voices if found.rated else ())
    voices.update(voice for one in found.weaknesses for voice in one.voices)
    voices.update(voice for one in found.products for voice in (*one.affected, *one.not_affected))
    voices.update(exploiters(found.exploitation))
    for record in records:
        voices.update(cast.voice(text.by) for text in record.descriptions)
        if record.epss is not None:
            voices.add(EPSS)
    voices.discard("")
    if not voices:
        return Letter.F, ""
    known = cast.cnas | {first_hand}
    best = min(voices, key=lambda voice: (_prior(voice, known), precedence(voice, cast)))
    return _prior(best, known), best


def _prior(voice: str, known: AbstractSet[str]) -> Letter:
    if voice in known:
        return min(Letter.B, PRIORS.get(voice, Letter.B))
    return PRIORS.get(voice, Letter.F)


def _credibility(
    found: Findings,
    support: Sequence[Support],
    confirmed: Sequence[Support],
    *,
    first_hand: str,
) -> int:
    if found.state is State.REJECTED:
        return 5
    serious = [one for one in found.contradictions if one.kind is not ContradictionKind.SCORE]
    if found.disputed or any(one.kind is ContradictionKind.STATE for one in serious):
        return 4
    if confirmed:
        return 2 if serious else 1
    if serious:
        return 4
    if not support:
        return 6
    return 2 if first_hand else 3


def _confidence(
    credibility: int, source: Letter, contradictions: Sequence[Contradiction]
) -> int | None:
    middle = CONFIDENCE.get(credibility)
    if middle is None:
        return None
    slips = any(one.kind is ContradictionKind.SCORE for one in contradictions)
    shifted = middle + LETTER_SHIFT[source] + (SLIP_SHIFT if slips else 0)
    top = 100 if credibility == 1 else middle + 9
    return max(middle - 10, min(shifted, top))


# --- why ---


def _reasons(
    found: Findings, support: Sequence[Support], confirmed: Sequence[Support]
) -> list[Reason]:
    reasons = []
    if found.state is State.REJECTED:
        reasons.append(Reason("rejected"))
    if found.disputed:
        reasons.append(Reason("disputed", (("voices", ", ".join(found.disputed)),)))
    kinds = dict.fromkeys(one.kind.value for one in found.contradictions)
    reasons += [Reason("contradicted", (("kind", kind),)) for kind in kinds]
    reasons += [
        Reason("confirmed", (("facet", one.facet), ("count", str(one.independent))))
        for one in confirmed
    ]
    voices = frozenset(voice for one in support for voice in one.voices)
    if len(voices) == 1:
        reasons.append(Reason("single-voice", (("voice", next(iter(voices))),)))
    copies = sorted({voice for one in support for voice in one.copies})
    if copies:
        reasons.append(Reason("copies", (("voices", ", ".join(copies)),)))
    if not support:
        reasons.append(Reason("nothing-stated"))
    return reasons


def _detail_reason(detail: float) -> Reason:
    stated = round(detail * len(FACETS_ASKED))
    return Reason("detail", (("stated", str(stated)), ("asked", str(len(FACETS_ASKED)))))
