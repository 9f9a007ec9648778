"""Alpine versions: ``number{.number|letter number}[letter]{_suffix[number]}[~commit][-r number]``.

The order is that of apk-tools (``src/version.c``): versions are walked piece by piece, and where
their pieces differ in kind, ``_alpha`` < ``_beta`` < ``_pre`` < ``_rc`` < the end < ``-r`` < a
commit < a suffix's number < ``_cvs`` < ``_svn`` < ``_git`` < ``_hg`` < ``_p`` < a letter < digits
behind a letter < one more number. Numbers behind a dot that start with a zero are compared as text,
like fractions, and come before those that do not: ``1.0`` < ``1.01`` < ``1.1`` < ``1.10``.
"""

from __future__ import annotations

import re

from noroshi.core.versions.pieces import ZERO, accept, number, refusal

NAME = "apk"

_FORM = re.compile(
    r"([0-9]+)((?:\.[0-9]+|[a-z][0-9]+)*[a-z]?)"
    r"((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)"
    r"(?:~([0-9a-f]+))?(?:-r([0-9]+))?"
)
_FURTHER = re.compile(r"([.a-z])([0-9]*)")
_SUFFIX = re.compile(r"_([a-z]+)([0-9]*)")
_SUFFIXES = {
    **{word: chr(1 + rank) for rank, word in enumerate(("alpha", "beta", "pre", "rc"))},
    **{word: chr(9 + rank) for rank, word in enumerate(("cvs", "svn", "git", "hg", "p"))},
}
_END = "\x05"
_REVISION = "\x06"
_COMMIT = "\x07"
_SUFFIX_NUMBER = "\x08"
_LETTER = "\x0e"
_DIGITS = "\x0f"


def key(version: str, /) -> bytes:
    """Return the key of an Alpine version; one without ``-r`` precedes all its builds.

    What ``apk version --check`` calls invalid is refused. Raises `VersionError`.
    """
    text = accept(version, NAME)
    form = _FORM.fullmatch(text)
    if form is None:
        raise refusal(text, NAME)
    first, further, suffixes, commit, revision = form.groups()
    parts = [number(first)]
    for sign, digits in _FURTHER.findall(further):
        parts.append(_fraction(digits) if sign == "." else _lettered(sign, digits))
    for word, digits in _SUFFIX.findall(suffixes):
        parts.append(_SUFFIXES[word] + (_SUFFIX_NUMBER + number(digits) if digits else ""))
    if commit:
        parts.append(_COMMIT + commit)
    if revision:
        parts.append(_REVISION + number(revision))
    return f"{''.join(parts)}{_END}".encode("ascii")


def _fraction(digits: str) -> str:
    # Every mark and number that may follow sorts below a digit, so a shorter text comes first.
    return ZERO + digits if digits[0] == "0" else number(digits)


def _lettered(letter: str, digits: str) -> str:
    return _LETTER + letter + (_DIGITS + number(digits) if digits else "")
