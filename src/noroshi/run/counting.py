"""What is counted for a while, in files that all processes of this machine share."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

SWEPT_EVERY = 60
"""Seconds between two times at which what has ended is thrown away."""


class CountingCache(FileBasedCache):
    """Django's cache of files, in which two who add or count at once take turns.

    Django's own looks first and writes then, so that both may believe to be the first: a code
    would be taken twice, and an attempt to sign in not be counted. It also keeps what has ended
    until there are very many files, and lists them all whenever it writes one.
    """

    def add(
        self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        """Keep a value unless there is one; say whether it was kept."""
        with self._turn():
            return super().add(key, value, timeout, version)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Add to a number and return it."""
        with self._turn():
            return super().incr(key, delta, version)

    def _cull(self) -> None:
        swept = Path(self._dir, "swept")  # type: ignore[attr-defined]  # Django's own
        if swept.exists() and 0 <= time.time() - swept.stat().st_mtime < SWEPT_EVERY:
            return
        swept.touch()
        for name in self._list_cache_files():  # type: ignore[attr-defined]  # Django's own
            with suppress(FileNotFoundError), Path(name).open("rb") as file:
                self._is_expired(file)  # type: ignore[attr-defined]  # Django's own; it deletes it
        super()._cull()  # type: ignore[misc]  # Django's own

    @contextmanager
    def _turn(self) -> Iterator[None]:
        folder = Path(self._dir)  # type: ignore[attr-defined]  # Django's own
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / "turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
