"""Reading a typed query, and writing one.

``vendor:fortinet cwe:CWE-79 認証``: conditions with spaces between them, which all have to hold.
``"…"`` keeps words together, ``*`` at the end lets a word or value go on, ``-`` before a condition
turns it round, and a comma in a field's value joins by OR. A colon after something that is no field
belongs to the word, but only where it can be no slip: in what looks like an address, a package URL
or a CPE name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.assess.assessment import SeverityClass
from noroshi.core.errors import (
    NoSuchField,
    NotAnIdentifier,
    NothingSought,
    QuoteLeftOpen,
    TooMuchAsked,
    UnusableValue,
)
from noroshi.core.identity import parse_cpe, parse_purl, unescape
from noroshi.core.search import asked, days
from noroshi.core.search.asked import Asked, Condition, Field, Value
from noroshi.core.search.tokens import name_value, phrase, value

SEVERITIES = (*(one.value for one in reversed(SeverityClass)), asked.UNRATED)
EXPECTED = {
    Field.CWE: "79, CWE-79",
    Field.SEVERITY: ", ".join(SEVERITIES),
    Field.EXPLOITED: "yes, no",
    Field.PUBLISHED: "2024, 2024-05, 2024-05-03, 2024-01..2024-06, 2024..",
    Field.CHANGED: "2024, 2024-05, 2024-05-03, 2024-01..2024-06, 2024..",
    Field.PURL: "pkg:npm/lodash, npm/lodash, npm/@angular/*",
    Field.CPE: "cpe:2.3:a:apache:tomcat, a:apache:tomcat, a:apache:*",
    Field.ID: "CVE-2021-44228, CVE-2021-44*",
    Field.ALIAS: "JVNDB-2021-000001, GHSA-jfh8-*",
    Field.VENDOR: "fortinet, forti*",
    Field.PRODUCT: "fortios, forti*",
    Field.SOURCE: "nvd, jvn, kev",
}
"""How a value of each field may look."""

_NAMED = frozenset(Field) - {Field.TEXT}
_PART = re.compile(
    r'(?P<turn>-?)(?:(?P<field>[^\s":]+):)?(?P<value>(?:"[^"]*"|[^\s"])+)', re.DOTALL
)
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
_CWE = re.compile(r"(?:cwe-)?0*([1-9]\d{0,5})", re.ASCII | re.IGNORECASE)
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_NAME = re.compile(r"[\x21-\x7e]{1,120}", re.ASCII)
_AS_TYPED = str.maketrans("：＊，“”＂", ':*,"""')
_ADDRESS = re.compile(r"(?:https?|ftp)", re.IGNORECASE)


class _Piece(msgspec.Struct, frozen=True):
    """A condition as typed; ``at`` counts characters from 1."""

    field: str
    text: str
    without: bool
    at: int


def read(text: str) -> Asked:
    """Understand a typed query; raises a `QueryError` that names the place."""
    if len(text) > asked.LONGEST:
        raise TooMuchAsked(at=asked.LONGEST + 1, most=asked.LONGEST)
    pieces = list(_pieces(text.translate(_AS_TYPED)))
    if len(pieces) > asked.MOST:
        raise TooMuchAsked(at=pieces[asked.MOST].at, most=asked.MOST)
    return Asked().and_(*(_condition(piece) for piece in pieces))


def write(what: Asked) -> str:
    """Return the query as it is typed; `read` understands it as the same."""
    return " ".join(map(_written, what.conditions))


def condition(field: Field, text: str) -> Condition:
    """Return the condition that a field has this value, as from a form; raises a `QueryError`."""
    return _condition(_Piece(field.value, text, without=False, at=1))


def _pieces(text: str) -> Iterator[_Piece]:
    if text.count('"') % 2:
        raise QuoteLeftOpen(at=text.rindex('"') + 1)
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _PART.match(text, at)
        if found is None or found.end() == at:
            raise UnusableValue(
                at=at + 1, field=text[at:].split(":", maxsplit=1)[0][:40], value="", expected="…"
            )
        field = (found["field"] or "").lower()
        whole = found["value"]
        if not field and whole.endswith(":") and whole[:-1].lower() in _NAMED:
            field, whole = whole[:-1].lower(), ""
        if field and field not in _NAMED:
            field, whole = _no_field(field, found, at)
        yield _Piece(field, whole, bool(found["turn"]), at + 1)
        at = found.end()


def _no_field(field: str, found: re.Match[str], at: int) -> tuple[str, str]:
    """Return what a colon after no field means."""
    whole = f"{found['field']}:{found['value']}"
    if field == "pkg":
        return Field.PURL.value, whole
    if _ADDRESS.fullmatch(field) or not field.isascii() or not field.isidentifier():
        return "", whole
    known = ", ".join(sorted(_NAMED))
    raise NoSuchField(at=at + 1, field=found["field"][:40], known=known)


