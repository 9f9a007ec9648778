"""CISA's catalogue of Known Exploited Vulnerabilities: one file, asked for when it has changed.

An entry that is missing from the catalogue was taken back; so an answer that is not the catalogue
of today, whole, is no answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import decoded
from noroshi.edge.feeds.port import Client, Cursor, Feed, Step

ADDRESS = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
NAME = "known_exploited_vulnerabilities.json"

MOST_LOST, LARGEST_PART = 10, 0.1
"""Entries, or the part of all, that a catalogue may lose at once: CISA took back a dozen in years.

The reading of a catalogue has the same rule (`noroshi.core.errors.Shrunken`); here it keeps the
cursor from moving, so that the catalogue is asked for again.
"""


class _Catalogue(msgspec.Struct, frozen=True, rename="camel"):
    vulnerabilities: list[msgspec.Raw]
    count: int | None = None
    date_released: str = ""


_catalogue = msgspec.json.Decoder(_Catalogue)


class Kev(msgspec.Struct, frozen=True):
    """The feed. Its cursor: when the catalogue was released, and how many entries it had."""

    source: str = "kev"
    cadence: dt.timedelta = dt.timedelta(hours=2)
    hosts: frozenset[str] = frozenset({"www.cisa.gov"})
    apart: float = 0.0

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield the catalogue if it has changed."""
        answer = client.get_if_changed(ADDRESS, NAME)
        if answer is None:
            return
        catalogue = decoded(answer, _catalogue)
        wrong = _wrong(catalogue, cursor.get("released", ""), cursor.get("entries", 0))
        if wrong:
            raise UnexpectedAnswer(answer.address, detail=wrong)
        after = {"released": catalogue.date_released, "entries": len(catalogue.vulnerabilities)}
        yield Step(after, (answer.file,), (answer.mark,))


def _wrong(catalogue: _Catalogue, released: str, before: int) -> str:
    entries = len(catalogue.vulnerabilities)
    if not entries:
        return "the catalogue is empty"
    if catalogue.count is not None and catalogue.count != entries:
        return f"the catalogue says to have {catalogue.count} entries and has {entries}"
    if before - entries > max(MOST_LOST, before * LARGEST_PART):
        return f"the catalogue has lost {before - entries} of {before} entries at once"
    if _moment(catalogue.date_released) < _moment(released):
        return f"the catalogue is older than the one of {released}"
    return ""


_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def _moment(text: str) -> dt.datetime:
    """Return when a catalogue was released; long ago where it does not say so."""
    try:
        value = dt.datetime.fromisoformat(text)
    except ValueError:
        return _LONG_AGO
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def feed() -> Feed:
    """Return the feed."""
    return Kev()
