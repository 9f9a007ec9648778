"""Stored documents, read again by a reader that has learnt something."""

from __future__ import annotations

import io
from types import SimpleNamespace

import msgspec
import pytest
from django.core.management import call_command

from noroshi.core.errors import NotFound, WrongShape
from noroshi.core.facets import Record as Facets
from noroshi.core.formats import cve5 as today
from noroshi.edge.feeds import reading
from noroshi.edge.feeds.replaying import replay
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.knowledge import replaying
from noroshi.hub.knowledge.actions import source_named
from noroshi.hub.knowledge.models import Document, Quarantine, Record, Source, Vulnerability
from noroshi.hub.knowledge.preparing import unpack_record
from noroshi.hub.todo.models import Todo
from tests.hub.feeds import bring, cve, cve5, npm, work
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO, THREE = cve(1), cve(2), cve(3)
LATER = NOON + DAY


@pytest.fixture
def reader(monkeypatch):
    """Put another reader in the place of that for CVE 5: it gets what the real one reads."""

    def learn(change):
        def read(document):
            for outcome in today.read(document):
                yield from change(outcome)

        other = SimpleNamespace(SOURCE="cve5", documents=today.documents, read=read)
        monkeypatch.setattr(reading, "FORMATS", {"cve5": other})

    return learn


def again(**more):
    return replay(Source.objects.get(name="cve5"), now=LATER, **more)


def state():
    """All that an import writes, without when."""
    return (
        list(Record.objects.order_by("pk").values_list()),
        list(Document.objects.order_by("pk").values_list("pk", "unread", "sha256")),
        list(Quarantine.objects.order_by("pk").values_list("file", "where", "code")),
    )


def cut(outcome):
    """A reader that cannot read the second one."""
    if isinstance(outcome, Facets) and outcome.external_id == TWO:
        yield WrongShape("$.containers", detail="new to it")
    else:
        yield outcome


def title(outcome):
    """A reader that writes titles in capitals."""
    if isinstance(outcome, Facets):
        texts = tuple(msgspec.structs.replace(t, text=t.text.upper()) for t in outcome.titles)
        outcome = msgspec.structs.replace(outcome, titles=texts)
    yield outcome


def same(outcome):
    yield outcome


def test_a_reader_that_learnt_nothing_changes_nothing():
    bring("cve5", cve5(ONE, npm("left", ("1.0.0", "2.0.0"))), cve5(TWO), b'{"cveMetadata": 7}')
    work()
    before = state()
    done = again()
    assert (done.tally.documents, done.tally.records, done.taken_back) == (3, 0, 0)
    assert state() == before
    assert not Todo.objects.exists()


def test_what_could_not_be_read_is_read_and_leaves_quarantine(reader):
    reader(cut)
    bring("cve5", cve5(ONE), cve5(TWO))
    assert Quarantine.objects.get().where == "line 2 $.containers"
    assert not Record.objects.filter(external_id=TWO).exists()
    reader(same)
    done = again()
    assert (done.tally.records, done.taken_back) == (1, 0)
    assert not Quarantine.objects.exists()
    assert set(Document.objects.values_list("unread", flat=True)) == {0}
    work()
    assert Vulnerability.objects.get(preferred_id=TWO).title_en


def test_what_still_cannot_be_read_stays_with_its_place(reader):
    reader(cut)
    bring("cve5", cve5(ONE), cve5(TWO), file="feed/day.jsonl")
    before = Quarantine.objects.values_list("file", "where", "code").get()
    again()
    assert Quarantine.objects.values_list("file", "where", "code").get() == before


def test_what_is_read_otherwise_replaces_what_was_read_before(reader):
    bring("cve5", cve5(ONE, title="a weakness"))
    reader(title)
    assert again().tally.records == 1
    (record,) = Record.objects.all()
    assert unpack_record(bytes(record.facets)).titles[0].text == "A WEAKNESS"
    assert set(Todo.objects.values_list("stage", flat=True)) >= {"assess"}


def test_what_a_document_does_not_say_any_more_is_taken_back(reader):
    bring("cve5", cve5(ONE), cve5(TWO))
    work()
    reader(cut)
    assert again().taken_back == 1
    assert Record.objects.get(external_id=TWO).withdrawn_at == LATER
    assert Quarantine.objects.get().file == TWO
    work()
    assert Vulnerability.objects.get(preferred_id=TWO).state == "rejected"
    reader(same)
    replay(Source.objects.get(name="cve5"), now=LATER + DAY)
    assert Record.objects.get(external_id=TWO).withdrawn_at is None


def test_of_two_documents_about_one_thing_the_newer_one_still_counts(reader):
    bring("cve5", cve5(ONE, title="old", updated="2024-05-01T00:00:00Z"))
    bring("cve5", cve5(ONE, title="new", updated="2024-05-02T00:00:00Z"))
    reader(title)
    again()
    (record,) = Record.objects.all()
    assert unpack_record(bytes(record.facets)).titles[0].text == "NEW"


def test_other_sources_are_left_alone(reader):
    bring("cve5", cve5(ONE))
    other = Record.objects.create(
        source=source_named("nvd"),
        external_id=ONE,
        vulnerability=Vulnerability.objects.get(),
        document=Document.objects.get(),
        asserted_at=NOON,
        facets=bytes(Record.objects.get().facets),
    )
    reader(title)
    again()
    after = Record.objects.get(pk=other.pk)
    assert bytes(after.facets) == bytes(other.facets)


def test_batches_are_full_at_their_bytes_or_their_number(monkeypatch):
    bring("cve5", *(cve5(cve(number)) for number in range(7)))
    source = Source.objects.get(name="cve5")
    monkeypatch.setattr(replaying, "MOST_DOCUMENTS", 3)
    assert [len(batch) for batch in replaying.stored(source)] == [3, 3, 1]
    monkeypatch.setattr(replaying, "MOST_BYTES", 1)
    assert [len(batch) for batch in replaying.stored(source)] == [1] * 7


def test_one_that_was_killed_is_finished_by_the_next(reader, monkeypatch):
    monkeypatch.setattr(replaying, "MOST_DOCUMENTS", 1)
    bring("cve5", cve5(ONE, title="a"), cve5(TWO, title="b"), cve5(THREE, title="c"))
    reader(title)

    class Killed(BaseException):
        pass

    def kill(done):
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        again(watch=kill)
    assert again().tally.records == 1
    texts = {unpack_record(bytes(r.facets)).titles[0].text for r in Record.objects.all()}
    assert texts == {"A", "B", "C"}


class TestCommand:
    def run(self, *arguments):
        out = io.StringIO()
        call_command("knowledge", "replay", *arguments, stdout=out)

    def test_it_replays_what_is_asked_for_and_records_it(self, reader, capsys):
        bring("cve5", cve5(ONE, title="a"))
        reader(title)
        self.run("cve5")
        printed = capsys.readouterr().out
        assert "cve5" in printed
        event = AuditEvent.objects.filter(verb="knowledge.replayed").get()
        assert event.object == "source:cve5"

    def test_a_source_that_is_none_is_named(self):
        with pytest.raises(NotFound) as refused:
            self.run("nvx")
        assert refused.value.facts["name"] == "nvx"

    def test_an_empty_node_says_so(self, capsys):
        self.run()
        assert "Nothing is stored" in capsys.readouterr().out
