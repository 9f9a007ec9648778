"""Version entries of CVE JSON 5: what their texts mean as intervals.

An entry says ``version`` alone (one version) or with ``lessThan`` / ``lessThanOrEqual`` (a range
from it), and may change its status along the way (``changes``). Much of what is written there is
not a version. What clearly means something is taken at its word:

- ``*`` and ``all versions``: no bound; ``n/a``, ``unspecified``, ``0`` as a lower bound: none
- ``< 1.5.0``, ``>= 1.0, < 2.0``, ``All versions < V2.1``: what it says
- ``6.6.*``, ``9.x``: the branch, up to "an arbitrarily large number" (the schema's words)
- ``7.2, 7.3``: each of them

Anything else (``see references``, ``publication``, ``7.0 and prior``) yields no interval: the
product stays named, its versions unknown.
Source: https://github.com/CVEProject/cve-schema/blob/main/schema/docs/versions.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from noroshi.core.errors import VersionError
from noroshi.core.facets import Status, VersionRange

LONGEST = 128
"""Characters beyond which a text is not taken for a version."""

LONGEST_LIST = 1024
"""Characters beyond which a text is not taken for a list of versions or of bounds."""

END_OF_BRANCH = "9223372036854775807"
"""The asterisk of ``6.6.*``: larger than any number met in a version, dates included."""

STATUSES = {
    "affected": Status.AFFECTED,
    "unaffected": Status.NOT_AFFECTED,
    "unknown": Status.UNKNOWN,
}

_ANY = frozenset({"*", "all", "any", "all version", "all versions", "vers:all/*"})
_NO_LOW = _ANY | {"", "-", "?", "0", "n/a", "na", "none", "unknown", "unspecified"}
_BRANCH = re.compile(r"(.*\d)((?:\.[*xX])+)")
_ENDLESS = re.compile(r"(?![vV]?\d)[^<>=:]*\*")  # Apache's "log4j-core*": no end
_EXPRESSION = re.compile(r"(?:all versions\s*)?(?=[<>=])", re.IGNORECASE)
_BOUND = re.compile(r"[\s,]*(<=|<|>=|>|=)\s*([^\s<>=,]+)")
_LISTED = re.compile(r"[vV]?\d[^\s,]*(?:, [vV]?\d[^\s,]*)+")
_NO_VERSION = re.compile(r"[<>=,;*\"≤≥]|://|^cpe:|^pkg:|^vers:")
_DIGIT = re.compile(r"[0-9]")


class Change(msgspec.Struct, frozen=True):
    """From version ``at`` on, the status is another."""

    at: str
    status: str


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of ``affected[].versions``, as it stands in the document."""

    version: str
    status: str = "unknown"
    version_type: str | None = None
    less_than: str | None = None
    less_than_or_equal: str | None = None
    changes: list[Change] = []

    @property
    def of_commits(self) -> bool:
        """Whether its versions are Git commits, which nothing but their repository orders."""
        return self.version_type == "git"


class _Span(NamedTuple):
    """An interval before anything is said about it; the fields of `VersionRange`."""

    low: str | None
    low_inclusive: bool
    high: str | None
    high_inclusive: bool


_EVERY = _Span(None, low_inclusive=True, high=None, high_inclusive=False)


def intervals(entry: Entry) -> tuple[VersionRange, ...]:
    """Return the intervals of an entry in its order; none if its texts are not versions."""
    status = STATUSES.get(entry.status, Status.UNKNOWN)
    high = entry.less_than if entry.less_than is not None else entry.less_than_or_equal
    try:
        if high is None:
            return tuple(VersionRange(status, *span) for span in _alone(entry.version))
        span = _Span(*_lower(entry.version), *_upper(high, inclusive=entry.less_than is None))
        return tuple(_changing(span, status, entry.changes))
    except VersionError:
        return ()


def _changing(span: _Span, status: Status, changes: list[Change]) -> Iterator[VersionRange]:
    """Yield the pieces of a span, cut where its status changes; their order is the source's."""
    low, low_inclusive = span.low, span.low_inclusive
    for change in changes:
        at = _version(change.at)
        if at != low:
            yield VersionRange(status, low, low_inclusive, at, high_inclusive=False)
        low, low_inclusive = at, True
        status = STATUSES.get(change.status, Status.UNKNOWN)
    if low is None or low != span.high or span.high_inclusive:
        yield VersionRange(status, low, low_inclusive, span.high, span.high_inclusive)


def _alone(text: str) -> tuple[_Span, ...]:
    """Read a ``version`` without bounds beside it."""
    if len(text) > LONGEST_LIST:
        raise _refusal(text)
    text = text.strip()
    if text.casefold() in _ANY:
        return (_EVERY,)
    if _EXPRESSION.match(text):
        return (_expression(_EXPRESSION.sub("", text)),)
    if _LISTED.fullmatch(text):
        return tuple(_between(each, each) for each in map(_version, text.split(", ")))
    if len(text) <= LONGEST and (branch := _BRANCH.fullmatch(text)):
        stem = _version(branch[1])
        return (_between(stem, f"{stem}.{END_OF_BRANCH}"),)
    version = _version(text)
    return (_between(version, version),)


def _between(low: str, high: str) -> _Span:
    return _Span(low, low_inclusive=True, high=high, high_inclusive=True)


def _expression(text: str) -> _Span:
    """Read bounds written with operators; each side at most once."""
    sides: dict[str, tuple[str | None, bool]] = {}
    position = 0
    while position < len(text):
        bound = _BOUND.match(text, position)
        if bound is None or bound[1][0] in sides:
            raise _refusal(text)
        operator, value = bound.groups()
        if operator[0] == "<":
            sides["<"] = _upper(value, inclusive=operator == "<=")
        else:
            sides[operator[0]] = _version(value), operator != ">"
        position = bound.end()
    if "=" in sides and len(sides) > 1:
        raise _refusal(text)
    if "=" in sides:
        return _Span(*sides["="], *sides["="])
    return _Span(*sides.get(">", (None, True)), *sides.get("<", (None, False)))


def _lower(text: str) -> tuple[str | None, bool]:
    """Read a lower bound: the version, whether it is included."""
    if len(text) <= LONGEST:
        text = text.strip()
        if text.casefold() in _NO_LOW:
            return None, True
        if branch := _BRANCH.fullmatch(text):
            text = branch[1]
    return _version(text.removeprefix(">=")), True


def _upper(text: str, *, inclusive: bool) -> tuple[str | None, bool]:
    """Read an upper bound: the version, whether it is included."""
    if len(text) <= LONGEST:
        text = text.strip()
        if text.casefold() in _ANY or _ENDLESS.fullmatch(text):
            return None, False
        text = text.removeprefix("<=" if inclusive else "<")
        if branch := _BRANCH.fullmatch(text):
            if not inclusive and not text.endswith("*"):
                raise _refusal(text)  # "below 7.x": below its start or its end, nobody can tell
            return f"{_version(branch[1])}.{END_OF_BRANCH}", True
    return _version(text), inclusive


def _version(text: str) -> str:
    """Return the text without spaces around it if it looks like one version.

    Every word of it must hold a digit: ``7.0 U3m`` does, ``7.0 and prior`` does not.
    """
    text = text.strip()
    if (
        len(text) > LONGEST
        or not text
        or _NO_VERSION.search(text)
        or not all(map(_DIGIT.search, text.split()))
    ):
        raise _refusal(text)
    return text


def _refusal(text: str) -> VersionError:
    return VersionError(value=repr(text[:80]), scheme="CVE 5")
