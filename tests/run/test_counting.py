"""What is counted in files: once is once, also when many count at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from noroshi.run.counting import CountingCache

MANY = 8


@pytest.fixture
def cache(tmp_path) -> CountingCache:
    return CountingCache(str(tmp_path / "cache"), {})


def at_once(work) -> list[object]:
    """Let many do the same at the same moment."""
    gate = threading.Barrier(MANY)

    def run() -> object:
        gate.wait()
        return work()

    with ThreadPoolExecutor(MANY) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(MANY)]]


def test_of_many_who_add_at_once_one_is_the_first(cache, monkeypatch):
    look = CountingCache.has_key

    def slowly(self, key, version=None):
        found = look(self, key, version)
        threading.Event().wait(0.02)  # time enough for the others to look, too
        return found

    monkeypatch.setattr(CountingCache, "has_key", slowly)
    assert sum(map(bool, at_once(lambda: cache.add("code", "used")))) == 1


def test_of_many_who_count_at_once_each_is_counted(cache):
    cache.set("attempts", 0)
    counted = at_once(lambda: cache.incr("attempts"))
    assert {str(each) for each in counted} == {str(n) for n in range(1, MANY + 1)}


def test_clearing_leaves_it_usable(cache):
    cache.add("a", 1)
    cache.clear()
    assert cache.add("a", 2)
    assert cache.get("a") == 2


def test_what_is_kept_is_readable_for_the_node_alone(cache, tmp_path):
    cache.add("a", 1)
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0


def test_what_has_ended_is_thrown_away_and_looked_for_once_a_minute(cache, tmp_path, monkeypatch):
    def files() -> int:
        return len(list((tmp_path / "cache").glob("*.djcache")))

    now = time.time()
    for number in range(5):
        cache.add(f"minute-{number}", 0, timeout=10)
    cache.add("lock", "yes", timeout=300)
    monkeypatch.setattr(time, "time", lambda: now + 30)
    cache.add("later", 0)
    assert files() == 7
    monkeypatch.setattr(time, "time", lambda: now + 62)
    cache.add("much-later", 0)
    assert files() == 3
    assert cache.get("lock") == "yes"
