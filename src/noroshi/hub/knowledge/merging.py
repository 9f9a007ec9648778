"""Merging records: aliases become one vulnerability, every source's claim is kept."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from noroshi.core import naming
from noroshi.core.errors import FormatError, Shrunken
from noroshi.core.facets import Product
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.identity.interning import ProductIds
from noroshi.hub.knowledge import earlier, queries
from noroshi.hub.knowledge.earlier import Said
from noroshi.hub.knowledge.preparing import PreparedRecord, names_in
from noroshi.hub.knowledge.queries import StoredRecord
from noroshi.hub.knowledge.separating import come_apart
from noroshi.hub.todo import actions as todo

ASSESS = "assess"
MATCH = "match"
"""The stages that a merged record asks for: the vulnerability is judged, then matched."""

UNDATED = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""`Record.asserted_at` where the source names no time."""

FEW = 10
MOST_LOST = 0.1
"""So many records, or this part of all, may be missing from a catalogue that is whole."""

Incoming = tuple[int, PreparedRecord]
"""A record and the document it came from."""


class Merged(msgspec.Struct, frozen=True):
    """``records`` were new or changed, ``stale`` were older than what their source said already.

    ``documents``: where those that changed had been said before, by their ids.
    """

    records: int
    stale: int
    documents: dict[str, int]


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
    withdrawn_at: dt.datetime | None
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
    newest = [(accepted[place], named.vulnerabilities[place]) for place in last.values()]
    changed = [item for item in newest if not _says_the_same(item, stored, now)]
    placed = _place(changed, stored, now)
    left = {
        stored[item.record.external_id].vulnerability
        for item in placed
        if item.replaces and stored[item.record.external_id].vulnerability != item.vulnerability
    }
    todo.ask(ASSESS, left.union(item.vulnerability for item in placed))
    todo.ask(MATCH, left)
    _write(source, placed)
    _write_ranges(placed, products)
    _keep_earlier(source, placed, _passed_over(incoming, newest), stored, now)
    queries.prefer(named.preferred)
    apart = come_apart(_loosened(placed, accepted, stored))
    todo.ask(ASSESS, apart)
    todo.ask(MATCH, apart)
    before = {
        name: stored[name].document
        for item in placed
        if (name := item.record.external_id) in stored
    }
    return Merged(len(placed), len(incoming) - len(newest), before)


def take_back(
    source: int, said: frozenset[str], *, made: dt.datetime, now: dt.datetime
) -> FormatError | None:
    """Withdraw what a whole catalogue does not say any more; ``made``: when it was made.

    One that has lost more than `MOST_LOST` at once is believed to be broken: nothing is withdrawn,
    and the error to be shown is returned. Must run inside a transaction that holds "knowledge".
    """
    standing = queries.standing(source, made)
    lost = [standing[name] for name in standing.keys() - said]
    if len(lost) > max(FEW, len(standing) * MOST_LOST) or (lost and not said):
        return Shrunken(held=len(standing), missing=len(lost))
    _withdraw(lost, min(made, now))
    return None


def take_back_from(
    source: int,
    older: Collection[int],
    beginning: str,
    records: Sequence[PreparedRecord],
    *,
    now: dt.datetime,
) -> None:
    """Withdraw what older versions of a document said and this one does not.

    ``beginning``: what the ids of all its records begin with. Must run as `take_back`.
    """
    made = max(_asserted(record, now) for record in records)
    said = {record.external_id for record in records}
    standing = queries.standing(source, made, older)
    lost = [
        place for name, place in standing.items() if name.startswith(beginning) and name not in said
    ]
    _withdraw(lost, made)


def _withdraw(lost: Sequence[tuple[int, int]], at: dt.datetime) -> None:
    if not lost:
        return
    queries.withdraw([number for number, _ in lost], at)
    vulnerabilities = {vulnerability for _, vulnerability in lost}
    vulnerabilities |= come_apart(vulnerabilities)
    todo.ask(ASSESS, vulnerabilities)
    todo.ask(MATCH, vulnerabilities)


