"""Second factors: who needs one, who has one, and taking them all away."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from noroshi.core.sector import Role
from noroshi.hub.audit import actions as audit
from noroshi.hub.members.models import Person

FULL = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes only stand in for one."""


def exists(person: str) -> Exists:
    """Return the condition that somebody, named by this column, has a second factor."""
    return Exists(Authenticator.objects.filter(user=OuterRef(person), type__in=FULL))


def needed(person: Person) -> bool:
    """Say whether the person's role may not work without a second factor."""
    return Role(person.role) in settings.NOROSHI.second_factor


def of(person: Person) -> QuerySet[Authenticator]:
    """Return the second factors somebody has."""
    return Authenticator.objects.filter(user_id=person.pk, type__in=FULL)


def may_remove(factor: Authenticator) -> bool:
    """Say whether a factor may go: not the last one of somebody who needs one."""
    if factor.type not in FULL:
        return True
    person = Person.objects.get(pk=factor.user_id)
    return not needed(person) or of(person).exclude(pk=factor.pk).exists()


@transaction.atomic
def reset_factors(person: Person, *, now: dt.datetime, actor: str) -> int:
    """Take away every second factor of somebody who lost them, and end every session of theirs.

    Returns how many there were. Whoever needs one sets it up anew at the next sign-in.
    """
    found, _rows = Authenticator.objects.filter(user_id=person.pk).delete()
    for session in UserSession.objects.filter(user_id=person.pk):
        session.end()
    audit.record("person.factors_reset", f"person:{person.pk}", actor=actor, at=now)
    return found
