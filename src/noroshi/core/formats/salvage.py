"""Typed decoding that gives up the odd part, not the whole.

Real feeds hold a number where a text belongs, a ``null`` where a list does, a NUL in a text, which
PostgreSQL cannot keep. Such a value is cut out and reported with its place, and the rest is read as
if it had not been there; if cutting it leaves its parent without something required, the parent
goes with it. Only what a format calls *vital* fails the document.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TypeVar, cast

import msgspec

from noroshi.core.errors import FormatError, NotText, WrongShape
from noroshi.core.formats import strict_json

T = TypeVar("T")

MOST_CUTS = 32
"""Odd values after which a document is refused: it is then something else than it claims to be."""

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]", re.ASCII)
_STEPS = re.compile(rf"\$(?:{_STEP.pattern})+", re.ASCII)


def decode(
    raw: bytes, decoder: msgspec.json.Decoder[T], vital: frozenset[str]
) -> tuple[T, list[FormatError]]:
    """Check ``raw`` strictly, decode it, and list the odd values left out.

    ``vital`` holds the JSON paths (``$``, ``$.cve.id``) at which an odd value fails the whole.
    A ``null`` counts as absent and is not listed. Raises `FormatError`.
    """
    tree = strict_json.tree_perhaps_with_nul(raw)
    if not strict_json.may_hold_nul(raw):
        with suppress(msgspec.ValidationError):
            return decoder.decode(raw), []
    return _with_cuts(tree, decoder, vital)


def _with_cuts(
    tree: object, decoder: msgspec.json.Decoder[T], vital: frozenset[str]
) -> tuple[T, list[FormatError]]:
    odd: list[FormatError] = []
    missing: dict[int, list[int]] = {}
    for _ in range(MOST_CUTS):
        found: FormatError
        try:
            value = msgspec.convert(tree, decoder.type)
            strict_json.refuse_nul(tree)  # last: what a cut leaves incomplete goes before the next
        except msgspec.ValidationError as error:
            found = strict_json.wrong_shape(error)
        except NotText as error:
            found = error
        else:
            return value, odd
        if found.where in vital or not _STEPS.fullmatch(found.where):
            raise found
        place, left_out = _cut(tree, found.where, missing)
        of_the_last = odd and odd[-1].where.startswith((f"{place}.", f"{place}["))
        if left_out is not None and not of_the_last:
            odd.append(type(found)(place, **found.facts))
    raise WrongShape("$", detail=f"more than {MOST_CUTS} values of the wrong kind")


def _cut(tree: object, path: str, missing: dict[int, list[int]]) -> tuple[str, object]:
    """Remove the value at ``path``; return its path in the document as received, and the value.

    ``missing`` remembers, by list, the indexes (as received, ascending) that are already gone.
    """
    steps = _STEP.findall(path)
    place = "$"
    value: object = tree
    parent: object = tree
    for key, index in steps:
        parent = value
        if isinstance(parent, list):
            at = int(index)
            value = parent[at]
            place += f"[{_as_received(at, missing.get(id(parent), []))}]"
        else:
            value = cast("dict[str, object]", parent)[key]
            place += f".{key}"
    if isinstance(parent, list):
        at = int(steps[-1][1])
        gone = missing.setdefault(id(parent), [])
        gone.append(_as_received(at, gone))
        gone.sort()
        del parent[at]
    else:
        del cast("dict[str, object]", parent)[steps[-1][0]]
    return place, value


def _as_received(index: int, gone: list[int]) -> int:
    for other in gone:
        if other <= index:
            index += 1
    return index
