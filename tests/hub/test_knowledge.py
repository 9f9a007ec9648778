"""Documents are kept, records merged, names settled — whatever the order and the portions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from importlib import import_module

import msgspec
import pytest
from django.apps import apps

from noroshi.core.facets import Record as Facets
from noroshi.core.formats.feed import RawDocument
from noroshi.edge.feeds.reading import read
from noroshi.hub.identity.interning import ProductIds
from noroshi.hub.identity.models import Product
from noroshi.hub.knowledge import merging
from noroshi.hub.knowledge.actions import Ingest, source_named
from noroshi.hub.knowledge.models import (
    AffectedRange,
    Alias,
    AliasConflict,
    Assessment,
    Document,
    Record,
    Source,
    Vulnerability,
)
from noroshi.hub.knowledge.overview import sources
from noroshi.hub.knowledge.preparing import PreparedRecord, pack, unpack_record, unpack_text
from noroshi.hub.todo.models import Todo
from tests.hub.feeds import bring, cve, cve5, epss, kev, npm, nvd, raw, work
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO = cve(1), cve(2)
GHSA, OTHER = "GHSA-2345-cfgh-jmpq", "GHSA-2345-cfgh-jmpr"


def tables(*, without: Sequence[str] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the hub, with its number."""
    return {
        model.__name__: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models()
        if model.__module__.startswith("noroshi.hub") and model.__name__ not in without
    }


def names() -> dict[str, set[str]]:
    """Each vulnerability that is not part of another, by the name it is called, and its names."""
    rows = Vulnerability.objects.filter(merged_into=None)
    return {row.preferred_id: set(row.aliases.values_list("name", flat=True)) for row in rows}


def asked(stage: str) -> set[str]:
    numbers = Todo.objects.filter(stage=stage).values_list("object_id", flat=True)
    rows = Vulnerability.objects.filter(pk__in=list(numbers))
    return set(rows.values_list("preferred_id", flat=True))


def ranges(name: str) -> list[tuple[str, int, int]]:
    rows = AffectedRange.objects.filter(record__external_id=name).order_by("claim", "part")
    return list(rows.values_list("product__name", "claim", "part"))


def vulnerability(name: str) -> Vulnerability:
    return Alias.objects.get(name=name).vulnerability


class TestKeeping:
    BODIES = (
        raw(cve5(ONE, title="日本語の題")),
        b'{ "cveMetadata" : {"cveId": "not one"} }',
        b"\xff\x00\x01 neither text nor JSON",
        b"",
    )

    def test_the_bytes_come_back_as_they_were_received(self):
        bring("cve5", *self.BODIES)
        kept = {unpack_text(bytes(d.body)) for d in Document.objects.all()}
        assert kept == set(self.BODIES)
        assert {d.size for d in Document.objects.all()} == {len(body) for body in self.BODIES}

    def test_a_document_knows_its_name_or_else_its_place(self):
        bring("cve5", raw(cve5(ONE)), b"{", file="cves.jsonl")
        found = dict(Document.objects.values_list("external_id", "unread"))
        assert found == {ONE: 0, "cves.jsonl line 2": 1}

    def test_the_same_document_twice_changes_nothing(self):
        bodies = (raw(cve5(ONE, npm("a", ("1", "2")), advisory=GHSA)), b"{", raw(cve5(TWO)))
        bring("cve5", *bodies)
        before = tables()
        tally = bring("cve5", *bodies, now=NOON + DAY)
        assert (tally.documents, tally.unchanged, tally.records) == (0, 3, 0)
        assert tables() == before

    def test_one_document_twice_in_one_import_is_one(self):
        tally = bring("cve5", cve5(ONE), cve5(ONE), cve5(TWO))
        assert (tally.documents, tally.unchanged, tally.records) == (2, 1, 2)

    def test_a_document_that_is_still_being_read_is_not_read_again(self):
        ingest = Ingest(source_named("cve5"), now=NOON)
        item = ("a", RawDocument("", raw(cve5(ONE))))
        assert ingest.new_among([item]) == [item]
        assert ingest.new_among([item, item]) == []
        ingest.write(read("cve5", [item]))
        assert ingest.new_among([item]) == []
        assert ingest.tally.unchanged == 3

    def test_two_sources_keep_the_same_bytes_each(self):
        body = raw(cve5(ONE))
        bring("cve5", body)
        bring("nvd", body)
        assert Document.objects.count() == 2

    def test_what_is_counted_of_a_source_is_what_is_kept_of_it(self):
        bring("cve5", cve5(ONE), cve5(TWO), b"{", cve5(ONE))
        bring("cve5", cve5(ONE, title="changed"), cve5(TWO), now=NOON + DAY)
        bring("kev", kev(ONE, TWO))
        before = sources(["cve5", "kev", "nvd"])
        assert [(one.documents, one.records) for one in before] == [(4, 2), (1, 2), (0, 0)]
        Source.objects.update(kept_documents=0, kept_records=0)
        counting = import_module("noroshi.hub.knowledge.migrations.0003_kept_counts")
        counting.count_what_is_kept(apps, None)  # as for what was stored before it was counted
        assert sources(["cve5", "kev", "nvd"]) == before

    def test_a_document_killed_half_way_is_read_to_its_end_the_next_time(self):
        body = epss("2024-05-01", {cve(n): 0.5 for n in range(7)})
        ingest = Ingest(source_named("epss"), now=NOON, portion=3)
        (prepared,) = read("epss", [("epss.csv", RawDocument("", body))])
        half = msgspec.structs.replace(prepared, records=prepared.records[:3])
        ingest.write([half])
        Document.objects.update(read_at=None)  # as it stands before the last portion
        tally = bring("epss", body, portion=3)
        assert (tally.documents, Record.objects.count(), Document.objects.count()) == (1, 7, 1)
        assert Document.objects.get().read_at == NOON


