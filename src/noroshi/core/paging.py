"""Paging by key: a page begins after the last row of the one before, wherever that stands now.

A cursor is the sort key of a row, as text that a program hands back unread. It says nothing that
the row itself did not say, and it opens nothing: the query behind it asks for its viewer as ever.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec

from noroshi.core.errors import BadCursor

T = TypeVar("T")

Key = str | int | float | dt.date | dt.datetime | None
"""What a list may be sorted by. Moments are UTC."""

LONGEST = 2000
"""Characters of a cursor: more than any key of ours needs."""

_MOST = 2**63 - 1  # what a database's integer column can be compared with
_OURS = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}", re.ASCII)


class Slice(msgspec.Struct, Generic[T], frozen=True):
    """A page: its rows, and the cursor of the next page; ``None`` where this is the last."""

    items: tuple[T, ...]
    after: str | None


def encode_cursor(values: tuple[Key, ...]) -> str:
    """Return the cursor of a row with this sort key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).rstrip(b"=").decode()


def decode_cursor(text: str, *kinds: Any) -> tuple[Any, ...]:
    """Return the sort key that a cursor stands for: one value of each kind.

    ``kinds`` are types (``str``, ``float | None``). Raises `BadCursor` for everything that
    `encode_cursor` did not make of such values: what comes out is safe to compare with.
    """
    if not _OURS.fullmatch(text):
        raise BadCursor
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values: tuple[Any, ...] = _decoder(kinds).decode(data)
    except (binascii.Error, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise BadCursor from error
    if not all(map(_comparable, values)) or encode_cursor(values) != text:
        raise BadCursor
    return values


@lru_cache(maxsize=64)
def _decoder(kinds: tuple[Any, ...]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(tuple[kinds])  # type: ignore[valid-type]  # made of what is asked for


def _comparable(value: Key) -> bool:
    """Say whether every database can compare with it: no NUL, no giant, no time without a zone."""
    match value:
        case str():
            return "\x00" not in value
        case int():
            return -_MOST <= value <= _MOST
        case dt.datetime():
            return value.utcoffset() == dt.timedelta(0)
        case _:
            return True
