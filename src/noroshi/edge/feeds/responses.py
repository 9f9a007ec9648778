"""What an answer says of itself: how long it is, how it is packed, how long to wait."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Mapping

import httpx2

from noroshi.core.addresses import Place
from noroshi.core.errors import BrokenArchive, UnexpectedAnswer, Unreachable
from noroshi.edge.connecting import asked_to_wait, is_trust
from noroshi.edge.feeds.unpacking import gunzip

SHOWN = 300
"""Characters of an address in an error."""

_PACKED = (".gz", ".zip", ".zst")
_GZIP = frozenset({"gzip", "x-gzip"})


def request_headers(where: Place, name: str, more: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a request for a file of this name."""
    return {
        "Host": where.authority,
        "User-Agent": "Noroshi",
        "Accept": "*/*",
        "Accept-Encoding": "identity" if name.endswith(_PACKED) else "gzip",
        **more,
    }


def own_headers(headers: httpx2.Headers) -> dict[str, str]:
    """Return what an answer is, and what it says in headers of a protocol of its own."""
    names = {name.lower() for name in headers if name.lower().startswith("x-")}
    return {name: headers[name][:SHOWN] for name in ("content-type", *names) if name in headers}


def announced(headers: httpx2.Headers) -> int:
    """Return the bytes that an answer says to have; 0 where it does not."""
    text = headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def decoded(
    response: httpx2.Response, pieces: Iterator[bytes], asked: str, name: str
) -> Iterator[bytes]:
    """Undo the encoding of the way; that of the file itself stays, even if it has the same name."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity" or (encoding in _GZIP and name.endswith(_PACKED)):
        yield from pieces
        return
    if encoding not in _GZIP:
        detail = f"its encoding {encoding[:40]!r} was not asked for"
        raise UnexpectedAnswer(asked[:SHOWN], detail=detail)
    try:
        yield from gunzip(pieces)
    except (zlib.error, BrokenArchive) as error:
        raise Unreachable(asked[:SHOWN], detail="its gzip encoding is broken") from error


def wait_of(headers: httpx2.Headers, served_at: dt.datetime) -> int:
    """Return the seconds that a server asks to be left alone.

    A date is one of the server's own clock, as ``served_at`` is: ours may be another one.
    """
    asked = asked_to_wait(headers, served_at)
    if asked is None and headers.get("X-RateLimit-Remaining") == "0":
        reset = headers.get("X-RateLimit-Reset", "")  # GitHub: seconds since 1970
        if reset.isascii() and reset.isdigit() and len(reset) < 12:
            asked = dt.timedelta(seconds=int(reset) - served_at.timestamp())
    return 0 if asked is None else max(0, min(int(asked.total_seconds()), 10**8))


def trouble(error: Exception) -> str:
    """Say what went wrong on the way."""
    match error:
        case httpx2.TimeoutException():
            return "it did not answer in time"
        case httpx2.ConnectError() if is_trust(error):
            return "its certificate cannot be trusted"
        case httpx2.ConnectError() | httpx2.ProxyError():
            return "no connection could be made"
        case _:
            return "the answer broke off"
