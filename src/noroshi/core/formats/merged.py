"""What all sources together say of one vulnerability, to be written in a format of the field.

Such a document is a *merged view*: nobody published it so. It names `PROVIDER` as who provides it,
says of each part whose word it is as far as the format has a place for that, and never claims to
be the record of a CNA or of a database. What sources took back is not in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from noroshi.core.facets import Affected, Record, State, Text

Json = dict[str, object]
"""An object that is to be written."""

PROVIDER = "noroshi"

NOTE = (
    "A view of what several sources say, merged by Noroshi. It is neither the record of the CVE "
    "programme nor that of any database; where sources contradict each other, it holds both."
)


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """One vulnerability: ``names`` with the preferred one first, and the records that stand."""

    names: tuple[str, ...]
    state: State
    disputed: bool
    published: dt.datetime | None
    modified: dt.datetime
    records: tuple[Record, ...]

    @property
    def cve(self) -> str | None:
        """Its CVE id, if it has one."""
        return next((name for name in self.names if name.startswith("CVE-")), None)

    @property
    def voices(self) -> list[str]:
        """Everybody whose claims are in it, in the order of the records."""
        return list(dict.fromkeys(by for record in self.records for by in _speaking(record)))

    @property
    def replaced_by(self) -> list[str]:
        """The names that sources give in its place."""
        return list(dict.fromkeys(name for one in self.records for name in one.replaced_by))


class Claim(msgspec.Struct, frozen=True):
    """One claim on a product, its platforms, and everybody who makes it."""

    affected: Affected
    platforms: tuple[str, ...]
    by: tuple[str, ...]


def claims(merged: Merged) -> list[Claim]:
    """Return what is said to be affected, each claim once with all who make it."""
    found: dict[tuple[Affected, tuple[str, ...]], dict[str, None]] = {}
    for record in merged.records:
        for one in record.affected:
            platforms = () if one.condition is None else record.conditions[one.condition]
            same = msgspec.structs.replace(one, by="", condition=None)
            found.setdefault((same, platforms), {})[one.by] = None
    return [Claim(one, platforms, tuple(by)) for (one, platforms), by in found.items()]


def texts(merged: Merged, *, titles: bool = False) -> list[Text]:
    """Return the descriptions, or the titles, each text once under who came first with it."""
    found: dict[tuple[str, str], Text] = {}
    for record in merged.records:
        for one in record.titles if titles else record.descriptions:
            found.setdefault((one.lang, one.text.strip()), one)
    return [one for one in found.values() if one.text.strip()]


def written(moment: dt.datetime) -> str:
    """Return a time as both formats want it: UTC, with a ``Z``."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def cut(text: str, most: int) -> str:
    """Return a text that is no longer than the format allows."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _speaking(record: Record) -> Iterator[str]:
    for facet in (
        record.titles,
        record.descriptions,
        record.severities,
        record.weaknesses,
        record.affected,
        record.remedies,
        record.exploits,
        record.ssvc,
    ):
        yield from (one.by for one in facet)
    if record.exploited:
        yield record.exploited.by
