"""From a publication to what arrives: sent once if all goes well, again if anything does not."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator

import msgspec
import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import override_settings

from noroshi.core.addresses import Reach
from noroshi.core.outgoing import ATTEMPTS, HOLD, LEASE, Channel, MessageState
from noroshi.core.policy.audience import Everyone, Members, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import System
from noroshi.core.sector import Role
from noroshi.edge.outbound import sending
from noroshi.edge.outbound.sending import Counts
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch.models import Endpoint, Message
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.notices import actions as notices
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import Choice
from tests.edge.outbound.messages import SITE
from tests.edge.outbound.servers import Postbox, Receiver, http_server, mail_server, status
from tests.hub import outbox
from tests.hub import sector as world
from tests.hub.outbox import admin, expand, messages
from tests.hub.sector import HOUR, NOON
from tests.hub.sending import KANTO, affect, published

pytestmark = pytest.mark.usefixtures("database")

SMTP = "django.core.mail.backends.smtp.EmailBackend"
CVE = "CVE-2021-44228"
SECRETS = ("至急の確認", "本文です。", "Please check", "This is the text.", CVE, "mail-gw")
MINUTE = dt.timedelta(minutes=1)


class Outside:
    """What is out there: a mail server and a web server, and where a member's webhook is."""

    def __init__(self, postbox: Postbox, receiver: Receiver, url: str) -> None:
        self.postbox, self.receiver, self.url = postbox, receiver, url

    def hook(self, slug: str, path: str = "/hook") -> Endpoint:
        return outbox.endpoint(slug, self.url + path, Reach.ANYWHERE)

    @property
    def everything(self) -> bytes:
        """Every byte that left."""
        return b"".join(
            [letter.raw + letter.text.encode() + letter["Subject"].encode()
             for letter in self.postbox.letters]
            + [repr(sorted(one.headers.items())).encode() + one.body
               for one in self.receiver.requests]
        )  # fmt: skip


@pytest.fixture
def outside(database) -> Iterator[Outside]:
    world.sector()
    world.person("hikari")
    with mail_server() as (postbox, mail_port), http_server() as (receiver, port):
        configured = msgspec.structs.replace(
            settings.NOROSHI,
            mail=f"smtp://127.0.0.1:{mail_port}",
            site_url=SITE,
            private_webhooks=True,
        )
        with override_settings(
            NOROSHI=configured,
            EMAIL_BACKEND=SMTP,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=mail_port,
        ):
            yield Outside(postbox, receiver, f"http://127.0.0.1:{port}")


def drain(at: dt.datetime = NOON) -> Counts:
    return sending.drain(lambda: at, threading.Event())


def drain_one(channel: Channel, at: dt.datetime) -> None:
    sending.drain_channel(channel, lambda: at, threading.Event(), Counts())


def send(choice: Choice = KANTO, **changes: object) -> Notice:
    """Publish, write what is to be sent, and send it."""
    notice = published(choice, **changes)  # type: ignore[arg-type]  # what the test says
    expand()
    drain()
    return notice


class TestAllGoesWell:
    def test_a_mail_and_a_call_arrive_and_that_is_that(self, outside):
        outside.hook("minato")
        Person.objects.filter(email="admin@minato.example").update(by_mail=False)
        notice = published()
        expand()
        assert drain() == Counts(sent=2)
        assert [letter.to for letter in outside.postbox.letters] == [["taro@hikari.example"]]
        (request,) = outside.receiver.requests
        assert json.loads(request.body)["data"]["number"] == notice.number
        assert {row.state for row in messages()} == {"sent"}
        assert drain(NOON + 1000 * HOUR) == Counts()

    def test_every_person_of_every_organisation_gets_a_mail_of_their_own(self, outside):
        world.person("hikari", name="hana")
        world.person("minato")
        world.person("yama")
        send()
        assert sorted(letter["To"] for letter in outside.postbox.letters) == [
            "hana@hikari.example",
            "taro@hikari.example",
            "taro@minato.example",
        ]
        assert len({letter["Message-ID"] for letter in outside.postbox.letters}) == 3

    def test_in_the_language_of_each(self, outside):
        world.person("hikari", name="jane")
        Person.objects.filter(email="jane@hikari.example").update(language="en")
        send(Members(), tlp=Tlp.GREEN)
        texts = {letter["To"]: letter.text for letter in outside.postbox.letters}
        assert "本文です。" in texts["taro@hikari.example"]
        assert "This is the text." in texts["jane@hikari.example"]
        assert "本文です。" not in texts["jane@hikari.example"]

    def test_it_leads_to_the_notice(self, outside):
        outside.hook("hikari")
        notice = send()
        place = f"{SITE}/notices/{notice.number}"
        assert place in outside.postbox.letters[0].text
        assert json.loads(outside.receiver.requests[0].body)["data"]["link"] == place

    def test_a_test_call_arrives(self, outside):
        hook = outside.hook("hikari")
        dispatch.try_out(admin("hikari"), hook.pk, now=NOON, actor="x")
        assert drain() == Counts(sent=1)
        assert json.loads(outside.receiver.requests[0].body)["type"] == "endpoint.test"


