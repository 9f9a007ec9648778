"""Bulk SQL, the same on both databases.

Table and column names come from the code, never from data. Values are adapted as the database
wants them: PostgreSQL takes rows by COPY, SQLite by ``executemany``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import connection

T = TypeVar("T")
Value = str | int | float | bytes | dt.datetime | dt.date | None
Row = tuple[Value, ...]

CHUNK = 5_000
"""Values put into one IN list; well under both databases' limits."""


def moment(value: dt.datetime | None) -> str | dt.datetime | None:
    """Return a time as the database stores it."""
    adapted: str | dt.datetime | None = connection.ops.adapt_datetimefield_value(value)
    return adapted


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut values into lists of at most ``size``."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def hold(name: str) -> None:
    """Wait until nobody else holds ``name``, and hold it until the transaction ends.

    For work that reads what is there and inserts what is missing. SQLite needs nothing: there a
    transaction holds the one write lock from its start.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"noroshi:{name}"])


def reserve(table: str, count: int) -> list[int]:
    """Return ``count`` ids of a table, ascending, that nobody else gets, used or not."""
    if not count:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [int(number) for (number,) in cursor.fetchall()]
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, table])
        if not cursor.rowcount:  # nothing was ever inserted there
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count]
            )
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = int(cursor.fetchone()[0])
        return list(range(last - count + 1, last + 1))


def insert(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows that are known not to exist."""
    if not rows:
        return
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


def insert_missing(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows, leaving those that a unique constraint knows already as they are."""
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def update(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Set columns by id; each row holds the new values and then the id."""
    settings = ", ".join(f"{name} = %s" for name in columns)
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {table} SET {settings} WHERE id = %s", rows)


def delete_by(table: str, column: str, values: Sequence[int]) -> None:
    """Delete the rows whose column has one of the values."""
    with connection.cursor() as cursor:
        for chunk in chunks(values):
            places = ", ".join(["%s"] * len(chunk))
            cursor.execute(f"DELETE FROM {table} WHERE {column} IN ({places})", chunk)


def select_in(sql: str, values: Iterable[Value], parameters: Sequence[Value] = ()) -> list[Row]:
    """Run ``sql`` for all values, in chunks; ``{in}`` in it stands for the list of them.

    ``parameters`` fill the places before the list.
    """
    rows: list[Row] = []
    with connection.cursor() as cursor:
        for chunk in chunks(values):
            places = ", ".join(["%s"] * len(chunk))
            cursor.execute(sql.replace("{in}", f"({places})"), [*parameters, *chunk])
            rows += cursor.fetchall()
    return rows


_STALE = """
SELECT s.relid::regclass::text FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
 WHERE c.reltuples < 0 OR s.n_mod_since_analyze > 1000 + c.reltuples / 2
 ORDER BY 1
"""


def refresh_statistics() -> None:
    """Let PostgreSQL look again at tables that have grown by half since it last did.

    Its own housekeeping does this too, in a while, where it is switched on. Bulk work cannot wait:
    without statistics the join of matching was planned to read whole tables, and took minutes.
    SQLite plans by its indexes alone.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_STALE)
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {table}")
