"""The releases of the CVE List, day after day."""

from __future__ import annotations

import datetime as dt
import zipfile
from io import BytesIO

import pytest

from noroshi.core.errors import UnexpectedAnswer
from noroshi.edge.feeds.sources import cve5
from tests.edge.feeds.clients import Asked
from tests.edge.feeds.server import redirect
from tests.edge.feeds.sources.worlds import (
    DOWNLOADS,
    LATEST,
    archive,
    put_end_of_day,
    put_release,
    records,
)
from tests.hub.feeds import cve, raw
from tests.hub.sector import DAY, NOON

TODAY = NOON.date()


@pytest.fixture
def ask(served, tmp_path):
    return lambda cursor=(): Asked(cve5.feed(), tmp_path, served[1], dict(cursor))


def numbers(asked: Asked) -> list[list[int]]:
    """The records of each archive that came."""
    found = []
    for data in asked.bodies.values():
        with zipfile.ZipFile(BytesIO(data)) as one:
            names = [name for name in one.namelist() if cve5.is_record(name)]
            found.append(sorted(int(name[-13:-5]) - 99990000 for name in names))
    return found


def test_the_first_time_everything_comes_and_then_what_changed_since(ask, served):
    put_release(served[0], TODAY, range(5), [1, 7])
    found = ask()
    assert numbers(found) == [[0, 1, 2, 3, 4], [1, 7]]
    assert found.cursor == {"day": "2026-06-01"}
    assert [len(step.marks) for step in found.steps] == [0, 1]


def test_within_a_day_what_changed_on_it_comes(ask, served):
    put_release(served[0], TODAY, range(5), [1, 7])
    assert numbers(ask({"day": "2026-06-01"})) == [[1, 7]]


def test_each_day_that_has_passed_comes_whole(ask, served):
    put_release(served[0], TODAY, range(9), [8])
    put_end_of_day(served[0], TODAY - 2 * DAY, [5])
    put_end_of_day(served[0], TODAY - DAY, [6, 7])
    found = ask({"day": "2026-05-30"})
    assert numbers(found) == [[5], [6, 7], [8]]
    days = [step.cursor["day"] for step in found.steps]
    assert days == ["2026-05-31", "2026-06-01", "2026-06-01"]


@pytest.mark.parametrize("day", ["2026-05-31", "2026-05-01", "2019-01-01"])
def test_where_a_day_is_missing_or_too_long_ago_everything_comes(ask, served, day):
    put_release(served[0], TODAY, range(5), [1])
    assert numbers(ask({"day": day})) == [[0, 1, 2, 3, 4], [1]]


def test_between_everything_and_today_no_day_may_be_missing(ask, served):
    put_release(served[0], TODAY, range(5), [1])
    release = f"{DOWNLOADS}/cve_{TODAY}_1200Z"
    old, new = f"{TODAY - DAY}_all_CVEs_at_midnight.zip", f"{TODAY}_delta_CVEs_at_1200Z.zip"
    assets = [{"name": name, "browser_download_url": f"{release}/{name}"} for name in (old, new)]
    served[0].put(LATEST, raw({"assets": assets}))
    served[0].put(f"{release}/{old}", archive(records(range(4))))
    with pytest.raises(UnexpectedAnswer, match="missing"):
        ask()
    put_end_of_day(served[0], TODAY - DAY, [4])
    assert numbers(ask()) == [[0, 1, 2, 3], [4], [1]]


def test_downloads_lead_to_where_releases_are_kept(ask, served):
    put_release(served[0], TODAY, range(5), [1])
    address = f"{DOWNLOADS}/cve_{TODAY}_1200Z/{TODAY}_delta_CVEs_at_1200Z.zip"
    kept = "https://release-assets.githubusercontent.com/x?sig=" + "a" * 900
    served[0].put(kept.partition("?")[0], served[0].files[address.removeprefix("https://")])
    served[0].fail(address, redirect(kept))
    assert numbers(ask({"day": "2026-06-01"})) == [[1]]


def test_only_records_are_wanted_of_what_is_in_an_archive():
    assert cve5.is_record(f"cves/2024/9xxx/{cve(1)}.json")
    for name in ("cves/delta.json", "cves/deltaLog.json", "README.md", "CVE-x.json"):
        assert not cve5.is_record(name)


@pytest.mark.parametrize(
    "data", [b"<html>", archive({"a": b"b"})[:-30]], ids=["a web page", "its first half"]
)
def test_half_an_archive_is_none(ask, served, data):
    put_release(served[0], TODAY, range(5), [1])
    served[0].put(f"{DOWNLOADS}/cve_{TODAY}_1200Z/{TODAY}_delta_CVEs_at_1200Z.zip", data)
    with pytest.raises(UnexpectedAnswer):
        ask({"day": "2026-06-01"})


def test_an_archive_inside_that_claims_too_much_is_not_unpacked(ask, served):
    put_release(served[0], TODAY, range(5), [1])
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as one:
        one.writestr("cves.zip", bytes(10_000_000))
    name = f"{TODAY}_all_CVEs_at_midnight.zip.zip"
    served[0].put(f"{DOWNLOADS}/cve_{TODAY}_1200Z/{name}", packed.getvalue())
    with pytest.raises(UnexpectedAnswer, match="proportion"):
        ask()


@pytest.mark.parametrize("assets", [[], [{"name": "x", "browser_download_url": "y"}], None])
def test_a_release_without_archives_is_none(ask, served, assets):
    served[0].put(LATEST, raw({"assets": assets}))
    with pytest.raises(UnexpectedAnswer):
        ask()


def test_a_clock_of_ours_does_not_matter(served, tmp_path):
    put_release(served[0], TODAY, range(5), [1])
    now = NOON + dt.timedelta(days=400)
    found = Asked(cve5.feed(), tmp_path, served[1], {"day": "2026-06-01"}, now)
    assert numbers(found) == [[1]]
