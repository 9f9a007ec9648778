"""Merging records: aliases become one vulnerability, every source's claim is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from noroshi.core import naming
from noroshi.core.facets import Product
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.identity.interning import ProductIds
from noroshi.hub.knowledge import queries
from noroshi.hub.knowledge.preparing import PreparedRecord
from noroshi.hub.knowledge.queries import StoredRecord
from noroshi.hub.todo import actions as todo

ASSESS = "assess"
MATCH = "match"
"""The stages that a merged record asks for: the vulnerability is judged, then matched."""

UNDATED = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""`Record.asserted_at` where the source names no time."""

Incoming = tuple[int, PreparedRecord]
"""A record and the document it came from."""


class Merged(msgspec.Struct, frozen=True):
    """``records`` were new or changed, ``stale`` were older than what their source said already."""

    records: int
    stale: int


class _Named(msgspec.Struct, frozen=True):
    """The vulnerability of each record, and those that got a CVE id to be called by."""

    vulnerabilities: list[int]
    preferred: dict[int, str]


class _Placed(msgspec.Struct, frozen=True):
    """A record with its row: ``number`` is fresh, or that of the row it replaces."""

    number: int
    replaces: bool
    vulnerability: int
    document: int
    asserted_at: dt.datetime
    record: PreparedRecord


def merge(
    source: int, incoming: Sequence[Incoming], products: ProductIds, *, now: dt.datetime
) -> Merged:
    """Write records and all that follows from them.

    Must run inside a transaction that holds "knowledge": it reads what is there and adds what is
    missing. What a stage still has in hand is waited for in the order in which the stages ask each
    other, so that none of them waits for this transaction meanwhile.
    """
    stored = queries.records_stored(source, {record.external_id for _, record in incoming})
    accepted = _accepted(incoming, stored, now)
    named = _name(source, [record for _, record in accepted])
    last = {record.external_id: place for place, (_, record) in enumerate(accepted)}
    placed = _place(
        [(accepted[place], named.vulnerabilities[place]) for place in last.values()], stored, now
    )
    left = {
        stored[item.record.external_id].vulnerability
        for item in placed
        if item.replaces and stored[item.record.external_id].vulnerability != item.vulnerability
    }
    todo.ask(ASSESS, left.union(named.vulnerabilities))
    todo.ask(MATCH, left)
    _write(source, placed)
    _write_ranges(placed, products)
    queries.prefer(named.preferred)
    return Merged(len(placed), len(incoming) - len(placed))


def _asserted(record: PreparedRecord, now: dt.datetime) -> dt.datetime:
    """Return the time by which a record is older or newer than another one of its source.

    One that names none is older than all that do. No claim is from the future: a slip in the year
    must not keep every correction out.
    """
    return UNDATED if record.asserted_at is None else min(record.asserted_at, now)


def _accepted(
    incoming: Sequence[Incoming], stored: Mapping[str, StoredRecord], now: dt.datetime
) -> list[Incoming]:
    """Return what is not older than what its source said before, were they to come one by one.

    Of one identifier the last of them stays, but all of them name: portions make no difference.
    """
    newest = {name: record.asserted_at for name, record in stored.items()}
    accepted = []
    for item in incoming:
        name, at = item[1].external_id, _asserted(item[1], now)
        if name not in newest or at >= newest[name]:
            newest[name] = at
            accepted.append(item)
    return accepted


def _name(source: int, records: Sequence[PreparedRecord]) -> _Named:
    """Settle the names of the records; say which vulnerability each speaks of."""
    known = queries.holders_of(name for record in records for name in record.names)
    cves = queries.cve_of(set(known.values()))
    result = naming.resolve([record.names for record in records], known, cves)
    fresh = sorted(result.created, reverse=True)
    numbers = bulk.reserve("knowledge_vulnerability", len(fresh))
    real = dict(zip(fresh, numbers, strict=True))
    queries.create_vulnerabilities({real[item]: result.created[item] for item in fresh})
    touched = {*result.merged, *(real.get(item, item) for item in result.merged.values())}
    todo.ask(ASSESS, touched)
    todo.ask(MATCH, touched)
    queries.create_aliases({n: real.get(item, item) for n, item in result.named.items()})
    for absorbed, survivor in result.merged.items():
        queries.absorb(absorbed, real.get(survivor, survivor))
    queries.record_conflicts(
        source, [(c.name, real.get(c.vulnerability, c.vulnerability)) for c in result.conflicts]
    )
    return _Named([real.get(item, item) for item in result.assigned], result.preferred)


def _place(
    incoming: Sequence[tuple[Incoming, int]],
    stored: Mapping[str, StoredRecord],
    now: dt.datetime,
) -> list[_Placed]:
    new = sum(record.external_id not in stored for (_, record), _ in incoming)
    numbers = iter(bulk.reserve("knowledge_record", new))
    placed = []
    for (document, record), vulnerability in incoming:
        old = stored.get(record.external_id)
        number = old.number if old else next(numbers)
        asserted = _asserted(record, now)
        placed.append(_Placed(number, old is not None, vulnerability, document, asserted, record))
    return placed


_COLUMNS = (
    "vulnerability_id", "document_id", "asserted_at", "facets", "source_id", "external_id", "id"
)  # fmt: skip


def _write(source: int, placed: Sequence[_Placed]) -> None:
    rows: dict[bool, list[bulk.Row]] = {True: [], False: []}
    for item in placed:
        rows[item.replaces].append(
            (
                item.vulnerability,
                item.document,
                bulk.moment(item.asserted_at),
                item.record.facets,
                source,
                item.record.external_id,
                item.number,
            )
        )
    bulk.insert("knowledge_record", _COLUMNS, rows[False])
    bulk.update("knowledge_record", _COLUMNS[:-1], rows[True])


_RANGE_COLUMNS = (
    "record_id",
    "product_id",
    "low",
    "high",
    "status",
    "claim",
    "part",
    "conditional",
)


def _write_ranges(placed: Sequence[_Placed], products: ProductIds) -> None:
    """Replace the ranges of the records, and ask for matching where there are or were any."""
    replaced = [item.number for item in placed if item.replaces]
    had = queries.with_ranges(replaced)
    bulk.delete_by("knowledge_affectedrange", "record_id", sorted(had))
    names = {(row.scheme, row.name) for item in placed for row in item.record.ranges}
    numbers = products.of(Product(scheme, name) for scheme, name in names)
    ids = {(product.scheme, product.name): number for product, number in numbers.items()}
    rows = [
        (
            item.number,
            ids[row.scheme, row.name],
            row.low,
            row.high,
            row.status,
            row.claim,
            row.part,
            row.conditional,
        )
        for item in placed
        for row in item.record.ranges
    ]
    bulk.insert("knowledge_affectedrange", _RANGE_COLUMNS, rows)
    todo.ask(
        MATCH,
        [item.vulnerability for item in placed if item.record.ranges or item.number in had],
    )
