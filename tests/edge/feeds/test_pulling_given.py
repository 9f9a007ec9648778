"""RSS, MISP and TAXII pulled into the database: what is for everybody, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from noroshi.core.errors import NotFound
from noroshi.core.policy.marking import Tlp
from noroshi.edge.feeds.pulling import pull
from noroshi.edge.feeds.sources import FEEDS
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.actions import Tally
from noroshi.hub.knowledge.models import Alias, Document, Quarantine, Record, Vulnerability
from noroshi.hub.knowledge.preparing import unpack_record, unpack_text
from tests.core.formats.contract import rss as rss_samples
from tests.core.formats.contract import taxii as taxii_samples
from tests.edge.feeds.clients import manner
from tests.edge.feeds.server import World
from tests.edge.feeds.sources.given_worlds import OPTIONS, RSS, Misp, Taxii, put_rss
from tests.hub.feeds import cve
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

OPEN, CLOSED, UNMARKED = 1, 2, 3
Pull = Callable[[str], Tally]


@pytest.fixture
def world(served) -> World:
    world: World = served[0]
    return world


@pytest.fixture
def pulled(served, tmp_path) -> Pull:
    def run(source: str) -> Tally:
        return pull(FEEDS[source](OPTIONS), manner(tmp_path, served[1]))

    return run


def _rss(world: World) -> None:
    put_rss(world, [OPEN])


def _misp(world: World) -> None:
    feed = Misp(world)
    feed.put([OPEN], NOON, "tlp:clear")
    feed.put([CLOSED], NOON, "tlp:amber")
    feed.listed[Misp.uuid(CLOSED)]["Tag"] = []  # the manifest may not say it
    feed.list()


def _taxii(world: World) -> None:
    marks = {OPEN: [Tlp.CLEAR.stix_id], CLOSED: [Tlp.RED.stix_id], UNMARKED: []}
    objects = (
        {**taxii_samples.vulnerability(cve(number), number), "object_marking_refs": refs}
        for number, refs in marks.items()
    )
    Taxii(world).put(objects, NOON)


PUT = {"rss": _rss, "misp": _misp, "taxii": _taxii}


@pytest.fixture(params=list(PUT))
def source(request, world) -> str:
    PUT[request.param](world)
    return str(request.param)


def test_what_is_for_everybody_becomes_a_vulnerability(source, pulled):
    pulled(source)
    row = Vulnerability.objects.get()
    assert row.preferred_id == cve(OPEN)
    record = unpack_record(bytes(Record.objects.get().facets))
    assert record.descriptions[0].by.startswith(f"{source}:")


def test_nothing_else_leaves_a_trace_that_members_could_come_by(source, pulled):
    pulled(source)
    hidden = [cve(CLOSED).encode(), cve(UNMARKED).encode()]
    assert set(Alias.objects.values_list("name", flat=True)) == {cve(OPEN)}
    for document in Document.objects.all():
        if any(name in unpack_text(bytes(document.body)) for name in hidden):
            with pytest.raises(NotFound):
                overview.document_of(Vulnerability.objects.get(), document.pk)
    for row in Quarantine.objects.all():
        told = f"{row.file} {row.where} {row.code} {row.facts}"
        assert not any(name.decode() in told for name in hidden)
        assert "only what is for everybody is read" in told


@pytest.mark.parametrize(("source", "aside"), [("rss", 0), ("misp", 1), ("taxii", 2)])
def test_it_is_set_aside_and_counted(world, pulled, source, aside):
    PUT[source](world)
    tally = pulled(source)
    assert (tally.records, tally.quarantined) == (1, aside)
    assert Quarantine.objects.count() == aside
    assert pulled(source) == Tally()


def test_items_that_name_none_are_counted_and_nothing_is_invented(world, pulled):
    items = (rss_samples.item("a hole", number=number) for number in range(3))
    world.put(RSS, rss_samples.rss(*items))
    tally = pulled("rss")
    assert (tally.documents, tally.records, tally.quarantined) == (3, 0, 0)
    assert not Vulnerability.objects.exists()


def test_what_an_item_names_no_more_is_taken_back(world, pulled):
    world.put(RSS, rss_samples.rss(rss_samples.item(f"{cve(1)} and {cve(2)}")))
    pulled("rss")
    later = rss_samples.item(cve(1)).replace("09 Jul", "10 Jul")
    world.put(RSS, rss_samples.rss(later))
    pulled("rss")
    withdrawn = Record.objects.filter(withdrawn_at__isnull=False)
    assert [one.vulnerability.preferred_id for one in withdrawn] == [cve(2)]


def test_what_was_revoked_is_withdrawn(world, pulled):
    server = Taxii(world)
    server.put_numbers([1], NOON)
    pulled("taxii")
    revoked = {
        **taxii_samples.vulnerability(cve(1), 1),
        "modified": "2024-07-11T10:00:00.000Z",
        "revoked": True,
    }
    server.put([revoked], NOON + DAY)
    pulled("taxii")
    assert Record.objects.get().withdrawn_at is not None
