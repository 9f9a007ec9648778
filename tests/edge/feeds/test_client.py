"""Asking a server that may be busy, broken, or not the one it was."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import socket
import ssl
import threading
import time
from email.utils import format_datetime

import httpx2
import msgspec
import pytest

from noroshi.core.errors import (
    AddressRefused,
    BadStatus,
    TooLarge,
    UnexpectedAnswer,
    Unreachable,
)
from noroshi.edge.feeds import client as module
from noroshi.edge.feeds.client import ATTEMPTS, PATIENCE, HttpClient
from noroshi.edge.feeds.port import Mark
from tests.edge.feeds.clients import Naps, client, tools
from tests.edge.feeds.server import World, body, broken_gzip, half, redirect, status
from tests.edge.outbound.servers import certificate
from tests.hub.sector import NOON

HOST = "feeds.kasumi.example"
ADDRESS = f"https://{HOST}/all.json"


class Feed(msgspec.Struct, frozen=True):
    """A feed of one host."""

    source: str = "kasumi"
    cadence: dt.timedelta = dt.timedelta(hours=1)
    hosts: frozenset[str] = frozenset({HOST})
    apart: float = 0.0

    def fetch(self, _client, _cursor, /):
        """Yield nothing."""
        yield from ()


@pytest.fixture
def world(served) -> World:
    world: World = served[0]
    world.put(ADDRESS, b"everything")
    return world


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def asking(world, served, tmp_path, naps):
    with client(Feed(), tmp_path, served[1], using=tools(naps=naps)) as one:
        yield one


def got(asking: HttpClient) -> bytes:
    return asking.get(ADDRESS, "all.json").path.read_bytes()


class TestWhatIsThere:
    def test_it_is_written_to_a_file_of_the_name_given(self, asking, tmp_path):
        answer = asking.get(ADDRESS, "a/all.json")
        assert answer.path == tmp_path / "a" / "all.json"
        assert answer.path.read_bytes() == b"everything"
        assert (answer.file.name, answer.served_at) == ("a/all.json", NOON)

    def test_what_the_way_has_packed_is_unpacked(self, asking, world):
        world.fail(ADDRESS, body(gzip.compress(b"packed"), Content_Encoding="gzip"))
        assert got(asking) == b"packed"

    def test_a_file_that_is_packed_itself_stays_so(self, asking, world):
        packed = gzip.compress(b"a table")
        world.fail(ADDRESS, body(packed, Content_Encoding="gzip"))
        assert asking.get(ADDRESS, "all.csv.gz").path.read_bytes() == packed

    def test_what_may_be_missing_is_missing(self, asking, world):
        world.fail(ADDRESS, status(404))
        assert asking.find(ADDRESS, "all.json") is None
        world.fail(ADDRESS, status(404))
        with pytest.raises(BadStatus):
            got(asking)


class TestWhatHasNotChanged:
    def test_it_is_asked_for_with_what_the_server_said_of_it(self, world, served, tmp_path):
        with client(Feed(), tmp_path, served[1]) as first:
            answer = first.get_if_changed(ADDRESS, "all.json")
            assert answer is not None
        marks = {ADDRESS: answer.mark}
        with client(Feed(), tmp_path, served[1], marks=marks) as again:
            assert again.get_if_changed(ADDRESS, "all.json") is None
            world.put(ADDRESS, b"more")
            assert again.get_if_changed(ADDRESS, "all.json") is not None

    def test_a_date_is_given_back_as_it_was(self, world, served, tmp_path):
        said = "Mon, 01 Jan 2029 00:00:00 GMT"  # the server's clock, whatever ours says
        marks = {ADDRESS: Mark(ADDRESS, last_modified=said)}
        with client(Feed(), tmp_path, served[1], marks=marks) as asking:
            asking.get_if_changed(ADDRESS, "all.json")
        assert world.requests[0].headers["if-modified-since"] == said

    def test_a_server_that_says_so_unasked_is_not_believed(self, asking, world):
        world.fail(ADDRESS, status(304))
        with pytest.raises(UnexpectedAnswer):
            got(asking)


class TestAgain:
    @pytest.mark.parametrize("code", [403, 429, 500, 502, 503])
    def test_what_may_go_better_is_tried_again_and_later_each_time(self, asking, world, naps, code):
        world.fail(ADDRESS, status(code), status(code))
        assert got(asking) == b"everything"
        assert naps.taken == [3.0, 6.0]

    def test_not_for_ever(self, asking, world):
        world.fail(ADDRESS, *[status(500)] * 9)
        with pytest.raises(BadStatus) as caught:
            got(asking)
        assert caught.value.facts["status"] == 500
        assert len(world.requests) == ATTEMPTS

    @pytest.mark.parametrize("code", [400, 401, 404, 410, 418])
    def test_what_will_not_go_better_is_not(self, asking, world, code):
        world.fail(ADDRESS, status(code))
        with pytest.raises(BadStatus):
            got(asking)
        assert len(world.requests) == 1

    @pytest.mark.parametrize("fault", [half, broken_gzip])
    def test_half_an_answer_is_none(self, asking, world, fault):
        world.fail(ADDRESS, fault)
        assert got(asking) == b"everything"
        world.fail(ADDRESS, *[fault] * ATTEMPTS)
        with pytest.raises(Unreachable):
            got(asking)

    def test_it_waits_as_long_as_it_is_asked_to(self, asking, world, naps):
        at = format_datetime(world.clock + dt.timedelta(seconds=60), usegmt=True)
        world.fail(ADDRESS, status(429, Retry_After="50"), status(503, Retry_After=at))
        assert got(asking) == b"everything"
        assert naps.taken == [50.0, 60.0]

    def test_a_date_is_read_by_the_clock_of_the_server(self, asking, world, naps):
        world.clock = NOON + dt.timedelta(days=3)  # three days fast
        at = format_datetime(world.clock + dt.timedelta(seconds=60), usegmt=True)
        world.fail(ADDRESS, status(429, Retry_After=at))
        assert got(asking) == b"everything"
        assert naps.taken == [60.0]

    def test_who_asks_for_too_long_is_left_alone(self, asking, world, naps):
        wait = str(int(PATIENCE) + 1)
        world.fail(ADDRESS, status(429, Retry_After=wait))
        with pytest.raises(BadStatus) as caught:
            got(asking)
        assert caught.value.facts["wait"] == int(PATIENCE) + 1
        assert naps.taken == []

    def test_a_spent_allowance_says_when_there_is_a_new_one(self, asking, world, naps):
        reset = str(int(NOON.timestamp()) + 100)
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        world.fail(ADDRESS, status(403, **headers))
        assert got(asking) == b"everything"
        assert naps.taken == [100.0]

    def test_requests_keep_their_distance(self, world, served, tmp_path, naps):
        with client(Feed(apart=6.0), tmp_path, served[1], using=tools(naps=naps)) as asking:
            got(asking)
            got(asking)
        assert [round(nap) for nap in naps.taken] == [6]


class TestElsewhere:
    def test_a_redirect_within_the_source_is_followed(self, asking, world):
        world.put(f"https://{HOST}/new.json", b"moved")
        world.fail(ADDRESS, redirect(f"https://{HOST}/new.json"))
        assert got(asking) == b"moved"

    @pytest.mark.parametrize(
        "to",
        [
            "https://elsewhere.example/all.json",
            "http://feeds.kasumi.example/all.json",
            "http://127.0.0.1:1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://user:word@feeds.kasumi.example/",
            "file:///etc/passwd",
            "ftp://feeds.kasumi.example/",
        ],
    )
    def test_one_that_leads_out_of_it_is_not(self, asking, world, to):
        world.fail(ADDRESS, redirect(to))
        with pytest.raises(AddressRefused):
            got(asking)
        assert len(world.requests) == 1

    def test_one_without_end_ends(self, asking, world):
        world.fail(ADDRESS, *[redirect(ADDRESS)] * 50)
        with pytest.raises(UnexpectedAnswer):
            got(asking)
        assert len(world.requests) < 10

    def test_a_secret_stays_with_the_host_it_is_for(self, world, served, tmp_path):
        other = "https://mirror.kasumi.example/all.json"
        world.put(other, b"moved")
        world.fail(ADDRESS, redirect(other))
        feed = Feed(hosts=frozenset({HOST, "mirror.kasumi.example"}))
        with client(feed, tmp_path, served[1]) as asking:
            asking.get(ADDRESS, "all.json", {"apiKey": "word"})
        first, second = world.requests
        assert first.headers["apikey"] == "word"
        assert "apikey" not in second.headers

    def test_a_host_that_the_source_named_itself_is_asked(self, asking, world):
        world.put("https://other.kasumi.example/x.json", b"x")
        with pytest.raises(AddressRefused):
            asking.get("https://other.kasumi.example/x.json", "x.json")
        asking.allow("https://other.kasumi.example/list.json", "https://10.0.0.1/", "no address")
        assert asking.get("https://other.kasumi.example/x.json", "x.json")
        with pytest.raises(AddressRefused):
            asking.get("https://10.0.0.1/x.json", "x.json")


class TestWithoutAMirror:
    @pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "fd00::1", "169.254.169.254"])
    def test_a_name_that_stands_for_a_private_address_is_not_asked(self, tmp_path, address):
        using = tools(resolve=lambda _host, _port: ["1.1.1.1", address])
        with client(Feed(), tmp_path, using=using) as asking, pytest.raises(AddressRefused):
            got(asking)

    def test_a_name_that_nobody_knows(self, tmp_path, naps):
        def resolve(_host: str, _port: int) -> list[str]:
            raise socket.gaierror

        with (
            client(Feed(), tmp_path, using=tools(naps=naps, resolve=resolve)) as asking,
            pytest.raises(Unreachable),
        ):
            got(asking)
        assert len(naps.taken) == ATTEMPTS - 1

    def test_a_proxy_gets_the_name_and_looks_it_up(self, world, served, tmp_path):
        def resolve(_host: str, _port: int) -> list[str]:
            raise AssertionError

        using = tools(resolve=resolve)
        with (
            client(Feed(), tmp_path, using=using, proxy=served[1]) as asking,
            pytest.raises(Unreachable),  # the server does not know CONNECT
        ):
            got(asking)


class TestLimits:
    def test_what_says_that_it_is_too_large_is_not_begun(self, world, served, tmp_path):
        with client(Feed(), tmp_path, served[1], largest=5) as asking, pytest.raises(TooLarge):
            got(asking)
        assert not (tmp_path / "all.json").exists()

    def test_what_grows_too_large_while_it_is_unpacked_is_cut(self, world, served, tmp_path):
        world.fail(ADDRESS, body(gzip.compress(bytes(5_000_000)), Content_Encoding="gzip"))
        with client(Feed(), tmp_path, served[1], largest=50_000) as asking:
            with pytest.raises(TooLarge):
                got(asking)
            assert (tmp_path / "all.json").stat().st_size <= 50_000

    def test_a_server_that_is_silent_is_left(self, world, asking, monkeypatch):
        monkeypatch.setattr(module, "TIMEOUT", httpx2.Timeout(0.2))
        world.fail(ADDRESS, *[lambda _handler, _request: world.release.wait(5)] * ATTEMPTS)
        with pytest.raises(Unreachable, match="in time"):
            got(asking)

    def test_one_that_drips_is_cut(self, world, asking, monkeypatch):
        monkeypatch.setattr(module, "DEADLINE", 0.4)
        monkeypatch.setattr(module, "ATTEMPTS", 1)

        def drip(handler, _request) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not world.release.wait(0.02):
                handler.wfile.write(b"x")
                handler.wfile.flush()

        world.fail(ADDRESS, drip)
        started = time.monotonic()
        with pytest.raises(Unreachable, match="too long"):
            got(asking)
        assert time.monotonic() - started < 5


class TestTrust:
    """By a certificate of our own, at a mirror: nowhere else is a private address asked."""

    def serve(self, context: ssl.SSLContext) -> tuple[socket.socket, str]:
        listening = socket.create_server(("127.0.0.1", 0))
        server = context.wrap_socket(listening, server_side=True)

        def answer() -> None:
            with contextlib.suppress(OSError):  # a handshake that was broken off
                line, _ = server.accept()
                with line:
                    line.recv(4096)
                    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        threading.Thread(target=answer, daemon=True).start()
        return server, f"https://127.0.0.1:{server.getsockname()[1]}"

    def test_a_certificate_that_is_believed(self, tmp_path):
        context, trust = certificate(tmp_path, "127.0.0.1")
        server, mirror = self.serve(context)
        with server, client(Feed(), tmp_path, mirror, using=tools(trust=lambda: trust)) as asking:
            assert got(asking) == b"ok"

    def test_one_that_is_not(self, tmp_path, monkeypatch):
        monkeypatch.setattr(module, "ATTEMPTS", 1)
        server, mirror = self.serve(certificate(tmp_path, "127.0.0.1")[0])
        with (
            server,
            client(Feed(), tmp_path, mirror) as asking,
            pytest.raises(Unreachable, match="certificate"),
        ):
            got(asking)
