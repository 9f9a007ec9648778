"""Whose people and keys somebody may look after."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from noroshi.core.errors import NotFound
from noroshi.core.sector import Role
from noroshi.edge.web.pages import Visit
from noroshi.hub.members import keys, queries
from noroshi.hub.members.models import ApiKey, Organisation, Person

ADMINISTRATORS = frozenset({Role.HUB_ADMIN, Role.ORGANISATION_ADMIN})
_PLACE = "shown-once"


def organisation_for(visit: Visit, slug: str) -> Organisation:
    """Return the organisation, if the visitor looks after it; raises `NotFound`."""
    found = queries.named(slug)
    _check(visit, found)
    return found


def person_for(visit: Visit, number: int) -> Person:
    """Return the person, if the visitor looks after the organisation; raises `NotFound`."""
    found = queries.people().filter(pk=number).first()
    if found is None:
        raise NotFound(kind="person", name=str(number))
    _check(visit, found.organisation)
    return found


def key_for(visit: Visit, number: int) -> ApiKey:
    """Return the key, if the visitor looks after the organisation; raises `NotFound`."""
    found = keys.keys_of().filter(pk=number).first()
    if found is None:
        raise NotFound(kind="key", name=str(number))
    _check(visit, found.organisation)
    return found


def _check(visit: Visit, organisation: Organisation) -> None:
    if visit.viewer.role is Role.HUB_ADMIN:
        return
    if visit.viewer.organisation != organisation.pk:
        raise NotFound(kind="organisation", name=organisation.slug)


def keep_secret(request: HttpRequest, text: str) -> None:
    """Keep a secret until the next page has shown it."""
    request.session[_PLACE] = text


def take_secret(request: HttpRequest) -> str:
    """Return the secret to be shown, once."""
    text: str = request.session.pop(_PLACE, "")
    if not text:
        raise Http404
    return text
