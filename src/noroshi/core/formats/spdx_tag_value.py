"""SPDX 2.2 and 2.3 as tags and values, one a line.

A value between ``<text>`` and ``</text>`` may run over many lines. A tag that begins a section —
a package, a file, a snippet, another licence — ends the one before (SPDX 2.3 §4.2, annex on the
tag-value syntax); what belongs to no package is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from noroshi.core.components import InventoryDocument
from noroshi.core.errors import BrokenLine, DuplicateKey
from noroshi.core.formats import spdx
from noroshi.core.formats.component_claims import Claims, Quote
from noroshi.core.formats.problems import Problems

FIRST_TAG = "SPDXVersion:"
"""The tag that tells this format."""

_OTHER_SECTIONS = frozenset({"FileName", "SnippetSPDXID", "LicenseID"})
_LONGEST_TAG = 80


class Tag(NamedTuple):
    """One tag with its value; ``line`` counts from 1."""

    line: int
    name: str
    value: str

    @property
    def where(self) -> str:
        """The place of the tag."""
        return f"line {self.line}"


def read(text: str) -> InventoryDocument:
    """Read a document. Raises `UnsupportedVersion`, or `BrokenLine` when a ``<text>`` never ends.

    A line that is no tag is a problem of its own and the rest is read.
    """
    problems = Problems()
    reader = _Reader(problems)
    for tag in _tags(text, problems):
        reader.take(tag)
    version = spdx.version(reader.version.text, reader.version.where, "SPDX tag-value")
    return spdx.inventory(f"SPDX {version} tag-value", reader.content(), problems)


def _tags(text: str, problems: Problems) -> Iterator[Tag]:
    lines = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1)
    for number, line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, colon, value = stripped.partition(":")
        if not colon or not name.isalnum() or len(name) > _LONGEST_TAG:
            problems.add(BrokenLine(f"line {number}", detail=f"no tag in {stripped[:40]!r}"))
            continue
        value = value.lstrip()
        if value.startswith("<text>"):
            value = _until_closed(value.removeprefix("<text>"), number, lines)
        yield Tag(number, name, value.strip())


def _until_closed(first: str, start: int, lines: Iterator[tuple[int, str]]) -> str:
    """Return the text up to ``</text>``, taking as many lines as that needs."""
    parts = [first]
    while "</text>" not in parts[-1]:
        _, line = next(lines, (0, None))
        if line is None:
            raise BrokenLine(f"line {start}", detail="<text> without </text>")
        parts.append(line)
    parts[-1] = parts[-1].partition("</text>")[0]
    return "\n".join(parts)


class _Reader:
    """Where we are in the document, and what has been read so far."""

    def __init__(self, problems: Problems) -> None:
        self.version = Quote("", "line 1")
        self._problems = problems
        self._name = ""
        self._created = Quote("", "line 1")
        self._described: set[str] = set()
        self._packages: list[Claims] = []
        self._package: _Package | None = None

    def take(self, tag: Tag) -> None:
        """Read one tag."""
        if tag.name == "PackageName":
            self._end_section()
            self._package = _Package(tag)
        elif tag.name in _OTHER_SECTIONS:
            self._end_section()
        elif tag.name == "Relationship":
            self._relate(tag)
        elif self._package:
            self._package.take(tag, self._problems)
        else:
            self._take_of_document(tag)

    def content(self) -> spdx.Content:
        """Return everything read."""
        self._end_section()
        return spdx.Content(
            name=self._name,
            created=self._created,
            packages=self._packages,
            described=self._described,
        )

    def _end_section(self) -> None:
        if self._package:
            self._packages.append(self._package.claims())
        self._package = None

    def _take_of_document(self, tag: Tag) -> None:
        if tag.name == "SPDXVersion":
            self.version = Quote(tag.value, tag.where)
        elif tag.name == "DocumentName":
            self._name = tag.value
        elif tag.name == "Created":
            self._created = Quote(tag.value, tag.where)

    def _relate(self, tag: Tag) -> None:
        parts = tag.value.split()
        if len(parts) == 3:
            self._described.add(spdx.describes(parts[0], parts[1], parts[2]))
            self._described.discard("")
        else:
            self._problems.add(BrokenLine(tag.where, detail="a relationship has three parts"))


class _Package:
    """A package whose tags are still coming."""

    _READ = frozenset(
        {"SPDXID", "PackageVersion", "PackageSupplier", "PrimaryPackagePurpose", "PackageName"}
    )

    def __init__(self, name: Tag) -> None:
        self._where = name.where
        self._tags = {"PackageName": name.value}
        self._references: list[tuple[str, Quote]] = []

    def take(self, tag: Tag, problems: Problems) -> None:
        """Read one tag of the package; of two with one name the first holds."""
        if tag.name == "ExternalRef":
            self._refer(tag, problems)
        elif tag.name in self._READ:
            if tag.name in self._tags:
                problems.add(DuplicateKey(tag.where, key=tag.name))
            self._tags.setdefault(tag.name, tag.value)

    def claims(self) -> Claims:
        """Return what the tags say."""
        tag = self._tags.get
        claims = Claims(
            where=self._where,
            path=tag("SPDXID", ""),
            name=spdx.stated(tag("PackageName", "")),
            version=spdx.stated(tag("PackageVersion", "")),
            kind=spdx.kind(tag("PrimaryPackagePurpose", "")),
            supplier=spdx.supplier(tag("PackageSupplier", "")),
        )
        for reference_type, locator in self._references:
            spdx.refer(claims, reference_type, locator)
        return claims

    def _refer(self, tag: Tag, problems: Problems) -> None:
        parts = tag.value.split(maxsplit=2)
        if len(parts) == 3:
            self._references.append((parts[1], Quote(parts[2], tag.where)))
        else:
            problems.add(BrokenLine(tag.where, detail="an external reference has three parts"))
