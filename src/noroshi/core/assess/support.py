"""Support: how many voices stand behind each facet, copies not counted."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import msgspec

from noroshi.core.assess.assessment import (
    Contradiction,
    ContradictionKind,
    Exploitation,
    FusedWeakness,
    ProductSummary,
    RatedSeverity,
    Support,
)
from noroshi.core.assess.independence import Cast
from noroshi.core.assess.severity import Claim, newest_per_voice, uncopied
from noroshi.core.facets import State


class Findings(msgspec.Struct, frozen=True):
    """What the other rooms found out, as far as it bears on trust."""

    state: State
    disputed: tuple[str, ...]
    claims: Sequence[Claim]
    rated: RatedSeverity | None
    weaknesses: Sequence[FusedWeakness]
    products: Sequence[ProductSummary]
    exploitation: Exploitation
    contradictions: Sequence[Contradiction]


def support_for(found: Findings, cast: Cast) -> tuple[Support, ...]:
    """Return who supports each facet that somebody states."""
    parts = []
    if found.claims:
        parts.append(_severity_support(found.claims, cast))
    elif found.rated:
        parts.append(Support("severity", found.rated.voices, 1, 1.0))
    if found.weaknesses:
        parts.append(_weakness_support(found.weaknesses, cast))
    if found.products and found.products[0].affected:
        parts.append(_product_support(found, cast))
    voices = exploiters(found.exploitation)
    if voices:
        own = cast.independent(voices)
        parts.append(Support("exploitation", voices, len(own), 1.0, _missing(voices, own)))
        # Evidence of attacks is evidence of the flaw, apart from whoever describes it.
        describing = _describing(parts[:-1], voices, cast)
        if describing:
            parts.append(Support("existence", (describing, *voices), 1 + len(own), 1.0))
    return tuple(parts)


def _describing(parts: Sequence[Support], exploited_by: tuple[str, ...], cast: Cast) -> str:
    """Return the first who describes the flaw and is not who sees it exploited, else ``""``.

    CISA's catalogue also names product and CWE, and its ADP container repeats the catalogue:
    neither confirms the catalogue's own entry.
    """
    for voice in (voice for part in parts for voice in part.voices):
        if voice not in exploited_by and voice in cast.independent((voice, *exploited_by)):
            return voice
    return ""


def _severity_support(claims: Sequence[Claim], cast: Cast) -> Support:
    peers = newest_per_voice(claims, claims[0].family)
    voices = tuple(claim.voice for claim in peers)
    if len(peers) == 1:
        return Support("severity", voices, 1, 1.0)
    own = uncopied(peers, cast)
    same = sum(claim.severity_class is claims[0].severity_class for claim in own)
    copies = _missing(voices, {claim.voice for claim in own})
    return Support("severity", voices, same, round(same / len(own), 2), copies)


def _weakness_support(weaknesses: Sequence[FusedWeakness], cast: Cast) -> Support:
    first = weaknesses[0]
    voices = tuple(dict.fromkeys(voice for one in weaknesses for voice in one.voices))
    copies = _missing(first.voices, cast.independent(first.voices))
    share = first.independent / (len(voices) - len(copies))
    return Support("weakness", voices, first.independent, round(share, 2), copies)


def _product_support(found: Findings, cast: Cast) -> Support:
    said = [voice for one in found.products for voice in (*one.affected, *one.not_affected)]
    affected = found.products[0].affected
    agreeing = cast.independent(affected)
    same = len(agreeing)
    if any(one.kind in _ABOUT_PRODUCTS for one in found.contradictions):
        same = min(same, 1)
    voices = tuple(dict.fromkeys(said))
    share = round(same / len(agreeing), 2)
    return Support("products", voices, same, share, _missing(affected, agreeing))


_ABOUT_PRODUCTS = frozenset({ContradictionKind.RANGES, ContradictionKind.AFFECTED})


def _missing(voices: Sequence[str], counted: AbstractSet[str]) -> tuple[str, ...]:
    return tuple(voice for voice in voices if voice not in counted)


def exploiters(exploitation: Exploitation) -> tuple[str, ...]:
    """Return who says that it is exploited; proofs of concept prove no attack."""
    said = (
        dict(reason.facts)["by"]
        for reason in exploitation.reasons
        if reason.code in {"listed", "ssvc-active"}
    )
    return tuple(dict.fromkeys(said))
