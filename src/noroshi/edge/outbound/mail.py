"""Mails: made, and handed to the mail server.

The Message-ID is the message's own id, the same in every attempt: who gets it twice can tell.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from email.utils import format_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from noroshi.core.outgoing import Arrived, Failed, Outcome, Rejected, Trouble
from noroshi.edge.outbound.wording import mail as wording
from noroshi.hub.dispatch.contents import Mail


def made(mail: Mail, *, site: str, now: dt.datetime) -> EmailMessage:
    """Return the mail: plain text, and headers that keep machines from answering it."""
    text = wording(mail.news, mail.language, site)
    headers = {
        "Message-ID": f"<{mail.news.uid}@{urlsplit(site).hostname or 'localhost'}>",
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",  # RFC 3834 §5
    }
    return EmailMessage(text.subject, text.body, to=[mail.to], headers=headers)


class MailServer:
    """The connection to the mail server: opened with the first mail, kept for the next ones."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def send(self, mail: EmailMessage) -> Outcome:
        """Hand one mail over; return what became of it."""
        try:
            if self._connection is None:
                self._connection = get_connection()
                self._connection.open()
            self._connection.send_messages([mail])
        except (OSError, ValueError) as error:  # smtplib's errors are OSErrors
            self._hang_up()
            return outcome(error)
        return Arrived()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except OSError:
                return  # it was gone before


def outcome(error: OSError | ValueError) -> Outcome:
    """Say what an error means. Only "no such receiver" is final: the rest can be mended here."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            code = max((answer[0] for answer in refused.values()), default=0)
            final = code >= 500
            return (Rejected if final else Failed)(Trouble.MAIL_REFUSED, code)
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            return Failed(Trouble.SIGN_IN_REFUSED, code)
        case smtplib.SMTPResponseException(smtp_code=code):
            return Failed(Trouble.MAIL_REFUSED, code)
        case ssl.SSLError():
            return Failed(Trouble.TLS)
        case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):
            return Failed(Trouble.TIMEOUT)
        case OSError():
            return Failed(Trouble.UNREACHABLE)
        case _:
            return Failed(Trouble.DEFECT)
