"""CVSS vectors of sources that give no score with them.

The base score follows from the vector (CVSS 2.0 §3.2.1, 3.x §7.1, 4.0 §8); the ``cvss`` library
computes it. The claim is its author's all the same: whoever writes the vector has set the score.
"""

from __future__ import annotations

from functools import lru_cache

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from noroshi.core.facets import Severity
from noroshi.core.formats.claims import LONGEST_VECTOR


def scored(by: str, vector: str) -> Severity | None:
    """Return the claim of a vector, its base score computed; ``None`` if the vector is invalid."""
    found = _computed(vector) if len(vector) <= LONGEST_VECTOR else None
    return Severity(by, found[0], vector, found[1]) if found else None


@lru_cache(maxsize=65_536)
def _computed(vector: str) -> tuple[str, float] | None:
    """Return the CVSS version of a vector and its base score."""
    try:
        if vector.startswith("CVSS:4.0/"):
            return "4.0", float(CVSS4(vector).base_score)
        if vector.startswith("CVSS:"):
            return vector[5:8], float(CVSS3(vector).base_score)
        return "2.0", float(CVSS2(vector).base_score)
    except CVSSError:
        return None
