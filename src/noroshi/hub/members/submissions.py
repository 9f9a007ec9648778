"""Carrying out once what is sent twice: a double click, a repeated request."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.hub.members.models import Submission

KEPT_FOR = dt.timedelta(hours=24)
"""How long an attempt is remembered."""

LONGEST_TOKEN = 80


def begin(sender: str, token: str, fingerprint: bytes, *, now: dt.datetime) -> Submission:
    """Return the attempt of this name: a new one, or the one that has been carried out before.

    Must run in the transaction that carries it out: two at once wait for each other here, and what
    fails leaves no trace. A new attempt has ``status`` 0. Raises `Refused` where the name was used
    for something else.
    """
    if not 0 < len(token) <= LONGEST_TOKEN:
        detail = _("the name of an attempt has 1 to %(most)d characters")
        raise Refused(detail=detail % {"most": LONGEST_TOKEN})
    Submission.objects.filter(made_at__lt=now - KEPT_FOR, sender=sender).delete()
    try:
        with transaction.atomic():
            return Submission.objects.create(
                sender=sender, token=token, fingerprint=fingerprint, made_at=now
            )
    except IntegrityError:
        found = Submission.objects.get(sender=sender, token=token)
    if bytes(found.fingerprint) != fingerprint:
        raise Refused(detail=_("this name of an attempt was used for something else"))
    return found


def finish(attempt: Submission, status: int, *, place: str = "", body: bytes = b"") -> None:
    """Keep the answer for whoever sends the same again."""
    attempt.status, attempt.place, attempt.body = status, place, body
    attempt.save()
