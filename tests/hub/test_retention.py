"""Which documents are forgotten: those that were replaced, are old, and bear nothing."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.db.models.functions import Length

from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.knowledge import retention
from noroshi.hub.knowledge.models import Document, PastRecord, Quarantine, Record, Source
from noroshi.hub.knowledge.retention import Forgotten, forget
from noroshi.run.management.commands import knowledge, run
from tests.hub.feeds import bring, cve, cve5, kev, npm
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO = cve(1), cve(2)
FIRST = cve5(ONE, npm("alpha", ("0", "1.0")), updated="2024-05-01T00:00:00Z")
SECOND = cve5(ONE, npm("alpha", ("0", "2.0")), updated="2024-05-02T00:00:00Z")
OTHER = cve5(TWO, npm("beta", ("0", "1.0")))


@pytest.fixture
def replaced():
    """One record came twice, three days apart, the other one once."""
    bring("cve5", FIRST, OTHER, now=NOON)
    bring("cve5", SECOND, now=NOON + 3 * DAY)


def bodies():
    return set(Document.objects.values_list("pk", flat=True))


def said():
    return list(Record.objects.order_by("pk").values_list())


def test_what_was_replaced_is_forgotten_and_nothing_is_known_otherwise(replaced):
    old = Document.objects.order_by("pk")[0]
    before, size = said(), len(bytes(old.body))
    assert forget(NOON + DAY, now=NOON + 9 * DAY) == Forgotten(1, size)
    assert old.pk not in bodies()
    assert len(bodies()) == 2
    assert said() == before
    past = PastRecord.objects.get()
    assert past.document is None
    assert Source.objects.get(name="cve5").kept_documents == 2
    event = AuditEvent.objects.get(verb="documents.forgotten")
    assert json.loads(event.detail)["documents"] == 1
    assert event.at == NOON + 9 * DAY


def test_again_there_is_nothing_to_forget(replaced):
    forget(NOON + DAY, now=NOON)
    assert forget(NOON + DAY, now=NOON) == Forgotten()
    assert AuditEvent.objects.filter(verb="documents.forgotten").count() == 1


def test_what_came_later_stays(replaced):
    assert forget(NOON, now=NOON + 9 * DAY) == Forgotten()
    assert len(bodies()) == 3


def test_what_nobody_replaced_stays_however_old():
    bring("cve5", FIRST, OTHER)
    assert forget(NOON + 999 * DAY, now=NOON + 999 * DAY) == Forgotten()


def test_the_newest_stays_though_a_record_rests_on_an_older_one():
    """A record that says the same as before keeps the document that said so first."""
    bring("kev", kev(ONE, TWO), now=NOON)
    bring("kev", kev(TWO, ONE), now=NOON + DAY)
    assert len(bodies()) == 2
    assert forget(NOON + 9 * DAY, now=NOON + 9 * DAY) == Forgotten()


def test_one_between_on_which_nothing_rests_goes():
    bring("kev", kev(ONE, TWO), now=NOON)
    bring("kev", kev(TWO, ONE), now=NOON + DAY)
    bring("kev", {**kev(ONE, TWO), "count": 3}, now=NOON + 2 * DAY)
    middle = Document.objects.order_by("pk")[1]
    assert forget(NOON + 9 * DAY, now=NOON + 9 * DAY).documents == 1
    assert middle.pk not in bodies()


def test_what_could_not_be_read_stays_until_it_is_looked_at(replaced):
    old = Document.objects.order_by("pk")[0]
    Quarantine.objects.create(
        source=old.source, document=old, file="a", where="", code="x", at=NOON
    )
    assert forget(NOON + 9 * DAY, now=NOON + 9 * DAY) == Forgotten()


def test_the_same_name_at_another_source_replaces_nothing():
    bring("cve5", FIRST, now=NOON)
    bring("kev", kev(ONE), now=NOON + DAY)
    assert forget(NOON + 9 * DAY, now=NOON + 9 * DAY) == Forgotten()


def test_many_go_in_portions(monkeypatch):
    monkeypatch.setattr(retention, "PORTION", 2)
    for day in range(6):
        changed = cve5(
            ONE, npm("alpha", ("0", f"{day}.0")), updated=f"2024-05-0{day + 1}T00:00:00Z"
        )
        bring("cve5", changed, now=NOON + day * DAY)
    sizes = Document.objects.aggregate(all=Sum(Length("body")))["all"]
    done = forget(NOON + 9 * DAY, now=NOON + 9 * DAY)
    assert done.documents == 5
    assert done.size == sizes - len(bytes(Document.objects.get().body))


# --- the command, the setting ---


def configured(monkeypatch, days):
    for module in (knowledge, run):
        monkeypatch.setattr(
            module, "settings", SimpleNamespace(NOROSHI=SimpleNamespace(document_days=days))
        )


def test_the_command_says_how_much(replaced, monkeypatch, capsys):
    monkeypatch.setattr(knowledge, "utc_now", lambda: NOON + 9 * DAY)
    configured(monkeypatch, None)
    call_command("knowledge", "forget", "--days", "8")
    assert capsys.readouterr().out.startswith("Documents forgotten: 1 (0.0 MB).")
    assert len(bodies()) == 2


def test_the_setting_stands_for_the_option(replaced, monkeypatch):
    monkeypatch.setattr(knowledge, "utc_now", lambda: NOON + 9 * DAY)
    configured(monkeypatch, 8)
    call_command("knowledge", "forget")
    assert len(bodies()) == 2


def test_without_either_it_asks_for_the_days(replaced, monkeypatch):
    configured(monkeypatch, None)
    with pytest.raises(SystemExit):
        call_command("knowledge", "forget")
    assert len(bodies()) == 3


def test_a_worker_looks_once_a_day(replaced, monkeypatch):
    moments = iter([NOON + 2 * DAY, NOON + 9 * DAY, NOON + 9 * DAY + dt.timedelta(hours=23)])
    monkeypatch.setattr(run, "utc_now", lambda: next(moments))
    asked = []
    monkeypatch.setattr(run, "forget", lambda before, *, now: asked.append((before, now)))
    worker = run.Command()
    configured(monkeypatch, 8)
    for _ in range(3):
        worker._forget_old()
    assert asked == [(NOON - 6 * DAY, NOON + 2 * DAY), (NOON + DAY, NOON + 9 * DAY)]


def test_without_the_setting_a_worker_forgets_nothing(replaced, monkeypatch):
    configured(monkeypatch, None)
    run.Command()._forget_old()
    assert len(bodies()) == 3