def _says_the_same(
    item: tuple[Incoming, int], stored: Mapping[str, StoredRecord], now: dt.datetime
) -> bool:
    """Say whether a record is stored like this already; its document is then an earlier one."""
    (_, record), vulnerability = item
    old = stored.get(record.external_id)
    return (
        old is not None
        and old.facets == record.facets
        and old.withdrawn_at == _withdrawn(record, now)
        and old.vulnerability == vulnerability
    )


def _passed_over(
    incoming: Sequence[Incoming], newest: Sequence[tuple[Incoming, int]]
) -> list[Incoming]:
    """Return what is not the newest that its source says: it came late, or was said again."""
    last = {id(item[1]) for item, _ in newest}
    return [item for item in incoming if id(item[1]) not in last]


def _keep_earlier(
    source: int,
    placed: Sequence[_Placed],
    passed_over: Sequence[Incoming],
    stored: Mapping[str, StoredRecord],
    now: dt.datetime,
) -> None:
    """Keep what is not said any more; see `noroshi.hub.knowledge.earlier`."""
    standing = {name: _stored(old) for name, old in stored.items()}
    before = [standing[name] for item in placed if (name := item.record.external_id) in standing]
    standing |= {item.record.external_id: _said(item) for item in placed}
    before += [
        Said(
            standing[record.external_id].number,
            document,
            _asserted(record, now),
            _withdrawn(record, now),
            record.facets,
        )
        for document, record in passed_over
    ]
    numbers = {said.number for said in before}
    earlier.keep(source, [said for said in standing.values() if said.number in numbers], before)


def _said(item: _Placed) -> Said:
    facets = item.record.facets
    return Said(item.number, item.document, item.asserted_at, item.withdrawn_at, facets)


def _stored(old: StoredRecord) -> Said:
    return Said(old.number, old.document, old.asserted_at, old.withdrawn_at, old.facets)


def _loosened(
    placed: Sequence[_Placed], accepted: Sequence[Incoming], stored: Mapping[str, StoredRecord]
) -> set[int]:
    """Return the vulnerabilities of which a record let a name go."""
    before: dict[str, set[str]] = defaultdict(set)
    for _, record in accepted:
        before[record.external_id].update(record.names)
    loosened = set()
    for item in placed:
        names, old = before[item.record.external_id], stored.get(item.record.external_id)
        if old is not None:
            names = names.union(names_in(old.facets))
        if item.withdrawn_at is not None or not names.issubset(item.record.names):
            loosened |= {item.vulnerability, old.vulnerability if old else item.vulnerability}
    return loosened


def _asserted(record: PreparedRecord, now: dt.datetime) -> dt.datetime:
    """Return the time by which a record is older or newer than another one of its source.

    One that names none is older than all that do. No claim is from the future: a slip in the year
    must not keep every correction out.
    """
    return UNDATED if record.asserted_at is None else min(record.asserted_at, now)


def _withdrawn(record: PreparedRecord, now: dt.datetime) -> dt.datetime | None:
    return None if record.withdrawn_at is None else min(record.withdrawn_at, now)


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
        withdrawn = _withdrawn(record, now)
        placed.append(
            _Placed(number, old is not None, vulnerability, document, asserted, withdrawn, record)
        )
    return placed


_COLUMNS = (
    "vulnerability_id", "document_id", "asserted_at", "withdrawn_at", "facets", "source_id",
    "external_id", "id",
)  # fmt: skip


def _write(source: int, placed: Sequence[_Placed]) -> None:
    rows: dict[bool, list[bulk.Row]] = {True: [], False: []}
    for item in placed:
        rows[item.replaces].append(
            (
                item.vulnerability,
                item.document,
                bulk.moment(item.asserted_at),
                bulk.moment(item.withdrawn_at),
                item.record.facets,
                source,
                item.record.external_id,
                item.number,
            )
        )
    bulk.insert("knowledge_record", _COLUMNS, rows[False])
    queries.count_kept(source, records=len(rows[False]))
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
