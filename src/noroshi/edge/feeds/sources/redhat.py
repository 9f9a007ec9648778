"""Red Hat: each CVE by the security data API, where Red Hat says that something changed about it.

The API knows no time of a change. Red Hat's VEX documents, one for each CVE it has looked at, come
with a table of changes; what it names is asked for at the API, the oldest change first. A CVE that
the API does not have (any more) is passed over. The first time that is all of them, which takes
hours; a pull that is killed goes on where it was.
Source: https://docs.redhat.com/en/documentation/red_hat_security_data_api/
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import is_object
from noroshi.edge.feeds.port import Client, Cursor, Feed, File, Step
from noroshi.edge.feeds.sources.csaf_listing import Advisory, listed_in_folder

CHANGES = "https://security.access.redhat.com/data/csaf/v2/vex/changes.csv"
API = "https://access.redhat.com/hydra/rest/securitydata/cve"

BATCH = 50
"""CVEs, about, after which the cursor is kept."""

_FILE = re.compile(r"(cve-\d{4}-\d{4,19})\.json", re.ASCII)


class RedHat(msgspec.Struct, frozen=True):
    """The feed. Its cursor: the time of the last change that is known."""

    source: str = "redhat"
    cadence: dt.timedelta = dt.timedelta(hours=4)
    hosts: frozenset[str] = frozenset({"security.access.redhat.com", "access.redhat.com"})
    apart: float = 0.1

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield what has changed, the oldest change first."""
        listed = client.get_if_changed(CHANGES, "changes.csv")
        if listed is None:
            return
        since = cursor.get("since")
        changes = listed_in_folder(listed)
        # Those of the last moment are asked for again: others may have been written in it.
        fresh = [
            one for one in changes if since is None or one.at >= dt.datetime.fromisoformat(since)
        ]
        for batch in _batches(fresh):
            marks = (listed.mark,) if batch[-1] is fresh[-1] else ()
            yield Step({"since": batch[-1].at.isoformat()}, _fetched(client, batch), marks)


def _batches(changes: list[Advisory]) -> Iterator[list[Advisory]]:
    """Cut changes; those of one moment stay together, since the cursor is a moment."""
    batch: list[Advisory] = []
    for change in changes:
        if len(batch) >= BATCH and change.at != batch[-1].at:
            yield batch
            batch = []
        batch.append(change)
    if batch:
        yield batch


def _fetched(client: Client, batch: list[Advisory]) -> tuple[File, ...]:
    files: list[File] = []
    for change in batch:
        name = _FILE.fullmatch(PurePosixPath(change.address).name.lower())
        if name is None:
            continue
        answer = client.find(f"{API}/{name[1].upper()}.json", f"{name[1]}.json")
        if answer is None:
            continue
        if not is_object(answer.path):
            raise UnexpectedAnswer(answer.address, detail="it is not the data of a CVE")
        files.append(answer.file)
    return tuple(files)


def feed() -> Feed:
    """Return the feed."""
    return RedHat()
