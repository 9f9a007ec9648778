"""Reading CVSS vectors of all versions into one value.

Scores are computed by the ``cvss`` library from the *base* metrics; the bands of the severity
classes are those of CVSS 3.1 §5, CVSS 4.0 §6 and, for version 2, of NVD.
"""

from __future__ import annotations

import math
from functools import lru_cache

import msgspec
from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from noroshi.core.assess.assessment import SeverityClass

LONGEST = 400
"""Characters beyond which a text is not taken for a vector (a full 4.0 vector has about 250)."""

BASE_METRICS = {
    "4.0": ("AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"),
    "3.1": ("AV", "AC", "PR", "UI", "S", "C", "I", "A"),
    "3.0": ("AV", "AC", "PR", "UI", "S", "C", "I", "A"),
    "2.0": ("AV", "AC", "Au", "C", "I", "A"),
}
"""CVSS version → its base metrics in the order they are written; newest version first."""

NEWEST_FIRST = {version: rank for rank, version in enumerate(BASE_METRICS)}

_LIBRARY = {"4.0": CVSS4, "3.1": CVSS3, "3.0": CVSS3, "2.0": CVSS2}


class Vector(msgspec.Struct, frozen=True):
    """A base vector. ``full_score`` counts the threat and environmental metrics it came with."""

    version: str
    text: str
    score: float
    full_score: float
    metrics: tuple[tuple[str, str], ...]


@lru_cache(maxsize=65_536)
def read_vector(text: str) -> Vector | None:
    """Read a vector of any version; ``None`` if it is not one.

    The prefix decides the version; a vector without a prefix is one of version 2.
    """
    if len(text) > LONGEST:
        return None
    text = text.strip().strip("()")
    version, plain = "2.0", text
    if text.startswith("CVSS:"):
        version, _, plain = text.removeprefix("CVSS:").partition("/")
    if version not in BASE_METRICS:
        return None
    head = "" if version == "2.0" else f"CVSS:{version}/"
    full_score = _score(version, head + plain)
    if full_score is None:
        return None
    given = dict(field.split(":", 1) for field in plain.split("/"))
    metrics = tuple((metric, given[metric]) for metric in BASE_METRICS[version])
    base = head + "/".join(f"{metric}:{value}" for metric, value in metrics)
    score = full_score if len(given) == len(metrics) else _score(version, base)
    if score is None:
        return None
    return Vector(version, base, score, full_score, metrics)


def severity_class(version: str, score: float) -> SeverityClass:
    """Return the rating of a base score (0–10) in its version of CVSS."""
    bands = _BANDS_V2 if version == "2.0" else _BANDS
    return next(rating for low, rating in bands if score >= low)


# https://nvd.nist.gov/vuln-metrics/cvss: version 2 knows three ratings.
_BANDS_V2: tuple[tuple[float, SeverityClass], ...] = (
    (7.0, SeverityClass.HIGH),
    (4.0, SeverityClass.MEDIUM),
    (-math.inf, SeverityClass.LOW),
)

_BANDS: tuple[tuple[float, SeverityClass], ...] = (
    (9.0, SeverityClass.CRITICAL),
    (7.0, SeverityClass.HIGH),
    (4.0, SeverityClass.MEDIUM),
    (0.1, SeverityClass.LOW),
    (-math.inf, SeverityClass.NONE),
)


def _score(version: str, text: str) -> float | None:
    try:
        vector = _LIBRARY[version](text)
    except CVSSError:
        return None
    # Version 4 has one score for whatever metrics are given; 2 and 3 keep the base apart.
    return float(vector.base_score)
