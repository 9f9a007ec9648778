"""What can be asked of the list of vulnerabilities: one typed query, and a parameter a field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

from django.utils.translation import gettext as _
from ninja import Field

from noroshi.core.errors import QueryError
from noroshi.core.search import asked, typing
from noroshi.core.search.asked import LONGEST, Asked, Condition, Span
from noroshi.edge.exchange.rest.faults import Fault
from noroshi.edge.exchange.rest.parameters import Flag, Line, OptionalDay, Paged, Parameters
from noroshi.edge.exchange.rest.problems import Declined
from noroshi.edge.sentences import sentence
from noroshi.hub.knowledge.catalogue import Order

T = TypeVar("T")
Rated = Literal["critical", "high", "medium", "low", "none", "unrated"]

ONE = 200
"""Characters of the value of one field."""

FIELDS = ("vendor", "product", "cwe", "source", "cpe", "purl")
"""Parameters that are fields of the typed query."""


class SearchFilters(Parameters):
    """What is asked for, however it is given."""

    q: Line = Field(
        "",
        max_length=LONGEST,
        description=(
            "A query as people type it: words, the beginning of a name, `vendor:fortinet cwe:79 "
            "severity:high published:2024-01.. -word`."
        ),
    )
    severity: list[Rated] = Field([], max_length=6, description="Any of these.")
    exploited: Flag = Field(default=False, description="Only what is known to be exploited.")
    published_since: OptionalDay = Field(None, description="Published that day (UTC) or later.")
    published_until: OptionalDay = Field(None, description="Published that day (UTC) or before.")
    modified_since: OptionalDay = Field(None, description="Modified that day (UTC) or later.")
    modified_until: OptionalDay = Field(None, description="Modified that day (UTC) or before.")
    vendor: Line = Field("", max_length=ONE, description="As `vendor:` of a typed query.")
    product: Line = Field("", max_length=ONE, description="As `product:` of a typed query.")
    cwe: Line = Field("", max_length=ONE, description="As `cwe:` of a typed query.")
    source: Line = Field("", max_length=ONE, description="As `source:` of a typed query.")
    cpe: Line = Field("", max_length=ONE, description="As `cpe:` of a typed query.")
    purl: Line = Field("", max_length=ONE, description="As `purl:` of a typed query.")


class VulnerabilityFilters(SearchFilters, Paged):
    """What is asked of the list of vulnerabilities."""

    order: Order = Field(
        Order.PUBLISHED, description="What comes first: newest, last changed, highest."
    )


def asked_by(filters: SearchFilters) -> Asked:
    """Return what is asked for; raises `Declined`, which names the parameter and the place."""
    return _understood("q", lambda: typing.read(filters.q)).and_(*_more(filters))


def _more(filters: SearchFilters) -> Iterator[Condition]:
    if filters.severity:
        yield asked.Severities(tuple(filters.severity))
    if filters.exploited:
        yield asked.Exploited(yes=True)
    published = Span(filters.published_since, filters.published_until)
    modified = Span(filters.modified_since, filters.modified_until)
    for field, span in ((asked.Field.PUBLISHED, published), (asked.Field.CHANGED, modified)):
        if span != Span():
            yield asked.Days(field, span)
    for name in FIELDS:
        if text := getattr(filters, name):
            quoted = f'"{text}"' if " " in text and '"' not in text else text
            yield _field(name, quoted)


def _field(name: str, text: str) -> Condition:
    return _understood(name, lambda: typing.condition(asked.Field(name), text))


def _understood(name: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except QueryError as error:
        detail = _("See errors for what is wrong, and where.")
        faults = (Fault("query", name, sentence(error)),)
        raise Declined("invalid", detail, faults=faults) from error
