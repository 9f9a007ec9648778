"""Lists in numbered pages, for lists that people leaf through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

T = TypeVar("T")

SIZE = 50
"""Rows of a page."""


class Leaf(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list: its rows, the place of the first and last one, and the pages beside it.

    ``previous`` and ``next`` are addresses; empty where there is no such page.
    """

    rows: tuple[T, ...]
    number: int
    last: int
    start: int
    end: int
    count: int
    previous: str
    next: str

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)


def leaf(
    request: HttpRequest, rows: QuerySet[Any, T] | Sequence[T], *, name: str = "page"
) -> Leaf[T]:
    """Return the page that was asked for; the nearest one where there is none of that number.

    ``name``: what asks for it in the address, where a page of the site shows several lists.
    """
    found = Paginator(rows, SIZE).get_page(request.GET.get(name))
    return Leaf(
        rows=tuple(found.object_list),
        number=found.number,
        last=found.paginator.num_pages,
        start=found.start_index(),
        end=found.end_index(),
        count=found.paginator.count,
        previous=_beside(request, name, found.number - 1) if found.has_previous() else "",
        next=_beside(request, name, found.number + 1) if found.has_next() else "",
    )


def _beside(request: HttpRequest, name: str, number: int) -> str:
    asked = request.GET.copy()
    asked[name] = str(number)
    return f"?{asked.urlencode()}"