class TestRecords:
    def test_every_sources_claim_is_kept_beside_the_others(self):
        bring("cve5", cve5(ONE, title="The CNA's"))
        bring("nvd", nvd(ONE))
        found = {row.source.name: unpack_record(bytes(row.facets)) for row in Record.objects.all()}
        assert set(found) == {"cve5", "nvd"}
        assert found["cve5"].titles[0].text == "The CNA's"
        assert names() == {ONE: {ONE}}

    def test_a_newer_claim_replaces_the_older_one_of_its_source(self):
        bring("cve5", cve5(ONE, npm("a", ("1", "2")), updated="2024-05-01"))
        work()
        bring("cve5", cve5(ONE, npm("b", ("1", "2"), ("3", "4")), updated="2024-05-02"))
        assert Record.objects.count() == 1
        assert ranges(ONE) == [("npm/b", 0, 0), ("npm/b", 0, 1)]
        assert (asked("assess"), asked("match")) == ({ONE}, {ONE})

    @pytest.mark.parametrize("batch", [1, 2])
    def test_an_older_claim_never_replaces_a_newer_one(self, batch):
        tally = bring(
            "cve5",
            cve5(ONE, npm("new", ("1", "2")), updated="2024-05-02"),
            cve5(ONE, npm("old", ("1", "2")), updated="2024-05-01"),
            batch=batch,
        )
        assert (tally.records, tally.stale) == (1, 1)
        assert ranges(ONE) == [("npm/new", 0, 0)]

    def test_of_two_claims_of_one_moment_the_later_received_stays(self):
        bring("cve5", cve5(ONE, title="first"))
        bring("cve5", cve5(ONE, title="second"))
        assert unpack_record(bytes(Record.objects.get().facets)).titles[0].text == "second"

    def test_a_claim_without_a_time_yields_to_every_claim_with_one(self):
        bring("cve5", cve5(ONE, title="undated", updated=None))
        bring("cve5", cve5(ONE, title="dated", updated="2001-01-01"), now=NOON + DAY)
        bring("cve5", cve5(ONE, title="undated again", updated=None), now=NOON + 2 * DAY)
        assert unpack_record(bytes(Record.objects.get().facets)).titles[0].text == "dated"

    def test_a_claim_from_the_future_does_not_keep_corrections_out(self):
        bring("cve5", cve5(ONE, title="slip", updated="2206-01-01"))
        corrected = (NOON + DAY).isoformat()
        bring("cve5", cve5(ONE, title="corrected", updated=corrected), now=NOON + 2 * DAY)
        assert unpack_record(bytes(Record.objects.get().facets)).titles[0].text == "corrected"

    def test_ranges_that_are_withdrawn_ask_for_matching_too(self):
        bring("cve5", cve5(ONE, npm("a", ("1", "2")), updated="2024-05-01"))
        work()
        bring("cve5", cve5(ONE, updated="2024-05-02"))
        assert (ranges(ONE), asked("match")) == ([], {ONE})

    def test_a_record_without_ranges_asks_for_no_matching(self):
        bring("kev", kev(ONE))
        assert (asked("assess"), asked("match")) == ({ONE}, set())

    def test_a_range_whose_bound_is_no_version_leaves_the_others(self):
        bring("cve5", cve5(ONE, npm("a", ("1_0", "2"), ("1", "2"))))
        assert ranges(ONE) == [("npm/a", 0, 1)]

    def test_names_no_index_could_hold_stop_nothing(self):
        """The last letter tells two names apart; both are stored."""
        long = [{"vendor": "ﷺ" * 500, "product": f"名{n}" * 170 + str(n)} for n in range(2)]
        versions = [{"version": v, "status": "affected"} for v in ("1", "1" + "ﷺ1" * 60)]
        bring("cve5", cve5(ONE, *({**entry, "versions": versions} for entry in long)), cve5(TWO))
        assert AffectedRange.objects.filter(product__scheme="name", part=0).count() == 2
        assert Product.objects.filter(scheme="name").count() == 2
        assert set(names()) == {ONE, TWO}


