"""The worker sends, beside its stages; killed with a mail on the wire it sends that mail again."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from noroshi.core.outgoing import Channel, Rejected, Trouble
from noroshi.edge.outbound.sending import Counts
from noroshi.hub.dispatch import actions as dispatch
from noroshi.run import health
from noroshi.run.stages import outgoing
from noroshi.run.stages.outgoing import Outgoing
from noroshi.run.stages.worker import utc_now
from tests.edge.outbound.servers import Postbox, mail_server
from tests.hub import sector
from tests.hub.outbox import expand
from tests.hub.sector import NOON
from tests.hub.sending import published
from tests.run.test_killed import Node

PATIENCE = 60.0
"""Seconds after which a test gives up waiting."""


class Sending(Node):
    """A node with a hub, one operator and one person, that sends to a mail server here."""

    def __init__(self, data: Path, database: str, port: int) -> None:
        super().__init__(data, database)
        self.database = database
        self.environment["NOROSHI_MAIL"] = f"smtp://127.0.0.1:{port}"
        self.run("migrate", "-v0")
        self.run("organisation", "add", "isac", "--name", "ISAC", "--kind", "hub")
        self.run("organisation", "add", "hikari", "--name", "Hikari")
        self.run("person", "add", "taro@hikari.example", "--name", "Taro",
                 "--organisation", "hikari")  # fmt: skip

    def publish(self) -> None:
        self.run("notice", "publish", "--title-ja", "確認", "--text-ja", "本文",
                 "--organisation", "hikari", "--tlp", "amber")  # fmt: skip

    def output(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "noroshi", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        return done.stdout.decode()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        if self.database.startswith("sqlite"):
            with closing(sqlite3.connect(self.database.removeprefix("sqlite://"))) as connection:
                rows = connection.execute(sql)
                connection.commit()
                return rows.fetchall()
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    with mail_server() as box:
        yield box


@pytest.fixture
def node(tmp_path, new_database, postbox) -> Sending:
    return Sending(tmp_path / "data", new_database(), postbox[1])


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_worker_that_is_killed_with_a_mail_on_the_wire_sends_it_again(node, postbox):
    box, _port = postbox
    box.hold.clear()
    node.publish()
    worker = node.start("run")
    wait_until(lambda: len(box.letters) == 1)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.communicate()
    box.hold.set()
    assert node.ask("SELECT state, attempts FROM dispatch_message") == [("waiting", 1)]
    node.run("run", "--until-idle")
    assert len(box.letters) == 1  # its lease is not over
    node.ask("UPDATE dispatch_message SET next_at = made_at")
    assert "1 arrived" in node.output("run", "--until-idle")
    assert len(box.letters) == 2
    assert len({letter["Message-ID"] for letter in box.letters}) == 1


@pytest.mark.slow
def test_a_slow_mail_server_does_not_hold_up_the_stages(node, postbox):
    box, _port = postbox
    box.hold.clear()
    node.publish()
    worker = node.start("run")
    try:
        wait_until(lambda: len(box.letters) == 1)
        node.publish()
        wait_until(lambda: node.ask("SELECT count(*) FROM dispatch_message") == [(2,)])
        box.hold.set()
        wait_until(lambda: len(box.letters) == 2)
    finally:
        box.hold.set()
        worker.send_signal(signal.SIGTERM)
        _, complaint = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert b"Traceback" not in complaint
    states = {state for (state,) in node.ask("SELECT state FROM dispatch_message")}
    assert states == {"sent"}


def test_a_channel_that_cannot_go_on_ends_the_worker(monkeypatch):
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(outgoing, "drain_channel", broken)
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    stop = threading.Event()
    sending = Outgoing(stop, pause=PATIENCE, clock=lambda: NOON)
    sending.start()
    sending.join()
    assert stop.is_set()
    assert sending.counts == {Channel.WEBHOOK: Counts()}


class TestCheck:
    def remedies(self) -> list[str]:
        return [one.remedy for one in health.look() if "arrived" in one.what]

    def failed(self, at: dt.datetime) -> None:
        sector.sector()
        sector.person("hikari")
        published(at=at)
        expand(at=at)
        for one in dispatch.claim(Channel.MAIL, 1, now=at):
            dispatch.record(one, Rejected(Trouble.MAIL_REFUSED, 550), now=at)

    def test_it_speaks_of_what_has_not_arrived(self, database):
        self.failed(utc_now())
        assert self.remedies() == [f"See {settings.NOROSHI.site_url}/outgoing for the reasons."]

    def test_for_a_while(self, database):
        self.failed(utc_now() - health.LATELY)
        assert self.remedies() == []
