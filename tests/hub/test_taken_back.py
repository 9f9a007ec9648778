"""What a source takes back: a record that says so, an entry that is missing from a whole catalogue.

Nothing is forgotten, and what comes back counts again.
"""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.facets import Affected, Product, State, VersionRange
from noroshi.core.facets import Record as Facets
from noroshi.core.formats.feed import RawDocument
from noroshi.hub.knowledge import preparing
from noroshi.hub.knowledge.actions import Ingest, source_named
from noroshi.hub.knowledge.models import Quarantine, Record, Source, Vulnerability
from noroshi.hub.knowledge.preparing import unpack_record
from noroshi.hub.todo.models import Todo
from tests.hub.feeds import bring, cve, cve5, kev, npm, osv, raw, work
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO, THREE = cve(1), cve(2), cve(3)
FIRST, SECOND, THIRD = "2024-06-01T00:00:00Z", "2024-06-02T00:00:00Z", "2024-06-03T00:00:00Z"


def catalogue(released, *names, **more):
    return {**kev(*names, **more), "dateReleased": released}


def withdrawn():
    """What was taken back, and when."""
    rows = Record.objects.filter(withdrawn_at__isnull=False)
    return {row.external_id: row.withdrawn_at for row in rows}


def listed(name):
    return Vulnerability.objects.get(preferred_id=name)


def moment(text):
    return dt.datetime.fromisoformat(text)


def reasons():
    return set(Quarantine.objects.values_list("code", flat=True))


class TestCatalogue:
    def test_an_entry_that_is_missing_was_taken_back(self):
        bring("cve5", cve5(ONE), cve5(TWO))
        bring("kev", catalogue(FIRST, ONE, TWO))
        work()
        assert listed(TWO).exploitation == "active"
        bring("kev", catalogue(SECOND, ONE))
        work()
        assert withdrawn() == {TWO: moment(SECOND)}
        assert listed(TWO).exploited_since is None
        assert listed(ONE).exploited_since is not None
        assert listed(TWO).state == "published"

    def test_an_entry_that_comes_back_counts_again(self):
        bring("kev", catalogue(FIRST, ONE, TWO))
        bring("kev", catalogue(SECOND, ONE))
        bring("kev", catalogue(THIRD, ONE, TWO))
        work()
        assert withdrawn() == {}
        assert listed(TWO).exploited_since is not None

    def test_what_nobody_says_any_more_is_shown_as_taken_back(self):
        bring("kev", catalogue(FIRST, ONE, TWO))
        bring("kev", catalogue(SECOND, ONE))
        work()
        assert (listed(TWO).state, listed(TWO).exploited_since) == ("rejected", None)
        assert listed(ONE).state == "published"

    @pytest.mark.parametrize("portion", [1, 2, 1000])
    def test_an_older_catalogue_that_comes_later_changes_nothing(self, portion):
        bring("kev", catalogue(SECOND, ONE, THREE))
        tally = bring("kev", catalogue(FIRST, ONE, TWO), portion=portion)
        assert (tally.records, tally.stale) == (0, 2)
        assert set(Record.objects.values_list("external_id", flat=True)) == {ONE, THREE}
        assert withdrawn() == {}

    @pytest.mark.parametrize("portion", [1, 3, 1000])
    def test_catalogues_in_one_file_come_to_the_newest_in_any_order(self, portion):
        days = [catalogue(FIRST, ONE, TWO), catalogue(THIRD, ONE), catalogue(SECOND, ONE, THREE)]
        bring("kev", *days, portion=portion)
        said = Record.objects.filter(withdrawn_at__isnull=True)
        assert set(said.values_list("external_id", flat=True)) == {ONE}
        assert set(withdrawn()) == {TWO}

    def test_an_empty_catalogue_takes_nothing_back_and_is_shown(self):
        bring("kev", catalogue(FIRST, ONE))
        tally = bring("kev", catalogue(SECOND))
        assert withdrawn() == {}
        assert tally.quarantined == 1
        assert reasons() == {"shrunken"}

    def test_one_that_lost_much_at_once_takes_nothing_back_and_is_shown(self):
        many = [cve(number) for number in range(200)]
        bring("kev", catalogue(FIRST, *many))
        bring("kev", catalogue(SECOND, *many[:179]))
        assert withdrawn() == {}
        assert reasons() == {"shrunken"}
        bring("kev", catalogue(THIRD, *many[:180]))
        assert set(withdrawn()) == set(many[180:])

    def test_one_with_an_entry_that_cannot_be_read_takes_nothing_back(self):
        bring("kev", catalogue(FIRST, ONE, TWO, THREE))
        faulty = catalogue(SECOND, ONE, TWO)
        faulty["vulnerabilities"][1]["cveID"] = "CVE-X"
        bring("kev", faulty)
        assert withdrawn() == {}

    def test_one_that_does_not_say_when_it_was_made_takes_nothing_back(self):
        bring("kev", catalogue(FIRST, ONE, TWO))
        bring("kev", kev(ONE))
        bring("kev", catalogue("soon", ONE))
        assert withdrawn() == {}

    def test_what_was_added_after_the_catalogue_was_made_is_not_missing(self):
        bring("kev", catalogue(FIRST, ONE))
        bring("kev", kev(TWO, added="2024-06-05"))
        bring("kev", catalogue(SECOND, ONE))
        assert withdrawn() == {}

    def test_other_sources_are_not_touched(self):
        bring("cve5", cve5(ONE), cve5(TWO))
        bring("kev", catalogue(FIRST, ONE, TWO))
        bring("kev", catalogue(SECOND, ONE))
        row = Record.objects.get(withdrawn_at__isnull=False)
        assert row.source == Source.objects.get(name="kev")

    def test_a_date_in_the_future_is_now(self):
        bring("kev", catalogue(FIRST, ONE, TWO))
        bring("kev", catalogue("2999-01-01T00:00:00Z", ONE))
        assert withdrawn() == {TWO: NOON}


