"""Distributions' trackers, repositories of records and signed advisories, into the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from noroshi.edge.feeds.importing import import_paths
from noroshi.edge.feeds.pulling import pull
from noroshi.edge.feeds.sources import FEEDS, Options, csaf, suse
from noroshi.hub.knowledge.actions import Ingest, Tally, source_named
from noroshi.hub.knowledge.models import Document, Quarantine, Record, Vulnerability
from noroshi.hub.knowledge.preparing import unpack_record
from tests.core.formats import feed_samples as samples
from tests.core.formats.contract import ubuntu as ubuntu_samples
from tests.edge.feeds.clients import LIMITS, manner
from tests.edge.feeds.server import World
from tests.edge.feeds.sources import trackers, worlds
from tests.hub.feeds import cve, cve5, raw
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

Pull = Callable[..., Tally]


@pytest.fixture
def world(served) -> World:
    world: World = served[0]
    return world


@pytest.fixture
def pulled(served, tmp_path) -> Pull:
    """Pull a source, at noon or later."""

    def run(source: str, now: dt.datetime = NOON, *, unsigned: bool = True) -> Tally:
        served[0].clock = now
        options = Options(csaf_unsigned=unsigned)
        return pull(FEEDS[source](options), manner(tmp_path, served[1], now))

    return run


def known(source: str) -> set[str]:
    found = Record.objects.filter(source__name=source)
    return set(found.values_list("external_id", flat=True))


def every(numbers) -> set[str]:
    return {cve(number) for number in numbers}


def test_ubuntus_archive_is_written_without_its_notices(world, pulled):
    trackers.put_ubuntu(world, range(4))
    tally = pulled("ubuntu")
    assert (tally.records, tally.quarantined) == (4, 0)
    assert known("ubuntu") == every(range(4))
    trackers.put_ubuntu(world, range(5))
    assert (pulled("ubuntu", NOON + DAY).records, Document.objects.count()) == (1, 5)


def test_what_ubuntus_archive_says_takes_the_place_of_the_trackers_own_form(
    world, pulled, tmp_path
):
    path = tmp_path / "tracker.json"
    path.write_bytes(raw(ubuntu_samples.cve()))
    ingest = Ingest(source_named("ubuntu"), now=NOON)
    with ingest.noted():
        import_paths(ingest, [path], LIMITS, cores=1)
    before = Record.objects.get().document_id
    record = {f"osv/cve/2024/UBUNTU-{samples.NAME}.json": raw(ubuntu_samples.osv())}
    trackers.put_ubuntu(world, [], record)
    assert pulled("ubuntu", NOON + DAY).stale == 0
    assert Record.objects.get().document_id != before


def test_a_commit_brings_what_it_changed(world, pulled):
    repository = trackers.Repository(world, "anchore/nvd-data-overrides", trackers.override)
    repository.commit("main", range(4))
    assert pulled("nvd_overrides").records == 4
    repository.commit("main", [7])
    assert pulled("nvd_overrides", NOON + DAY).records == 1
    assert known("nvd_overrides") == every([0, 1, 2, 3, 7])


def test_red_hats_changes_are_written(world, pulled):
    found = trackers.RedHat(world)
    found.put(range(3), NOON)
    assert pulled("redhat").records == 3
    found.put([1], NOON + DAY)
    pulled("redhat", NOON + 2 * DAY)
    assert known("redhat") == every(range(3))


def test_amazons_advisories_of_both_releases_are_of_one_vulnerability(world, pulled):
    trackers.put_amazon(world, [1])
    assert pulled("amazon").records == 2
    assert known("amazon") == {f"ALAS-{release}-1/{cve(1)}" for release in ("al2023", "amzn2")}
    assert Vulnerability.objects.count() == 1


def test_vulnrichment_and_the_cve_list_are_of_one_vulnerability(world, pulled):
    repository = trackers.Repository(
        world, "cisagov/vulnrichment", lambda number: raw(cve5(cve(number)))
    )
    repository.commit("develop", [1])
    worlds.put_release(world, NOON.date(), [1], [1])
    pulled("vulnrichment")
    pulled("cve5")
    assert Vulnerability.objects.count() == 1
    assert known("vulnrichment") == known("cve5") == {cve(1)}


def test_what_cisa_takes_back_counts_no_more(world, pulled):
    found = samples.cve5()
    repository = trackers.Repository(world, "cisagov/vulnrichment", lambda _: raw(found))
    repository.commit("develop", [1])
    pulled("vulnrichment")
    found["containers"]["adp"] = []
    found["cveMetadata"]["dateUpdated"] = "2025-01-01T00:00:00Z"
    repository.commit("develop", [1], b" ")
    assert pulled("vulnrichment", NOON + DAY).stale == 0
    assert unpack_record(bytes(Record.objects.get().facets)).ssvc == ()


@pytest.mark.parametrize("source", [csaf, suse], ids=["csaf", "suse"])
def test_a_wrong_signature_sets_an_advisory_aside_until_it_is_right(
    world, pulled, monkeypatch, source
):
    monkeypatch.setattr(source, "PROVIDERS", source.PROVIDERS[:1])
    name = source.__name__.rpartition(".")[2]
    signer = worlds.Signer("Kasumi PSIRT")
    provider = worlds.Csaf(world, source.PROVIDERS[0], signer=signer)
    provider.put([1, 2], NOON)
    world.put(f"{provider.address(1)}.asc", signer.sign(b"something else"))
    assert pulled(name).quarantined == 1
    assert [row.code for row in Quarantine.objects.all()] == ["wrong-signature"]
    assert len(known(name)) == 1
    provider.write(1, NOON)
    pulled(name, NOON + DAY)
    assert not Quarantine.objects.exists()
    assert len(known(name)) == 2


def test_unsigned_advisories_are_set_aside_where_the_settings_say_so(world, pulled, monkeypatch):
    monkeypatch.setattr(csaf, "PROVIDERS", csaf.PROVIDERS[:1])
    worlds.Csaf(world, csaf.PROVIDERS[0]).put([1, 2], NOON)
    assert pulled("csaf", unsigned=False).quarantined == 2
    assert {row.code for row in Quarantine.objects.all()} == {"missing-signature"}
    assert pulled("csaf", NOON + DAY).records == 2
    assert not Quarantine.objects.exists()
