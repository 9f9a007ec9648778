"""TAXII 2.1: the collections of a server, of one API root, or one alone, whatever an address names.

From discovery to API roots to collections to objects (§4, §5). Objects are asked for by the types
that are read, those added after the last one known; a page that has more is followed by its
``next``, or, where it has none, by the time at which its last object was added (§3.4, §5.4). What
is still open of a list is kept in the cursor, so that a pull that is killed goes on with the page;
a ``next`` that the server has forgotten meanwhile is begun again from the last known time.

What a login gives access to is asked of the host that the settings name, and of no other.
Source: https://docs.oasis-open.org/cti/taxii/v2.1/os/taxii-v2.1-os.html
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from noroshi.core.errors import BadStatus, UnexpectedAnswer
from noroshi.core.formats import claims
from noroshi.core.formats.taxii import TYPES
from noroshi.edge.feeds.checking import decoded
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, Step
from noroshi.edge.feeds.sources.given import NO_LOGINS, Given, by_turns, hosts

MEDIA_TYPE = "application/taxii+json;version=2.1"

PAGE = 1000
"""Objects that are asked for at a time; a server may give fewer."""

MOST_PAGES = 10_000
LONGEST_NEXT = 2000
"""Characters of what leads to the next page."""

LAST_ADDED = "x-taxii-date-added-last"

_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)
_FORGOTTEN = frozenset({400, 404, 410, 422})
"""Refusals of a page that was to be had before."""


class _Resource(msgspec.Struct, frozen=True):
    """A discovery (§4.1), an API root (§4.2) or a collection (§5.2): whichever it is."""

    api_roots: list[str] = []
    versions: list[str] = []
    id: str = ""
    can_read: bool | None = None
    media_types: tuple[str, ...] = ("application/stix+json",)

    @property
    def may_be_read(self) -> bool:
        """Whether it is a collection with something for us."""
        return self.can_read is True and any(
            kind.startswith("application/stix+json") and "version=2.0" not in kind.replace(" ", "")
            for kind in self.media_types
        )


class _Collections(msgspec.Struct, frozen=True):
    collections: list[_Resource] = []


class _Envelope(msgspec.Struct, frozen=True):
    more: bool = False
    next: str | int = ""
    objects: list[msgspec.Raw] = []


_resource = msgspec.json.Decoder(_Resource)
_collections = msgspec.json.Decoder(_Collections)
_envelope = msgspec.json.Decoder(_Envelope)


class _Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where one collection stands. ``after``: what was added up to then has come.

    Of a list that is still open: ``next`` leads on, ``last`` is when its last object was added.
    """

    after: str = ""
    next: str = ""
    last: str = ""


class Taxii(msgspec.Struct, frozen=True):
    """The feed. Its cursor: by name and by address of a collection, how far it was read.

    ``logins``: by name, what is sent as ``Authorization``.
    """

    given: Given = ()
    logins: Mapping[str, str] = NO_LOGINS
    source: str = "taxii"
    cadence: dt.timedelta = dt.timedelta(hours=1)
    apart: float = 0.2

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the addresses; a server may name API roots on others."""
        return hosts(self.given)

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield what was added to each collection."""

        def ask(name: str, address: str, known: Cursor) -> Iterator[Step]:
            server = _Server(client, name, address, self.logins.get(name, ""))
            return server.steps(known)

        return by_turns(self.given, cursor, ask)


