"""OSV: the record as it stands in the document. Only what is used is declared.

Source: https://ossf.github.io/osv-schema/ (version 1.7)
"""

from __future__ import annotations

import msgspec


class Severity(msgspec.Struct, frozen=True, gc=False):
    """A vector, or Ubuntu's priority; ``type`` says which."""

    type: str
    score: str


class Event(msgspec.Struct, frozen=True, gc=False):
    """A version at which a product becomes affected, or ceases to be."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class Range(msgspec.Struct, frozen=True):
    """Events along one line of versions; ``repo`` holds the commits of a ``GIT`` range."""

    type: str
    events: list[Event] = []
    repo: str = ""


class Package(msgspec.Struct, frozen=True, gc=False):
    """A package by its name in an ecosystem."""

    ecosystem: str
    name: str
    purl: str = ""


class Affected(msgspec.Struct, frozen=True):
    """A package and its affected versions. Without ``package`` it speaks of commits alone."""

    package: Package | None = None
    severity: list[Severity] = []
    ranges: list[Range] = []
    versions: list[str] = []


class Reference(msgspec.Struct, frozen=True, gc=False):
    """An address and what is found there (``ADVISORY``, ``FIX``)."""

    url: str
    type: str = ""


class Credit(msgspec.Struct, frozen=True, gc=False):
    """Who is thanked, and what for (``FINDER``)."""

    name: str
    type: str = ""


class Specific(msgspec.Struct, frozen=True, gc=False):
    """What databases add in the same words: a severity, and the weaknesses."""

    severity: str = ""
    cwe_ids: list[str] = []


class Document(msgspec.Struct, frozen=True):
    """The record."""

    id: str
    schema_version: str = "1.0.0"
    modified: str | None = None
    published: str | None = None
    withdrawn: str | None = None
    aliases: list[str] = []
    upstream: list[str] = []
    related: list[str] = []
    summary: str = ""
    details: str = ""
    severity: list[Severity] = []
    affected: list[Affected] = []
    references: list[Reference] = []
    credits: list[Credit] = []
    database_specific: Specific = Specific()