class TestMarking:
    """What leaves, looked at as bytes."""

    @pytest.mark.parametrize("exercise", [False, True])
    @pytest.mark.parametrize("tlp", list(Tlp))
    def test_no_more_leaves_than_the_marking_allows(self, outside, tlp, exercise):
        outside.hook("hikari")
        affect("hikari")
        taro = Person.objects.get(email="taro@hikari.example")
        author = members.viewer_of(world.person("isac", Role.HUB_ANALYST))
        wide: dict[Tlp, Choice] = {
            Tlp.CLEAR: Everyone(),
            Tlp.GREEN: Members(),
            Tlp.RED: People(frozenset({taro.pk})),
        }
        choice = wide.get(tlp, KANTO)
        notice = send(choice, viewer=author, tlp=tlp, vulnerabilities=(CVE,), exercise=exercise)
        left = outside.everything.decode()
        told = {word for word in SECRETS if word in left}
        if tlp <= Tlp.GREEN:
            assert told == {*SECRETS} - {"mail-gw"}
        else:
            assert told == set()
        assert (notice.number in left) is (tlp is not Tlp.RED)
        if tlp is Tlp.RED:
            assert (left, messages()) == ("", [])

    def test_a_withdrawal_says_no_more_either(self, outside):
        outside.hook("hikari")
        notice = send(vulnerabilities=())
        notices.withdraw(System(), notice.number, now=NOON + HOUR, actor="x")
        expand(at=NOON + HOUR)
        assert drain(NOON + HOUR).sent == 3
        assert [word for word in SECRETS if word in outside.everything.decode()] == []
        assert json.loads(outside.receiver.requests[-1].body)["type"] == "notice.withdrawn"

    def test_who_left_before_it_was_sent_gets_nothing(self, outside):
        outside.hook("hikari")
        published()
        expand()
        Organisation.objects.filter(slug="hikari").update(active=False)
        assert drain() == Counts(dropped=3)
        assert outside.everything == b""


class TestKilled:
    """At any instant: between the claim and the sending, between the sending and the record."""

    @pytest.fixture
    def due(self, outside: Outside) -> Outside:
        outside.hook("minato")
        Person.objects.filter(email="admin@minato.example").update(by_mail=False)
        published()
        expand()
        return outside

    @pytest.mark.parametrize("channel", list(Channel))
    def test_what_was_sent_and_not_recorded_is_sent_again_under_the_same_id(
        self, due, monkeypatch, channel
    ):
        with monkeypatch.context() as patch:
            patch.setattr(dispatch, "record", killed)
            with pytest.raises(KeyboardInterrupt):
                drain_one(channel, NOON)
        assert arrived(due, channel) == 1
        for at in (NOON + LEASE - MINUTE, NOON + LEASE, NOON + 2 * LEASE):
            drain_one(channel, at)
        assert arrived(due, channel) == 2
        assert len(ids(due, channel)) == 1

    @pytest.mark.parametrize("channel", list(Channel))
    def test_what_was_claimed_and_not_sent_is_sent_once(self, due, channel):
        assert len(dispatch.claim(channel, 10, now=NOON)) == 1
        for at in (NOON, NOON + LEASE, NOON + 2 * LEASE):
            drain_one(channel, at)
        assert arrived(due, channel) == 1


def killed(*_args: object, **_more: object) -> None:
    raise KeyboardInterrupt


def arrived(outside: Outside, channel: Channel) -> int:
    mail = channel is Channel.MAIL
    return len(outside.postbox.letters) if mail else len(outside.receiver.requests)


def ids(outside: Outside, channel: Channel) -> set[str]:
    if channel is Channel.MAIL:
        return {letter["Message-ID"] for letter in outside.postbox.letters}
    return {request.headers["webhook-id"] for request in outside.receiver.requests}


