"""The SQL of the knowledge base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from noroshi.core.search.tokens import Phrase
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.knowledge import models
from noroshi.hub.knowledge.fused import Fused
from noroshi.hub.knowledge.models import (
    Alias,
    AliasConflict,
    Document,
    Record,
    Source,
    Vulnerability,
)
from noroshi.hub.knowledge.preparing import PreparedDocument


class Entry(msgspec.Struct, frozen=True):
    """What one vulnerability is found by (`models.Entry`)."""

    terms: str
    shown: str


class StoredRecord(msgspec.Struct, frozen=True):
    """What has to be known of a record before it is replaced."""

    number: int
    vulnerability: int
    document: int
    asserted_at: dt.datetime
    withdrawn_at: dt.datetime | None
    facets: bytes


def documents_read(source: int, hashes: Sequence[bytes]) -> set[bytes]:
    """Return those of the hashes whose documents were read completely."""
    found: set[bytes] = set()
    for chunk in bulk.chunks(hashes):
        rows = Document.objects.filter(source=source, sha256__in=chunk, read_at__isnull=False)
        found.update(bytes(value) for value in rows.values_list("sha256", flat=True))
    return found


_DOCUMENT = ("id", "source_id", "external_id", "retrieved_at", "sha256", "size", "unread", "body")


def keep(source: int, documents: Sequence[PreparedDocument], now: dt.datetime) -> dict[bytes, int]:
    """Store documents that are not stored yet; return the row of each by its hash."""
    unique = {document.sha256: document for document in documents}
    rows = Document.objects.filter(source=source, sha256__in=list(unique))
    numbers = {bytes(sha256): number for sha256, number in rows.values_list("sha256", "pk")}
    fresh = [document for key, document in unique.items() if key not in numbers]
    at = bulk.moment(now)
    inserted = list(zip(bulk.reserve("knowledge_document", len(fresh)), fresh, strict=True))
    bulk.insert(
        "knowledge_document",
        _DOCUMENT,
        [
            (n, source, d.external_id, at, d.sha256, d.size, len(d.problems), d.body)
            for n, d in inserted
        ],
    )
    count_kept(source, documents=len(inserted))
    return numbers | {document.sha256: number for number, document in inserted}


def count_kept(source: int, *, documents: int = 0, records: int = 0) -> None:
    """Add what was stored to what is counted of the source."""
    Source.objects.filter(pk=source).update(
        kept_documents=F("kept_documents") + documents, kept_records=F("kept_records") + records
    )


def mark_read(numbers: Sequence[int], now: dt.datetime) -> None:
    """Say that everything in these documents has been read and merged."""
    Document.objects.filter(pk__in=numbers).update(read_at=now)


def records_stored(source: int, external_ids: Iterable[str]) -> dict[str, StoredRecord]:
    """Return what is stored of the records with these ids."""
    found: dict[str, StoredRecord] = {}
    for chunk in bulk.chunks(external_ids):
        rows = Record.objects.filter(source=source, external_id__in=chunk)
        columns = ("pk", "vulnerability_id", "document_id", "asserted_at", "withdrawn_at", "facets")
        for name, number, vulnerability, document, asserted, withdrawn, facets in rows.values_list(
            "external_id", *columns
        ):
            found[name] = StoredRecord(
                number, vulnerability, document, asserted, withdrawn, bytes(facets)
            )
    return found


def newest_catalogue(source: int) -> dt.datetime | None:
    """Return when the newest catalogue of a source was made; ``None`` where it has none."""
    return Source.objects.values_list("catalogue_at", flat=True).get(pk=source)


def note_catalogue(source: int, made: dt.datetime) -> None:
    """Note that a catalogue made then was read."""
    Source.objects.filter(pk=source).update(catalogue_at=made)


def standing(
    source: int, made_by: dt.datetime, documents: Collection[int] | None = None
) -> dict[str, tuple[int, int]]:
    """Return row and vulnerability of what a source has not taken back, as it said it by then.

    ``documents``: only what these say.
    """
    rows = Record.objects.filter(source=source, withdrawn_at__isnull=True, asserted_at__lte=made_by)
    if documents is not None:
        rows = rows.filter(document__in=documents)
    found = rows.values_list("external_id", "pk", "vulnerability_id")
    return {name: (number, vulnerability) for name, number, vulnerability in found}


def withdraw(records: Iterable[int], at: dt.datetime) -> None:
    """Note that records were taken back by their source."""
    for chunk in bulk.chunks(records):
        Record.objects.filter(pk__in=chunk).update(withdrawn_at=at)


def holders_of(names: Iterable[str]) -> dict[str, int]:
    """Return the vulnerability each name belongs to, where it belongs to one."""
    found: dict[str, int] = {}
    for chunk in bulk.chunks(dict.fromkeys(names)):
        found |= dict(Alias.objects.filter(name__in=chunk).values_list("name", "vulnerability_id"))
    return found


def beginning(column: str, text: str) -> Q:
    """Return the condition that an ASCII column begins with ``text``, as an index answers it.

    PostgreSQL has an index for patterns beside each unique text; SQLite orders texts by their
    bytes, and would read every row for a pattern.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{column}__startswith": text})
    return Q(**{f"{column}__gte": text, f"{column}__lt": f"{text}\x7f"})


