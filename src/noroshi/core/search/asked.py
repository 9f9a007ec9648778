"""A query as it was understood: conditions that all have to hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from noroshi.core.search.tokens import Phrase

LONGEST = 500
"""Characters of a typed query."""

MOST = 24
"""Conditions of one query."""

UNRATED = "unrated"


class Field(StrEnum):
    """What can be asked for by name. A word without a field is `TEXT`."""

    TEXT = "text"
    ID = "id"
    ALIAS = "alias"
    VENDOR = "vendor"
    PRODUCT = "product"
    PURL = "purl"
    CPE = "cpe"
    CWE = "cwe"
    SOURCE = "source"
    SEVERITY = "severity"
    EXPLOITED = "exploited"
    PUBLISHED = "published"
    CHANGED = "changed"


class Value(msgspec.Struct, frozen=True):
    """A value of a field, in its one way of being written; ``open``: it may go on."""

    text: str
    open: bool = False


class Span(msgspec.Struct, frozen=True):
    """Days from the first to the last, both included; ``None``: no end on that side."""

    first: dt.date | None = None
    last: dt.date | None = None


class Names(msgspec.Struct, frozen=True, tag=True):
    """Called so: by its own name (`Field.ID`), or by any (`Field.ALIAS`)."""

    field: Field
    values: tuple[Value, ...]
    without: bool = False


class Terms(msgspec.Struct, frozen=True, tag=True):
    """Any of these values of a field that the index holds."""

    field: Field
    values: tuple[Value, ...]
    without: bool = False


class Words(msgspec.Struct, frozen=True, tag=True):
    """Words in a row; ``typed`` is how they were written."""

    typed: str
    phrase: Phrase
    without: bool = False


class Severities(msgspec.Struct, frozen=True, tag=True):
    """Any of these severity classes, `UNRATED` among them."""

    values: tuple[str, ...]
    without: bool = False


class Exploited(msgspec.Struct, frozen=True, tag=True):
    """Known to be used in attacks, or not known to be."""

    yes: bool


class Days(msgspec.Struct, frozen=True, tag=True):
    """Published or changed in that span."""

    field: Field
    span: Span


Condition = Names | Terms | Words | Severities | Exploited | Days


class Asked(msgspec.Struct, frozen=True):
    """Conditions that all have to hold; none: everything."""

    conditions: tuple[Condition, ...] = ()

    def and_(self, *more: Condition) -> Asked:
        """Return the same with further conditions, each said once."""
        return Asked(tuple(dict.fromkeys((*self.conditions, *more))))

    @property
    def typed_words(self) -> str:
        """The words alone, as they were typed."""
        return " ".join(one.typed for one in self._words() if not one.without)

    def _words(self) -> Iterator[Words]:
        return (one for one in self.conditions if isinstance(one, Words))
