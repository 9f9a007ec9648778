"""Sources are pulled into the database: all of it once, whatever happens on the way."""

from __future__ import annotations

import datetime as dt
import fcntl
from collections.abc import Callable

import pytest

from noroshi.core.errors import BadStatus, Refused, UnexpectedAnswer
from noroshi.edge.feeds import pulling
from noroshi.edge.feeds.pulling import pull
from noroshi.edge.feeds.sources import FEEDS, Options, csaf
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.knowledge import following
from noroshi.hub.knowledge.actions import Tally
from noroshi.hub.knowledge.models import Document, Quarantine, Record
from tests.edge.feeds.clients import manner
from tests.edge.feeds.server import World, status
from tests.edge.feeds.sources import worlds
from tests.edge.feeds.sources.worlds import KEV, put_kev
from tests.hub.feeds import cve, nvd, raw
from tests.hub.feeds import kev as catalogue
from tests.hub.sector import DAY, HOUR, NOON

pytestmark = pytest.mark.usefixtures("database")

Pull = Callable[..., Tally]


@pytest.fixture
def world(served) -> World:
    world: World = served[0]
    return world


@pytest.fixture
def pulled(served, tmp_path) -> Pull:
    """Pull a source, at noon or later."""

    def run(source: str, now: dt.datetime = NOON, **more) -> Tally:
        served[0].clock = now
        return pull(FEEDS[source](Options()), manner(tmp_path, served[1], now), **more)

    return run


def known(**among: object) -> set[str]:
    return set(Record.objects.filter(**among).values_list("external_id", flat=True))


def every(numbers) -> set[str]:
    return {cve(number) for number in numbers}


def standing(source: str) -> following.Standing:
    return following.standings([source])[source]


