"""Ubuntu: the CVE tracker in the OSV format, in one archive, asked for when it has changed.

The archive holds notices as well, which only repeat what stands in the CVEs' records. Records that
did not change are known by their bytes.
Source: https://documentation.ubuntu.com/security/security-updates/osv/
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import tar_members
from noroshi.edge.feeds.port import Client, Cursor, Feed, Step

ADDRESS = "https://security-metadata.canonical.com/osv/osv-all.tar.xz"
NAME = "osv-all.tar.xz"

LEAST_LEFT = 0.5
"""Part of its records that the archive keeps at least from one time to the next."""

_RECORD = re.compile(r"(?:.*/)?(?:UBUNTU-)?CVE-\d{4}-\d{4,19}\.json", re.ASCII)


def is_record(name: str) -> bool:
    """Say whether a part of the archive is the record of a CVE."""
    return _RECORD.fullmatch(name) is not None


class Ubuntu(msgspec.Struct, frozen=True):
    """The feed. Its cursor: how many records the archive had."""

    source: str = "ubuntu"
    cadence: dt.timedelta = dt.timedelta(hours=12)
    hosts: frozenset[str] = frozenset({"security-metadata.canonical.com"})
    apart: float = 0.0

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield the archive if it has changed."""
        answer = client.get_if_changed(ADDRESS, NAME)
        if answer is None:
            return
        count = sum(map(is_record, tar_members(answer)))
        least = max(1, int(cursor.get("records", 0) * LEAST_LEFT))
        if count < least:
            detail = f"{count} records, where at least {least} were expected"
            raise UnexpectedAnswer(answer.address, detail=detail)
        yield Step({"records": count}, (answer.file,), (answer.mark,), wanted=is_record)


def feed() -> Feed:
    """Return the feed."""
    return Ubuntu()
