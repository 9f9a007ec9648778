"""Version branches of CSAF: what their texts mean as intervals.

CSAF 2.0 §3.1.2.3.2 wants a ``vers`` URI or constraints that look like one in a
``product_version_range``, and a plain version in a ``product_version``. Much of what is
written there is neither. What clearly means something is taken at its word:

- ``vers:npm/>=1.2|<2``: in the scheme it names; ``vers:all/<V4.3`` and ``vers:generic/PAN-OS<9``,
  which no scheme is named ``all`` for, in the generic one
- ``< 4.2``, ``>= 1.0 | <= 1.32``, ``>= V2.0 and < V2.6``, ``16 <= 20``, ``4.0 and prior``: bounds,
  paired in the order in which they stand
- ``*``, ``All``, ``All versions``: every version; ``None``: no version at all
- ``PAN-OS 8.0.*``, ``11.0 All``, ``9.x``: the branch
- ``1.1 | 1.2``: each of them; ``!=1.5``: all but that one

Anything else (``all versions with option A``, ``< May 2018``) is no interval: the product stays
named, its versions unknown.
Source of ``vers``: https://github.com/package-url/vers-spec
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from noroshi.core.errors import VersionError
from noroshi.core.facets import Status, VersionRange
from noroshi.core.formats.cve5_versions import END_OF_BRANCH, LONGEST, LONGEST_LIST
from noroshi.core.identity import VERSION_SCHEMES
from noroshi.core.versions.registry import SCHEMES


class Span(NamedTuple):
    """An interval before anything is said about it. ``but``: it is an exception from the others."""

    low: str | None = None
    low_inclusive: bool = True
    high: str | None = None
    high_inclusive: bool = False
    but: bool = False

    @property
    def upward(self) -> bool:
        """Whether it begins somewhere and never ends."""
        return self.low is not None and self.high is None

    def as_range(self, status: Status) -> VersionRange:
        """Return the interval with what is said about it; of an exception nothing is known."""
        if self.but:
            status = Status.NOT_AFFECTED if status is Status.AFFECTED else Status.UNKNOWN
        return VersionRange(status, self.low, self.low_inclusive, self.high, self.high_inclusive)


class Versions(NamedTuple):
    """What a version text means. ``spans`` is ``None`` where that cannot be told."""

    scheme: str
    spans: tuple[Span, ...] | None


EVERY = (Span(),)
UNTOLD = Versions("generic", None)

_URI = re.compile(r"vers:([a-z][a-z0-9.+-]*)/(.*)", re.IGNORECASE | re.DOTALL)
_ALL = frozenset({"*", "all", "any", "all versions", "all version", "any version", "versions all"})
_NONE = re.compile(r"(?:.*\d\s)?\s*(?:none|no versions)", re.IGNORECASE)
_LEADING = re.compile(r"(?:all\s+)?(?:firmware\s+)?versions?\b[:\s]*", re.IGNORECASE)
_SPOKEN = (
    (re.compile(r"≤|=<|\b(?:up\s+to\s+and\s+including|up\s+to|through)\b", re.IGNORECASE), "<="),
    (re.compile(r"≥|=>"), ">="),
    (re.compile(r"\b(?:prior\s+to|before|earlier\s+than|lower\s+than)\b", re.IGNORECASE), "<"),
)
_BEHIND = re.compile(
    r"(.+?),?\s*(?:\b(?:and|or)\s+)(?:all\s+)?"
    r"(?:(prior|earlier|lower|below|older)|(later|newer|above|higher))(?:\s+versions?)?",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s+\([^()]*[A-Za-z]{3,}[^()]*\)\s*$")
_PIECE = re.compile(r"(<=|>=|!=|<|>|=)?([^<>=!|,]*)([|,])?")
_JOINED = re.compile(r"\s+and\s+(?=[<>=])", re.IGNORECASE)
_LOWS = {">": False, ">=": True}
_HIGHS = {"<": False, "<=": True}

_BRANCH = re.compile(r"(.*\d)(?:(?:\.[*xX])+|\.?\*|\s+all)", re.IGNORECASE)
_OPEN_INSIDE = re.compile(r"[xX]\.|\*|^[vV][xX]")
_FOREIGN = re.compile(r"[;\"\u3040-\u30ff\u3400-\u9fff]|://|^cpe:|^pkg:|^vers:")
_STAGE = re.compile(
    r"v|ver|version|r|rev|revision|release|b|build|sp|service|pack|hf|hotfix|p|patch|update|upd|"
    r"up|fp|feature|cu|mp|ep|rc|alpha|beta|lts|esr|ga|sr|qu|uc|ipu|ms|mr|df|su|sru|maintenance|"
    r"plus|firmware",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s_]+")
_DIGIT = re.compile(r"[0-9]")


def read(text: str, product: str = "") -> Versions:
    """Return what a version text means; ``product`` is the name it may begin with."""
    return _read(text, product) if len(text) + len(product) <= LONGEST_LIST else UNTOLD


@lru_cache(maxsize=16_384)
def _read(text: str, product: str) -> Versions:
    scheme, written = _scheme(text.strip())
    written = _without_product(written, product)
    if written.casefold() in _ALL:
        return Versions(scheme, EVERY)
    if _NONE.fullmatch(written):
        return Versions(scheme, ())
    try:
        return Versions(scheme, tuple(_spans(_constraints(_spelled(written)))))
    except VersionError:
        return Versions(scheme, None)


def single(version: str) -> tuple[Span, ...]:
    """Return the interval of one version, which a package URL or CPE name gives."""
    return (Span(version, low_inclusive=True, high=version, high_inclusive=True),)


def _scheme(text: str) -> tuple[str, str]:
    """Return the version scheme and the constraints of a text, which may be a ``vers`` URI."""
    uri = _URI.fullmatch(text)
    if uri is None:
        return "generic", text
    kind = uri[1].lower()
    scheme = VERSION_SCHEMES.get(kind, kind if kind in SCHEMES else "generic")
    return scheme, unquote(uri[2]).strip()


def _without_product(text: str, product: str) -> str:
    """Return a text that repeats the name of its product (``PAN-OS 11.0 All``) without it."""
    if product and text.casefold().startswith(product.casefold()):
        rest = text[len(product) :]
        if not rest or not rest[0].isalnum():
            return rest.strip(" :")
    return text


def _spelled(text: str) -> str:
    """Return words that mean a bound as its sign, and drop what stands there for readers alone."""
    text = _ASIDE.sub("", text)
    for words, sign in _SPOKEN:
        text = words.sub(sign, text)
    text = _LEADING.sub("", text, count=1) if _LEADING.match(text) else text
    if behind := _BEHIND.fullmatch(text):
        return f"{'<=' if behind[2] else '>='}{behind[1]}"
    return _JOINED.sub(" ", text)


class _Constraint(NamedTuple):
    """A version with the operator before it, and whether a separator stands behind it."""

    operator: str
    text: str
    separated: bool


def _constraints(text: str) -> list[_Constraint]:
    found = []
    for piece in _PIECE.finditer(text):
        constraint = _Constraint(piece[1] or "", piece[2].strip(), piece[3] is not None)
        if constraint.operator or constraint.text or constraint.separated:
            found.append(constraint)
    if not found:
        raise _refusal(text)
    return found


def _spans(constraints: list[_Constraint]) -> Iterator[Span]:
    bounds = [each for each in constraints if each.operator != "!="]
    yield from _paired(bounds) if bounds else EVERY
    for each in constraints:
        if each.operator == "!=":
            yield _exactly(each.text)._replace(but=True)


def _paired(constraints: list[_Constraint]) -> Iterator[Span]:
    """Join each lower bound with the upper one that follows it."""
    low: Span | None = None
    for constraint, after in zip(constraints, [*constraints[1:], None], strict=True):
        operator, text, separated = constraint
        if operator in _HIGHS:
            yield _below(low or Span(), text, inclusive=_HIGHS[operator])
            low = None
            continue
        if low is not None:
            yield low
            low = None
        begins = not operator and not separated and after is not None and after.operator in _HIGHS
        if operator in _LOWS or begins:
            low = _above(text, inclusive=_LOWS.get(operator, True))
        else:
            yield _exactly(text)
    if low is not None:
        yield low


def _above(text: str, *, inclusive: bool) -> Span:
    branch = _BRANCH.fullmatch(text)
    if branch and not inclusive:
        return Span(f"{_version(branch[1])}.{END_OF_BRANCH}", low_inclusive=False)
    version = _version(branch[1] if branch else text)
    return Span(None if version == "0" and inclusive else version, inclusive)


def _below(low: Span, text: str, *, inclusive: bool) -> Span:
    if text.casefold() in _ALL:
        return low
    branch = _BRANCH.fullmatch(text)
    if branch and not inclusive and not text.endswith("*"):
        raise _refusal(text)  # "below 7.x": below its start or its end, nobody can tell
    high = f"{_version(branch[1])}.{END_OF_BRANCH}" if branch else _version(text)
    return low._replace(high=high, high_inclusive=inclusive or branch is not None)


def _exactly(text: str) -> Span:
    branch = _BRANCH.fullmatch(text)
    if branch is None:
        return single(_version(text))[0]
    stem = _version(branch[1])
    return Span(stem, low_inclusive=True, high=f"{stem}.{END_OF_BRANCH}", high_inclusive=True)


def _version(text: str) -> str:
    """Return the text if it looks like one version.

    It holds a digit, and each word without one is the name of a stage (``7.4 SP1 Update 14``).
    """
    words = _WORD.findall(text)
    if (
        len(text) > LONGEST
        or not _DIGIT.search(text)
        or _FOREIGN.search(text)
        or _OPEN_INSIDE.search(text)
        or not all(_DIGIT.search(word) or _STAGE.fullmatch(word) for word in words)
    ):
        raise _refusal(text)
    return text


def _refusal(text: str) -> VersionError:
    return VersionError(value=repr(text[:80]), scheme="CSAF")
