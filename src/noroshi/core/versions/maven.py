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

from noroshi.core.versions.pieces import ZERO, accept, number, refusal

NAME = "maven"

_TOKENS = re.compile(r"([.-]?)([0-9]+|[^0-9.-]+|)")
_ABBREVIATED = re.compile(r"[abm](?=[0-9])(?<![^0-9.-][abm])")
_ABBREVIATIONS = {"a": "alpha", "b": "beta", "m": "milestone"}

# Kinds of tokens, and the mark that announces each: below the end or above it.
_DOT_QUALIFIER, _HYPHEN_QUALIFIER, _HYPHEN_NUMBER, _DOT_NUMBER = range(4)
_BELOW = "\x01\x02\x03\x04"
_END = "\x05"
_ABOVE = "\x06\x07\x08\x09"

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
    for kind, value in reversed(_trimmed(_ABBREVIATED.sub(_spelled_out, text.lower()))):
        if value not in _NULLS:  # a null token leads wherever what follows it leads
            marks = _BELOW if "\x30" <= value < _RELEASE else _ABOVE
        parts.append(marks[kind] + value)
    parts.reverse()
    return "".join(parts).encode()


def _trimmed(text: str) -> list[tuple[int, str]]:
    """Return kind and ordered value of every token that is left once the nulls are dropped."""
    kept: list[tuple[int, str]] = []
    for separator, token in _TOKENS.findall(f".{text}"):
        if separator != ".":  # a hyphen, or a change between digits and letters
            _drop_nulls(kept)
        if not token or "0" <= token[0] <= "9":
            kind = _DOT_NUMBER if separator == "." else _HYPHEN_NUMBER
            kept.append((kind, number(token)))
        else:
            kind = _DOT_QUALIFIER if separator == "." else _HYPHEN_QUALIFIER
            kept.append((kind, _QUALIFIERS.get(token) or _UNKNOWN + token))
    _drop_nulls(kept)
    return kept


def _drop_nulls(kept: list[tuple[int, str]]) -> None:
    while kept and kept[-1][1] in _NULLS:
        kept.pop()


def _spelled_out(letter: re.Match[str]) -> str:
    return _ABBREVIATIONS[letter[0]]