def _condition(piece: _Piece) -> Condition:
    field = Field(piece.field) if piece.field else Field.TEXT
    if field is Field.CPE and piece.text.startswith(("2.3:", "/")):
        piece = msgspec.structs.replace(piece, text=f"cpe:{piece.text}")  # itself "cpe:…"
    match field:
        case Field.TEXT:
            return _words(piece)
        case Field.ID | Field.ALIAS:
            return asked.Names(field, _values(piece, field), piece.without)
        case Field.SEVERITY:
            texts = tuple(one.text for one in _values(piece, field))
            return asked.Severities(texts, piece.without)
        case Field.EXPLOITED:
            (found,) = _values(piece, field)[:1]
            return asked.Exploited((found.text == "yes") is not piece.without)
        case Field.PUBLISHED | Field.CHANGED:
            return _days(piece, field)
        case _:
            return asked.Terms(field, _values(piece, field), piece.without)


def _words(piece: _Piece) -> asked.Words:
    plain = piece.text.replace('"', " ")
    found = phrase(plain, open_=plain.rstrip().endswith("*"))
    if found is None:
        raise NothingSought(at=piece.at, text=piece.text[:40])
    return asked.Words(piece.text, found, piece.without)


def _days(piece: _Piece, field: Field) -> asked.Days:
    found = days.span(piece.text.replace('"', ""))
    if found is None or piece.without:
        raise _unusable(piece, field, piece.text)
    return asked.Days(field, found)


def _values(piece: _Piece, field: Field) -> tuple[Value, ...]:
    texts = [part.replace('"', "").strip() for part in _COMMA.split(piece.text)]
    found = []
    for text in texts:
        bare = text.rstrip("*")
        understood = _understood(field, bare, open_=bare != text)
        if understood is None:
            raise _unusable(piece, field, text)
        found.append(understood)
    return tuple(dict.fromkeys(found))


def _unusable(piece: _Piece, field: Field, text: str) -> UnusableValue:
    return UnusableValue(
        at=piece.at, field=field.value, value=text[:80], expected=EXPECTED.get(field, "…")
    )


def _understood(field: Field, text: str, *, open_: bool) -> Value | None:
    """Return a value in its one way of being written; ``None`` if it is none of this field's."""
    if not text:
        return None
    match field:
        case Field.VENDOR | Field.PRODUCT:
            found = name_value(text)
            return Value(found, open_) if found else None
        case Field.PURL:
            return _purl(text, open_=open_)
        case Field.CPE:
            return _cpe(text, open_=open_)
        case Field.ID | Field.ALIAS:
            return Value(text, open_) if _NAME.fullmatch(text) else None
        case _:
            return None if open_ else _exact(field, text.lower())


def _exact(field: Field, text: str) -> Value | None:
    match field:
        case Field.CWE:
            found = _CWE.fullmatch(text)
            return Value(found[1]) if found else None
        case Field.SOURCE:
            return Value(text) if _SOURCE.fullmatch(text) else None
        case Field.SEVERITY:
            return Value(text) if text in SEVERITIES else None
        case Field.EXPLOITED:
            return Value(text) if text in {"yes", "no"} else None
        case _:
            return None


def _purl(text: str, *, open_: bool) -> Value | None:
    if open_:
        return Value(value(text.removeprefix("pkg:")), open=True)
    try:
        purl = parse_purl(text if text.startswith("pkg:") else f"pkg:{text}")
    except NotAnIdentifier:
        return None
    return Value(value(purl.identity.name))


def _cpe(text: str, *, open_: bool) -> Value | None:
    """Return ``part:vendor:product`` of a CPE name, however much of it was typed."""
    if text.startswith("cpe:/"):
        try:
            return Value(value(unescape(parse_cpe(text).identity.name)), open_)
        except NotAnIdentifier:
            return None
    parts = re.split(r"(?<!\\):", text.removeprefix("cpe:2.3:"))
    whole = len(parts) > 3 or not open_
    if parts[0].lower() not in {"a", "o", "h"} or (whole and "" in (parts[1:3] or [""])):
        return None
    return Value(value(unescape(":".join(parts[:3]))), not whole)


# --- writing ---


def _written(one: Condition) -> str:
    match one:
        case asked.Words(typed=typed, without=without):
            return ("-" if without else "") + typed
        case asked.Exploited(yes=yes):
            return f"{Field.EXPLOITED.value}:{'yes' if yes else 'no'}"
        case asked.Days(field=field, span=span):
            return f"{field.value}:{days.written(span)}"
        case asked.Severities(values=texts, without=without):
            return ("-" if without else "") + f"{Field.SEVERITY.value}:{','.join(texts)}"
        case asked.Names() | asked.Terms():
            texts = tuple(f"{each.text}{'*' if each.open else ''}" for each in one.values)
            quoted = (f'"{text}"' if "," in text else text for text in texts)
            return ("-" if one.without else "") + f"{one.field.value}:{','.join(quoted)}"
