"""The CVE List: a release an hour, with all records of midnight and with those changed since.

The first time, and after a long absence, everything is fetched; then, for each day that has passed
meanwhile, what changed on that day, and of today what has changed so far. A day's archive has
everything of that day, so that fetching the next one of the same day repeats the one before; what
did not change is known by its bytes.
Source: https://github.com/CVEProject/cvelistV5
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.checking import decoded, members
from noroshi.edge.feeds.port import Answer, Client, Cursor, Feed, File, Step
from noroshi.edge.feeds.unpacking import PIECE

LATEST = "https://api.github.com/repos/CVEProject/cvelistV5/releases/latest"
RELEASES = "https://github.com/CVEProject/cvelistV5/releases/download"

FARTHEST_BACK = 14
"""Days that are fetched one by one; after a longer absence everything is fetched."""

_ALL = re.compile(r"(20\d{2}-\d{2}-\d{2})_all_CVEs_at_midnight\.zip(?:\.zip)?")
_CHANGED = re.compile(r"(20\d{2}-\d{2}-\d{2})_delta_CVEs_at_(?:\d{4}Z|end_of_day)\.zip")
_RECORD = re.compile(r"CVE-\d{4}-\d{4,19}\.json", re.ASCII)


class _Asset(msgspec.Struct, frozen=True):
    name: str
    browser_download_url: str


class _Release(msgspec.Struct, frozen=True):
    assets: list[_Asset]


_release = msgspec.json.Decoder(_Release)


def is_record(name: str) -> bool:
    """Say whether a part of an archive is a record: there are lists of changes beside them."""
    return bool(_RECORD.fullmatch(PurePosixPath(name).name))


class Cve5(msgspec.Struct, frozen=True):
    """The feed. Its cursor: the day up to whose beginning everything is known."""

    source: str = "cve5"
    cadence: dt.timedelta = dt.timedelta(hours=1)
    hosts: frozenset[str] = frozenset(
        {
            "api.github.com",
            "github.com",
            "objects.githubusercontent.com",
            "release-assets.githubusercontent.com",
        }
    )
    apart: float = 0.5

    def fetch(self, client: Client, cursor: Cursor, /) -> Iterator[Step]:
        """Yield all records, or the archives of the days since the cursor."""
        listed = client.get_if_changed(LATEST, "latest.json")
        if listed is None:
            return
        release = decoded(listed, _release)
        changed = _newest(release, _CHANGED, listed)
        today = _day(changed, _CHANGED)
        known = _known(cursor, today)
        days = None if known is None else _days(client, known, today)
        if days is None:
            everything = _newest(release, _ALL, listed)
            yield _everything(client, everything)
            days = _days(client, _day(everything, _ALL), today)
            if days is None:
                detail = "the changes between the archive of all and those of today are missing"
                raise UnexpectedAnswer(listed.address, detail=detail)
        yield from days
        answer = client.get(changed.browser_download_url, changed.name)
        members(answer)
        cursor = {"day": today.isoformat()}
        yield Step(cursor, (answer.file,), (listed.mark,), wanted=is_record)


def _known(cursor: Cursor, today: dt.date) -> dt.date | None:
    """Return the day of the cursor; ``None`` where it is none, or too long ago."""
    if "day" not in cursor:
        return None
    day = dt.date.fromisoformat(cursor["day"])
    return day if (today - day).days <= FARTHEST_BACK else None


def _days(client: Client, known: dt.date, today: dt.date) -> list[Step] | None:
    """Return what changed on each day that is over; ``None`` where one cannot be had any more."""
    steps = []
    for past in range((today - known).days):
        day = known + dt.timedelta(days=past)
        name = f"{day}_delta_CVEs_at_end_of_day.zip"
        answer = client.find(f"{RELEASES}/cve_{day}_at_end_of_day/{name}", name)
        if answer is None:
            return None
        members(answer)
        cursor = {"day": (day + dt.timedelta(days=1)).isoformat()}
        steps.append(Step(cursor, (answer.file,), wanted=is_record))
    return steps


def _newest(release: _Release, name: re.Pattern[str], listed: Answer) -> _Asset:
    found = [asset for asset in release.assets if name.fullmatch(asset.name)]
    if not found:
        detail = "the release has no archive of records"
        raise UnexpectedAnswer(listed.address, detail=detail)
    return max(found, key=lambda asset: asset.name)


def _day(asset: _Asset, name: re.Pattern[str]) -> dt.date:
    match = name.fullmatch(asset.name)
    return dt.date.fromisoformat(match[1] if match else "")


def _everything(client: Client, asset: _Asset) -> Step:
    answer = client.get(asset.browser_download_url, asset.name)
    return Step({"day": _day(asset, _ALL).isoformat()}, (_unwrapped(answer),), wanted=is_record)


def _unwrapped(answer: Answer) -> File:
    """Return the archive of records: it comes inside another archive."""
    parts = members(answer)
    inner = [part for part in parts if part.filename.endswith(".zip")]
    if len(parts) != 1 or not inner:
        return answer.file
    if inner[0].file_size > 2 * answer.path.stat().st_size:  # an archive does not shrink again
        raise UnexpectedAnswer(answer.address, detail="the archive inside is out of proportion")
    path = answer.path.with_name(f"inner-{answer.path.name}")
    with (
        zipfile.ZipFile(answer.path) as outer,
        outer.open(inner[0]) as packed,
        path.open("wb") as file,
    ):
        shutil.copyfileobj(packed, file, PIECE)
    answer.path.unlink()
    return File(answer.file.name, path)


def feed() -> Feed:
    """Return the feed."""
    return Cve5()
