"""The contract of every feed: what comes can be read, comes once, and no rubbish passes for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from noroshi.core.errors import FetchError
from noroshi.core.facets import Record
from noroshi.edge.feeds.client import HttpClient, Rules
from noroshi.edge.feeds.files import Meter, Payload, payloads
from noroshi.edge.feeds.port import Cursor, Feed, Mark, Step
from noroshi.edge.feeds.registry import FORMATS
from noroshi.edge.feeds.sources import FEEDS, Options, alpine, csaf, osv, suse
from noroshi.edge.feeds.sources.repositories import Repository
from tests.edge.feeds.clients import LIMITS, tools
from tests.edge.feeds.server import World, body, half, status
from tests.edge.feeds.sources import given_worlds, trackers, worlds
from tests.hub.feeds import cve, cve5, raw
from tests.hub.sector import DAY, HOUR, NOON

FIRST, LATER = list(range(6)), [*range(6), 6, 7]
"""The records that there are at first, and the next day."""

PROVIDER = csaf.PROVIDERS[0]
Serve = Callable[[World, list[int], dt.datetime], None]


def _nvd(world: World, numbers: list[int], at: dt.datetime) -> None:
    worlds.Nvd(world).put(numbers, at - 3 * HOUR)  # NVD is asked for two hours twice


def _cve5(world: World, numbers: list[int], at: dt.datetime) -> None:
    worlds.put_release(world, at.date(), FIRST, numbers[len(FIRST) :])
    worlds.put_end_of_day(world, at.date() - DAY, [])


def _epss(world: World, numbers: list[int], at: dt.datetime) -> None:
    worlds.put_epss(world, at.date(), numbers)


def _osv(world: World, numbers: list[int], at: dt.datetime) -> None:
    npm = worlds.Osv(world, osv.ECOSYSTEMS[:2], osv.ECOSYSTEMS[0])
    npm.put(FIRST, NOON)
    npm.put(numbers[len(FIRST) :], at)


def _csaf(world: World, numbers: list[int], at: dt.datetime) -> None:
    provider = worlds.Csaf(world, PROVIDER)
    provider.put(FIRST, NOON)
    provider.put(numbers[len(FIRST) :], at)


def _suse(world: World, numbers: list[int], at: dt.datetime) -> None:
    provider = worlds.Csaf(world, suse.PROVIDERS[0])
    provider.put(FIRST, NOON)
    provider.put(numbers[len(FIRST) :], at)


def _redhat(world: World, numbers: list[int], at: dt.datetime) -> None:
    found = trackers.RedHat(world)
    found.put(FIRST, NOON)
    found.put(numbers[len(FIRST) :], at)


def _alpine(world: World, numbers: list[int], _at: dt.datetime) -> None:
    for release in ("edge", "v3.16"):
        for repository in alpine.REPOSITORIES:
            address = f"{alpine.BASE}/{release}/{repository}.json"
            world.put(address, worlds.alpine(numbers))


def _repository(source: str, record: Callable[[int], bytes]) -> Serve:
    feed = FEEDS[source](Options())
    assert isinstance(feed, Repository)

    def serve(world: World, numbers: list[int], _at: dt.datetime) -> None:
        served = trackers.Repository(world, feed.repository, record)
        served.commit(feed.branch, FIRST)
        if numbers != FIRST:
            served.commit(feed.branch, numbers[len(FIRST) :])

    return serve


def _file(source: str) -> Serve:
    def serve(world: World, numbers: list[int], _at: dt.datetime) -> None:
        address: str = FEEDS[source](Options()).address  # type: ignore[attr-defined]  # a Download
        world.put(address, getattr(worlds, source)(numbers))

    return serve


SERVE: dict[str, Serve] = {
    "kev": lambda world, numbers, at: worlds.put_kev(world, numbers, released=at),
    "epss": _epss,
    "cve5": _cve5,
    "nvd": _nvd,
    "osv": _osv,
    "csaf": _csaf,
    "alpine": _alpine,
    "rss": given_worlds.Worlds.rss,
    "misp": given_worlds.Worlds.misp,
    "taxii": given_worlds.Worlds.taxii,
    "nvd_overrides": _repository("nvd_overrides", trackers.override),
    "ubuntu": lambda world, numbers, _: trackers.put_ubuntu(world, numbers),
    "redhat": _redhat,
    "suse": _suse,
    "amazon": lambda world, numbers, _: trackers.put_amazon(world, numbers),
    "vulnrichment": _repository("vulnrichment", lambda n: raw(cve5(cve(n)))),
    "jvn": lambda world, numbers, _: worlds.put_jvn(world, numbers),
    **{source: _file(source) for source in ("exploitdb", "metasploit", "nuclei", "debian")},
}


class Pulls:
    """Pulls without a database: keeps cursor, marks and what was read."""

    def __init__(self, feed: Feed, folder: Path, mirror: str) -> None:
        self.feed = feed
        self.cursor: Cursor = {}
        self.marks: dict[str, Mark] = {}
        self.read: set[str] = set()
        self.steps: list[Step] = []
        self._folder = folder
        self._rules = Rules(LIMITS.file, mirror=mirror)

    def pull(self, now: dt.datetime = NOON, steps: int = 1000) -> list[Step]:
        """Pull at most so many steps, as if killed then; return them."""
        asking = HttpClient(
            self.feed, self._folder, self.marks, self._rules, tools=tools(now), meter=Meter()
        )
        done: list[Step] = []
        with asking:
            for step in self.feed.fetch(asking, self.cursor):
                self._keep(step)
                done.append(step)
                if len(done) == steps:
                    break
        return done

    def _keep(self, step: Step) -> None:
        format_ = FORMATS[self.feed.source]
        for file in step.files:
            for payload in payloads(file.path, file.name, LIMITS, Meter(), step.wanted):
                assert isinstance(payload, Payload)
                for document in format_.documents(payload.data):
                    assert not isinstance(document, Exception)
                    for record in format_.read(document.body):
                        assert isinstance(record, Record)
                        self.read |= set(record.names)
        self.cursor = step.cursor
        self.marks |= {mark.address: mark for mark in step.marks}


@pytest.fixture(params=list(FEEDS))
def source(request) -> str:
    return str(request.param)


@pytest.fixture
def pulls(source, served, tmp_path, monkeypatch) -> Pulls:
    monkeypatch.setattr(csaf, "PROVIDERS", (PROVIDER,))
    monkeypatch.setattr(osv, "ECOSYSTEMS", osv.ECOSYSTEMS[:2])
    monkeypatch.setattr(osv, "BATCH", 1)
    monkeypatch.setattr(csaf, "BATCH", 1)
    SERVE[source](served[0], FIRST, NOON)
    return Pulls(FEEDS[source](given_worlds.OPTIONS), tmp_path, served[1])


def every(numbers: list[int]) -> set[str]:
    return {cve(number) for number in numbers}


def test_every_feed_has_a_world():
    assert set(FEEDS) <= set(SERVE)


def test_a_feed_says_what_it_is(source, pulls):
    feed = pulls.feed
    assert feed.source == source
    assert dt.timedelta(hours=1) <= feed.cadence <= dt.timedelta(days=1)
    assert feed.hosts
    assert feed.apart >= 0


def test_what_comes_can_be_read(pulls):
    pulls.pull()
    assert pulls.read >= every(FIRST)


def test_nothing_comes_where_nothing_is_new(source, pulls, served):
    pulls.pull()
    cursor = pulls.cursor
    served[0].requests.clear()
    steps = pulls.pull()
    assert [file.name for step in steps for file in step.files] == []
    assert len(served[0].requests) <= 5
    if source != "nvd":  # which has no conditional requests
        assert pulls.cursor == cursor


def test_then_comes_what_is_new(source, pulls, served):
    pulls.pull()
    served[0].clock = NOON + DAY
    SERVE[source](served[0], LATER, NOON + DAY - HOUR)
    pulls.read.clear()
    pulls.pull(NOON + DAY)
    assert pulls.read >= every([6, 7])


def test_killed_after_any_step_it_goes_on(source, served, pulls, tmp_path):
    whole = len(pulls.pull())
    for killed_after in range(1, whole + 1):
        again = Pulls(pulls.feed, tmp_path, served[1])
        again.pull(steps=killed_after)
        again.pull()
        assert again.read == pulls.read
        assert again.cursor.keys() == pulls.cursor.keys()


def test_killed_after_every_step_it_comes_to_its_end(source, served, pulls, tmp_path):
    again = Pulls(pulls.feed, tmp_path, served[1])
    for _ in range(50):
        again.pull(steps=1)
    pulls.pull()
    assert again.read == pulls.read


@pytest.mark.parametrize(
    "fault",
    [status(403), status(429), status(500), half, body(b"<html><p>Please wait</p></html>")],
    ids=["403", "429", "500", "half", "html"],
)
def test_a_server_that_is_in_trouble_moves_nothing(source, pulls, served, fault):
    """Whichever request meets the trouble: what was not written is asked for again."""
    pulls.pull()
    places = dict.fromkeys(served[0].asked())
    everything = set(pulls.read)
    for place in places:
        broken = Pulls(pulls.feed, pulls._folder, served[1])
        served[0].fail(place, *[fault] * 4)
        with pytest.raises(FetchError):
            _pull_whole(broken)
        served[0].fail(place)
        broken.pull()
        assert broken.read == everything


def _pull_whole(pulls: Pulls) -> None:
    """Pull; let a part that was set aside, to be asked for again, count as a refusal."""
    pulls.pull()
    if any("again" in known for known in pulls.cursor.values() if isinstance(known, dict)):
        raise FetchError
