"""``noroshi feed pull`` and what ``noroshi feed status`` says of it."""

from __future__ import annotations

import io

import msgspec
import pytest
from django.conf import settings
from django.core.management import call_command
from rich.console import Console

from noroshi.core.errors import NotFound, Refused
from noroshi.edge.feeds import client
from noroshi.hub.knowledge.models import Record
from noroshi.run import health, pulling
from tests.edge.feeds.server import serve, status
from tests.edge.feeds.sources.worlds import KEV, Nvd, put_kev
from tests.hub.feeds import cve
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def world(monkeypatch, tmp_path):
    """The sources, through a mirror; nobody waits."""
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.0)
    with serve() as (served, mirror):
        more = {"feed_mirror": mirror, "data": tmp_path}
        monkeypatch.setattr(settings, "NOROSHI", msgspec.structs.replace(settings.NOROSHI, **more))
        yield served


@pytest.fixture
def typed(monkeypatch):
    """Run a command and return what it printed."""
    stream = io.StringIO()
    console = Console(file=stream, width=300, highlight=False, emoji=False)
    monkeypatch.setattr("noroshi.run.console._console", lambda _stream: console)

    def run(*arguments: str) -> str:
        stream.truncate(0)
        stream.seek(0)
        call_command(*arguments)
        return stream.getvalue()

    run.stream = stream  # type: ignore[attr-defined]  # for what was said before an error
    return run


def configure(monkeypatch, **more: object) -> None:
    monkeypatch.setattr(settings, "NOROSHI", msgspec.structs.replace(settings.NOROSHI, **more))


def test_it_says_what_came(typed, world):
    put_kev(world, range(3))
    said = typed("feed", "pull", "kev")
    assert "kev: 3 records from 1 documents; 0 documents known already; 0 in quarantine" in said
    assert "kev: nothing new" in typed("feed", "pull", "kev")


def test_without_a_name_those_of_the_setting_are_pulled(typed, world, monkeypatch):
    put_kev(world, range(3))
    with pytest.raises(Refused):
        typed("feed", "pull")
    configure(monkeypatch, feeds=("kev",))
    assert "kev: 3 records" in typed("feed", "pull")


def test_one_that_cannot_be_pulled_does_not_hold_up_the_next(typed, world, monkeypatch):
    Nvd(world).put([1], NOON - DAY)
    world.fail(KEV, *[status(503)] * 4)
    with pytest.raises(Refused, match="1 of 2 sources could not be pulled: kev"):
        typed("feed", "pull", "kev", "nvd")
    said = typed.stream.getvalue()
    assert "kev: " in said
    assert "the server answered with the status 503" in said
    assert Record.objects.get().external_id == cve(1)


def test_a_source_that_there_is_not_is_named_before_anything_is_pulled(typed, world):
    with pytest.raises(NotFound, match="nowhere"):
        typed("feed", "pull", "kev", "nowhere")
    assert world.requests == []


def test_the_status_says_how_pulling_goes(typed, world):
    put_kev(world, range(3))
    typed("feed", "pull", "kev")
    world.put(KEV, b"<html>")
    with pytest.raises(Refused):
        typed("feed", "pull", "kev")
    (row,) = (line for line in typed("feed", "status").splitlines() if line.startswith("kev"))
    assert "0 min" in row
    assert "the answer is not what was asked for" in row
    assert "(failures in a row: 1)" in row


def test_the_settings_reach_the_feeds(monkeypatch):
    configure(monkeypatch, nvd_key="a-key", feed_hours={"nvd": 7}, feed_proxy="http://proxy:1")
    assert pulling.feed_named("nvd").apart == 0.6
    found = pulling.manner("nvd")
    assert found.cadence is not None
    assert found.cadence.total_seconds() == 7 * 3600
    assert found.rules.proxy == "http://proxy:1"
    assert pulling.manner("kev").cadence is None


def test_the_check_names_sources_that_are_in_trouble(typed, world):
    world.put(KEV, b"<html>")
    with pytest.raises(Refused):
        typed("feed", "pull", "kev")
    complaints = [one for one in health.look() if "kev" in one.what]
    assert [(one.grave, one.remedy) for one in complaints] == [(False, "See: noroshi feed status")]
