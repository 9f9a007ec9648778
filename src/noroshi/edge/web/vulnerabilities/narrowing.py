"""What there is of each kind, and where to click to see only that."""

from __future__ import annotations

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext as _

from noroshi.core.search import typing
from noroshi.core.search.asked import Asked, Field
from noroshi.edge.web.vulnerabilities.asking import SEVERITIES
from noroshi.hub.knowledge.counting import Counts


class Choice(msgspec.Struct, frozen=True):
    """A value with how many have it; ``address`` is empty where it is asked for already."""

    text: str
    number: int
    address: str


class Kind(msgspec.Struct, frozen=True):
    """One field, and its values."""

    title: str
    choices: tuple[Choice, ...]


def narrowing(counts: Counts, what: Asked, question: QueryDict) -> list[Kind]:
    """Return the fields that have something to choose; ``question`` is that of this page."""
    titles = {
        Field.SEVERITY: _("Severity"),
        Field.EXPLOITED: _("Attacks"),
        Field.PUBLISHED: _("Published in the year"),
        Field.VENDOR: _("Vendor"),
        Field.CWE: _("Weakness (CWE)"),
        Field.SOURCE: _("Source"),
    }
    kinds = []
    for field, found in counts.of.items():
        choices = tuple(
            Choice(_text(field, one.value), one.number, _address(field, one.value, what, question))
            for one in found
        )
        if choices:
            kinds.append(Kind(titles[field], choices))
    return kinds


def _text(field: Field, value: str) -> str:
    match field:
        case Field.SEVERITY:
            return str(dict(SEVERITIES).get(value, _("none")))
        case Field.EXPLOITED:
            return _("used in attacks")
        case Field.CWE:
            return f"CWE-{value}"
        case Field.VENDOR:
            return value.replace("_", " ")
        case _:
            return value


def _address(field: Field, value: str, what: Asked, question: QueryDict) -> str:
    """Return the address of this list with one condition more."""
    if typing.condition(field, value) in what.conditions:
        return ""
    changed = question.copy()
    changed.pop("after", None)
    changed["q"] = f"{question.get('q', '')} {field.value}:{value}".strip()
    return f"?{changed.urlencode()}"
