"""The link with which somebody sets a password: once, within a few days."""

from __future__ import annotations

import datetime as dt

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.edge.web.signin import letters
from noroshi.edge.web.signin.backend import takes_part
from noroshi.hub.audit import actions as audit
from noroshi.hub.members.models import Person


def link_of(person: Person) -> str:
    """Return the address at which a person sets a password.

    It holds until it is used, until the person signs in, or for `PASSWORD_RESET_TIMEOUT`; it is
    made from the setting ``site_url``, never from what a request says of itself.
    """
    parts = {
        "uidb36": user_pk_to_url_str(person),
        "key": default_token_generator.make_token(person),
    }
    address: str = settings.NOROSHI.site_url
    return address + reverse("account_reset_password_from_key", kwargs=parts)


def invite(person: Person, *, now: dt.datetime, actor: str) -> str:
    """Make the link for somebody who was taken in, and send it if this node sends mails.

    Returns the link, to be handed over where no mail is sent. Raises `Refused` for who has left.
    """
    if not takes_part(person):
        raise Refused(detail=_("%(who)s takes no part any more") % {"who": person.email})
    audit.record("person.invited", f"person:{person.pk}", actor=actor, at=now)
    link = link_of(person)
    if settings.NOROSHI.mail:
        letters.invitation(person, link)
    return link
