"""A payload that holds many JSON values → its parts as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from noroshi.core.errors import BrokenJson, DuplicateKey, FormatError
from noroshi.core.formats import salvage, strict_json
from noroshi.core.formats.feed import RawDocument

T = TypeVar("T")

_BOM = b"\xef\xbb\xbf"
_KEY = re.compile(rb'[\s,]*("(?:[^"\\]|\\.)*+")\s*:\s*', re.DOTALL)
_END = re.compile(rb"\s*\}\s*")
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_array = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)


class Member(msgspec.Struct, frozen=True):
    """A member of an object: its key, its value, and both together as they stood in the payload."""

    key: str
    value: bytes
    text: bytes


def place(key: str, outer: str = "$") -> str:
    """Return the JSON path of a member, fit to be shown whatever the key is."""
    shown = "".join(sign if sign.isprintable() else "\ufffd" for sign in key[:80])
    return f"{outer}.{shown}"


def lines(payload: bytes) -> Iterator[RawDocument | FormatError]:
    """Take each line that is not blank for a document; nothing in it is looked at."""
    body = payload.removeprefix(_BOM)
    found = [(number, line.strip()) for number, line in enumerate(body.split(b"\n"), start=1)]
    found = [(number, line) for number, line in found if line]
    if not found:
        yield BrokenJson("$", detail="nothing is there")
    elif len(found) == 1:
        yield RawDocument("", found[0][1])
    else:
        for number, line in found:
            yield RawDocument(f"line {number}", line)


def one_or_array(payload: bytes) -> Iterator[RawDocument | FormatError]:
    """Take an object for one document, unread; split an array into its elements."""
    body = payload.removeprefix(_BOM).strip()
    if body.startswith(b"{"):
        yield RawDocument("", body)
    elif body.startswith(b"["):
        try:
            parts = strict_json.split(body, _array)
        except FormatError as error:
            yield error
            return
        for index, raw in enumerate(parts):
            yield RawDocument(f"$[{index}]", bytes(raw))
    else:
        yield BrokenJson("$", detail="neither an object nor an array")


def members(payload: bytes) -> Iterator[Member]:
    """Take an object apart; its values stay raw, and what is wrong inside one is left to be found.

    Raises `FormatError`: at once where the payload is no object, and at its place where a key
    occurs twice, since what follows cannot be told apart.
    """
    body = payload.removeprefix(_BOM).strip()
    parts = strict_json.split(body, _object)
    position = 1
    for key, raw in parts.items():
        value = bytes(raw)
        lead = _KEY.match(body, position)
        # With a key told twice, the decoder kept its first place and its last value.
        if lead is None or _text.decode(lead[1]) != key or not body.startswith(value, lead.end()):
            raise DuplicateKey("$", key=repr(key[:80]))
        position = lead.end() + len(value)
        yield Member(key, value, body[lead.start(1) : position])
    if _END.fullmatch(body, position) is None:
        raise DuplicateKey("$", key=repr(next(reversed(parts), "")[:80]))


def entries(
    raw: bytes, decoder: msgspec.json.Decoder[T], vital: frozenset[str], outer: str
) -> Iterator[tuple[str, T] | FormatError]:
    """Decode the values of an object one by one, each with its odd parts given up and reported.

    ``outer`` is the object's place, ``vital`` is `salvage.decode`'s. What is no object yields one
    error.
    """
    try:
        for member in members(raw):
            where = place(member.key, outer)
            try:
                value, odd = salvage.decode(member.value, decoder, vital)
            except FormatError as error:
                yield strict_json.within(where, error)
                continue
            yield from (strict_json.within(where, error) for error in odd)
            yield member.key, value
    except FormatError as error:
        yield strict_json.within(outer, error)
