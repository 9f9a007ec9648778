"""Slow comparisons written straight from the schemes' own descriptions, to hold the keys against.

Each returns -1, 0 or 1, walks both versions side by side and shares nothing with the keys.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Any


def _cmp(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def semver(left: str, right: str) -> int:
    """Semantic Versioning 2.0.0 §11, of versions with exactly three numbers."""
    (left_core, left_pre), (right_core, right_pre) = map(_semver_parts, (left, right))
    if left_core != right_core:
        return _cmp(left_core, right_core)
    if not left_pre or not right_pre:
        return _cmp(not left_pre, not right_pre)
    for a, b in zip(left_pre, right_pre, strict=False):
        if a == b:
            continue
        if a.isdigit() and b.isdigit():
            return _cmp(int(a), int(b))
        return _cmp((not a.isdigit(), a), (not b.isdigit(), b))
    return _cmp(len(left_pre), len(right_pre))


def _semver_parts(version: str) -> tuple[list[int], list[str]]:
    core, _, pre = version.partition("+")[0].partition("-")
    return [int(number) for number in core.split(".")], pre.split(".") if pre else []


def deb(left: str, right: str) -> int:
    """Debian Policy §5.6.12, "version numbers are sorted"."""
    for a, b in zip(_deb_parts(left), _deb_parts(right), strict=True):
        if result := _deb_part(a, b):
            return result
    return 0


def _deb_parts(version: str) -> tuple[str, str, str]:
    epoch, rest = version.split(":", 1) if ":" in version else ("0", version)
    upstream, revision = rest.rsplit("-", 1) if "-" in rest else (rest, "0")
    return epoch, upstream, revision


def _deb_part(left: str, right: str) -> int:
    while left or right:
        a, b = (re.match(r"[^0-9]*", side)[0] for side in (left, right))  # type: ignore[index]  # both always match
        for x, y in zip_longest(a, b, fillvalue=""):
            if result := _cmp(_deb_weight(x), _deb_weight(y)):
                return result
        left, right = left[len(a) :], right[len(b) :]
        a, b = (re.match(r"[0-9]*", side)[0] for side in (left, right))  # type: ignore[index]  # both always match
        if result := _cmp(int(a or 0), int(b or 0)):
            return result
        left, right = left[len(a) :], right[len(b) :]
    return 0


def _deb_weight(character: str) -> int:
    if character == "~":
        return -1
    if not character:
        return 0
    return ord(character) if character.isalpha() else ord(character) + 256


def rpm(left: str, right: str) -> int:
    """Compare as rpm-version(7) tells; a version without a release comes before all releases."""
    left_parts, right_parts = _rpm_parts(left), _rpm_parts(right)
    for a, b in zip(left_parts, right_parts, strict=True):
        if a is None or b is None:
            return _cmp(a is not None, b is not None)
        if result := _rpm_part(a, b):
            return result
    return 0


def _rpm_parts(version: str) -> tuple[str, str, str | None]:
    epoch, rest = "0", version
    if match := re.match(r"([0-9]*):", version):
        epoch, rest = match[1] or "0", version[match.end() :]
    if "-" not in rest:
        return epoch, rest, None
    front, release = rest.rsplit("-", 1)
    return epoch, front, release


def _rpm_part(left: str, right: str) -> int:
    a, b = (re.findall(r"[0-9]+|[a-zA-Z]+|[~^]", side) for side in (left, right))
    for x, y in zip_longest(a, b, fillvalue=""):
        if x == y:
            continue
        if "~" in (x, y):
            return _cmp(x != "~", y != "~")
        if not x or not y:
            return _cmp(bool(x), bool(y))
        if "^" in (x, y):
            return _cmp(x != "^", y != "^")
        if x.isdigit() and y.isdigit():
            if result := _cmp(int(x), int(y)):
                return result
            continue
        return _cmp((x.isdigit(), x), (y.isdigit(), y))
    return 0


def pypi_legacy(left: str, right: str) -> int:
    """Compare as setuptools did before PEP 440: rows of words and zero-filled numbers."""
    return _cmp(_legacy_row(left), _legacy_row(right))


def _legacy_row(version: str) -> tuple[str, ...]:
    row: list[str] = []
    names = {"pre": "c", "preview": "c", "rc": "c", "-": "final-", "dev": "@"}
    for found in [*re.split(r"([0-9]+|[a-z]+|\.|-)", version.lower()), "final"]:
        if found in {"", "."}:
            continue
        if found.isdigit():
            row.append(found.zfill(8))
            continue
        word = "*" + names.get(found, found)
        if word < "*final":
            while row and row[-1] == "*final-":
                del row[-1]
        while row and row[-1] == "0" * 8:
            del row[-1]
        row.append(word)
    return tuple(row)


_MAVEN_NULLS = {"0", "", "ga", "final", "release"}
_MAVEN_RANKS = {"alpha": 0, "beta": 1, "milestone": 2, "rc": 3, "cr": 3, "snapshot": 4, "sp": 6}


def maven(left: str, right: str) -> int:
    """POM reference, "Version Order Specification", with the nulls deciding before the kinds."""
    a, b = _maven_trimmed(left), _maven_trimmed(right)
    for place in range(max(len(a), len(b))):
        if result := _cmp(_maven_lead(a[place:]), _maven_lead(b[place:])):
            return result
        if place >= len(a) or place >= len(b):
            return 0
        if result := _cmp(_maven_weight(*a[place]), _maven_weight(*b[place])):
            return result
    return 0


def _maven_trimmed(version: str) -> list[tuple[str, str]]:
    """Return prefix and token, with zeros written ``0`` and no nulls at the end or before ``-``."""
    rows = re.sub(r"(?<=[0-9])(?=[^0-9.-])|(?<=[^0-9.-])(?=[0-9])", "|", version.lower())
    prefixes = [".", *re.findall(r"[-.|]", rows)]
    tokens = re.split(r"[-.|]", rows)
    kept: list[tuple[str, str]] = []
    for place, (prefix, token) in enumerate(zip(prefixes, tokens, strict=True)):
        if prefix != ".":
            kept = _without_nulls(kept)
        value = str(int(token or "0")) if not token or token.isdigit() else token
        if prefixes[place + 1 : place + 2] == ["|"]:  # a digit follows directly
            value = {"a": "alpha", "b": "beta", "m": "milestone"}.get(value, value)
        kept.append(("." if prefix == "." else "-", value))
    return _without_nulls(kept)


def _without_nulls(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    while tokens and tokens[-1][1] in _MAVEN_NULLS:
        tokens = tokens[:-1]
    return tokens


def _maven_lead(tokens: list[tuple[str, str]]) -> int:
    """Return whether what follows comes before (-1), at (0) or after (1) the release."""
    leading = next((token for _, token in tokens if token not in _MAVEN_NULLS), "")
    return 0 if not tokens else -1 if _MAVEN_RANKS.get(leading, 9) < 5 else 1


def _maven_weight(prefix: str, token: str) -> tuple[int, int, str]:
    if token.isdigit():
        return (3 if prefix == "." else 2, int(token), "")
    rank = 5 if token in _MAVEN_NULLS else _MAVEN_RANKS.get(token, 7)
    return (0 if prefix == "." else 1, rank, token if rank == 7 else "")
