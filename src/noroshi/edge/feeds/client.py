"""Asking the servers of one source, politely and without trusting them.

Every address, of the source as of each redirect, must be of a host that belongs to the source and
must stand for public addresses (`noroshi.edge.connecting`). What comes is written to disk as it
comes, up to a size and a time. What may go better the next time is tried again, later each time,
and as late as the server asks.

A mirror (the setting ``feed_mirror``) stands for all hosts: ``https://host/path`` is asked as
``mirror/host/path``, and the mirror alone may be at a private address. Through a proxy names are
looked up by the proxy, which then has to keep to public addresses; the hosts are checked here.
"""

from __future__ import annotations

import datetime as dt
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx2
import msgspec

from noroshi.core.addresses import Place, Reach, place
from noroshi.core.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    TooLarge,
    UnexpectedAnswer,
    Unreachable,
)
from noroshi.edge.connecting import (
    Line,
    Resolve,
    addresses,
    checked,
    moment,
    numeric,
    public_trust,
)
from noroshi.edge.feeds.files import Meter
from noroshi.edge.feeds.port import NO_HEADERS, Answer, Feed, File, Mark
from noroshi.edge.feeds.responses import (
    SHOWN,
    announced,
    decoded,
    own_headers,
    request_headers,
    trouble,
    wait_of,
)
from noroshi.edge.feeds.unpacking import PIECE

TIMEOUT = httpx2.Timeout(60, connect=20)
DEADLINE = 3600.0
"""Seconds after which an answer is cut, however busily it still comes."""

ATTEMPTS = 4
FIRST_PAUSE = 2.0
PATIENCE = 120.0
"""Seconds for which a pull waits by itself; a server that asks for more ends it."""

MOST_REDIRECTS = 6
LONGEST_ADDRESS = 4000
"""Characters; the signed addresses that releases lead to have about a thousand."""

_AGAIN = frozenset({403, 408, 425, 429, 500, 502, 503, 504})
"""Refusals that may be gone the next time; 403 is how NVD and GitHub say: too many requests."""
_NOT_THERE = frozenset({404, 410})


