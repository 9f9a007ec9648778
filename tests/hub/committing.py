"""Tests that need transactions which really commit, on two connections at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

PATIENCE = 10
"""Seconds after which a test gives up waiting for the other side."""


class Other:
    """Work on a second connection, in a thread of its own."""

    def __init__(self, database: BaseDatabaseWrapper, work: Callable[[], None]) -> None:
        self._database = database.copy()
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        connections["default"] = self._database
        self._database.inc_thread_sharing()
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - the waiting side raises it again
            self._error = error
        finally:
            self._database.close()

    @property
    def waits(self) -> bool:
        """Whether it is still at work after the time in which an unhindered one is done."""
        self._thread.join(0.3)
        return self._thread.is_alive()

    def finish(self) -> None:
        """Wait until it is done; raises what it raised."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the other side never came to its end"
        if self._error is not None:
            raise self._error


@contextmanager
def committed(database: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """Let transactions commit in a database that other tests want to find empty."""
    before = connections["default"]
    connections["default"] = database
    try:
        yield database
    finally:
        with database.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(_tables())} RESTART IDENTITY CASCADE")
        connections["default"] = before


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [m._meta.db_table for m in models if m.__module__.startswith("noroshi.")]
