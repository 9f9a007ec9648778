"""Sources that are one file, asked for when it has changed.

``exploitdb``, ``metasploit``, ``nuclei`` and ``debian`` say where theirs is; what stands in it is
the format's business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import starts_with
from noroshi.edge.feeds.port import Client, Cursor, Step

LEAST = 1000
"""Bytes; what is smaller is an empty list, or a page that says sorry."""

LEAST_LEFT = 0.5
"""Part of its size that a file keeps at least from one time to the next."""


class Download(msgspec.Struct, frozen=True):
    """A feed of one file. Its cursor: the size of the file that was read last.

    ``begins``: what each such file begins with, or one of them.
    """

    source: str
    address: str
    name: str
    begins: tuple[bytes, ...]
    cadence: dt.timedelta
    apart: float = 0.0

    @property
    def hosts(self) -> frozenset[str]:
        """The one host."""
        return frozenset({urlsplit(self.address).hostname or ""})

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield the file if it has changed."""
        answer = client.get_if_changed(self.address, self.name)
        if answer is None:
            return
        size = answer.path.stat().st_size
        least = max(LEAST, int(cursor.get("size", 0) * LEAST_LEFT))
        if size < least:
            detail = f"{size} bytes, where at least {least} were expected"
            raise UnexpectedAnswer(answer.address, detail=detail)
        if not starts_with(answer.path, 200).lstrip(_BEFORE).startswith(self.begins):
            raise UnexpectedAnswer(answer.address, detail="it does not begin as it should")
        yield Step({"size": size}, (answer.file,), (answer.mark,))


_BEFORE = b"\xef\xbb\xbf \t\r\n"