class Rules(msgspec.Struct, frozen=True):
    """How servers are asked. ``largest``: bytes of one answer. ``proxy``, ``mirror``: or empty."""

    largest: int
    proxy: str = ""
    mirror: str = ""


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Tools(msgspec.Struct, frozen=True):
    """What is not the same twice: time, waiting, chance, names and whom to trust."""

    now: Callable[[], dt.datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    resolve: Resolve = addresses
    trust: Callable[[], ssl.SSLContext] = public_trust


class HttpClient:
    """The client of one pull. ``marks``: of what was fetched before, by address."""

    def __init__(
        self,
        feed: Feed,
        folder: Path,
        marks: Mapping[str, Mark],
        rules: Rules,
        *,
        tools: Tools,
        meter: Meter,
    ) -> None:
        self._hosts = set(feed.hosts)
        self._apart = feed.apart
        self._folder = folder
        self._marks = marks
        self._rules = rules
        self._tools = tools
        self._meter = meter
        self._not_before = 0.0
        # One client a host: a connection is trusted for the name it was made for, and several
        # names may stand for one address.
        self._clients: dict[str, httpx2.Client] = {}
        self._found: dict[tuple[str, int], list[str]] = {}
        self._connections: dict[str, socket | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients.values():
            client.close()

    def now(self) -> dt.datetime:
        """Return the time."""
        return self._tools.now()

    def get(self, address: str, name: str, headers: Mapping[str, str] = NO_HEADERS, /) -> Answer:
        """Fetch what must be there, into a file of this name."""
        answer = self._ask(address, name, headers, NO_HEADERS)
        if answer is None:
            raise UnexpectedAnswer(address, detail="it says that it is as before")
        return answer

    def find(self, address: str, name: str, /) -> Answer | None:
        """Fetch what may be there; ``None`` where the server does not have it."""
        try:
            return self.get(address, name)
        except BadStatus as refusal:
            if refusal.facts["status"] in _NOT_THERE:
                return None
            raise

    def get_if_changed(self, address: str, name: str, /) -> Answer | None:
        """Fetch what must be there; ``None`` if it is what was there before."""
        mark = self._marks.get(address, Mark(address))
        conditions = {"If-None-Match": mark.etag, "If-Modified-Since": mark.last_modified}
        said = {key: value for key, value in conditions.items() if value}
        return self._ask(address, name, NO_HEADERS, said)

    def allow(self, *addresses: str) -> None:
        """Let the hosts of these addresses be asked as well: a source named them itself."""
        for address in addresses:
            where = place(address, Reach.PUBLIC, LONGEST_ADDRESS)
            if where is not None:
                self._hosts.add(where.host)

    # --- again ---

    def _ask(
        self, address: str, name: str, secrets: Mapping[str, str], conditions: Mapping[str, str]
    ) -> Answer | None:
        attempt = 1
        while True:
            try:
                return self._follow(address, name, secrets, conditions)
            except FetchError as error:
                pause = self._pause(error, attempt)
                if attempt == ATTEMPTS or pause > PATIENCE:
                    raise
            self._tools.sleep(pause)
            attempt += 1

    def _pause(self, error: FetchError, attempt: int) -> float:
        """Return the seconds after which the same may go better; infinity if it will not."""
        asked = 0.0
        match error:
            case BadStatus(facts={"status": status, "wait": int(wait)}) if status in _AGAIN:
                asked = float(wait)
            case Unreachable():
                pass
            case _:
                return float("inf")
        own: float = FIRST_PAUSE * 2 ** (attempt - 1) * (1 + self._tools.chance())
        return max(asked, own)

    # --- from address to address ---

    def _follow(
        self, address: str, name: str, secrets: Mapping[str, str], conditions: Mapping[str, str]
    ) -> Answer | None:
        asked = address
        for _ in range(MOST_REDIRECTS + 1):
            self._pace()
            where, reach = self._place(asked)
            own = secrets if _same_host(asked, address) else NO_HEADERS
            headers = request_headers(where, name, {**own, **conditions})
            with self._opened(asked, where, reach, headers) as response:
                if not response.has_redirect_location:
                    return self._answer(response, address, asked, name)
                asked = urljoin(self._physical(asked), response.headers["Location"])
        raise UnexpectedAnswer(address, detail="it leads from address to address without end")

    def _pace(self) -> None:
        wait = self._not_before - time.monotonic()
        if wait > 0:
            self._tools.sleep(wait)
        self._not_before = time.monotonic() + self._apart

    def _is_mirrored(self, address: str) -> bool:
        return bool(self._rules.mirror) and address.startswith(f"{self._rules.mirror}/")

    def _physical(self, address: str) -> str:
        """Return where an address is really asked: at the mirror, if there is one."""
        if not self._rules.mirror or self._is_mirrored(address):
            return address
        return f"{self._rules.mirror}/{address.partition('://')[2]}"

    def _place(self, address: str) -> tuple[Place, Reach]:
        mirrored = self._is_mirrored(address)
        if not mirrored:
            host = place(address, Reach.PUBLIC, LONGEST_ADDRESS)
            if host is None:
                raise AddressRefused(address[:SHOWN], detail="it is not a public https address")
            if host.host not in self._hosts:
                raise AddressRefused(address[:SHOWN], detail="its host is not one of the source's")
        reach = Reach.ANYWHERE if self._rules.mirror else Reach.PUBLIC
        where = place(self._physical(address), reach, LONGEST_ADDRESS)
        if where is None:
            raise AddressRefused(address[:SHOWN], detail="the mirror does not lead there")
        return where, reach

    # --- one request ---

    @contextmanager
    def _opened(
        self, address: str, where: Place, reach: Reach, headers: dict[str, str]
    ) -> Iterator[httpx2.Response]:
        with Line(DEADLINE, self._connections.get(where.authority)) as line:
            try:
                response = self._send(where, reach, headers, line)
                try:
                    self._connections[where.authority] = line.connection
                    yield response
                finally:
                    response.close()
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                detail = "it took too long" if line.is_cut else trouble(error)
                raise Unreachable(address[:SHOWN], detail=detail) from error

    def _send(
        self, where: Place, reach: Reach, headers: dict[str, str], line: Line
    ) -> httpx2.Response:
        client = self._client(where, reach)
        extensions = {"sni_hostname": where.host, "trace": line.watch}
        last: httpx2.ConnectError | None = None
        for url in self._urls(where, reach):
            request = client.build_request("GET", url, headers=headers, extensions=extensions)
            try:
                return client.send(request, stream=True)
            except httpx2.ConnectError as error:
                last = error
        self._found.clear()  # to be looked up anew
        raise last or Unreachable(where.authority, detail="its name stands for no address")

    def _client(self, where: Place, reach: Reach) -> httpx2.Client:
        if where.authority not in self._clients:
            self._clients[where.authority] = httpx2.Client(
                verify=self._tools.trust(),
                timeout=TIMEOUT,
                follow_redirects=False,
                trust_env=False,
                proxy=self._proxy(reach),
            )
        return self._clients[where.authority]

    def _proxy(self, reach: Reach) -> str | None:
        """Return the proxy to be used; none on the way to a mirror."""
        return self._rules.proxy or None if reach is Reach.PUBLIC else None

    def _urls(self, where: Place, reach: Reach) -> list[str]:
        if self._proxy(reach):
            return [f"{where.scheme}://{where.authority}{where.target}"]
        key = (where.host, where.port)
        if key not in self._found:
            self._found[key] = self._looked_up(where, reach)
        return [numeric(where, address) for address in self._found[key]]

    def _looked_up(self, where: Place, reach: Reach) -> list[str]:
        try:
            found = self._tools.resolve(where.host, where.port)
        except (OSError, UnicodeError) as error:
            detail = "the name of the host is not known"
            raise Unreachable(where.authority, detail=detail) from error
        usable = checked(found, reach)
        if found and not usable:
            raise AddressRefused(where.authority, detail="it stands for an address not public")
        return usable

    # --- the answer ---

    def _answer(
        self, response: httpx2.Response, address: str, asked: str, name: str
    ) -> Answer | None:
        served_at = moment(response.headers.get("Date", "")) or self.now()
        if response.status_code == httpx2.codes.NOT_MODIFIED:
            return None
        if response.status_code != httpx2.codes.OK:
            wait = wait_of(response.headers, served_at)
            raise BadStatus(asked[:SHOWN], status=response.status_code, wait=wait)
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._save(response, path, asked)
        mark = Mark(
            address,
            response.headers.get("ETag", "")[:500],
            response.headers.get("Last-Modified", "")[:100],
        )
        return Answer(File(name, path), mark, asked, served_at, own_headers(response.headers))

    def _save(self, response: httpx2.Response, path: Path, asked: str) -> None:
        largest = self._rules.largest
        if announced(response.headers) > largest:
            raise TooLarge(asked[:SHOWN], limit=largest)
        size = 0
        with path.open("wb") as file:
            for piece in decoded(response, self._counted(response), asked, path.name):
                size += len(piece)
                if size > largest:
                    raise TooLarge(asked[:SHOWN], limit=largest)
                file.write(piece)

    def _counted(self, response: httpx2.Response) -> Iterator[bytes]:
        for piece in response.iter_raw(PIECE):
            self._meter.read += len(piece)
            yield piece


def _same_host(one: str, other: str) -> bool:
    return urlsplit(one)[:2] == urlsplit(other)[:2]