def advisory(name="GHSA-2345-cfgh-jmpq", taken_back=None):
    return Facets(
        source="osv",
        external_id=name,
        names=(name,),
        modified=NOON - DAY if taken_back is None else NOON,
        withdrawn=taken_back,
        affected=(
            Affected(
                "ghsa",
                Product("purl", "npm/left"),
                "npm",
                (VersionRange(low="1.0.0", high="2.0.0"),),
            ),
        ),
    )


class _Reads:
    """A format whose documents name one of these records."""

    SOURCE = "osv"

    def __init__(self, *records):
        self.records = records

    def documents(self, payload):
        yield RawDocument("", payload)

    def read(self, document):
        yield self.records[int(document)]


def say(*records):
    format_ = _Reads(*records)
    ingest = Ingest(source_named("osv"), now=NOON)
    for number in range(len(records)):
        body = str(number).encode() + b" " * Record.objects.count()
        ingest.write([preparing.prepare(format_, "f", RawDocument(f"line {number}", body))])


class TestRecord:
    def test_a_record_that_was_taken_back_counts_no_more_and_is_kept(self):
        say(advisory())
        work()
        assert listed("GHSA-2345-cfgh-jmpq").state == "published"
        say(advisory(), advisory(taken_back=NOON))
        work()
        assert withdrawn() == {"GHSA-2345-cfgh-jmpq": NOON}
        assert listed("GHSA-2345-cfgh-jmpq").state == State.REJECTED
        row = Record.objects.get()
        assert unpack_record(bytes(row.facets)).affected == advisory().affected


class TestDocument:
    """A document that says all there is of something, in several records."""

    def several(self, *aliases, modified=FIRST, name="RHSA-2024:9999"):
        return osv(name, modified=modified, upstream=list(aliases))

    def said(self):
        rows = Record.objects.filter(source__name="osv", withdrawn_at__isnull=True)
        return set(rows.values_list("external_id", flat=True))

    def test_what_a_newer_version_leaves_out_was_taken_back(self):
        bring("osv", self.several(ONE, TWO, THREE))
        assert len(self.said()) == 3
        bring("osv", self.several(ONE, THREE, modified=SECOND))
        work()
        assert set(withdrawn()) == {f"RHSA-2024:9999/{TWO}"}
        assert listed(TWO).state == "rejected"
        bring("osv", self.several(ONE, TWO, modified=THIRD))
        assert self.said() == {f"RHSA-2024:9999/{ONE}", f"RHSA-2024:9999/{TWO}"}

    def test_an_older_version_takes_nothing_back(self):
        bring("osv", self.several(ONE, TWO, modified=SECOND))
        bring("osv", self.several(ONE, modified=FIRST))
        assert withdrawn() == {}

    def test_another_document_takes_nothing_back(self):
        bring("osv", self.several(ONE, TWO))
        bring("osv", self.several(ONE, THREE, modified=SECOND, name="RHSA-2024:9998"))
        assert withdrawn() == {}


class TestTheSameAgain:
    def test_a_record_that_says_the_same_in_another_document_asks_for_nothing(self):
        bring("kev", catalogue(FIRST, ONE, TWO))
        work()
        assert not Todo.objects.exists()
        before = dict(Record.objects.values_list("external_id", "document_id"))
        tally = bring("kev", catalogue(SECOND, ONE, TWO, THREE))
        assert (tally.records, tally.stale) == (1, 0)
        asked = {row.object_id for row in Todo.objects.filter(stage="assess")}
        assert asked == {listed(THREE).pk}
        after = dict(Record.objects.values_list("external_id", "document_id"))
        assert {name: after[name] for name in before} == before

    def test_ranges_stay_where_the_same_is_said_again(self):
        one = cve5(ONE, npm("left", ("1.0.0", "2.0.0")))
        bring("cve5", one)
        ranges = list(Record.objects.get().affected_ranges.values_list())
        bring("cve5", raw(one) + b" ")
        assert list(Record.objects.get().affected_ranges.values_list()) == ranges
