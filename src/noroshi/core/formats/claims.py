"""Single claims, cleaned: what several feeds write in the same words.

Each function takes what a source wrote and returns a value of `core.facets`, or ``None`` where the
text says nothing that could be used; the claims beside it are not touched.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from noroshi.core.facets import Reference, Severity, Text

LONGEST_VECTOR = 512
"""Characters; a CVSS 4.0 vector with every metric has fewer than 250."""

LONGEST_DATE = 40
"""Characters; a time with nanoseconds and an offset has 35."""

_CWE = re.compile(r"CWE-([1-9]\d{0,5})", re.ASCII)
_GHSA = re.compile(r"(?<![\w-])GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}(?![\w-])", re.ASCII)
_LANGUAGES = {"en": "en", "eng": "en", "ja": "ja", "jpn": "ja"}
_SCHEMES = ("https://", "http://", "ftp://")


def moment(text: str | None) -> dt.datetime | None:
    """Read an ISO 8601 time; one without an offset is UTC. ``None`` for what is not a time."""
    if text is None or len(text) > LONGEST_DATE:
        return None
    try:
        time = dt.datetime.fromisoformat(text)
        return time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time.astimezone(dt.UTC)
    except (ValueError, OverflowError):  # overflow: an offset that leaves the years 1 to 9999
        return None


def day(text: str | None) -> dt.date | None:
    """Read the date of an ISO 8601 date or time, as written. ``None`` for what is neither."""
    if text is None or len(text) > LONGEST_DATE:
        return None
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError:
        return None


def midnight(date: dt.date) -> dt.datetime:
    """Return the start of a day, UTC."""
    return dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)


def severity(by: str, vector: str | None, score: float | None) -> Severity | None:
    """Return the claim if the vector is valid in its version and the score lies in 0–10."""
    if vector is None or score is None or len(vector) > LONGEST_VECTOR:
        return None
    version = _cvss_version(vector)
    if version is None or not 0.0 <= score <= 10.0:
        return None
    return Severity(by, version, vector, score)


@lru_cache(maxsize=65_536)
def _cvss_version(vector: str) -> str | None:
    """Return the CVSS version of a valid vector (``2.0`` has no prefix), ``None`` otherwise."""
    try:
        if vector.startswith("CVSS:4.0/"):
            CVSS4(vector)
        elif vector.startswith("CVSS:"):
            CVSS3(vector)
        else:
            CVSS2(vector)
            return "2.0"
    except CVSSError:
        return None
    return vector[5:8]


def cwe(text: str | None) -> str | None:
    """Return a CWE id, ``None`` for ``NVD-CWE-noinfo``, names and the like."""
    return text if text is not None and _CWE.fullmatch(text) else None


def ghsa(text: str | None) -> str | None:
    """Return the GitHub advisory id that a text or address names, if it names exactly one."""
    found = set(_GHSA.findall(text)) if text is not None else set()
    return found.pop() if len(found) == 1 else None


def texts(written: Iterable[tuple[str, str]], by: str) -> tuple[Text, ...]:
    """Return the (language, text) pairs in Japanese and English; all of them if in neither."""
    given = [(lang, text) for lang, text in written if text.strip()]
    ours = [
        Text(ours, text, by)
        for lang, text in given
        if (ours := _LANGUAGES.get(lang.partition("-")[0].lower()))
    ]
    return tuple(ours or [Text(lang, text, by) for lang, text in given])


def references(written: Iterable[tuple[str, Iterable[str]]]) -> tuple[Reference, ...]:
    """Return each address once with the tags of all its mentions; only web and FTP addresses."""
    tags: dict[str, dict[str, None]] = {}
    for url, given in written:
        if url.startswith(_SCHEMES):
            tags.setdefault(url, {}).update((tag.lower(), None) for tag in given)
    return tuple(Reference(url, tuple(given)) for url, given in tags.items())
