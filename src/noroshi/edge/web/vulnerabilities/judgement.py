"""The assessment on the page: severity metric by metric, and what each rests on.

What sources state and what a model estimates are different values here, and look different there.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.assess.assessment import (
    Assessment,
    EstimatedSeverity,
    ExploitationLevel,
    Letter,
    StatedSeverity,
)
from noroshi.core.assess.independence import cast
from noroshi.core.assess.phrases import FACETS, VOICES, Lang, phrase
from noroshi.core.assess.severity import Claim, claims_of, newest_per_voice
from noroshi.core.assess.vector import read_vector
from noroshi.core.facets import Record, State
from noroshi.edge.web.vulnerabilities import cvss


class Metric(msgspec.Struct, frozen=True):
    """One metric of a stated vector: who gives it this value, and who gives it another."""

    code: str
    letter: str
    name: str
    value: str
    same: tuple[str, ...]
    other: tuple[tuple[str, str], ...]


class Guess(msgspec.Struct, frozen=True):
    """One metric by a model's estimate; ``percent``: how probable the value is."""

    code: str
    letter: str
    name: str
    value: str
    percent: int


def stated(assessment: Assessment, records: Sequence[Record], lang: Lang) -> tuple[Metric, ...]:
    """Return the metrics of the vector that sources state; none where they state none."""
    severity = assessment.severity
    vector = read_vector(severity.vector) if isinstance(severity, StatedSeverity) else None
    if vector is None:
        return ()
    claims = newest_per_voice(claims_of(records, cast(records)), vector.version[0])
    return tuple(_metric(code, letter, claims, lang) for code, letter in vector.metrics)


def _metric(code: str, letter: str, claims: Sequence[Claim], lang: Lang) -> Metric:
    same: list[str] = []
    other: list[tuple[str, str]] = []
    for claim in claims:
        given = dict(claim.vector.metrics).get(code) if claim.vector else None
        if given == letter:
            same.append(phrase(VOICES, claim.voice, lang))
        elif given is not None:
            other.append((phrase(VOICES, claim.voice, lang), cvss.value(code, given)))
    return Metric(
        code, letter, cvss.metric(code), cvss.value(code, letter), tuple(same), tuple(other)
    )


def estimated(assessment: Assessment) -> tuple[Guess, ...]:
    """Return the metrics that a model estimates; none where sources state them."""
    if not isinstance(assessment.severity, EstimatedSeverity):
        return ()
    return tuple(
        Guess(
            one.metric,
            one.value,
            cvss.metric(one.metric),
            cvss.value(one.metric, one.value),
            round(one.probability * 100),
        )
        for one in assessment.severity.metrics
    )


def letter(value: Letter) -> str:
    """Return what the letter of the Admiralty code says of a source."""
    return {
        Letter.A: _("completely reliable"),
        Letter.B: _("usually reliable"),
        Letter.C: _("fairly reliable"),
        Letter.D: _("not usually reliable"),
        Letter.E: _("unreliable"),
        Letter.F: _("reliability cannot be judged"),
    }[value]


def credibility(value: int) -> str:
    """Return what the number of the Admiralty code says of the information."""
    return {
        1: _("confirmed by other sources"),
        2: _("probably true"),
        3: _("possibly true"),
        4: _("doubtful"),
        5: _("improbable"),
    }.get(value, _("truth cannot be judged"))


def level(value: ExploitationLevel) -> str:
    """Return how far attacks are known."""
    return {
        ExploitationLevel.ACTIVE: _("used in attacks"),
        ExploitationLevel.POC: _("proof of concept public"),
        ExploitationLevel.NONE: _("no attacks known"),
        ExploitationLevel.UNKNOWN: _("nothing said about attacks"),
    }[value]


def state(value: State) -> str:
    """Return the state of an identifier."""
    return {State.PUBLISHED: _("published"), State.REJECTED: _("rejected")}[value]


class Backing(msgspec.Struct, frozen=True):
    """How well one facet is supported, in words."""

    facet: str
    voices: str
    independent: int
    percent: int
    copies: str


def backing(assessment: Assessment, lang: Lang) -> tuple[Backing, ...]:
    """Return the support of each facet that somebody states."""
    return tuple(
        Backing(
            phrase(FACETS, one.facet, lang),
            spoken(one.voices, lang),
            one.independent,
            round(one.agreement * 100),
            spoken(one.copies, lang),
        )
        for one in assessment.reliability.support
    )


def spoken(voices: Sequence[str], lang: Lang) -> str:
    """Return the names of voices, as people know them, each once."""
    joint = "、" if lang == "ja" else ", "
    return joint.join(phrase(VOICES, voice, lang) for voice in dict.fromkeys(voices))
