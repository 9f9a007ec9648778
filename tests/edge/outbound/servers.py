"""Servers on this machine that take what is sent, and misbehave when told to."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# --- mail ---


class Letter:
    """A mail as it came over the wire."""

    def __init__(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        self.raw = envelope.content
        self.to = envelope.rcpt_tos
        parsed = email.message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        self.parsed = parsed

    @property
    def text(self) -> str:
        """The body, decoded."""
        return str(self.parsed.get_content()).replace("\r\n", "\n")

    def __getitem__(self, header: str) -> str:
        return str(self.parsed[header])


class Postbox:
    """A mail server. ``refuse`` answers a receiver instead of taking the mail.

    While ``hold`` is not set it has the mail, and does not say so.
    """

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.refuse: Callable[[str], str | None] = lambda _to: None
        self.connections = 0
        self.hold = threading.Event()
        self.hold.set()

    async def handle_EHLO(  # noqa: N802 - the name and the arguments are aiosmtpd's
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - the name and the arguments are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.refuse(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.letters.append(Letter(envelope))
        await asyncio.to_thread(self.hold.wait)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[Postbox, int]]:
    """Run a mail server; yield what it keeps, and its port."""
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=_free_port())
    controller.start()
    try:
        yield postbox, controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- calls ---


class Request:
    """A request as it came over the wire."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))


Answer = Callable[[BaseHTTPRequestHandler], None]


def status(code: int, **headers: str) -> Answer:
    """Answer with a status and an empty body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


class Receiver:
    """An HTTP server. ``answers`` by path; ``release`` ends those that hang."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[str, Answer] = {}
        self.release = threading.Event()

    def hang(self, _handler: BaseHTTPRequestHandler) -> None:
        """Answer nothing."""
        self.release.wait()

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a byte now and then, without end."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.release.wait(0.02):
            try:
                handler.wfile.write(b"X-A: b\r\n")
                handler.wfile.flush()
            except OSError:
                return

    def flood(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer 200 with a body that does not end."""
        handler.send_response(200)
        handler.end_headers()
        while not self.release.is_set():
            try:
                handler.wfile.write(bytes(65536))
            except OSError:
                return


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver
        request = Request(self)
        receiver.requests.append(request)
        receiver.answers.get(request.path, status(204))(self)

    do_GET = do_POST  # noqa: N815 - the name is the standard library's

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def http_server(tls: ssl.SSLContext | None = None) -> Iterator[tuple[Receiver, int]]:
    """Run an HTTP server; yield what it keeps, and its port."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]  # a broken handshake
    server.receiver = receiver  # type: ignore[attr-defined]  # for the handler
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver, server.server_port
    finally:
        receiver.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the context of a server called ``name``, and of a client that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=file)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
