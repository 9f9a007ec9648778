"""Clients and manners for tests: a clock that stands, waits that are only noted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noroshi.edge.feeds.client import HttpClient, Rules, Tools
from noroshi.edge.feeds.files import Limits, Meter
from noroshi.edge.feeds.port import Cursor, Feed, Mark, Step
from noroshi.edge.feeds.pulling import Manner
from tests.hub.sector import NOON

LIMITS = Limits(file=20_000_000, unpacked=40_000_000, payload=20_000_000)


class Naps:
    """Notes for how long somebody would have slept."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def tools(now: dt.datetime = NOON, naps: Naps | None = None, **more: Any) -> Tools:
    """Return tools that do not wait and draw no lots."""
    return Tools(now=lambda: now, sleep=naps or Naps(), chance=lambda: 0.5, **more)


def manner(folder: Path, mirror: str, now: dt.datetime = NOON, **more: Any) -> Manner:
    """Return how a source is pulled from a mirror."""
    return Manner(
        folder, LIMITS, Rules(LIMITS.file, mirror=mirror), tools=tools(now, **more), cores=1
    )


def client(
    feed: Feed,
    folder: Path,
    mirror: str = "",
    *,
    marks: Mapping[str, Mark] | None = None,
    largest: int = LIMITS.file,
    using: Tools | None = None,
    proxy: str = "",
) -> HttpClient:
    """Return a client of a feed."""
    rules = Rules(largest, proxy, mirror)
    return HttpClient(feed, folder, marks or {}, rules, tools=using or tools(), meter=Meter())


class Asked:
    """A feed asked from a cursor until it has no more, and what it gave."""

    def __init__(
        self, feed: Feed, folder: Path, mirror: str, cursor: Cursor, now: dt.datetime = NOON
    ) -> None:
        self.steps: list[Step] = []
        self.bodies: dict[str, bytes] = {}
        with client(feed, folder, mirror, using=tools(now)) as asking:
            for step in feed.fetch(asking, cursor):
                self.steps.append(step)
                for file in step.files:
                    self.bodies[file.name] = file.path.read_bytes()

    @property
    def cursor(self) -> Cursor:
        """Where to go on."""
        return self.steps[-1].cursor
