"""What the browser is told, with every kind of answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from noroshi.hub.members.models import Person
from tests.edge.web.site import sign_in
from tests.hub import sector as world

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KINDS = {
    "a page": ("my-account", 200),
    "a page of allauth": ("mfa_index", 200),
    "a redirect": ("home", 302),
    "the sign-in": ("account_login", 302),
    "nothing there": ("/nothing/here", 404),
    "not for this role": ("/closed", 403),
    "a failure": ("/failing", 500),
    "a file": (static("noroshi/noroshi.css"), 200),
    "a file of allauth": (static("mfa/js/webauthn.js"), 200),
    "a program without a key": ("/api/v1/notices", 401),
    "a probe": ("alive", 200),
}


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return world.person("hikari")


@pytest.fixture
def asking(taro, settings):
    settings.ROOT_URLCONF = "tests.edge.web.trial_urls"
    client = Client(raise_request_exception=False)
    sign_in(client, taro)
    return client


def ask(client: Client, kind: str):
    place, status = KINDS[kind]
    answer = client.get(place if place.startswith("/") else reverse(place))
    answer.close()  # a file stays open otherwise
    assert answer.status_code == status, kind
    return answer


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_is_kept_to_itself(asking, kind):
    headers = ask(asking, kind).headers
    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]


PAGES = ("a page", "a page of allauth", "nothing there", "not for this role", "a failure")


@pytest.mark.parametrize("kind", PAGES)
def test_no_page_is_kept_by_anybody(asking, kind):
    assert "no-store" in ask(asking, kind).headers["Cache-Control"]


def test_files_may_be_kept(asking):
    assert "max-age" in ask(asking, "a file").headers["Cache-Control"]
    assert "no-store" not in ask(asking, "a file").headers["Cache-Control"]


def test_a_failure_says_nothing_of_its_reason(asking):
    assert "nobody's business" not in ask(asking, "a failure").content.decode()


# --- over HTTPS ---

SCRIPT = """
import django, json
from django.conf import settings
django.setup()
from django.test import Client
names = [name for name in dir(settings) if name.endswith("COOKIE_SECURE")]
secure = Client().get("/sign-in", secure=True, SERVER_NAME="noroshi.example.jp")
plain = Client().get("/sign-in", SERVER_NAME="noroshi.example.jp")
theme = Client().post("/preferences", {"theme": "dark"}, secure=True,
                      SERVER_NAME="noroshi.example.jp")
probe = Client().get("/healthz", SERVER_NAME="127.0.0.1")
print(json.dumps({
    "cookies": {name: getattr(settings, name) for name in names},
    "hsts": secure.headers.get("Strict-Transport-Security"),
    "csrf": bool(secure.cookies["csrftoken"]["secure"]),
    "theme": bool(theme.cookies["theme"]["secure"]),
    "plain": [plain.status_code, plain.headers.get("Location")],
    "probe": probe.status_code,
}))
"""


@pytest.mark.parametrize("secure", [True, False])
def test_what_is_served_over_https_stays_there(tmp_path, secure):
    site = "https://noroshi.example.jp" if secure else "http://noroshi.example.jp"
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("NOROSHI_")},
        "DJANGO_SETTINGS_MODULE": "noroshi.run.settings",
        "NOROSHI_DATA": str(tmp_path),
        "NOROSHI_SITE_URL": site,
    }
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=surroundings, capture_output=True, check=True, text=True
    )
    found = json.loads(ran.stdout)
    assert set(found["cookies"].values()) == {secure}
    assert {"SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"} <= set(found["cookies"])
    assert (found["csrf"], found["theme"]) == (secure, secure)
    assert found["probe"] == 200
    if secure:
        assert found["hsts"] == "max-age=31536000; includeSubDomains"
        assert found["plain"] == [301, "https://noroshi.example.jp/sign-in"]
    else:
        assert (found["hsts"], found["plain"][0]) == (None, 200)
