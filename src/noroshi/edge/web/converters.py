"""The parts of an address that name things.

A name that cannot be one is not matched, and answers like a thing that is not there. The leak
matrix asks every address with known, hidden and unknown names of each kind: a new kind of part
needs a supplier there.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import register_converter
from django.urls.converters import StringConverter

from noroshi.core.sector import District
from noroshi.hub.reports.plan import FigureId


class Words(StringConverter):
    """Base: a text that follows ``regex``."""


def _one_of(values: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(values)) + ")"


class NoticeName(Words):
    """The number of a notice, or the name of a draft."""

    regex = r"N-[0-9]{4}-[0-9]{4,9}|draft-[0-9]{1,18}"


class ReportName(Words):
    """The STIX id of an attack report."""

    regex = r"report--[0-9a-f-]{36}"


class ReviewName(Words):
    """What the hub calls a report that it was given."""

    regex = r"[0-9a-f]{32}"


class VulnerabilityName(Words):
    """Any name of a vulnerability."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,119}"


class Number(Words):
    """The number of a row."""

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:  # type: ignore[override]  # Django's base is for texts
        """Return the number."""
        return int(value)


class Slug(Words):
    """A short name."""

    regex = r"[a-z0-9][a-z0-9-]{0,58}[a-z0-9]"


class Base36(Words):
    """The number of a person in a link that sets a password."""

    regex = r"[0-9A-Za-z]{1,13}"


class Token(Words):
    """What makes such a link hold once."""

    regex = r"[0-9A-Za-z-]{1,80}"


class Year(Words):
    """A fiscal year."""

    regex = r"2[0-9]{3}"

    def to_python(self, value: str) -> int:  # type: ignore[override]  # Django's base is for texts
        """Return the year."""
        return int(value)


class Figure(Words):
    """A yardstick."""

    regex = _one_of(FigureId)


class DistrictName(Words):
    """A district."""

    regex = _one_of(District)


CONVERTERS = {
    "notice": NoticeName,
    "report": ReportName,
    "review": ReviewName,
    "vulnerability": VulnerabilityName,
    "system": type("SystemNumber", (Number,), {}),
    "inventory": type("InventoryNumber", (Number,), {}),
    "finding": type("FindingNumber", (Number,), {}),
    "person": type("PersonNumber", (Number,), {}),
    "key": type("KeyNumber", (Number,), {}),
    "endpoint": type("EndpointNumber", (Number,), {}),
    "message": type("MessageNumber", (Number,), {}),
    "document": type("DocumentNumber", (Number,), {}),
    "quarantined": type("QuarantinedNumber", (Number,), {}),
    "organisation": type("OrganisationName", (Slug,), {}),
    "community": type("CommunityName", (Slug,), {}),
    "source": type("SourceName", (Slug,), {}),
    "factor": type("FactorNumber", (Number,), {}),
    "base36": Base36,
    "token": Token,
    "year": Year,
    "figure": Figure,
    "district": DistrictName,
}
"""Name of the part → what it looks like."""


def register() -> None:
    """Make the parts known to Django; before the table of addresses is read."""
    for name, converter in CONVERTERS.items():
        register_converter(converter, name)
