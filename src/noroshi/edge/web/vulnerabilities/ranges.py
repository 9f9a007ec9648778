"""Affected versions as lines of a table, and references as links: each list can be cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import urlsplit

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.assess.independence import Cast
from noroshi.core.assess.phrases import VOICES, Lang, phrase
from noroshi.core.assess.product_names import vendor_and_name
from noroshi.core.facets import Affected, Record, Status
from noroshi.core.versions.ranges import readable
from noroshi.edge import words
from noroshi.edge.web.vulnerabilities import wording
from noroshi.edge.web.vulnerabilities.plain import plain

LONGEST = 120
"""Characters of a name, range or address that are shown."""


class RangeLine(msgspec.Struct, frozen=True):
    """What one voice declares for some versions of one product.

    ``status`` is the code, ``says`` its word; ``platforms`` must be there too for it to hold.
    ``cpe`` is the full name where it says more than the versions do, ``reason`` why it is not
    affected or will not be fixed.
    """

    product: str
    versions: str
    status: str
    says: str
    voice: str
    platforms: tuple[str, ...]
    cpe: str
    reason: str


def range_lines(
    records: Sequence[Record], who: Cast, lang: Lang, begin: int, end: int
) -> tuple[RangeLine, ...]:
    """Return the lines from ``begin`` to before ``end``, source by source."""
    stated = islice(_stated(records), begin, end)
    return tuple(_line(record, affected, place, who, lang) for record, affected, place in stated)


def number_of_ranges(records: Sequence[Record]) -> int:
    """Return how many lines there are."""
    return sum(_lines_of(affected) for record in records for affected in record.affected)


def _lines_of(affected: Affected) -> int:
    stated = len(affected.ranges)
    return stated + 1 if affected.default is not Status.UNKNOWN or not stated else stated


def _stated(records: Sequence[Record]) -> Iterator[tuple[Record, Affected, int]]:
    for record in records:
        for affected in record.affected:
            for place in range(_lines_of(affected)):
                yield record, affected, place


def _line(record: Record, affected: Affected, place: int, who: Cast, lang: Lang) -> RangeLine:
    if place < len(affected.ranges):
        stated = affected.ranges[place]
        status, versions = stated.status, readable(stated)
        versions = _("all versions") if versions == "*" else versions
    elif affected.ranges:
        status, versions = affected.default, _("all other versions")
    else:
        unsaid = affected.default is Status.UNKNOWN
        status, versions = affected.default, _("not stated") if unsaid else _("all versions")
    vendor, name = vendor_and_name(affected.product)
    product = f"{vendor} {name}" if vendor and vendor not in name else name
    platforms = record.conditions[affected.condition] if affected.condition is not None else ()
    return RangeLine(
        plain(product)[:LONGEST],
        plain(versions)[:LONGEST],
        status.value,
        words.status(status),
        plain(phrase(VOICES, who.voice(affected.by), lang)),
        tuple(plain(one)[:LONGEST] for one in platforms[:3]),
        "" if affected.ranges else plain(affected.cpe or "")[:LONGEST],
        plain(wording.reason(affected.reason))[:LONGEST],
    )


class Link(msgspec.Struct, frozen=True):
    """A reference. ``address`` is empty where it is nothing that a browser should open."""

    text: str
    address: str
    tags: tuple[str, ...]


def references(records: Sequence[Record], most: int) -> tuple[tuple[Link, ...], int]:
    """Return references, each once with the tags of all sources, and how many there are."""
    tags: dict[str, dict[str, None]] = {}
    for record in records:
        for reference in record.references:
            tags.setdefault(reference.url, {}).update(dict.fromkeys(reference.tags))
    links = (
        Link(plain(url)[:LONGEST], web_address(url), tuple(plain(tag) for tag in given))
        for url, given in islice(tags.items(), most)
    )
    return tuple(links), len(tags)


def web_address(url: str) -> str:
    """Return an address of the web as it is; empty for a script, a file or a mail."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    legible = plain(url) == url and not any(map(str.isspace, url))
    return url if web and legible else ""
