"""Ratings: severities in words, for a vulnerability that nobody gives a CVSS claim.

A word is coarser than a vector, and every author has a scale of its own: Ubuntu's and Debian's are
priorities of work on their packages, Red Hat's, Microsoft's and GitHub's have four steps, of which
"important" is the third and "moderate" the second. The rules:

1. Words are looked at only where there is no CVSS claim at all, not even a score. Many are derived
   from a vector, so beside one they are never a second opinion.
2. NVD's word goes first, then the assigner's, then CISA's, then that of others who judge for
   themselves, then those who repeat; among equals the graver word, then the name.
3. What a word means in scores is an interval, not a number: the band of its CVSS class (CVSS 3.1
   §5) widened to where the base scores of NVD and the assigners fell, from the first to the ninth
   decile, on the vulnerabilities that Red Hat, Ubuntu, GitHub and Bitnami gave that word (5,154
   records with a CVSS 3 score; `SCORES`). The intervals overlap widely: that is the finding.
4. Words confirm nothing: on a scale of four, two authors agree by chance too often.
"""

from __future__ import annotations

from collections.abc import Sequence

from noroshi.core.assess.assessment import RatedSeverity, SeverityClass
from noroshi.core.assess.independence import Cast
from noroshi.core.assess.severity import precedence
from noroshi.core.facets import Record

CLASSES = {
    "critical": SeverityClass.CRITICAL,
    "kritisch": SeverityClass.CRITICAL,
    "high": SeverityClass.HIGH,
    "hoch": SeverityClass.HIGH,
    "important": SeverityClass.HIGH,
    "medium": SeverityClass.MEDIUM,
    "mittel": SeverityClass.MEDIUM,
    "moderate": SeverityClass.MEDIUM,
    "low": SeverityClass.LOW,
    "niedrig": SeverityClass.LOW,
    "negligible": SeverityClass.LOW,
    "unimportant": SeverityClass.LOW,
    "緊急": SeverityClass.CRITICAL,
    "重要": SeverityClass.HIGH,
    "警告": SeverityClass.MEDIUM,
    "注意": SeverityClass.LOW,
}
"""Word → class; any other word is shown where it stands and ranks nothing."""

SCORES = {
    SeverityClass.LOW: (0.1, 8.8),  # deciles of "low" 4.3-8.8
    SeverityClass.MEDIUM: (4.0, 9.8),  # "medium" 4.9-9.8, "moderate" 4.9-8.8
    SeverityClass.HIGH: (6.5, 9.8),  # "high" 7.0-8.8, "important" 6.5-9.8
    SeverityClass.CRITICAL: (8.3, 10.0),  # "critical" 8.3-9.8 (Red Hat's; GitHub's 9.1-9.8)
}
"""Class of a word → the base scores it may stand for."""

_GRAVITY = {rating: place for place, rating in enumerate(SCORES)}


def fuse(records: Sequence[Record], cast: Cast) -> RatedSeverity | None:
    """Return the severity by what sources say in words; ``None`` if no word ranks anything."""
    said = sorted(
        {
            (cast.voice(rating.by), rating.word)
            for record in records
            for rating in record.ratings
            if rating.word in CLASSES
        },
        key=lambda pair: _order(pair[0], pair[1], cast),
    )
    if not said:
        return None
    by, word = said[0]
    rating = CLASSES[word]
    low, high = SCORES[rating]
    voices = tuple(dict.fromkeys(voice for voice, _ in said))
    return RatedSeverity(by, word, rating, low, high, voices)


def _order(voice: str, word: str, cast: Cast) -> tuple[int, int, str, str]:
    place, _ = precedence(voice, cast)
    return place, -_GRAVITY[CLASSES[word]], voice, word
