"""NVD: the CVE API 2.0, page by page; then what was modified since, window by window.

Pages are counted off a list that may change while it is read. It grows at its end; where it shrinks
(a record was modified and has left the window), those behind have moved up, and the reading goes
back as far. A record that is met twice is known by its bytes the second time.
Source: https://nvd.nist.gov/developers/vulnerabilities
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import decoded
from noroshi.edge.feeds.port import NO_HEADERS, Client, Cursor, Feed, Step

ADDRESS = "https://services.nvd.nist.gov/rest/json/cves/2.0"

PAGE = 2000
WIDEST = dt.timedelta(days=120)
"""The longest time between lastModStartDate and lastModEndDate."""

OVERLAP = dt.timedelta(hours=2)
"""What is asked for twice, lest a record that appears late be missed."""


class _Page(msgspec.Struct, frozen=True, rename="camel"):
    start_index: int
    total_results: int
    vulnerabilities: list[msgspec.Raw]


_page = msgspec.json.Decoder(_Page)


class Window(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the reading stands: the cursor.

    ``since``: everything modified before is known; null: nothing is. ``until`` and ``began`` (by
    the server's clock) belong to a window that is being read: of its ``total`` records the
    ``index``-th is next.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    began: dt.datetime | None = None
    index: int = 0
    total: int = 0

    def opened(self, now: dt.datetime) -> Window:
        """Return the window to be read now."""
        if self.since is None or self.until is not None:
            return self
        # A clock of ours that is slow is behind what NVD's said the last time.
        newest = max(now, self.since + dt.timedelta(minutes=1))
        return msgspec.structs.replace(self, until=min(newest, self.since + WIDEST))

    def after(self, page: _Page, served_at: dt.datetime) -> Window:
        """Return where the reading stands after a page."""
        began = self.began or served_at
        lost = max(0, self.total - page.total_results)
        # This page was cut off the shorter list already: what moved up stands before it.
        index = max(0, self.index - lost) if lost else self.index + len(page.vulnerabilities)
        if index < page.total_results:
            return msgspec.structs.replace(self, began=began, index=index, total=page.total_results)
        return Window(since=self._end(began))

    def _end(self, began: dt.datetime) -> dt.datetime:
        """Return up to when everything is known once this window has been read."""
        if self.until is not None and self.until < began - OVERLAP:
            return self.until
        return began - OVERLAP


class Nvd(msgspec.Struct, frozen=True):
    """The feed. ``key``: sent to NVD, which then lets us ask ten times as often."""

    key: str = ""
    source: str = "nvd"
    cadence: dt.timedelta = dt.timedelta(hours=2)
    hosts: frozenset[str] = frozenset({"services.nvd.nist.gov"})

    @property
    def apart(self) -> float:
        """Seconds between requests, as NVD recommends: 5, or 50 with a key, in 30 seconds."""
        return 0.6 if self.key else 6.0

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield page after page, until nothing is left that was modified before now."""
        window = msgspec.convert(cursor, Window)
        now = client.now()
        while True:
            window = window.opened(now)
            answer = client.get(_address(window), _name(window), self._headers())
            page = decoded(answer, _page)
            if page.start_index != window.index:
                detail = f"asked for the {window.index}th, it gave the {page.start_index}th"
                raise UnexpectedAnswer(answer.address, detail=detail)
            if not page.vulnerabilities and window.index < page.total_results:
                detail = f"it has {page.total_results} and gives none from the {window.index}th"
                raise UnexpectedAnswer(answer.address, detail=detail)
            if window.since is None and not page.total_results:
                raise UnexpectedAnswer(answer.address, detail="the whole database is empty")
            last = window.until is None or window.until >= now
            window = window.after(page, answer.served_at)
            files = (answer.file,) if page.vulnerabilities else ()
            yield Step(msgspec.to_builtins(window), files)
            if window.until is None and window.began is None and last:
                return

    def _headers(self) -> Mapping[str, str]:
        return {"apiKey": self.key} if self.key else NO_HEADERS


def _address(window: Window) -> str:
    asked = {"startIndex": str(window.index), "resultsPerPage": str(PAGE)}
    if window.since is not None and window.until is not None:
        asked["lastModStartDate"] = _written(window.since)
        asked["lastModEndDate"] = _written(window.until)
    return f"{ADDRESS}?{urlencode(asked)}"


def _written(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds")


def _name(window: Window) -> str:
    since = f"since-{window.since:%Y-%m-%dT%H%M}" if window.since else "all"
    return f"{since}-{window.index}.json"


def feed(key: str = "") -> Feed:
    """Return the feed."""
    return Nvd(key)
