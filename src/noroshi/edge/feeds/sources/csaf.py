"""CSAF: the advisories of providers, each found through its provider-metadata.json.

A provider lists its advisories in ROLIE feeds or in a folder with a ``changes.csv`` (CSAF 2.0
§7.1.11 – 7.1.17). What is new is fetched, the oldest change first, and held against the hash that
lies beside it (§7.1.18). What is missing or does not have its hash is said, and asked for again the
next time: a provider may have been writing just then. Only what is marked TLP:WHITE or CLEAR, or
not at all, is asked for.

A signature that lies beside an advisory must be one of the provider's (`csaf_signatures`); whether
an advisory may come without one is for the settings to say.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from noroshi.core.errors import (
    AddressRefused,
    BadStatus,
    BrokenJson,
    FetchError,
    FormatError,
    MissingPart,
    UnexpectedAnswer,
    Unreachable,
    WrongHash,
)
from noroshi.edge.feeds.checking import decoded, is_object, text
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, File, Mark, Step
from noroshi.edge.feeds.sources.csaf_listing import Advisory, listed_in_folder, listed_in_rolie
from noroshi.edge.feeds.sources.csaf_signatures import Key, Signatures, published

PROVIDERS = (
    "https://www.cisa.gov/sites/default/files/csaf/provider-metadata.json",
    "https://www.cisco.com/.well-known/csaf/provider-metadata.json",
    "https://cert-portal.siemens.com/productcert/csaf/provider-metadata.json",
)
"""Providers that are asked unless the settings name others beside them."""

BATCH = 25
"""Advisories, about, after which the cursor is kept."""

MOST_AGAIN = 200
"""Advisories of one list that are asked for again the next time."""

OPEN = frozenset({"", "WHITE", "CLEAR", "UNLABELED"})


class _RolieFeed(msgspec.Struct, frozen=True):
    url: str
    tlp_label: str = ""


class _Rolie(msgspec.Struct, frozen=True):
    feeds: list[_RolieFeed] = []


class _Distribution(msgspec.Struct, frozen=True):
    directory_url: str = ""
    rolie: _Rolie = _Rolie()


class _Metadata(msgspec.Struct, frozen=True):
    distributions: list[_Distribution] = []
    public_openpgp_keys: list[Key] = []


_metadata = msgspec.json.Decoder(_Metadata)


class _Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one list: up to when, and what is to be asked for again.

    ``address``: the last one of that moment that is known, while others may be left. Afterwards it
    is empty, and those of the moment are fetched again: another may have been written in it.
    """

    at: dt.datetime | None = None
    address: str = ""
    again: tuple[Advisory, ...] = ()

    def left(self, listed: list[Advisory]) -> list[Advisory]:
        """Return what is to be asked for, what is asked for again before the rest."""
        fresh = [one for one in listed if self._is_fresh(one)]
        told = {one.address for one in fresh}
        return [*(one for one in self.again if one.address not in told), *fresh]

    def _is_fresh(self, one: Advisory) -> bool:
        return self.at is None or (one.at, one.address) > (self.at, self.address)

    def after(self, batch: list[Advisory], missed: list[Advisory], *, rest: bool) -> _Known:
        """Return what is known after a batch of what was left; ``rest``: there is more."""
        done = {one.address for one in batch}
        again = [*(one for one in self.again if one.address not in done), *missed]
        fresh = [one for one in batch if self._is_fresh(one)]
        at, address = (fresh[-1].at, fresh[-1].address) if fresh else (self.at, self.address)
        return _Known(at, address if rest else "", tuple(again[-MOST_AGAIN:]))