class _Server:
    """One server as the settings name it."""

    def __init__(self, client: Client, name: str, address: str, login: str) -> None:
        self._client = client
        self._name = name
        self._address = f"{address.rstrip('/')}/"
        self._login = login

    def steps(self, cursor: Cursor) -> Iterator[Step]:
        """Yield what was added to each collection that may be read."""
        collections = dict.fromkeys(self._collections())
        if not collections:
            detail = "no collection of STIX 2.1 that may be read"
            raise UnexpectedAnswer(self._address, detail=detail)
        cursor = {address: cursor[address] for address in collections if address in cursor}
        for address in collections:
            known = msgspec.convert(cursor.get(address, {}), _Known)
            for step in self._objects(address, known):
                cursor = {**cursor, address: step.cursor}
                yield msgspec.structs.replace(step, cursor=cursor)

    def _get(self, address: str, file: str) -> Answer:
        headers = {"Accept": MEDIA_TYPE}
        if self._login and urlsplit(address)[:2] == urlsplit(self._address)[:2]:
            headers["Authorization"] = self._login
        answer = self._client.get(address, f"{self._name}/{file}", headers)
        kind = answer.headers.get("content-type", "json").lower().replace(" ", "")
        if "json" not in kind or "version=2.0" in kind:
            raise UnexpectedAnswer(answer.address, detail=f"its type is {kind[:80]!r}")
        return answer

    def _collections(self) -> Iterator[str]:
        """Yield the addresses of the collections that may be read."""
        answer = self._get(self._address, "resource.json")
        first = decoded(answer, _resource)
        if first.can_read is not None:
            if first.may_be_read:
                yield self._address
        elif first.versions:
            yield from self._of_root(self._address, first)
        elif first.api_roots:
            for root in dict.fromkeys(first.api_roots):
                address = f"{urljoin(self._address, root).rstrip('/')}/"
                self._client.allow(address)
                found = decoded(self._get(address, "root.json"), _resource)
                yield from self._of_root(address, found)
        else:
            detail = "neither a TAXII server, nor an API root, nor a collection"
            raise UnexpectedAnswer(answer.address, detail=detail)

    def _of_root(self, address: str, root: _Resource) -> Iterator[str]:
        if not any(version.replace(" ", "") == MEDIA_TYPE for version in root.versions):
            return  # of another version of TAXII
        answer = self._get(f"{address}collections/", "collections.json")
        for one in decoded(answer, _collections).collections:
            if not _ID.fullmatch(one.id):
                raise UnexpectedAnswer(answer.address, detail="a collection without an identifier")
            if one.may_be_read:
                yield f"{address}collections/{one.id}/"

    # --- objects ---

    def _objects(self, collection: str, known: _Known) -> Iterator[Step]:
        """Yield the pages of a collection. The cursors of these steps are those of it alone."""
        followed = {known.next}
        for _ in range(MOST_PAGES):
            try:
                answer = self._page(collection, known)
            except BadStatus as refusal:
                if not known.next or refusal.facts["status"] not in _FORGOTTEN:
                    raise
                known = _Known(known.after)
                followed = {""}
                continue
            page = decoded(answer, _envelope)
            after = _after(answer, page, known)
            if after != known or page.objects:
                yield Step(msgspec.to_builtins(after), (answer.file,) if page.objects else ())
            if not page.more:
                return
            if after.next in followed if after.next else after.after == known.after:
                raise UnexpectedAnswer(answer.address, detail="its pages lead nowhere")
            followed.add(after.next)
            known = after
        raise UnexpectedAnswer(collection, detail=f"it has more than {MOST_PAGES} pages")

    def _page(self, collection: str, known: _Known) -> Answer:
        asked = {"limit": str(PAGE), "match[type]": ",".join(TYPES)}
        if known.after:
            asked["added_after"] = known.after
        if known.next:
            asked["next"] = known.next
        place = re.sub(r"[^0-9TZ]", "", known.last or known.after) or "first"
        identifier = collection.rstrip("/").rpartition("/")[2]
        return self._get(f"{collection}objects/?{urlencode(asked)}", f"{identifier}/{place}.json")


def _after(answer: Answer, page: _Envelope, known: _Known) -> _Known:
    """Return where a collection stands after a page."""
    added = answer.headers.get(LAST_ADDED, "")
    last = _later(known.last, added if claims.moment(added) else "")
    leads = str(page.next)
    if len(leads) > LONGEST_NEXT:
        raise UnexpectedAnswer(answer.address, detail="what leads to the next page is too long")
    if page.more and leads:
        return _Known(known.after, leads, last)
    return _Known(_later(known.after, last))


def _later(one: str, other: str) -> str:
    """Return the later of two times as they are written; one that is none is earlier."""
    first, second = claims.moment(one), claims.moment(other)
    return other if second is not None and (first is None or second > first) else one


def feed(given: Given = (), logins: Mapping[str, str] = NO_LOGINS) -> Feed:
    """Return the feed of these addresses."""
    return Taxii(given, logins)