def cve_of(vulnerabilities: Iterable[int]) -> dict[int, str]:
    """Return the CVE id of each vulnerability that has one."""
    found: dict[int, str] = {}
    for chunk in bulk.chunks(vulnerabilities):
        rows = Alias.objects.filter(vulnerability__in=chunk, name__startswith="CVE-")
        found |= dict(rows.values_list("vulnerability_id", "name"))
    return found


def create_vulnerabilities(preferred: Mapping[int, str]) -> None:
    """Insert vulnerabilities under reserved ids."""
    bulk.insert(
        "knowledge_vulnerability",
        (
            "id",
            "preferred_id",
            "state",
            "disputed",
            "title_en",
            "title_ja",
            "severity",
            "exploitation",
            "automatable",
            "words",
        ),
        [
            (number, name, "published", False, "", "", "", "", "", "")
            for number, name in preferred.items()
        ],
    )


def prefer(names: Mapping[int, str]) -> None:
    """Call vulnerabilities by other names of theirs."""
    bulk.update(
        "knowledge_vulnerability",
        ("preferred_id",),
        [(name, number) for number, name in names.items()],
    )


def create_aliases(holders: Mapping[str, int]) -> None:
    """Insert names that nobody had."""
    bulk.insert("knowledge_alias", ("name", "vulnerability_id"), list(holders.items()))


def absorb(absorbed: int, survivor: int) -> None:
    """Give names and records of one vulnerability to another; its row stays and points there."""
    Alias.objects.filter(vulnerability=absorbed).update(vulnerability=survivor)
    Record.objects.filter(vulnerability=absorbed).update(vulnerability=survivor)
    Vulnerability.objects.filter(merged_into=absorbed).update(merged_into=survivor)
    Vulnerability.objects.filter(pk=absorbed).update(merged_into=survivor)


def record_conflicts(source: int, conflicts: Sequence[tuple[str, int]]) -> None:
    """Record names that a source gives to a vulnerability although another one has them."""
    AliasConflict.objects.bulk_create(
        [
            AliasConflict(name=name, vulnerability_id=vulnerability, source_id=source)
            for name, vulnerability in conflicts
        ],
        ignore_conflicts=True,
    )


def with_ranges(records: Sequence[int]) -> set[int]:
    """Return those of the records that have affected ranges."""
    rows = bulk.select_in(
        "SELECT DISTINCT record_id FROM knowledge_affectedrange WHERE record_id IN {in}", records
    )
    return {int(str(row[0])) for row in rows}


def records_of(
    vulnerabilities: Sequence[int], *, withdrawn: bool = False
) -> dict[int, list[bytes]]:
    """Return the stored facets of each vulnerability that has records, in order of arrival."""
    found: dict[int, list[bytes]] = {}
    rows = Record.objects.filter(
        vulnerability__in=vulnerabilities, withdrawn_at__isnull=not withdrawn
    )
    for number, facets in rows.order_by("pk").values_list("vulnerability_id", "facets"):
        found.setdefault(number, []).append(bytes(facets))
    return found


def current_assessments(vulnerabilities: Sequence[int]) -> dict[int, bytes]:
    """Return the body of the newest assessment of each vulnerability that has one."""
    rows = bulk.select_in(
        "SELECT vulnerability_id, body FROM knowledge_assessment WHERE id IN "
        "(SELECT max(id) FROM knowledge_assessment WHERE vulnerability_id IN {in} "
        "GROUP BY vulnerability_id)",
        vulnerabilities,
    )
    return {int(str(number)): _bytes(body) for number, body in rows}


def _bytes(value: bulk.Value) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def append_assessments(rows: Sequence[bulk.Row]) -> None:
    """Append assessments: (vulnerability, made_at, model, body)."""
    columns = ("vulnerability_id", "made_at", "model", "body")
    bulk.insert("knowledge_assessment", columns, rows)


def fused_columns(vulnerabilities: Sequence[int]) -> dict[int, Fused]:
    """Return the columns of the lists as they stand."""
    rows = Vulnerability.objects.filter(pk__in=vulnerabilities)
    fields = Fused.__struct_fields__
    return {number: Fused(*values) for number, *values in rows.values_list("pk", *fields)}


