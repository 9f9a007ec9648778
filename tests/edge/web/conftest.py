"""Fixtures for tests of pages; see ``tests/edge/web/site.py`` for how to use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from playwright.sync_api import Browser, sync_playwright

from tests import services
from tests.edge.web.site import (
    CHROMIUM_ARGUMENTS,
    Site,
    Visitor,
    migrated_database,
    serving,
)


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    """Every test begins with no sign-ins and no requests counted."""
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch):
    """Passwords are hashed as ever, but with as little work as Argon2 can do."""
    for cost, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, cost, least)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory, django_db_blocker) -> Path:
    """A migrated SQLite file to copy; made once in a test process."""
    with django_db_blocker.unblock():
        return migrated_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def site(empty_database, tmp_path, django_db_blocker) -> Iterator[Site]:
    """A site on a real port of this machine, with a database of its own that really commits."""
    with django_db_blocker.unblock(), serving(empty_database, tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; it cannot ask for anything outside this machine."""
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in the thread of the tests; the ORM is not used in it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(
                executable_path=services.chromium(), args=CHROMIUM_ARGUMENTS
            )
            yield started
            started.close()


@pytest.fixture
def visitor(site, browser) -> Iterator[Visitor]:
    """Opens tabs of the site; see `Visitor`."""
    visiting = Visitor(site, browser)
    yield visiting
    visiting.leave()
    assert visiting.complaints.found == []