class TestManyRecordsInOneDocument:
    DAY_ONE = epss("2024-05-01", {cve(n): 0.1 for n in range(9)})
    DAY_TWO = epss("2024-05-02", {cve(n): 0.2 for n in range(2, 9)})

    @pytest.mark.parametrize("portion", [1, 2, 4, 9, 100])
    def test_however_many_portions_it_takes_the_end_is_the_same(self, portion):
        tally = bring("epss", self.DAY_ONE, self.DAY_TWO, portion=portion)
        assert (tally.documents, tally.records + tally.stale) == (2, 16)
        scores = {
            row.external_id: unpack_record(bytes(row.facets)).epss for row in Record.objects.all()
        }
        found = {name: score.score for name, score in scores.items() if score}
        assert found == {cve(n): 0.1 if n < 2 else 0.2 for n in range(9)}

    @pytest.mark.parametrize("portion", [1, 3, 100])
    def test_an_older_day_does_not_win_because_it_came_later(self, portion):
        bring("epss", self.DAY_TWO, portion=portion)
        tally = bring("epss", self.DAY_ONE, portion=portion, now=NOON + DAY)
        work()
        assert (tally.records, tally.stale) == (2, 7)
        assert vulnerability(cve(5)).epss == 0.2
        assert vulnerability(cve(1)).epss == 0.1

    def test_each_record_comes_from_the_document_that_said_it(self):
        bring("epss", self.DAY_ONE, self.DAY_TWO, portion=2)
        days = dict(Record.objects.values_list("external_id", "document__sha256"))
        assert len({bytes(sha256) for sha256 in days.values()}) == 2
        assert bytes(days[cve(0)]) != bytes(days[cve(5)])


class TestNames:
    def test_an_advisory_and_a_cve_become_one(self):
        bring("cve5", cve5(ONE, advisory=GHSA))
        assert names() == {ONE: {ONE, GHSA}}

    def test_an_alias_of_two_cves_joins_neither_and_the_conflict_is_recorded(self):
        bring("cve5", cve5(ONE, advisory=GHSA), cve5(TWO, advisory=GHSA))
        assert names() == {ONE: {ONE, GHSA}, TWO: {TWO}}
        conflict = AliasConflict.objects.get()
        assert (conflict.name, conflict.vulnerability.preferred_id) == (GHSA, TWO)

    def test_a_conflict_is_recorded_once(self):
        bring("cve5", cve5(ONE, advisory=GHSA), cve5(TWO, advisory=GHSA))
        bring("cve5", cve5(TWO, advisory=GHSA, updated="2024-05-09"))
        assert AliasConflict.objects.count() == 1

    @pytest.mark.parametrize("batch", [1, 2])
    def test_a_name_that_a_later_version_leaves_out_goes_however_they_came(self, batch):
        versions = (cve5(ONE, advisory=GHSA, updated="2024-05-01"), cve5(ONE, updated="2024-05-02"))
        bring("cve5", *versions, batch=batch)
        assert names() == {ONE: {ONE}}

    @pytest.mark.parametrize("batch", [1, 2])
    def test_an_outdated_version_names_nothing_however_they_came(self, batch):
        versions = (cve5(ONE, updated="2024-05-02"), cve5(ONE, advisory=GHSA, updated="2024-05-01"))
        bring("cve5", *versions, batch=batch)
        assert names() == {ONE: {ONE}}

    @pytest.mark.parametrize("first", [GHSA, ONE])
    def test_one_that_gets_its_cve_id_later_stays_itself_and_is_called_by_it(self, first):
        merge("osv", said("GHSA-1", GHSA))
        before = vulnerability(GHSA)
        assert names() == {GHSA: {GHSA}}
        if first == ONE:
            bring("cve5", cve5(ONE, advisory=GHSA))
        else:
            merge("osv", said("GHSA-2", GHSA, ONE))
        work()
        assert names() == {ONE: {ONE, GHSA}}
        assert vulnerability(ONE) == before

    def test_one_that_turns_out_to_be_another_points_to_it_and_gives_it_everything(self):
        bring("cve5", cve5(ONE))
        merge("osv", said("GHSA-1", GHSA), said("GHSA-2", OTHER, GHSA))
        absorbed = vulnerability(GHSA)
        work()
        bring("cve5", cve5(ONE, advisory=OTHER, updated="2024-05-09"))
        absorbed.refresh_from_db()
        assert absorbed.merged_into == vulnerability(ONE)
        assert names() == {ONE: {ONE, GHSA, OTHER}}
        assert not absorbed.records.exists()
        assert vulnerability(ONE).records.count() == 3
        assert asked("assess") == asked("match") == {ONE, GHSA}

    def test_a_chain_of_mergers_points_to_the_last_survivor(self):
        merge("osv", said("GHSA-1", GHSA), said("GHSA-2", OTHER))
        merge("osv", said("GHSA-3", GHSA, OTHER))
        bring("cve5", cve5(ONE))
        bring("cve5", cve5(ONE, advisory=GHSA, updated="2024-05-09"))
        rows = Vulnerability.objects.exclude(merged_into=None)
        assert {row.merged_into for row in rows} == {vulnerability(ONE)}
        assert len(rows) == 2

    def test_a_record_that_changes_its_first_name_leaves_the_one_it_spoke_of(self):
        bring("cve5", cve5(ONE, advisory=GHSA), cve5(TWO))
        merge("osv", said("X", GHSA))
        work()
        merge("osv", said("X", TWO, at=NOON))
        assert Record.objects.get(external_id="X").vulnerability == vulnerability(TWO)
        assert asked("assess") == {ONE, TWO}
        assert ONE in asked("match")

    def test_a_source_that_mixes_up_two_cves_breaks_no_assessment(self):
        """Its record speaks of the one and also names the other; nobody is called by both."""
        merge("osv", said("Z", TWO, GHSA), said("B", GHSA, ONE))
        bring("cve5", cve5(ONE))
        work()
        assert names() == {ONE: {ONE}, TWO: {TWO, GHSA}}


