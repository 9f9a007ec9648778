"""MISP feeds: a folder with a file for each event, and a manifest that lists them.

What has another time in the manifest than before is fetched, the oldest first; where the manifest
gives its hash, it is held against that. An event that cannot be had, or does not have its hash, is
said, and asked for again the next time. One that the manifest marks as not for everybody is not
asked for.
Source: https://www.misp-standard.org/rfc/misp-standard-core.html (manifest)
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import BrokenJson, FormatError, MissingPart, UnexpectedAnswer, WrongHash
from noroshi.core.formats.misp_marking import may_be_open
from noroshi.edge.feeds.checking import decoded, is_object
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, File, Step
from noroshi.edge.feeds.sources.given import Given, by_turns, hosts

BATCH = 50
"""Events after which the cursor is kept."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class _Tag(msgspec.Struct, frozen=True):
    name: str


class _Listed(msgspec.Struct, frozen=True):
    timestamp: int | str
    tags: list[_Tag] = msgspec.field(name="Tag", default_factory=list)
    sha256: str = msgspec.field(name="integrity:sha256", default="")


_manifest = msgspec.json.Decoder(dict[str, _Listed])


class _Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one feed: the time of each event; which are to be asked for again."""

    events: dict[str, str] = {}
    again: tuple[str, ...] = ()


class Misp(msgspec.Struct, frozen=True):
    """The feed. Its cursor: by name, what is known of each."""

    given: Given = ()
    source: str = "misp"
    cadence: dt.timedelta = dt.timedelta(hours=2)
    apart: float = 0.1

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the addresses."""
        return hosts(self.given)

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield the events of each feed that are new or have changed."""

        def ask(name: str, address: str, known: Cursor) -> Iterator[Step]:
            return _of_feed(client, name, address, msgspec.convert(known, _Known))

        return by_turns(self.given, cursor, ask)


def _of_feed(client: Client, name: str, address: str, known: _Known) -> Iterator[Step]:
    base = address.removesuffix("manifest.json").rstrip("/")
    answer = client.get_if_changed(f"{base}/manifest.json", "manifest.json")
    if answer is None:
        return
    listed = _listed(answer)
    changed = sorted(
        (uuid for uuid, one in listed.items() if known.events.get(uuid) != str(one.timestamp)),
        key=lambda uuid: (int(listed[uuid].timestamp), uuid),
    )
    events = {uuid: at for uuid, at in known.events.items() if uuid in listed}
    again: list[str] = []
    for start in range(0, len(changed), BATCH):
        batch = changed[start : start + BATCH]
        files, problems = _fetched(client, name, base, {uuid: listed[uuid] for uuid in batch})
        missed = {problem[0] for problem in problems}
        again += [uuid for uuid in batch if _file(name, uuid) in missed]
        events |= {uuid: str(listed[uuid].timestamp) for uuid in batch if uuid not in again}
        is_last = start + BATCH >= len(changed)
        now_known = msgspec.to_builtins(_Known(events, tuple(again)))
        marks = (answer.mark,) if is_last and not again else ()
        yield Step(now_known, files, marks, problems)


def _listed(answer: Answer) -> dict[str, _Listed]:
    listed = decoded(answer, _manifest)
    if not listed:
        raise UnexpectedAnswer(answer.address, detail="the manifest is empty")
    for uuid, one in listed.items():
        if not _UUID.fullmatch(uuid) or not re.fullmatch(r"\d{1,12}", str(one.timestamp), re.ASCII):
            detail = f"{uuid[:40]!r} is not an event with its time"
            raise UnexpectedAnswer(answer.address, detail=detail)
    return listed


def _file(name: str, uuid: str) -> str:
    return f"{name}/{uuid}.json"


Problems = tuple[tuple[str, FormatError], ...]


def _fetched(
    client: Client, name: str, base: str, batch: dict[str, _Listed]
) -> tuple[tuple[File, ...], Problems]:
    """Fetch events; return those that came, and what was wrong with the others."""
    files: list[File] = []
    problems: list[tuple[str, FormatError]] = []
    for uuid, listed in batch.items():
        if not may_be_open(tag.name for tag in listed.tags):
            continue
        answer = client.find(f"{base}/{uuid}.json", _file(name, uuid))
        problem = MissingPart() if answer is None else _wrong(answer, listed)
        if answer is not None and problem is None:
            files.append(answer.file)
        elif problem is not None:
            problems.append((_file(name, uuid), problem))
    return tuple(files), tuple(problems)


def _wrong(answer: Answer, listed: _Listed) -> FormatError | None:
    if listed.sha256:
        with answer.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return None if digest == listed.sha256.strip().lower() else WrongHash(kind="sha256")
    return None if is_object(answer.path) else BrokenJson(detail="it is not an object")


def feed(given: Given = ()) -> Feed:
    """Return the feed of these addresses."""
    return Misp(given)
