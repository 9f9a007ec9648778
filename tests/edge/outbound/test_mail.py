"""Mails as they arrive at a mail server."""

from __future__ import annotations

import datetime as dt
import smtplib
import socket
from email.utils import parsedate_to_datetime

import pytest
from django.test import override_settings

from noroshi.core.outgoing import Arrived, Failed, Rejected, Trouble
from noroshi.core.policy.marking import Tlp
from noroshi.edge.outbound.mail import MailServer, made, outcome
from tests.edge.outbound.messages import SITE, UID, content, mail, news
from tests.edge.outbound.servers import Letter, Postbox, mail_server
from tests.hub.sector import NOON

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def postbox():
    with (
        mail_server() as (box, port),
        override_settings(
            EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_TIMEOUT=10
        ),
    ):
        yield box


def send(*mails, at: dt.datetime = NOON):
    with MailServer() as server:
        return [server.send(made(one, site=SITE, now=at)) for one in mails]


def only(postbox: Postbox) -> Letter:
    (letter,) = postbox.letters
    return letter


class TestWhatArrives:
    def test_one_mail_for_one_person(self, postbox):
        assert send(mail()) == [Arrived()]
        assert only(postbox).to == ["taro@hikari.example"]
        assert only(postbox)["To"] == "taro@hikari.example"
        assert only(postbox)["From"] == "noroshi@localhost"

    def test_japanese_survives_in_subject_and_body(self, postbox):
        send(mail())
        assert only(postbox)["Subject"] == "[TLP:GREEN] N-2026-0001: 至急の確認"
        assert "本文です。" in only(postbox).text

    def test_it_is_plain_text_in_utf_8(self, postbox):
        send(mail())
        assert only(postbox).parsed.get_content_type() == "text/plain"
        assert only(postbox).parsed.get_content_charset() == "utf-8"

    def test_machines_are_kept_from_answering(self, postbox):
        send(mail())
        assert only(postbox)["Auto-Submitted"] == "auto-generated"

    def test_it_is_dated_when_it_was_sent(self, postbox):
        send(mail())
        assert parsedate_to_datetime(only(postbox)["Date"]) == NOON

    def test_its_id_is_the_same_however_often_it_is_sent(self, postbox):
        send(mail())
        send(mail(), at=NOON + dt.timedelta(days=1))
        ids = {letter["Message-ID"] for letter in postbox.letters}
        assert ids == {f"<{UID}@noroshi.example.jp>"}

    @pytest.mark.parametrize("title", ["x\r\nBcc: spy@evil.example", "x\n\nBody", "あ" * 300])
    def test_a_title_adds_no_header(self, postbox, title):
        send(mail(news(said=content(title_ja=title))))
        names = sorted(name.lower() for name in only(postbox).parsed)
        assert names == [
            "auto-submitted",
            "content-transfer-encoding",
            "content-type",
            "date",
            "from",
            "message-id",
            "mime-version",
            "subject",
            "to",
        ]
        assert only(postbox).to == ["taro@hikari.example"]

    def test_lines_of_any_length_and_single_dots_survive(self, postbox):
        text = "あ" * 5000 + "\n.\n..\nFrom here"
        send(mail(news(said=content(text_ja=text))))
        assert text in only(postbox).text

    @pytest.mark.parametrize("tlp", [Tlp.AMBER, Tlp.AMBER_STRICT])
    def test_a_closed_one_says_no_more_than_the_envelope(self, postbox, tlp):
        send(mail(news(tlp=tlp)))
        assert only(postbox)["Subject"] == f"[{tlp.label}] N-2026-0001"


class TestManyMails:
    def test_they_share_one_connection(self, postbox):
        outcomes = send(*(mail(to=f"{name}@hikari.example") for name in "abc"))
        assert outcomes == [Arrived()] * 3
        assert (len(postbox.letters), postbox.connections) == (3, 1)

    def test_one_that_is_refused_does_not_keep_the_others(self, postbox):
        postbox.refuse = lambda to: "550 no such user" if to.startswith("b") else None
        outcomes = send(*(mail(to=f"{name}@hikari.example") for name in "abc"))
        assert outcomes == [Arrived(), Rejected(Trouble.MAIL_REFUSED, 550), Arrived()]


class TestWhatWentWrong:
    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ("550 5.1.1 unknown", Rejected(Trouble.MAIL_REFUSED, 550)),
            ("450 4.2.0 greylisted", Failed(Trouble.MAIL_REFUSED, 450)),
        ],
    )
    def test_a_receiver_is_refused_for_now_or_for_ever(self, postbox, answer, expected):
        postbox.refuse = lambda _to: answer
        assert send(mail()) == [expected]

    def test_nobody_answers(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound and not listening
            port = taken.getsockname()[1]
            with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
                assert send(mail()) == [Failed(Trouble.UNREACHABLE)]

    def test_the_server_says_nothing(self):
        with (
            socket.create_server(("127.0.0.1", 0)) as silent,
            override_settings(
                EMAIL_BACKEND=SMTP,
                EMAIL_HOST="127.0.0.1",
                EMAIL_PORT=silent.getsockname()[1],
                EMAIL_TIMEOUT=0.2,
            ),
        ):
            assert send(mail()) == [Failed(Trouble.TIMEOUT)]

    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (smtplib.SMTPAuthenticationError(535, b"no"), Failed(Trouble.SIGN_IN_REFUSED, 535)),
            (smtplib.SMTPDataError(554, b"no"), Failed(Trouble.MAIL_REFUSED, 554)),
            (smtplib.SMTPSenderRefused(553, b"no", "x"), Failed(Trouble.MAIL_REFUSED, 553)),
            (smtplib.SMTPServerDisconnected(), Failed(Trouble.UNREACHABLE)),
            (ConnectionRefusedError(), Failed(Trouble.UNREACHABLE)),
            (ValueError(), Failed(Trouble.DEFECT)),
        ],
    )
    def test_what_an_error_means(self, error, expected):
        assert outcome(error) == expected

    def test_what_the_server_said_is_not_kept(self):
        said = smtplib.SMTPDataError(554, "至急の確認: not here".encode())
        assert "至急" not in repr(outcome(said))
