"""A part of a document, asked for what it should hold: the port of the JSON and XML walks.

What is missing reads as empty. What has the wrong type is told to the problems of the document and
reads as empty, so one slip does not take its neighbours with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, Self

from noroshi.core.errors import WrongShape
from noroshi.core.formats.component_claims import Quote
from noroshi.core.formats.problems import Problems

_LONGEST_PLACE = 200


class Node(Protocol):
    """A JSON object or an XML element."""

    @property
    def where(self) -> str:
        """Its place: a JSON path or an XPath."""

    def quote(self, key: str, /) -> Quote:
        """Return the text of a member with its place, without outer space; empty if none."""

    def text(self, key: str, /) -> str:
        """Return the text of a member, without outer space; empty if none."""

    def child(self, key: str, /) -> Self | None:
        """Return a member that is itself a node."""

    def children(self, key: str, /) -> Iterator[Self]:
        """Return the nodes of a list; a single node counts as a list of one."""


class JsonNode:
    """A JSON object, as decoded."""

    __slots__ = ("_members", "_problems", "where")

    def __init__(self, members: dict[str, object], where: str, problems: Problems) -> None:
        self._members = members
        self._problems = problems
        self.where = where

    def quote(self, key: str, /) -> Quote:
        """Return the text of a member with its place."""
        return Quote(self.text(key), f"{self.where}.{key}")

    def text(self, key: str, /) -> str:
        """Return the text of a member."""
        value = self._members.get(key)
        if isinstance(value, str):
            return value.strip()
        if value is not None:
            self._wrong(f"{self.where}.{key}", "a text", value)
        return ""

    def texts(self, key: str, /) -> Iterator[str]:
        """Return the texts of a list of texts."""
        for place, value in self._items(key):
            if isinstance(value, str):
                yield value.strip()
            else:
                self._wrong(place, "a text", value)

    def child(self, key: str, /) -> Self | None:
        """Return a member that is an object."""
        value = self._members.get(key)
        if value is None:
            return None
        return self._node(f"{self.where}.{key}", value)

    def children(self, key: str, /) -> Iterator[Self]:
        """Return the objects of a list; a single object counts as a list of one."""
        for place, value in self._items(key):
            node = self._node(place, value)
            if node is not None:
                yield node

    def _items(self, key: str) -> Iterator[tuple[str, object]]:
        value = self._members.get(key)
        if value is None:
            return
        place = below(self.where, f".{key}")
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield f"{place}[{index}]", item
        elif isinstance(value, dict):
            yield place, value
        else:
            self._wrong(place, "a list", value)

    def _node(self, place: str, value: object) -> Self | None:
        if isinstance(value, dict):
            return type(self)(value, place, self._problems)
        self._wrong(place, "an object", value)
        return None

    def _wrong(self, place: str, expected: str, value: object) -> None:
        detail = f"expected {expected}, found {_KINDS.get(type(value), 'something else')}"
        self._problems.add(WrongShape(place, detail=detail))


_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}


def below(place: str, step: str) -> str:
    """Return the place one step down; kept short, as nesting may be as deep as somebody likes."""
    return f"{place}{step}" if len(place) <= _LONGEST_PLACE else f"{place[:_LONGEST_PLACE]}…{step}"
