"""The order for versions of which nobody says how they are ordered: CPE names, vendors' own.

A version is a row of numbers and words; punctuation separates and case is ignored. At each place
the order is: pre-release words (`_BEFORE`), the end, any other word by its letters
(``1.0.2`` < ``1.0.2k``, ``4.2.8`` < ``4.2.8p1``), numbers (``1.0.2k`` < ``1.0.2.1``). Words for
the release itself (``RELEASE``, ``Final``) and zeros before a word or the end say nothing, so
``2.2.1.RELEASE`` = ``2.2.1`` and ``1.0-rc1`` = ``1.0.0-rc1``. Every word and number has a place.
"""

from __future__ import annotations

import re
import unicodedata

from noroshi.core.versions.pieces import ZERO, accept, number, refusal

NAME = "generic"

_TOKENS = re.compile(r"[0-9]+|[a-z]+|~|[^\x00-\x7f]+")
_LEADING = re.compile(r"(?:versions?|ver|v)[ ._-]*(?=[0-9])")
# One letter is a stage only where it is written as one: 9.8.0b1, 9.0.0.M1, 1.0-a2. It is a build or
# a train in 12.2(8)b1, 15.1(4)M10 and 4.28.6M, and in Java's 1.8.0_402-b06 (two digits).
_ABBREVIATED = re.compile(
    r"[abm](?=[0-9])(?:(?<=[0-9._~: -][am])|(?<=[0-9]b)|(?<=[._~: -]b)(?![0-9][0-9]))"
)
_ABBREVIATIONS = {"a": "alpha", "b": "beta", "m": "milestone"}

_BEFORE = (
    ("~",),
    ("dev", "nightly"),
    ("alpha",),
    ("beta",),
    ("milestone",),
    ("pre", "preview", "prerelease"),
    ("rc", "cr", "candidate"),
    ("snapshot",),
)
_END = "\x09"
_WORD = "\x0a"
_WORDS = {
    **{word: chr(1 + rank) for rank, words in enumerate(_BEFORE) for word in words},
    **dict.fromkeys(("release", "final", "ga", "stable"), ""),
    **dict.fromkeys(("patch", "pl"), f"{_WORD}p"),
    "update": f"{_WORD}u",
    "hotfix": f"{_WORD}hf",
}


def key(version: str, /) -> bytes:
    """Return the key of any version. Raises `VersionError` for punctuation and nothing else."""
    text = accept(version, NAME)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    leading = _LEADING.match(text)
    if leading is not None:
        text = text[leading.end() :]
    tokens = _TOKENS.findall(_ABBREVIATED.sub(_spelled_out, text))
    if not tokens:
        raise refusal(version, NAME)
    return _ordered(tokens).encode("utf-8", "surrogatepass")


def _ordered(tokens: list[str]) -> str:
    parts = []
    zeros = ""
    for token in tokens:
        if token[0] <= "9":
            part = number(token)
            if part == ZERO:
                zeros += ZERO
                continue
            parts.append(zeros + part)
        else:
            part = _WORDS.get(token, _WORD + token)
            if not part:
                continue
            parts.append(part)
        zeros = ""
    return "".join(parts) + _END


def _spelled_out(letter: re.Match[str]) -> str:
    return _ABBREVIATIONS[letter[0]]
