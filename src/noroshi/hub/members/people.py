"""Changing people, and letting them go and come back.

Who leaves loses the password with it: every session of theirs ends, every link that was sent to
them is void, and who comes back is invited anew. The hub always keeps an administrator.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.audit import actions as audit
from noroshi.hub.members import actions
from noroshi.hub.members.models import Organisation, Person

LANGUAGES = ("ja", "en")


@transaction.atomic
def change_person(person: Person, *, name: str, role: Role, now: dt.datetime, actor: str) -> Person:
    """Change somebody's name and role; takes effect with the person's next request.

    Raises `Refused` if the role does not exist there, or the hub would lose its last administrator.
    """
    row = _locked(person)
    actions.check_home(role, row.organisation)
    if role is not Role.HUB_ADMIN:
        _keep_an_administrator(row)
    row.name, row.role = actions.checked_name(name), role.value
    row.save(update_fields=["name", "role"])
    _record("person.changed", row, now, actor, role=role.value)
    return row


@transaction.atomic
def deactivate_person(person: Person, *, now: dt.datetime, actor: str) -> Person:
    """Let somebody go; raises `Refused` for the last administrator of the hub."""
    row = _locked(person)
    _keep_an_administrator(row)
    row.is_active = False
    row.set_unusable_password()
    row.save(update_fields=["is_active", "password"])
    _record("person.deactivated", row, now, actor)
    return row


@transaction.atomic
def readmit_person(person: Person, *, now: dt.datetime, actor: str) -> Person:
    """Let somebody who was let go take part again; signing in is set up anew."""
    row = _locked(person)
    row.is_active = True
    row.save(update_fields=["is_active"])
    _record("person.readmitted", row, now, actor)
    return row


@transaction.atomic
def set_preferences(
    person: Person, *, name: str, language: str, by_mail: bool, now: dt.datetime, actor: str
) -> Person:
    """Keep how somebody wants to be called and written to; raises `Refused`."""
    if language not in LANGUAGES:
        raise Refused(detail=_("there is no language %(name)s here") % {"name": language[:20]})
    row = _locked(person)
    row.name, row.language, row.by_mail = actions.checked_name(name), language, by_mail
    row.save(update_fields=["name", "language", "by_mail"])
    _record("person.preferences_set", row, now, actor, language=language, by_mail=by_mail)
    return row


def _locked(person: Person) -> Person:
    """Return the person as stored; changes among the people of one organisation take turns."""
    Organisation.objects.select_for_update().get(pk=person.organisation_id)
    return Person.objects.select_related("organisation").get(pk=person.pk)


def _keep_an_administrator(row: Person) -> None:
    """Refuse to go on if this is the hub's only active administrator."""
    if row.organisation.kind != OrganisationKind.HUB.value:
        return
    administrators = Person.objects.filter(
        organisation=row.organisation_id, role=Role.HUB_ADMIN.value, is_active=True
    )
    if set(administrators.values_list("pk", flat=True)) == {row.pk}:
        raise Refused(detail=_("the hub needs an administrator: name another one first"))


def _record(verb: str, row: Person, now: dt.datetime, actor: str, **detail: object) -> None:
    audit.record(verb, f"person:{row.pk}", actor=actor, at=now, detail=detail)
