"""The event record: a chain nobody can change unseen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from noroshi.hub.audit import actions, verification
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.audit.verification import Broken, Intact

pytestmark = pytest.mark.usefixtures("database")

NOON = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)


def write(count: int) -> None:
    for number in range(count):
        actions.record(
            "test.happened", f"thing:{number}", actor="system", at=NOON, detail={"名": number}
        )


def test_an_untouched_chain_is_intact():
    write(5)
    result = verification.verify()
    assert isinstance(result, Intact)
    assert result.events == 5
    assert result.head == bytes(AuditEvent.objects.get(seq=5).hash).hex()


def test_an_empty_chain_is_intact():
    assert verification.verify() == Intact(0, "00" * 32)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "somebody@else.example"},
        {"at": NOON + dt.timedelta(microseconds=1)},
        {"verb": "test.other"},
        {"object": "thing:9"},
        {"detail": "{}"},
    ],
)
def test_a_changed_event_breaks_the_chain_where_it_stands(change):
    write(5)
    AuditEvent.objects.filter(seq=3).update(**change)
    assert verification.verify() == Broken(3)


def test_a_removed_event_breaks_the_chain():
    write(5)
    AuditEvent.objects.filter(seq=2).delete()
    assert verification.verify() == Broken(2)


def test_a_rehashed_event_breaks_the_chain_at_the_next_one():
    write(5)
    event = AuditEvent.objects.get(seq=3)
    event.actor = "forger"
    event.hash = actions.digest(bytes(AuditEvent.objects.get(seq=2).hash), event)
    event.save()
    assert verification.verify() == Broken(4)


def test_an_event_whose_time_is_none_breaks_the_chain_and_nothing_else(database):
    write(3)
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite keeps a text where a time belongs")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET at = 'some day' WHERE seq = 2")
    assert verification.verify() == Broken(2)
