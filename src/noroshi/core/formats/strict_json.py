"""JSON, read strictly: typed, no duplicate keys, no NUL, no bottomless nesting."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from noroshi.core.errors import (
    BrokenJson,
    DuplicateKey,
    FormatError,
    NotText,
    TooDeep,
    WrongShape,
)

T = TypeVar("T")

_PLAIN_KEY = re.compile(r"[^.\[\]]{1,80}")
_anything = msgspec.json.Decoder()
_compact = msgspec.json.Encoder()


def load(raw: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode ``raw`` with a typed decoder, after `check`.

    Raises a `FormatError` whose ``where`` is the JSON path of the offending value.
    """
    check(raw)
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise wrong_shape(error) from error


def wrong_shape(error: msgspec.ValidationError) -> WrongShape:
    """Return msgspec's complaint as our error; ``where`` is the JSON path of the value."""
    detail, _, path = str(error).partition(" - at `")
    return WrongShape(path.rstrip("`") or "$", detail=detail)


def within(place: str, error: FormatError) -> FormatError:
    """Return the error of a part as one of the whole, in which the part stands at ``place``."""
    return type(error)(place + error.where.removeprefix("$"), **error.facts)


def check(raw: bytes) -> None:
    """Refuse what JSON allows but nobody can read in one way; raise a `FormatError`."""
    tree(raw)


def tree(raw: bytes) -> object:
    """Decode ``raw`` without a type, after the same checks: for a caller that walks it by hand."""
    decoded = tree_perhaps_with_nul(raw)
    if may_hold_nul(raw):
        refuse_nul(decoded)
    return decoded


def tree_perhaps_with_nul(raw: bytes) -> object:
    """Decode ``raw`` as `tree` does; whether a text holds a NUL is for the caller to ask."""
    decoded = _decode(raw)
    # Equal to its own compact form: no key can have been lost. Only otherwise is the slow look due.
    if _compact.encode(decoded) != raw.strip():
        _refuse_duplicate_keys(raw)
    return decoded


def may_hold_nul(raw: bytes) -> bool:
    """Tell whether a text of the document may hold a NUL; JSON can only write it escaped."""
    return b"\\u0000" in raw


def refuse_nul(value: object) -> None:
    """Raise `NotText` with the place of the first text below ``value`` that holds a NUL."""
    try:
        place = _place_of_nul(value)
    except RecursionError as error:
        raise TooDeep("$") from error
    if place is not None:
        raise NotText(f"${place}", detail="a NUL character")


def split(raw: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode an outer shape whose parts stay raw (`msgspec.Raw`); nothing inside is checked."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _as_format_error(error) from error


def _decode(raw: bytes) -> object:
    try:
        return _anything.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _as_format_error(error) from error


def _as_format_error(error: Exception) -> FormatError:
    if isinstance(error, RecursionError):
        return TooDeep("$")
    if isinstance(error, UnicodeDecodeError):
        return NotText("$", detail=str(error))
    if isinstance(error, msgspec.ValidationError):
        return wrong_shape(error)
    detail = str(error)
    if "utf-8" in detail.lower():
        return NotText("$", detail=detail)
    return BrokenJson("$", detail=detail)


class _Twice(Exception):
    """A signal out of the parser, carrying the key; nobody outside sees it."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Twice(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return result


def _refuse_duplicate_keys(raw: bytes) -> None:
    try:
        json.loads(raw, object_pairs_hook=_once)
    except _Twice as twice:
        raise DuplicateKey("$", key=twice.args[0][:80]) from None
    except RecursionError as error:
        raise TooDeep("$") from error
    except ValueError as error:
        raise BrokenJson("$", detail=str(error)) from error


def _place_of_nul(value: object) -> str | None:
    """Return the path of the first NUL below ``value``; a key with one is named by its object."""
    if isinstance(value, str):
        return "" if "\0" in value else None
    parts: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        if any("\0" in key for key in value):
            return ""
        parts = ((_step(key), inner) for key, inner in value.items())
    elif isinstance(value, list):
        parts = ((f"[{index}]", inner) for index, inner in enumerate(value))
    for step, inner in parts:
        place = _place_of_nul(inner)
        if place is not None:
            return step + place
    return None


def _step(key: str) -> str:
    """Return the step to a member; a key that would read as several steps, or none, is quoted."""
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else f'["{key[:80]}"]'
