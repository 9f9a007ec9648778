"""Amazon Linux: the advisories that its core repositories carry.

Of each release it is asked where its newest repository is, and what that one's metadata say of
``updateinfo.xml.gz``, which is fetched where its hash is another one than before, and is taken only
if it has that hash.
Source: https://docs.aws.amazon.com/linux/al2023/ug/deterministic-upgrades.html
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec

from noroshi.core.errors import FetchError, FormatError, UnexpectedAnswer
from noroshi.core.formats import strict_xml
from noroshi.edge.feeds.checking import pieces, text
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, File, Step

HOST = "https://cdn.amazonlinux.com"
RELEASES: Mapping[str, str] = MappingProxyType(
    {
        "al2023": f"{HOST}/al2023/core/mirrors/latest/x86_64/mirror.list",
        "amzn2": f"{HOST}/2/core/latest/x86_64/mirror.list",
    }
)
"""Release → the list of where its newest repository is."""

HASHES = ("sha512", "sha256")

_REPOSITORY = "{http://linux.duke.edu/metadata/repo}"
_UPDATE = re.compile(rb"<update[\s>]")
_PLACE = re.compile(r"repodata/[A-Za-z0-9._-]{1,200}updateinfo\.xml\.gz", re.ASCII)


class _Listed(msgspec.Struct, frozen=True):
    """What a repository's metadata say of its advisories."""

    address: str
    kind: str
    digest: str


class Amazon(msgspec.Struct, frozen=True):
    """The feed. Its cursor: by release, the hash of what was read last."""

    source: str = "amazon"
    cadence: dt.timedelta = dt.timedelta(hours=6)
    hosts: frozenset[str] = frozenset({"cdn.amazonlinux.com"})
    apart: float = 0.2

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield each release's advisories that have changed; a release does not hold up another."""
        trouble: FetchError | None = None
        for release, mirrors in RELEASES.items():
            try:
                listed = _listed(client, release, mirrors)
                if cursor.get(release) == listed.digest:
                    continue
                file = _fetched(client, release, listed)
            except FetchError as error:
                trouble = error
                continue
            cursor = {**cursor, release: listed.digest}
            yield Step(cursor, (file,))
        if trouble is not None:
            raise trouble


def _listed(client: Client, release: str, mirrors: str) -> _Listed:
    answer = client.get(mirrors, f"{release}-mirror.list")
    base = next(iter(text(answer).split()), "").replace("$basearch", "x86_64").rstrip("/")
    if not base.startswith(f"{HOST}/"):
        raise UnexpectedAnswer(answer.address, detail="it names no repository")
    metadata = client.get(f"{base}/repodata/repomd.xml", f"{release}-repomd.xml")
    return _updateinfo(metadata, base)


def _updateinfo(answer: Answer, base: str) -> _Listed:
    """Return what the metadata say; raises `UnexpectedAnswer` where they say nothing usable."""
    try:
        root = strict_xml.parse(answer.path.read_bytes())
    except FormatError as error:
        detail = "it is not the metadata of a repository"
        raise UnexpectedAnswer(answer.address, detail=detail) from error
    for part in root.iterfind(f"{_REPOSITORY}data[@type='updateinfo']"):
        location, checksum = (part.find(f"{_REPOSITORY}{tag}") for tag in ("location", "checksum"))
        place = "" if location is None else location.get("href") or ""
        kind = "" if checksum is None else checksum.get("type") or ""
        if checksum is not None and kind in HASHES and _PLACE.fullmatch(place):
            return _Listed(f"{base}/{place}", kind, (checksum.text or "").strip().lower())
    raise UnexpectedAnswer(answer.address, detail="the repository has no advisories")


def _fetched(client: Client, release: str, listed: _Listed) -> File:
    answer = client.get(listed.address, f"{release}-updateinfo.xml.gz")
    with answer.path.open("rb") as file:
        digest = hashlib.file_digest(file, listed.kind).hexdigest()
    if digest != listed.digest:
        raise UnexpectedAnswer(answer.address, detail="it does not have the hash that is listed")
    if not any(_UPDATE.search(piece) for piece in pieces(answer)):
        raise UnexpectedAnswer(answer.address, detail="it has no advisories")
    return answer.file


def feed() -> Feed:
    """Return the feed."""
    return Amazon()
