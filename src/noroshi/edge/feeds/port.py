"""The port of the feeds: what each of them says of itself, and how it is asked.

A feed turns a cursor into steps. A step is written before the next one is asked for, and its cursor
is kept only then; killed at any instant, the next pull goes on from the last cursor that was kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

from noroshi.core.errors import FormatError
from noroshi.edge.feeds.files import Wanted, every_part

Cursor = dict[str, Any]
"""Where a feed goes on, as JSON; its own business. Empty: from the beginning."""


class Mark(msgspec.Struct, frozen=True):
    """What makes the next request of an address conditional (RFC 9110 §13)."""

    address: str
    etag: str = ""
    last_modified: str = ""


class File(msgspec.Struct, frozen=True):
    """A file as received: the name by which it is spoken of, and where it lies."""

    name: str
    path: Path


class Step(msgspec.Struct, frozen=True):
    """What came, and the cursor to go on from once it is written.

    ``marks``: of the addresses of which everything has come with this step or before. ``problems``:
    by name, what was listed and could not be had. ``wanted``: which files of archives are read.
    """

    cursor: Cursor
    files: tuple[File, ...] = ()
    marks: tuple[Mark, ...] = ()
    problems: tuple[tuple[str, FormatError], ...] = ()
    wanted: Wanted = every_part


NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Answer(msgspec.Struct, frozen=True):
    """A file that a server gave. ``served_at``: when, by the server's own clock.

    ``headers``, in lower case: its ``content-type``, and those of a protocol of its own (``x-…``).
    """

    file: File
    mark: Mark
    address: str
    served_at: dt.datetime
    headers: Mapping[str, str] = NO_HEADERS

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.file.path


class Client(Protocol):
    """Asks the servers of one source; raises `FetchError` or `TooLarge`."""

    def now(self) -> dt.datetime:
        """Return the time."""

    def get(self, address: str, name: str, headers: Mapping[str, str] = NO_HEADERS, /) -> Answer:
        """Fetch what must be there, into a file of this name.

        ``headers`` are for the host of this address alone: no redirect carries them elsewhere.
        """

    def find(self, address: str, name: str, /) -> Answer | None:
        """Fetch what may be there; ``None`` where the server does not have it."""

    def get_if_changed(self, address: str, name: str, /) -> Answer | None:
        """Fetch what must be there; ``None`` if it is what was there before."""

    def allow(self, *addresses: str) -> None:
        """Let the hosts of these addresses be asked as well: a source named them itself."""


class Feed(Protocol):
    """One source of the network."""

    @property
    def source(self) -> str:
        """The name of the source, which is that of its format as well."""

    @property
    def cadence(self) -> dt.timedelta:
        """How long to wait from one pull to the next."""

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that are asked, and to which redirects may lead."""

    @property
    def apart(self) -> float:
        """Seconds from one request to the next, as the source wants it."""

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield what came since the cursor; nothing if nothing did."""