class TestAPull:
    def test_what_comes_is_written_and_when_it_is_due_again_is_noted(self, world, pulled):
        put_kev(world, range(3))
        assert pulled("kev").records == 3
        assert known() == every(range(3))
        found = standing("kev")
        assert (found.succeeded_at, found.next_at) == (NOON, NOON + 2 * HOUR)

    def test_a_cadence_of_the_operators_own_counts(self, world, served, tmp_path):
        put_kev(world, range(3))
        how = manner(tmp_path, served[1])
        how = pulling.Manner(how.folder, how.limits, how.rules, how.tools, cadence=6 * HOUR)
        pull(FEEDS["kev"](Options()), how)
        assert standing("kev").next_at == NOON + 6 * HOUR

    def test_where_nothing_is_new_nothing_is_written_nor_recorded(self, world, pulled):
        put_kev(world, range(3))
        pulled("kev")
        events = AuditEvent.objects.count()
        assert pulled("kev", NOON + DAY) == Tally()
        assert AuditEvent.objects.count() == events
        assert standing("kev").succeeded_at == NOON + DAY

    def test_how_far_it_is_is_told(self, world, pulled):
        worlds.Nvd(world).put(range(7), NOON - DAY)
        told: list[tuple[int, int]] = []
        pulled("nvd", watch=lambda received, tally: told.append((received, tally.records)))
        assert [records for _, records in told] == [3, 6, 7]
        assert sorted(told) == told
        assert told[0][0] > 0

    def test_no_file_is_left_behind(self, world, pulled, tmp_path):
        put_kev(world, range(3))
        pulled("kev")
        assert [path.name for path in tmp_path.rglob("*")] == ["kev.lock"]

    def test_nobody_pulls_the_same_source_at_the_same_time(self, world, pulled, tmp_path):
        put_kev(world, range(3))
        with (tmp_path / "kev.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(Refused):
                pulled("kev")
        assert pulled("kev").records == 3


class TestTrouble:
    def test_it_is_noted_and_the_source_rests(self, world, pulled):
        put_kev(world, range(3))
        world.fail(KEV, *[status(500)] * 4)
        with pytest.raises(BadStatus):
            pulled("kev")
        found = standing("kev")
        assert found.error == (
            "bad-status",
            {"status": 500, "wait": 0},
            KEV,
        )
        assert found.rests_until == NOON + dt.timedelta(minutes=5) * 1.05
        assert pulled("kev", NOON + HOUR).records == 3
        assert standing("kev").error is None

    def test_an_empty_catalogue_takes_nothing_back(self, world, pulled):
        put_kev(world, range(30))
        pulled("kev")
        put_kev(world, [], released=NOON + DAY)
        with pytest.raises(UnexpectedAnswer):
            pulled("kev", NOON + DAY)
        assert known(withdrawn_at=None) == every(range(30))
        put_kev(world, range(29), released=NOON + DAY)
        pulled("kev", NOON + DAY)
        assert known(withdrawn_at=None) == every(range(29))

    def test_bad_records_are_set_aside_and_their_neighbours_are_read(self, world, pulled):
        page = {"startIndex": 0, "totalResults": 3}
        bad = {"cve": {"id": "not one"}}
        records = [nvd(cve(1)), bad, nvd(cve(2))]
        world.pages[worlds.NVD] = lambda _query: raw({**page, "vulnerabilities": records})
        assert pulled("nvd").quarantined == 1
        assert known() == every([1, 2])
        row = Quarantine.objects.get()
        assert row.file == "all-0.json"
        assert row.where.startswith("$.vulnerabilities[1]")

    def test_a_bad_entry_of_a_catalogue_is_set_aside(self, world, pulled):
        entries = catalogue(cve(1), "not one", cve(2))
        world.put(KEV, raw({**entries, "dateReleased": NOON.isoformat()}))
        assert pulled("kev").quarantined == 1
        assert known() == every([1, 2])

    def test_a_record_that_moves_back_in_time_changes_nothing(self, world, pulled, monkeypatch):
        database = worlds.Nvd(world)
        database.put([1], NOON - DAY)
        pulled("nvd")
        before = Record.objects.get()
        older = nvd(cve(1), modified="2020-01-01T00:00:00.000")
        page = {"startIndex": 0, "totalResults": 1, "vulnerabilities": [older]}
        world.pages[worlds.NVD] = lambda _query: raw(page)
        assert pulled("nvd", NOON + DAY).stale == 1
        assert Record.objects.get().asserted_at == before.asserted_at

    def test_the_lists_beside_the_records_are_no_records(self, world, pulled):
        worlds.put_release(world, NOON.date(), range(5), [2])
        tally = pulled("cve5")
        assert (tally.quarantined, known()) == (0, every(range(5)))

    def test_what_does_not_have_its_hash_is_set_aside_until_it_has(
        self, world, pulled, monkeypatch
    ):
        monkeypatch.setattr(csaf, "PROVIDERS", csaf.PROVIDERS[:1])
        provider = worlds.Csaf(world, csaf.PROVIDERS[0])
        provider.put([1, 2], NOON)
        provider.write(1, NOON, about=b"something else")
        assert pulled("csaf").quarantined == 1
        assert [row.code for row in Quarantine.objects.all()] == ["wrong-hash"]
        provider.write(1, NOON)
        provider.put([3], NOON + HOUR)
        pulled("csaf", NOON + DAY)
        assert not Quarantine.objects.exists()


class Killed(BaseException):
    """The process is gone."""


class TestKilled:
    """What remains is what was committed; the next pull goes on from there."""

    def state(self) -> tuple[int, int, set[str]]:
        return Document.objects.count(), Record.objects.count(), known()

    def test_before_anything_is_written_nothing_is_remembered(self, world, pulled, monkeypatch):
        put_kev(world, range(3))
        with monkeypatch.context() as patch:
            patch.setattr(pulling, "import_files", _killed)
            with pytest.raises(Killed):
                pulled("kev")
        assert pulled("kev", NOON + HOUR).records == 3  # not: as before

    def test_before_what_was_written_is_remembered_nothing_is_doubled(
        self, world, pulled, monkeypatch
    ):
        put_kev(world, range(3))
        with monkeypatch.context() as patch:
            patch.setattr(following, "kept", _killed)
            with pytest.raises(Killed):
                pulled("kev")
        before = self.state()
        tally = pulled("kev", NOON + HOUR)
        assert (tally.records, tally.unchanged) == (0, 1)
        assert self.state() == before

    @pytest.mark.parametrize("at", [1, 2])
    def test_in_the_midst_of_pages_the_others_are_fetched_and_no_more(
        self, world, pulled, monkeypatch, at
    ):
        database = worlds.Nvd(world)
        database.put(range(8), NOON - DAY)
        kept = following.kept
        left = [at]

        def killed_later(*arguments, **more) -> None:
            kept(*arguments, **more)
            left[0] -= 1
            if not left[0]:
                raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(following, "kept", killed_later)
            with pytest.raises(Killed):
                pulled("nvd")
        database.queries.clear()
        pulled("nvd", NOON + HOUR)
        assert known() == every(range(8))
        starts = [query["startIndex"] for query in database.queries]
        assert starts[: 3 - at] == ["0", "3", "6"][at:]
        assert "lastModStartDate" not in database.queries[0]

    def test_what_is_left_on_disk_is_cleared_away(self, world, pulled, tmp_path):
        (tmp_path / "kev").mkdir()
        (tmp_path / "kev" / "half").write_bytes(b"half")
        put_kev(world, range(3))
        pulled("kev")
        assert not (tmp_path / "kev").exists()


def _killed(*_arguments: object, **_more: object) -> None:
    raise Killed
