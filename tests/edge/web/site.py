"""Furniture for tests of pages.

Without a browser: ask for ``database`` (both databases, rolled back) and ``client`` (Django's test
client), make the world through the hub's own actions, and go in::

    taro = sector.person("hikari")
    sign_in(client, taro)
    assert client.get("/exposure").status_code == 200

With a browser: ask for ``site`` (a server on a real port, whose database of its own really commits;
in the test the ORM talks to that database, too) and ``visitor``, which opens tabs in Chromium::

    def test_…(site, visitor):
        taro = sector.person("hikari")
        tab = visitor(taro, language="ja", width=390, dark=True)
        tab.goto(site.address + "/exposure")

Nobody given: signed out. A tab that was refused something by the Content-Security-Policy, that
raised an error in a script, or that asked for anything outside the site fails its test at the end.
Fixtures are in ``tests/edge/web/conftest.py``; tests elsewhere import them from there.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from django.db.utils import load_backend
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from noroshi.core.sector import Role
from noroshi.hub.members.models import Person
from noroshi.run import configuration

PASSWORD = "a fire seen from hill to hill"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What the codes of those are made from who got their second factor here."""

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root, in a container
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
]
"""Nothing leaves the machine: no name but this machine's is ever looked up."""


# --- who is signed in ---


def give_password(person: Person, password: str = PASSWORD) -> Person:
    """Give somebody a password, for tests that type it."""
    person.set_password(password)
    person.save()
    return person


def give_second_factor(person: Person, secret: str = SECRET) -> Authenticator:
    """Give somebody an authenticator app, with a known secret."""
    instance: Authenticator = TOTP.activate(person, secret).instance
    return instance


def code_now(secret: str = SECRET) -> str:
    """Return the code that an authenticator app with this secret shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(client: Client, person: Person) -> None:
    """Sign somebody in; who needs a second factor has one from now on."""
    needs = Role(person.role) in settings.NOROSHI.second_factor
    if needs and not Authenticator.objects.filter(user=person).exists():
        give_second_factor(person)
    client.force_login(person)


# --- a server ---


class Site(msgspec.Struct, frozen=True):
    """A running site."""

    address: str


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is Django's
        """Say nothing: a test looks at what was answered."""


def migrated_database(folder: Path) -> Path:
    """Return a new, empty, migrated SQLite file, to be copied."""
    path = folder / "empty.sqlite3"
    with connected(path):
        call_command("migrate", verbosity=0)
    return path


@contextmanager
def connected(path: Path) -> Iterator[None]:
    """Let the ORM talk to this SQLite file, in every thread that begins from now on, too."""
    described = configuration.database(f"sqlite://{path}", path.parent)
    before, known = connections["default"], connections.settings["default"]
    complete = connections.configure_settings({"default": described})["default"]
    connections.settings["default"] = complete
    connections["default"] = load_backend(complete["ENGINE"]).DatabaseWrapper(complete, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"], connections.settings["default"] = before, known


@contextmanager
def serving(empty: Path, folder: Path) -> Iterator[Site]:
    """Serve the site on a free port, with a copy of the empty database."""
    path = folder / "site.sqlite3"
    shutil.copyfile(empty, path)
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(WSGIHandler())
    with connected(path), server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield Site(f"http://localhost:{server.server_port}")
        server.shutdown()
        thread.join()


# --- a browser ---


class Complaints:
    """What went wrong in a tab that nobody sees on the page."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.found: list[str] = []

    def listen(self, tab: Page) -> None:
        """Collect from now on."""
        tab.on("console", self._console)
        tab.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        tab.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # A page that is not there is written to the console, too; that is not a complaint.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.found.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._address + "/", "data:", "blob:")):
            self.found.append(f"outside: {request.url}")


class Visitor:
    """Opens tabs, each in a browser profile of its own."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self._site, self._browser = site, browser
        self.complaints = Complaints(site.address)

    def __call__(
        self,
        person: Person | None = None,
        *,
        language: str = "en",
        width: int = 1280,
        dark: bool = False,
        **options: Any,
    ) -> Page:
        """Return a new tab; ``options`` are those of Playwright's ``new_context``."""
        context = self._browser.new_context(
            locale={"en": "en-GB", "ja": "ja-JP"}[language],
            timezone_id="Asia/Tokyo",
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            **options,
        )
        if person is not None:
            client = Client()
            sign_in(client, person)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": self._site.address}]
            )
        tab = context.new_page()
        self.complaints.listen(tab)
        return tab

    def leave(self) -> None:
        """Close every tab."""
        for context in self._browser.contexts:
            context.close()
