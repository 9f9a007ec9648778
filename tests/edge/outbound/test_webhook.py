"""Calls as they arrive at a server, and servers that misbehave."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import socket
from email.utils import format_datetime

import httpx2
import pytest

from noroshi.core.addresses import Reach
from noroshi.core.outgoing import Arrived, Failed, Rejected, Trouble
from noroshi.edge import connecting
from noroshi.edge.outbound import webhook
from noroshi.edge.outbound.webhook import Caller
from tests.edge.outbound.messages import KEY, SITE, UID, call
from tests.edge.outbound.servers import certificate, http_server, status
from tests.hub.sector import HOUR, NOON

NAME = "soc.example.jp"


@pytest.fixture
def served():
    with http_server() as (receiver, port):
        yield receiver, f"http://127.0.0.1:{port}"


@pytest.fixture
def impatient(monkeypatch):
    """Let nobody wait long."""
    monkeypatch.setattr(webhook, "TIMEOUT", httpx2.Timeout(0.2))
    monkeypatch.setattr(webhook, "DEADLINE", 0.4)


def caller(*addresses: str, reach: Reach = Reach.ANYWHERE, **more) -> Caller:
    """Return a caller for whom every name stands for these addresses."""
    return Caller(reach=reach, resolve=lambda _host, _port: list(addresses), **more)


def make(url: str, who: Caller | None = None, at: dt.datetime = NOON):
    return (who or Caller(reach=Reach.ANYWHERE)).call(call(url), site=SITE, now=at)


class TestWhatArrives:
    def test_two_hundred_and_something_is_arrival(self, served):
        receiver, url = served
        for code in (200, 202, 204):
            receiver.answers["/hook"] = status(code)
            assert make(f"{url}/hook") == Arrived()
        assert len(receiver.requests) == 3

    def test_the_body_is_json_and_goes_where_it_should(self, served):
        receiver, url = served
        make(f"{url}/hook?team=1")
        (request,) = receiver.requests
        assert request.path == "/hook?team=1"
        assert request.headers["content-type"] == "application/json"
        assert json.loads(request.body)["data"]["number"] == "N-2026-0001"

    def test_whoever_holds_the_secret_can_check_it(self, served):
        receiver, url = served
        make(url)
        (request,) = receiver.requests
        message_id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = f"{message_id}.{timestamp}.".encode() + request.body
        expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert request.headers["webhook-signature"] == f"v1,{expected}"
        assert int(timestamp) == NOON.timestamp()

    def test_its_id_and_body_are_the_same_however_often_it_is_sent(self, served):
        receiver, url = served
        make(url)
        make(url, at=NOON + HOUR)
        assert {request.headers["webhook-id"] for request in receiver.requests} == {
            f"msg_{UID.hex}"
        }
        assert len({request.body for request in receiver.requests}) == 1
        assert len({request.headers["webhook-timestamp"] for request in receiver.requests}) == 2


class TestAnswers:
    def test_gone_is_for_ever(self, served):
        receiver, url = served
        receiver.answers["/"] = status(410)
        assert make(f"{url}/") == Rejected(Trouble.GONE, 410)

    @pytest.mark.parametrize("code", [400, 401, 404, 500, 503])
    def test_any_other_is_for_now(self, served, code):
        receiver, url = served
        receiver.answers["/"] = status(code)
        assert make(f"{url}/") == Failed(Trouble.STATUS, code)

    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    def test_a_redirect_is_not_followed(self, served, code):
        receiver, url = served
        receiver.answers["/"] = status(code, Location=f"{url}/elsewhere")
        assert make(f"{url}/") == Failed(Trouble.STATUS, code)
        assert [request.path for request in receiver.requests] == ["/"]

    @pytest.mark.parametrize(
        ("said", "wait"),
        [
            ("120", dt.timedelta(minutes=2)),
            (format_datetime(NOON + HOUR, usegmt=True), HOUR),
            ("soon", None),
            ("", None),
            ("-5", None),
            ("9" * 400, None),
            ("Fri, 99 Foo 2026 99:99:99 GMT", None),
        ],
    )
    def test_how_long_to_wait_is_read(self, served, said, wait):
        receiver, url = served
        receiver.answers["/"] = status(429, Retry_After=said)
        assert make(f"{url}/") == Failed(Trouble.STATUS, 429, wait)

    def test_an_endless_body_is_not_read(self, served):
        receiver, url = served
        receiver.answers["/"] = receiver.flood
        assert make(f"{url}/") == Arrived()

    def test_a_silent_server_is_left(self, served, impatient):
        receiver, url = served
        receiver.answers["/"] = receiver.hang
        assert make(f"{url}/") == Failed(Trouble.TIMEOUT)

    def test_one_that_drips_is_cut(self, served, impatient):
        receiver, url = served
        receiver.answers["/"] = receiver.drip
        assert make(f"{url}/") == Failed(Trouble.TIMEOUT)

    def test_what_is_not_http_is_no_answer(self, served):
        receiver, url = served
        receiver.answers["/"] = lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n\r\n")
        assert make(f"{url}/") == Failed(Trouble.UNREACHABLE)

    def test_nobody_is_there(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound and not listening
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
            assert make(url) == Failed(Trouble.UNREACHABLE)


class TestWhereItGoes:
    """The name is looked up once, what it stands for is checked, and that is connected to."""

    @pytest.mark.parametrize(
        "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"]
    )
    def test_a_name_that_stands_for_an_address_of_ours_is_not_called(self, served, address):
        receiver, _url = served
        who = caller(address, reach=Reach.PUBLIC)
        assert make(f"https://{NAME}/", who) == Failed(Trouble.NOT_PUBLIC)
        assert receiver.requests == []

    def test_nor_one_that_stands_for_such_an_address_among_others(self):
        who = caller("1.1.1.1", "127.0.0.1", reach=Reach.PUBLIC)
        assert make(f"https://{NAME}/", who) == Failed(Trouble.NOT_PUBLIC)

    def test_a_name_that_answers_otherwise_the_second_time_is_not_asked_again(self, monkeypatch):
        asked = []

        def rebinding(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["1.1.1.1"] if len(asked) == 1 else ["127.0.0.1"]

        connected = []

        def connect(to: tuple[str, int], *_args: object, **_more: object) -> socket.socket:
            connected.append(to)
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "create_connection", connect)
        who = Caller(reach=Reach.PUBLIC, resolve=rebinding)
        assert make(f"https://{NAME}/", who) == Failed(Trouble.UNREACHABLE)
        assert (asked, connected) == ([NAME], [("1.1.1.1", 443)])

    def test_an_address_that_became_forbidden_is_not_called(self):
        who = Caller(reach=Reach.PUBLIC)
        assert make("http://127.0.0.1:1/", who) == Failed(Trouble.NOT_PUBLIC)

    def test_a_name_nobody_knows(self):
        def unknown(_host: str, _port: int) -> list[str]:
            raise socket.gaierror

        who = Caller(reach=Reach.PUBLIC, resolve=unknown)
        assert make(f"https://{NAME}/", who) == Failed(Trouble.UNKNOWN_HOST)

    def test_the_server_is_told_the_name_not_the_address(self, served):
        receiver, url = served
        port = url.rpartition(":")[2]
        assert make(f"http://{NAME}:{port}/", caller("127.0.0.1")) == Arrived()
        assert receiver.requests[0].headers["host"] == f"{NAME}:{port}"

    def test_the_next_address_is_tried_where_one_does_not_answer(self, served):
        receiver, url = served
        port = url.rpartition(":")[2]
        who = caller("::1", "127.0.0.1")
        assert make(f"http://{NAME}:{port}/", who) == Arrived()
        assert len(receiver.requests) == 1

    def test_a_proxy_of_the_environment_is_not_used(self, served, monkeypatch):
        receiver, url = served
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        assert make(f"{url}/hook") == Arrived()
        assert receiver.requests[0].path == "/hook"

    def test_the_resolver_of_the_system_knows_this_machine(self):
        assert "127.0.0.1" in connecting.addresses("127.0.0.1", 80)


class TestCertificates:
    def secure(self, tmp_path, name: str):
        server, client = certificate(tmp_path, name)
        return http_server(server), client

    def test_the_certificate_of_the_name_is_believed(self, tmp_path):
        server, trust = self.secure(tmp_path, NAME)
        with server as (receiver, port):
            outcome = make(f"https://{NAME}:{port}/", caller("127.0.0.1", trust=trust))
        assert outcome == Arrived()
        assert len(receiver.requests) == 1

    def test_that_of_another_name_is_not(self, tmp_path):
        server, trust = self.secure(tmp_path, "other.example.jp")
        with server as (receiver, port):
            outcome = make(f"https://{NAME}:{port}/", caller("127.0.0.1", trust=trust))
        assert outcome == Failed(Trouble.TLS)
        assert receiver.requests == []

    def test_nor_one_that_nobody_vouches_for(self, tmp_path):
        server, _trust = self.secure(tmp_path, NAME)
        with server as (receiver, port):
            outcome = make(f"https://{NAME}:{port}/", caller("127.0.0.1"))
        assert outcome == Failed(Trouble.TLS)
        assert receiver.requests == []

    def test_plain_http_where_https_is_spoken_to_is_trouble(self, served):
        _receiver, url = served
        port = url.rpartition(":")[2]
        assert make(f"https://{NAME}:{port}/", caller("127.0.0.1")) == Failed(Trouble.TLS)
