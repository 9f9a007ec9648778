"""What a document claims of one component → a `Component` of canonical values.

Every SBOM dialect ends here, so that the same software reads the same whatever it is written in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from noroshi.core.components import Component
from noroshi.core.errors import NotAnIdentifier, WrongShape
from noroshi.core.formats.claims import moment
from noroshi.core.formats.problems import Problems
from noroshi.core.identity import parse_cpe, parse_purl, unescape

LONGEST_TEXT = 512
"""Characters of a name, version, supplier or path."""

MOST_CPES = 64
"""CPE names of one component."""

_LONGEST_KIND = 64


class Quote(NamedTuple):
    """A text as the document has it, and the place where it stands."""

    text: str
    where: str


class Claims(msgspec.Struct, kw_only=True):
    """One component as claimed; an empty text means that the document is silent.

    ``where`` is its place, ``path`` the document's own name for it.
    """

    where: str
    path: str = ""
    name: str = ""
    version: str = ""
    kind: str = ""
    supplier: str = ""
    purls: list[Quote] = msgspec.field(default_factory=list)
    cpes: list[Quote] = msgspec.field(default_factory=list)


def component(claims: Claims, problems: Problems) -> Component | None:
    """Return the component, or ``None`` when nothing is left that names it; problems are told."""
    purl = _purl(claims, problems)
    cpes = _cpes(claims, problems)
    name = claims.name
    if not name:
        name = _name_from(purl, cpes)
        problems.add(WrongShape(claims.where, detail="a component without a name"))
    if not name:
        return None
    return Component(
        name=_cut(name, "name", claims.where, problems),
        version=_version(claims, problems),
        purl=purl,
        cpes=cpes,
        kind=_kind(claims, problems),
        supplier=_cut(claims.supplier, "supplier", claims.where, problems),
        path=claims.path if 0 < len(claims.path) <= LONGEST_TEXT else claims.where,
    )


def created(quote: Quote, problems: Problems) -> dt.datetime | None:
    """Return when the document says it was made, UTC; ``None`` if it says nothing usable."""
    time = moment(quote.text)
    if quote.text and time is None:
        problems.add(WrongShape(quote.where, detail=f"{quote.text[:40]!r} is not a time"))
    return time


def _purl(claims: Claims, problems: Problems) -> str | None:
    """Return the first valid package URL: a component has one identity."""
    chosen: str | None = None
    for quote in claims.purls:
        try:
            text = parse_purl(quote.text).text
        except NotAnIdentifier as error:
            problems.add(error, quote.where)
            continue
        if chosen is None:
            chosen = text
        elif text != chosen:
            problems.add(WrongShape(quote.where, detail="a second package URL; the first is used"))
    return chosen


def _cpes(claims: Claims, problems: Problems) -> tuple[str, ...]:
    names: dict[str, None] = {}  # a set that keeps the order
    for quote in claims.cpes:
        try:
            text = parse_cpe(quote.text).text
        except NotAnIdentifier as error:
            problems.add(error, quote.where)
            continue
        if len(names) == MOST_CPES and text not in names:
            told = f"more than {MOST_CPES} CPE names; the first ones are used"
            problems.note("too-large", quote.where, told)
            break
        names[text] = None
    return tuple(names)


def _name_from(purl: str | None, cpes: tuple[str, ...]) -> str:
    return next(_names_from(purl, cpes), "")


def _names_from(purl: str | None, cpes: tuple[str, ...]) -> Iterator[str]:
    if purl:
        yield parse_purl(purl).identity.name.partition("/")[2]
    for cpe in cpes:
        product = unescape(parse_cpe(cpe).product)
        if product not in {"*", "-"}:
            yield product


def _version(claims: Claims, problems: Problems) -> str | None:
    if len(claims.version) > LONGEST_TEXT:
        # A version cut short would be another version.
        text = f"the version has {len(claims.version)} characters; it was left out"
        problems.note("too-large", claims.where, text)
        return None
    return claims.version or None


def _kind(claims: Claims, problems: Problems) -> str:
    if len(claims.kind) > _LONGEST_KIND:
        problems.add(WrongShape(claims.where, detail="the component's type is no word"))
        return "library"
    return claims.kind.lower() or "library"


def _cut(text: str, what: str, where: str, problems: Problems) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    told = f"the {what} has {len(text)} characters; it was cut to {LONGEST_TEXT}"
    problems.note("too-large", where, told)
    return text[:LONGEST_TEXT]
