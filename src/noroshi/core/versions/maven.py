"""Maven versions, in the order of the POM reference ("Version Order Specification").

A version is a row of tokens, split at dots, hyphens and between digits and letters; the latter
counts as a hyphen. Null tokens (``0``, ``ga``, ``final``, ``release``) at the end, and before each
hyphen, are dropped: ``1`` = ``1.0`` = ``1-ga``. At one place the order is ``.qualifier`` <
``-qualifier`` < ``-number`` < ``.number``, and a version that ends there continues with nulls.

That last rule, taken literally, is no order: ``2.9.0.RC1`` < ``2.9.0`` < ``2.9.0-1`` by the nulls,
yet ``2.9.0-1`` < ``2.9.0.RC1`` by the kinds, and Maven 3.2.5 went round in that circle. Here the
nulls decide first, as in Maven 3.9: what leads to a qualifier below the release comes before the
end, anything else after it; only then the kinds count. (Maven 3.9 also treats ``.RC1`` as ``-RC1``;
the POM reference, and with it the public vectors, keep the two apart.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from noroshi.core.versions.pieces import ZERO, accept, number, refusal

NAME = "maven"

_TOKENS = re.compile(r"([.-]?)([0-9]+|[^0-9.-]+|)")
_ABBREVIATED = re.compile(r"(?<![^0-9.-])[abm](?=[0-9])")
_ABBREVIATIONS = {"a": "alpha", "b": "beta", "m": "milestone"}

# Marks: which kind of token follows, below the end and above it.
_BELOW = {".qualifier": "\x01", "-qualifier": "\x02", "-number": "\x03", ".number": "\x04"}
_END = "\x05"
_ABOVE = {".qualifier": "\x06", "-qualifier": "\x07", "-number": "\x08", ".number": "\x09"}

_QUALIFIERS = {
    "alpha": "\x30",
    "beta": "\x31",
    "milestone": "\x32",
    "rc": "\x33",
    "cr": "\x33",
    "snapshot": "\x34",
    "ga": "\x35",
    "final": "\x35",
    "release": "\x35",
    "sp": "\x36",
}
_RELEASE = "\x35"
_UNKNOWN = "\x37"  # every other qualifier, by its letters
_NULLS = frozenset({ZERO, _RELEASE})


def key(version: str, /) -> bytes:
    """Return the key of a Maven version. Raises `VersionError`, also for control characters."""
    text = accept(version, NAME)
    if not text.isprintable():
        raise refusal(version, NAME)
    parts = [_END]
    marks = _ABOVE
    for kind, value in reversed(_trimmed(text.lower())):
        if value not in _NULLS:  # a null token leads wherever what follows it leads
            marks = _BELOW if "\x30" <= value < _RELEASE else _ABOVE
        parts.append(marks[kind] + value)
    parts.reverse()
    return "".join(parts).encode()


def _trimmed(text: str) -> list[tuple[str, str]]:
    """Return kind and ordered value of every token that is left once the nulls are dropped."""
    kept: list[tuple[str, str]] = []
    for separator, token in _tokens(text):
        kind, value = _read(token)
        if separator == "-":
            _drop_nulls(kept)
        kept.append((separator + kind, value))
    _drop_nulls(kept)
    return kept


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    text = _ABBREVIATED.sub(lambda letter: _ABBREVIATIONS[letter[0]], text)
    if text[0] in ".-":
        text = f"0{text}"
    transition = "."  # only the first token has nothing before it
    for separator, token in _TOKENS.findall(text):
        yield separator or transition, token
        transition = "-"


def _read(token: str) -> tuple[str, str]:
    if not token or "0" <= token[0] <= "9":
        return "number", number(token)
    return "qualifier", _QUALIFIERS.get(token) or _UNKNOWN + token


def _drop_nulls(kept: list[tuple[str, str]]) -> None:
    while kept and kept[-1][1] in _NULLS:
        kept.pop()
