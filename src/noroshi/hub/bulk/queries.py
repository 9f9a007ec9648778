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


def reserve(table: str, count: int) -> range:
    """Return ``count`` fresh ids of a table.

    SQLite: the transaction holds the one write lock. PostgreSQL: a block of the sequence is taken
    under a lock that other reservations of the same table wait for, so that it has no holes.
    """
    if not count:
        return range(0)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reserve:{table}"])
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), "
                "nextval(pg_get_serial_sequence(%s, 'id')) + %s - 1)",
                [table, table, count],
            )
            last = int(cursor.fetchone()[0])
            return range(last - count + 1, last + 1)
        cursor.execute(
            "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0), "
            f"coalesce((SELECT max(id) FROM {table}), 0))",
            [table],
        )
        first = int(cursor.fetchone()[0]) + 1
        return range(first, first + count)


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
