"""What there is to tell of an assessment, in words but not yet in sentences."""

from __future__ import annotations

import msgspec

from noroshi.core.assess.assessment import (
    Assessment,
    EstimatedSeverity,
    Exploitation,
    RatedSeverity,
    Reliability,
    StatedSeverity,
    UnknownSeverity,
)
from noroshi.core.assess.phrases import (
    IMPACTS,
    PRIVILEGES,
    REACH,
    SEVERITIES,
    VOICES,
    Lang,
    phrase,
    weakness_phrase,
)
from noroshi.core.assess.vector import read_vector

MOST_VERSIONS = 3
"""Fixed versions named in a sentence."""

LONGEST_NAME = 120
"""Characters of a product's name; what is longer was not written for people."""


class Rating(msgspec.Struct, frozen=True):
    """The severity in words; ``by`` is a voice, or the model where ``estimated``.

    ``said`` is the word of the voice's own scale where there is nothing else; then there is neither
    score nor version.
    """

    word: str
    score: float
    version: str
    by: str
    estimated: bool
    low: float
    high: float
    said: str = ""


class Outline(msgspec.Struct, frozen=True):
    """The parts of the story; an empty text is a part that is not known.

    ``more_products`` and ``more_fixed`` count those that are not named. ``impacts`` are the words
    for what is lost, ``reach`` and ``privileges`` the words for the attack's conditions.
    """

    name: str
    product: str
    more_products: int
    weakness: str
    cwe: str
    reach: str
    privileges: str
    needs_user: bool
    impacts: tuple[str, ...]
    rating: Rating | None
    exploitation: Exploitation
    fixed: tuple[str, ...]
    more_fixed: int
    reliability: Reliability


def outline(assessment: Assessment, lang: Lang) -> Outline:
    """Gather the words for ``lang``."""
    products = [one for one in assessment.products if one.affected] or list(assessment.products)
    fixed = products[0].fixed if products else ()
    cwe = assessment.weaknesses[0].cwe if assessment.weaknesses else ""
    metrics = _metrics(assessment)
    return Outline(
        name=assessment.names[0] if assessment.names else "?",
        product=clip(products[0].label) if products else "",
        more_products=max(len(products) - 1, 0),
        weakness=weakness_phrase(cwe, lang) if cwe else "",
        cwe=cwe,
        reach=_word(REACH, metrics.get("AV"), lang),
        privileges=_word(PRIVILEGES, metrics.get("PR") or metrics.get("Au"), lang),
        needs_user=metrics.get("UI", "N") != "N",
        impacts=_impacts(metrics, lang),
        rating=_rating(assessment, lang),
        exploitation=assessment.exploitation,
        fixed=fixed[:MOST_VERSIONS],
        more_fixed=max(len(fixed) - MOST_VERSIONS, 0),
        reliability=assessment.reliability,
    )


def clip(name: str) -> str:
    """Shorten a name that is too long for a sentence."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _metrics(assessment: Assessment) -> dict[str, str]:
    """Return the vector's metrics, but only if a source states it: an estimate is no narrative."""
    if not isinstance(assessment.severity, StatedSeverity):
        return {}
    vector = read_vector(assessment.severity.vector)
    return dict(vector.metrics) if vector else {}


def _word(table: dict[str, tuple[str, str]], key: str | None, lang: Lang) -> str:
    return phrase(table, key, lang) if key in table else ""


def _impacts(metrics: dict[str, str], lang: Lang) -> tuple[str, ...]:
    """Return the words for everything that is lost wholly; failing that, for what is in part."""
    for lost in ({"H", "C"}, {"L", "P"}):
        words = tuple(
            phrase(IMPACTS, metric, lang)
            for metric in IMPACTS
            if (metrics.get(metric) or metrics.get(f"V{metric}")) in lost
        )
        if words:
            return words
    return ()


def _rating(assessment: Assessment, lang: Lang) -> Rating | None:
    severity = assessment.severity
    if isinstance(severity, UnknownSeverity):
        return None
    word = phrase(SEVERITIES, severity.severity_class.value, lang)
    if isinstance(severity, EstimatedSeverity):
        return Rating(
            word,
            severity.score,
            severity.version,
            severity.model,
            estimated=True,
            low=severity.low,
            high=severity.high,
        )
    if isinstance(severity, RatedSeverity):
        return _rated(word, severity, lang)
    return Rating(
        word,
        severity.score,
        severity.version,
        phrase(VOICES, severity.by, lang),
        estimated=False,
        low=severity.score,
        high=severity.score,
    )


def _rated(word: str, severity: RatedSeverity, lang: Lang) -> Rating:
    return Rating(
        word,
        0.0,
        "",
        phrase(VOICES, severity.by, lang),
        estimated=False,
        low=severity.low,
        high=severity.high,
        said=severity.word,
    )
