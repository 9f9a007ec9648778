"""A server on this machine that serves what the sources serve, and misbehaves when told to.

It stands for all hosts at once, as a mirror does: ``/www.cisa.gov/feed.json``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.hub.sector import NOON

Query = dict[str, str]


class Request:
    """A request as it came: host and path without ``https://``, what was asked, headers."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        self.place = parts.path.lstrip("/")
        self.query: Query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.headers = {name.lower(): value for name, value in handler.headers.items()}


Answer = Callable[[BaseHTTPRequestHandler, Request], None]


class World:
    """What the sources serve. Places are addresses without ``https://``.

    ``answers``: of places that say more than a file does. ``faults``: answers that a place gives
    first, one after the other. ``clock``: the servers' own.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.pages: dict[str, Callable[[Query], bytes]] = {}
        self.answers: dict[str, Answer] = {}
        self.faults: dict[str, list[Answer]] = {}
        self.requests: list[Request] = []
        self.clock = NOON
        self.release = threading.Event()

    def put(self, address: str, data: bytes) -> None:
        """Serve a file at an address."""
        self.files[_place(address)] = data

    def fail(self, address: str, *answers: Answer) -> None:
        """Let an address answer otherwise, once for each answer given."""
        self.faults[_place(address)] = list(answers)

    def asked(self) -> list[str]:
        """Return the places that were asked for, in order, and forget them."""
        places = [request.place for request in self.requests]
        self.requests.clear()
        return places

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a request."""
        request = Request(handler)
        self.requests.append(request)
        faults = self.faults.get(request.place)
        if faults:
            faults.pop(0)(handler, request)
        elif request.place in self.answers:
            self.answers[request.place](handler, request)
        elif request.place in self.pages:
            send(handler, 200, self.pages[request.place](request.query))
        elif request.place in self.files:
            self._file(handler, request, self.files[request.place])
        else:
            send(handler, 404)

    def _file(self, handler: BaseHTTPRequestHandler, request: Request, data: bytes) -> None:
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            send(handler, 304, ETag=etag)
        else:
            send(handler, 200, data, ETag=etag)


def _place(address: str) -> str:
    return address.removeprefix("https://").replace("%20", " ").replace(" ", "%20")


def send(handler: BaseHTTPRequestHandler, code: int, data: bytes = b"", **headers: str) -> None:
    """Send a whole answer."""
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if code != 304:
        handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    if code != 304:
        handler.wfile.write(data)


# --- misbehaviour ---


def status(code: int, **headers: str) -> Answer:
    """Answer with a status and nothing else."""
    return lambda handler, _request: send(handler, code, b"", **headers)


def body(data: bytes, **headers: str) -> Answer:
    """Answer with something else."""
    return lambda handler, _request: send(handler, 200, data, **headers)


def redirect(to: str) -> Answer:
    """Lead elsewhere."""
    return status(302, Location=to)


def half(handler: BaseHTTPRequestHandler, _request: Request) -> None:
    """Promise a hundred bytes and send fifty."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"x" * 50)
    handler.close_connection = True


def broken_gzip(handler: BaseHTTPRequestHandler, _request: Request) -> None:
    """Say that it is packed, and send what is not."""
    send(handler, 200, b"\x1f\x8b\x08garbage", Content_Encoding="gzip")


class _Handler(BaseHTTPRequestHandler):
    server: Any
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.server.world.answer(self)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Give the time of the servers' own clock."""
        clock: dt.datetime = self.server.world.clock
        return format_datetime(clock, usegmt=True)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def serve() -> Iterator[tuple[World, str]]:
    """Run the server; yield what it serves, and its address."""
    world = World()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]  # a line cut by us
    server.world = world  # type: ignore[attr-defined]  # for the handler
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield world, f"http://127.0.0.1:{server.server_port}"
    finally:
        world.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
