"""OSV: an archive for each ecosystem, and a table of what was modified when.

The first time, and where much has changed, the archive is fetched; else each record by itself, the
oldest change first. Records of the last second that is known are fetched again: others may have
been written in the same second.
Source: https://google.github.io/osv.dev/data
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from noroshi.core.errors import BadStatus, FetchError, MissingPart, UnexpectedAnswer
from noroshi.edge.feeds.checking import is_object, members, text
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, File, Step

BASE = "https://osv-vulnerabilities.storage.googleapis.com"

ECOSYSTEMS = (
    "npm",
    "PyPI",
    "Maven",
    "Go",
    "NuGet",
    "RubyGems",
    "crates.io",
    "Packagist",
    "Hex",
    "Pub",
    "GitHub Actions",
    "Bitnami",
    "Alpine",
    "AlmaLinux",
    "Rocky Linux",
)
"""Ecosystems that are pulled; distributions with a feed of their own are left to it."""

MOST_SINGLE = 500
"""Changes of one ecosystem that are fetched one by one; more are in its archive, at once."""

BATCH = 50
"""Records, about, after which the cursor is kept."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}", re.ASCII)


class _Change(msgspec.Struct, frozen=True, order=True):
    at: dt.datetime
    id: str


class Osv(msgspec.Struct, frozen=True):
    """The feed. Its cursor: by ecosystem, the time of the last change that is known."""

    source: str = "osv"
    cadence: dt.timedelta = dt.timedelta(hours=1)
    hosts: frozenset[str] = frozenset({"osv-vulnerabilities.storage.googleapis.com"})
    apart: float = 0.0

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield each ecosystem's changes; one that cannot be had does not hold up the others."""
        trouble: FetchError | None = None
        for ecosystem in ECOSYSTEMS:
            try:
                for step in _changes(client, ecosystem, cursor):
                    cursor = step.cursor
                    yield step
            except (BadStatus, UnexpectedAnswer) as error:
                trouble = error
        if trouble is not None:
            raise trouble


def _changes(client: Client, ecosystem: str, cursor: Cursor) -> Iterator[Step]:
    folder = f"{BASE}/{quote(ecosystem)}"
    listed = client.get_if_changed(f"{folder}/modified_id.csv", f"{ecosystem}-modified.csv")
    if listed is None:
        return
    changes = _listed(listed)
    since = cursor.get(ecosystem)
    fresh = [one for one in changes if since is None or one.at >= dt.datetime.fromisoformat(since)]
    after = {**cursor, ecosystem: changes[-1].at.isoformat()}
    if since is None or len(fresh) > MOST_SINGLE:
        archive = client.get(f"{folder}/all.zip", f"{ecosystem}.zip")
        if not members(archive):
            raise UnexpectedAnswer(archive.address, detail="the archive is empty")
        yield Step(after, (archive.file,), (listed.mark,))
        return
    for batch in _batches(fresh):
        step = _single(client, folder, ecosystem, batch)
        done = {**cursor, ecosystem: batch[-1].at.isoformat()}
        marks = (listed.mark,) if batch[-1] is fresh[-1] else ()
        yield msgspec.structs.replace(step, cursor=done, marks=marks)


def _listed(answer: Answer) -> list[_Change]:
    """Return the changes, the oldest first; raises where the table is not one."""
    changes = []
    for number, line in enumerate(text(answer).splitlines(), start=1):
        at, _, name = line.strip().partition(",")
        if not line.strip():
            continue
        moment = _moment(at)
        if not _ID.fullmatch(name) or moment is None:
            detail = f"line {number} is not a time and an identifier"
            raise UnexpectedAnswer(answer.address, detail=detail)
        changes.append(_Change(moment, name))
    if not changes:
        raise UnexpectedAnswer(answer.address, detail="the table of changes is empty")
    return sorted(changes)


def _moment(text: str) -> dt.datetime | None:
    try:
        value = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.tzinfo else None


def _batches(changes: list[_Change]) -> Iterator[list[_Change]]:
    """Cut changes; those of one moment stay together, since the cursor is a moment."""
    batch: list[_Change] = []
    for change in changes:
        if len(batch) >= BATCH and change.at != batch[-1].at:
            yield batch
            batch = []
        batch.append(change)
    if batch:
        yield batch


def _single(client: Client, folder: str, ecosystem: str, batch: list[_Change]) -> Step:
    files: list[File] = []
    missing: list[str] = []
    for change in batch:
        name = f"{ecosystem}/{change.id}.json"
        answer = client.find(f"{folder}/{quote(change.id)}.json", name)
        if answer is None:
            missing.append(name)
        elif is_object(answer.path):
            files.append(answer.file)
        else:
            raise UnexpectedAnswer(answer.address, detail="it is not a record")
    return Step({}, tuple(files), problems=tuple((name, MissingPart()) for name in missing))


def feed() -> Feed:
    """Return the feed."""
    return Osv()