class Csaf(msgspec.Struct, frozen=True):
    """The feed. Its cursor: by list of advisories, what is known of it.

    ``unsigned``: advisories without a signature are taken.
    """

    providers: tuple[str, ...] = PROVIDERS
    unsigned: bool = True
    source: str = "csaf"
    cadence: dt.timedelta = dt.timedelta(hours=2)
    apart: float = 0.05

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the providers' metadata; the metadata name the others."""
        return frozenset(urlsplit(address).hostname or "" for address in self.providers)

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield each provider's news; one that cannot be asked does not hold up the others."""
        trouble: FetchError | None = None
        for provider in self.providers:
            try:
                for step in self._of_provider(client, provider, cursor):
                    cursor = step.cursor
                    yield step
            except (BadStatus, UnexpectedAnswer, Unreachable, AddressRefused) as error:
                trouble = error
        if trouble is not None:
            raise trouble

    def _of_provider(self, client: Client, provider: str, cursor: Cursor) -> Iterator[Step]:
        metadata = decoded(client.get(provider, "provider-metadata.json"), _metadata)
        lists = _lists(metadata)
        if not lists:
            raise UnexpectedAnswer(provider, detail="the provider names no open list of advisories")
        client.allow(*lists)
        signatures = published(client, metadata.public_openpgp_keys, unsigned=self.unsigned)
        for address in lists:
            known = msgspec.convert(cursor.get(address, {}), _Known)
            for step in _of_list(client, address, known, signatures):
                cursor = {**cursor, address: step.cursor}
                yield msgspec.structs.replace(step, cursor=cursor)


def _lists(metadata: _Metadata) -> list[str]:
    """Return the addresses of the open lists; of a folder, that of its table of changes.

    A provider that has ROLIE feeds lists there what lies in its folders.
    """
    rolie = [
        feed.url
        for one in metadata.distributions
        for feed in one.rolie.feeds
        if feed.tlp_label.upper() in OPEN
    ]
    folders = [
        f"{one.directory_url.rstrip('/')}/changes.csv"
        for one in metadata.distributions
        if one.directory_url
    ]
    return list(dict.fromkeys(rolie or folders))


def _of_list(client: Client, address: str, known: _Known, signatures: Signatures) -> Iterator[Step]:
    """Yield what is new in one list. The cursors of these steps are those of the list alone."""
    in_folder = address.endswith(".csv")
    answer = client.get_if_changed(address, "changes.csv" if in_folder else "feed.json")
    listed: list[Advisory] = []
    marks: tuple[Mark, ...] = ()
    if answer is not None:
        listed = (listed_in_folder if in_folder else listed_in_rolie)(answer)
        marks = (answer.mark,)
    left = known.left(listed)
    for start in range(0, len(left), BATCH):
        batch = left[start : start + BATCH]
        files, problems, missed = _fetched(client, batch, signatures)
        rest = start + BATCH < len(left)
        known = known.after(batch, missed, rest=rest)
        yield Step(msgspec.to_builtins(known), files, () if rest else marks, problems)


Problems = tuple[tuple[str, FormatError], ...]


def _fetched(
    client: Client, batch: list[Advisory], signatures: Signatures
) -> tuple[tuple[File, ...], Problems, list[Advisory]]:
    """Fetch advisories; return those that came, what was wrong with the others, and the others."""
    files: list[File] = []
    problems: list[tuple[str, FormatError]] = []
    missed: list[Advisory] = []
    for one in batch:
        answer = client.find(one.address, one.name)
        problem = (
            MissingPart()
            if answer is None
            else _wrong(client, one, answer) or signatures.wrong(client, one, answer)
        )
        if answer is not None and problem is None:
            files.append(answer.file)
        elif problem is not None:
            problems.append((one.name, problem))
            missed.append(one)
    return tuple(files), tuple(problems), missed


def _wrong(client: Client, advisory: Advisory, answer: Answer) -> FormatError | None:
    """Hold an advisory against the strongest hash there is; without one it must look like one."""
    for address in advisory.hashes:
        kind = address.rpartition(".")[2].lower()
        beside = client.find(address, f"{advisory.name}.{kind}")
        if beside is not None:
            said = [word.lower() for word in text(beside).split()[:1]]
            with answer.path.open("rb") as file:
                is_it = said == [hashlib.file_digest(file, kind).hexdigest()]
            return None if is_it else WrongHash(kind=kind)
    return None if is_object(answer.path) else BrokenJson(detail="it is not an object")


def feed(providers: tuple[str, ...] = (), *, unsigned: bool = True) -> Feed:
    """Return the feed; ``providers``: asked beside those that are always asked."""
    return Csaf(tuple(dict.fromkeys((*PROVIDERS, *providers))), unsigned)
