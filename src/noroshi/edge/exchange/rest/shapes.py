"""What all answers have in common."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

Moment = Annotated[dt.datetime, Meta(tz=True)]
"""A moment, in UTC."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all answers: every property is always there."""


class Page(Shape, Generic[T], frozen=True):
    """A page of a list. ``after``: ask for the next page with it; null: this is the last."""

    items: tuple[T, ...]
    after: str | None
