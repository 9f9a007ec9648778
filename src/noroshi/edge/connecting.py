"""Connecting to an address that was checked, and to no other.

A name is looked up once; every address it stands for is checked, and the connection goes to an
address that was checked. (To look it up again while connecting would let its owner answer with
another address the second time.) Certificate and Host header are those of the name.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import socket
import ssl
import threading
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx2

from noroshi.core.addresses import Place, Reach, reachable

MOST_ADDRESSES = 3
"""Addresses of one name that are tried, one after the other, until one can be connected to."""

Resolve = Callable[[str, int], list[str]]


def addresses(host: str, port: int) -> list[str]:
    """Return the numeric addresses of a host, as the system's resolver orders them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(found: list[str], reach: Reach) -> list[str]:
    """Return the addresses to be tried; none if any that the name stands for is out of reach."""
    if not all(reachable(address, reach) for address in found):
        return []
    return found[:MOST_ADDRESSES]


def numeric(where: Place, address: str) -> str:
    """Return the place written with one of its host's addresses."""
    host = f"[{address}]" if ":" in address else address
    return f"{where.scheme}://{host}:{where.port}{where.target}"


@cache
def public_trust() -> ssl.SSLContext:
    """Return the certificates that this machine believes; read once."""
    return httpx2.create_ssl_context()


class Line:
    """The connection of one request: cut when its time is over.

    The timeouts of the client are those of one read; who sends a byte now and then never meets
    them. ``connection``: the one that may be used again, where there is one.
    """

    def __init__(self, seconds: float, connection: socket.socket | None = None) -> None:
        self.is_cut = False
        self.connection = connection
        self._alarm = threading.Timer(seconds, self._cut)
        self._alarm.daemon = True

    def __enter__(self) -> Self:
        self._alarm.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._alarm.cancel()

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """Learn of the connection when it is made (the client's trace extension)."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self.connection = info["return_value"].get_extra_info("socket")
            if self.is_cut:
                self._cut()

    def _cut(self) -> None:
        self.is_cut = True
        if self.connection is not None:
            with contextlib.suppress(OSError):  # it has just ended by itself
                self.connection.shutdown(socket.SHUT_RDWR)


def asked_to_wait(headers: httpx2.Headers, now: dt.datetime) -> dt.timedelta | None:
    """Return what Retry-After says: seconds, or a date (RFC 9110 §10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return dt.timedelta(seconds=int(text))
    until = moment(text)
    return until - now if until else None


def moment(text: str) -> dt.datetime | None:
    """Read a date of HTTP; ``None`` for anything else."""
    try:
        value = parsedate_to_datetime(text)
    except ValueError:
        return None
    return value if value.tzinfo else None


def is_trust(error: BaseException | None) -> bool:
    """Say whether an error means that the other side's certificate cannot be trusted."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