def write_fused(changed: Mapping[int, Fused]) -> None:
    """Write the columns of the lists."""
    bulk.update(
        "knowledge_vulnerability",
        Fused.__struct_fields__,
        [
            (
                *(
                    bulk.moment(value) if isinstance(value, dt.datetime) else value
                    for value in msgspec.structs.astuple(fused)
                ),
                number,
            )
            for number, fused in changed.items()
        ],
    )


# --- what vulnerabilities are found by ---


def entries(vulnerabilities: Sequence[int]) -> dict[int, Entry]:
    """Return what these are found by."""
    rows = models.Entry.objects.filter(pk__in=vulnerabilities)
    return {n: Entry(terms, shown) for n, terms, shown in rows.values_list("pk", "terms", "shown")}


def write_entries(changed: Mapping[int, Entry]) -> None:
    """Write what these are found by; the index follows by itself (migration 0006)."""
    rows = [(number, one.terms, one.shown) for number, one in changed.items()]
    sql = (
        "INSERT INTO knowledge_entry (vulnerability_id, terms, shown) VALUES (%s, %s, %s) "
        "ON CONFLICT (vulnerability_id) DO UPDATE SET terms = excluded.terms, "
        "shown = excluded.shown"
    )
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def delete_entries(vulnerabilities: Sequence[int]) -> None:
    """Let go what these are found by."""
    bulk.delete_by("knowledge_entry", "vulnerability_id", vulnerabilities)


Sought = tuple[tuple[Phrase, ...], ...]
"""Phrases: of each inner row any, and of every row one."""


def hits(wanted: Sought, without: Sought, most: int) -> list[int] | None:
    """Return the vulnerabilities that the index finds, in no order; ``None``: more than ``most``.

    ``wanted`` has to hold something.
    """
    if connection.vendor == "postgresql":
        return _by_gin(wanted, without, most)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM knowledge_entry_text WHERE knowledge_entry_text MATCH %s LIMIT %s",
            [_fts5(wanted, without), most + 1],
        )
        found = [int(number) for (number,) in cursor.fetchall()]
    return None if len(found) > most else found


def _fts5(wanted: Sought, without: Sought) -> str:
    """Return the query in the words of FTS5, where NOT binds before AND, and AND before OR."""
    every = " AND ".join(_any_fts5(row) for row in wanted)
    return "".join([f"({every})", *(f" NOT {_any_fts5(row)}" for row in without)])


def _any_fts5(row: tuple[Phrase, ...]) -> str:
    either = (f'"{" ".join(one.tokens)}"{" *" if one.open else ""}' for one in row)
    return f"({' OR '.join(either)})"


def _by_gin(wanted: Sought, without: Sought, most: int) -> list[int] | None:
    """Ask PostgreSQL: the index knows the tokens, the text beside it their order.

    Words in a row are looked for in twice as many rows as may be found, and no more. The planner
    would rather read the table where many rows have a token: making tokens of each costs far more.
    """
    query = " & ".join(_any_gin(row) for row in wanted)
    query += "".join(f" & !{_any_gin(row)}" for row in without if _single(row))
    checks, pieces = ["true"], []
    for turn, rows in (("", wanted), ("NOT ", without)):
        for row in (row for row in rows if not _single(row)):
            checks.append(f"{turn}({' OR '.join(['strpos(terms, %s) > 0'] * len(row))})")
            pieces += [one.text for one in row]
    far = 2 * most if pieces else most
    sql = (
        f"SELECT vulnerability_id, {' AND '.join(checks)} FROM knowledge_entry WHERE "
        "array_to_tsvector(string_to_array(btrim(terms), ' ')) @@ %s::tsquery LIMIT %s"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(sql, [*pieces, query, far + 1])
        rows_found = cursor.fetchall()
        cursor.execute("SET LOCAL enable_seqscan = on")
    found = [int(number) for number, holds in rows_found if holds]
    return None if len(rows_found) > far or len(found) > most else found


def _single(row: tuple[Phrase, ...]) -> bool:
    return all(len(one.tokens) == 1 for one in row)


def _any_gin(row: tuple[Phrase, ...]) -> str:
    return f"({' | '.join(_all_gin(one) for one in row)})"


def _all_gin(one: Phrase) -> str:
    *before, last = one.tokens
    quoted = [*(f"'{token}'" for token in before), f"'{last}'{':*' if one.open else ''}"]
    return f"({' & '.join(quoted)})"


def among(numbers: Collection[int]) -> Q:
    """Return the condition that a vulnerability is one of many, sent as one value."""
    if connection.vendor == "postgresql":
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(numbers)]))
    listed = msgspec.json.encode(list(numbers)).decode()
    return Q(pk__in=RawSQL("SELECT value FROM json_each(%s)", [listed]))