def said(external_id: str, *names_: str, at: dt.datetime | None = None) -> PreparedRecord:
    """A record of a source whose format is not read yet: it names no CVE first."""
    facets = Facets(source="osv", external_id=external_id, names=names_)
    return PreparedRecord(external_id, names_, at, None, pack(facets), ())


def merge(source: str, *records: PreparedRecord) -> None:
    row = source_named(source)
    document, _ = Document.objects.get_or_create(
        source=row,
        sha256=bytes(32),
        defaults={"external_id": "x", "retrieved_at": NOON, "size": 0, "body": b""},
    )
    merging.merge(row.pk, [(document.pk, record) for record in records], ProductIds(), now=NOON)


class TestAssessing:
    def test_the_columns_of_the_lists_follow_the_sources(self):
        bring("cve5", cve5(ONE, title="Ours"))
        bring("kev", kev(ONE))
        bring("epss", epss("2024-05-01", {ONE: 0.25}))
        work()
        row = vulnerability(ONE)
        assert (row.state, row.exploitation, row.epss) == ("published", "active", 0.25)
        assert row.exploited_since == dt.date(2024, 5, 10)
        assert row.title_en
        assert row.title_ja

    def test_an_unchanged_judgement_is_not_written_again(self):
        bring("cve5", cve5(ONE))
        work()
        before = tables()
        Todo.objects.create(stage="assess", object_id=vulnerability(ONE).pk, not_before=NOON)
        work(NOON + DAY)
        assert tables() == before

    def test_a_changed_judgement_is_put_beside_the_older_one(self):
        bring("cve5", cve5(ONE))
        work()
        bring("kev", kev(ONE))
        work(NOON + DAY)
        made = Assessment.objects.filter(vulnerability=vulnerability(ONE)).order_by("pk")
        assert [row.made_at for row in made] == [NOON, NOON + DAY]
        assert len({bytes(row.body) for row in made}) == 2

    def test_what_decides_findings_asks_for_matching_and_a_mere_score_does_not(self):
        bring("cve5", cve5(ONE))
        work()
        bring("epss", epss("2024-05-01", {ONE: 0.9}))
        work(stages=("assess",))
        assert asked("match") == set()
        bring("kev", kev(ONE))
        work(stages=("assess",))
        assert asked("match") == {ONE}

    def test_a_rejected_one_is_so_in_the_lists(self):
        bring("cve5", cve5(ONE))
        bring("cve5", cve5(ONE, state="REJECTED", updated="2024-05-09"))
        work()
        assert vulnerability(ONE).state == "rejected"

    def test_the_order_in_which_sources_arrive_makes_no_difference(self):
        feeds = [
            ("cve5", cve5(ONE, npm("a", ("1", "2")))),
            ("nvd", nvd(ONE)),
            ("kev", kev(ONE)),
        ]
        bodies = set()
        for order in (feeds, feeds[::-1]):
            for model in (Todo, AffectedRange, Record, Assessment, Alias, Vulnerability, Document):
                model._base_manager.all().delete()
            for source, body in order:
                bring(source, body)
                work()
            newest = Assessment.objects.order_by("pk").last()
            assert newest is not None
            bodies.add(bytes(newest.body))
        assert len(bodies) == 1
