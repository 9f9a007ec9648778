"""Mails of the sign-in, sent aside.

For an unknown address a mail is written, too, and thrown away; and no answer waits for a mail
server. So nobody can tell by the time it takes whether an address is known here.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from noroshi.hub.members.models import Person

log = logging.getLogger(__name__)

PATIENCE = 30
"""Seconds in which a mail has left, or has failed."""

_sender = ThreadPoolExecutor(max_workers=2, thread_name_prefix="letters")
_underway: set[Future[None]] = set()


def reset(person: Person | None, link: str) -> None:
    """Send the link with which somebody who asked for it sets a new password; nobody: no mail."""
    message = _write("noroshi/signin/reset.txt", person, link)
    if person is None:
        message.connection = get_connection("django.core.mail.backends.dummy.EmailBackend")
    _send(message)


def invitation(person: Person, link: str) -> None:
    """Send the link with which somebody who was taken in sets the first password."""
    _send(_write("noroshi/signin/invitation.txt", person, link))


def delivered() -> None:
    """Wait until every mail has left, or has failed."""
    wait(_underway, PATIENCE)


def _write(template: str, person: Person | None, link: str) -> EmailMessage:
    language = person.language if person is not None else settings.LANGUAGE_CODE
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    facts = {"person": person, "link": link, "days": days, "site": settings.NOROSHI.site_url}
    with translation.override(language):
        subject, _blank, text = render_to_string(template, facts).strip().partition("\n\n")
    to = person.email if person is not None else "nobody@invalid"
    return EmailMessage(subject, text + "\n", to=[to])


def _send(message: EmailMessage) -> None:
    underway = _sender.submit(_deliver, message)
    _underway.add(underway)
    underway.add_done_callback(_underway.discard)


def _deliver(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError as error:  # the mail server is away, or refuses
        log.warning("a mail of the sign-in was not sent: %s", error)
