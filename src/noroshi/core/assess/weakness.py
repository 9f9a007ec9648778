"""Weakness: fusing the CWE ids of all voices into one ordered list.

An id named by more independent voices goes first, then the one named by the better placed voice
(as in `core.assess.severity`), then the smaller number. Nothing is dropped: two voices often name
the same flaw at two levels of the CWE tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from noroshi.core.assess.assessment import Contradiction, ContradictionKind, FusedWeakness, Quote
from noroshi.core.assess.independence import Cast
from noroshi.core.assess.severity import MOST_VOICES, precedence
from noroshi.core.facets import Record


def named(records: Sequence[Record], cast: Cast) -> dict[str, set[str]]:
    """Return who names which CWE ids."""
    by_voice: dict[str, set[str]] = {}
    for record in records:
        for weakness in record.weaknesses:
            by_voice.setdefault(cast.voice(weakness.by), set()).add(weakness.cwe)
    return by_voice


def fuse(by_voice: dict[str, set[str]], cast: Cast) -> tuple[FusedWeakness, ...]:
    """Return all ids, the best supported first."""
    voices = sorted(by_voice, key=lambda voice: precedence(voice, cast))
    named_by: dict[str, list[str]] = {}
    for voice in voices:
        for cwe in by_voice[voice]:
            named_by.setdefault(cwe, []).append(voice)
    place = {voice: index for index, voice in enumerate(voices)}
    fused = [
        FusedWeakness(cwe, tuple(said), len(cast.independent(said)))
        for cwe, said in named_by.items()
    ]
    fused.sort(key=lambda one: (-one.independent, place[one.voices[0]], _number(one.cwe)))
    return tuple(fused)


def contradictions(by_voice: dict[str, set[str]], cast: Cast) -> list[Contradiction]:
    """Return one contradiction if two voices name sets without an id in common."""
    voices = sorted(by_voice, key=lambda voice: precedence(voice, cast))
    for one, other in combinations(voices[:MOST_VOICES], 2):
        if by_voice[one].isdisjoint(by_voice[other]):
            quotes = tuple(Quote(voice, _listed(by_voice[voice])) for voice in (one, other))
            return [Contradiction(ContradictionKind.WEAKNESS, "", quotes)]
    return []


def _listed(cwes: set[str]) -> str:
    return ", ".join(sorted(cwes, key=_number))


def _number(cwe: str) -> tuple[int, str]:
    """``CWE-79`` before ``CWE-787``."""
    return len(cwe), cwe
