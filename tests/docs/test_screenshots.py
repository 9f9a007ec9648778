"""Every picture of the documentation is of a page as it is, and every page of it is reachable."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from noroshi.hub.members.models import Person
from tests.docs.pages import LANGUAGES
from tests.docs.shots import SHOTS, Shot
from tests.edge.web.conftest import browser, empty_database, nothing_counted_yet
from tests.edge.web.site import Site, Visitor, serving
from tests.sources import ROOT

__all__ = ["browser", "empty_database", "nothing_counted_yet"]

TAKE_ANEW = "NOROSHI_SCREENSHOTS"
PICTURE = re.compile(r"!\[([^\]]*)\]\((?:\.\./)*images/([a-z-]+)\.png\)")


def folder(language: str) -> Path:
    return ROOT / "docs" / language / "images"


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    """A database with the built-in sample, as the demonstration leaves it."""
    data: Path = tmp_path_factory.mktemp("sample")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NOROSHI_", "DJANGO_"))
    } | {"NOROSHI_DATA": str(data)}
    command = [sys.executable, "-m", "noroshi", "demo", "--no-serve"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return data / "noroshi.sqlite3"


@pytest.fixture
def site(sample, tmp_path, django_db_blocker) -> Iterator[Site]:
    with django_db_blocker.unblock(), serving(sample, tmp_path) as running:
        yield running


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_that_is_pictured_can_be_seen(site, browser, language, tmp_path):
    visitor = Visitor(site, browser)
    into = folder(language) if TAKE_ANEW in os.environ else tmp_path
    into.mkdir(exist_ok=True)
    for shot in SHOTS:
        take(visitor, site, shot, language, into)
    visitor.leave()
    assert visitor.complaints.found == []
    assert {path.stem for path in folder(language).glob("*.png")} == {one.name for one in SHOTS}


def take(visitor: Visitor, site: Site, shot: Shot, language: str, into: Path) -> None:
    person = Person.objects.get(email=shot.who) if shot.who else None
    tab = visitor(person, language=language, width=shot.width)
    answer = tab.goto(site.address + shot.path)
    assert answer is not None
    assert answer.status == 200, shot
    assert tab.locator("h1").count() == 1, shot
    # A tall page is shown from its top; the picture stays small enough to be loaded.
    height = min(tab.evaluate("document.documentElement.scrollHeight"), 1600)
    tab.set_viewport_size({"width": shot.width, "height": height})
    tab.screenshot(path=into / f"{shot.name}.png")
    tab.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_shown_and_described(language):
    shown = {
        name: text
        for path in sorted((ROOT / "docs" / language).rglob("*.md"))
        for text, name in PICTURE.findall(path.read_text("utf-8"))
    }
    assert set(shown) == {one.name for one in SHOTS}
    assert [name for name, text in shown.items() if len(text) < 8] == []