class TestTrouble:
    def call(self, outside: Outside) -> Message:
        (row,) = messages(endpoint__isnull=False)
        return row

    @pytest.fixture
    def due(self, outside: Outside) -> Outside:
        outside.hook("hikari")
        Person.objects.update(by_mail=False)
        published()
        expand()
        return outside

    def test_a_call_that_fails_is_made_again_until_it_arrives(self, due):
        due.receiver.answers["/hook"] = status(500)
        assert drain() == Counts(failed=1)
        assert (self.call(due).state, self.call(due).code) == ("failed", 500)
        due.receiver.answers["/hook"] = status(200)
        assert drain(NOON + MINUTE / 2) == Counts()
        assert drain(NOON + MINUTE) == Counts(sent=1)
        assert len(ids(due, Channel.WEBHOOK)) == 1

    def test_or_until_it_is_given_up(self, due):
        due.receiver.answers["/hook"] = status(500)
        while self.call(due).state != MessageState.GIVEN_UP:
            assert drain(self.call(due).next_at) == Counts(failed=1)
        assert len(due.receiver.requests) == ATTEMPTS

    def test_whoever_asks_for_time_gets_it(self, due):
        due.receiver.answers["/hook"] = status(429, Retry_After="7200")
        drain()
        assert self.call(due).next_at == NOON + 2 * HOUR

    def test_an_endpoint_that_is_gone_is_never_called_again(self, due):
        due.receiver.answers["/hook"] = status(410)
        drain()
        published()
        expand()
        assert drain(NOON + 1000 * HOUR) == Counts()
        assert len(due.receiver.requests) == 1

    def test_a_slow_one_keeps_no_other_waiting(self, due):
        """The second call arrives while the first one hangs, and lets it go."""

        def free(handler: object) -> None:
            due.receiver.release.set()
            status(200)(handler)  # type: ignore[arg-type]  # the handler of the server

        due.receiver.answers |= {"/hook": due.receiver.hang, "/free": free}
        due.hook("minato", "/free")
        Person.objects.update(by_mail=False)
        published()
        expand()
        drain()
        assert {row.endpoint.url[-5:] for row in messages(state="sent") if row.endpoint} == {
            "/free"
        }

    def test_a_mailbox_that_is_not_there_is_given_up_at_once(self, outside):
        world.person("hikari", name="hana")
        outside.postbox.refuse = lambda to: "550 5.1.1 who?" if "hana" in to else None
        send()
        states = {row.person.email: row.state for row in messages() if row.person}
        assert states == {"hana@hikari.example": "given_up", "taro@hikari.example": "sent"}

    def test_without_a_mail_server_no_mail_is_tried(self, outside):
        published()
        expand()
        configured = msgspec.structs.replace(settings.NOROSHI, mail="")
        with override_settings(NOROSHI=configured):
            assert sending.channels() == {Channel.WEBHOOK}
            assert drain() == Counts()
        assert drain() == Counts(sent=1)

    def test_a_defect_of_ours_fails_one_message_and_not_the_rest(self, outside, monkeypatch):
        world.person("hikari", name="hana")
        published()
        expand()
        real = dispatch.prepared_mail
        first = messages()[0].pk

        def broken(number: int) -> object:
            if number == first:
                raise ZeroDivisionError
            return real(number)

        monkeypatch.setattr(dispatch, "prepared_mail", broken)
        assert drain() == Counts(sent=1, failed=1)
        assert [row.trouble for row in messages()] == ["defect", ""]

    def test_a_database_that_does_not_answer_is_no_defect(self, outside, monkeypatch):
        def gone(_number: int) -> None:
            raise OperationalError

        published()
        expand()
        monkeypatch.setattr(dispatch, "prepared_mail", gone)
        with pytest.raises(OperationalError):
            drain()
        assert messages()[0].state == "waiting"

    def test_asked_to_stop_it_claims_nothing_more(self, due):
        stop = threading.Event()
        stop.set()
        assert sending.drain(lambda: NOON, stop) == Counts()
        assert self.call(due).attempts == 0

    def test_a_mail_server_that_is_away_is_asked_once(self, outside):
        world.person("hikari", name="hana")
        published()
        expand()
        with override_settings(EMAIL_PORT=1):
            assert drain() == Counts(failed=1)
        assert sorted(row.attempts for row in messages()) == [0, 1]
        assert drain(NOON + HOLD) == Counts(sent=2)
