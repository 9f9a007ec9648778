"""Messages and endpoints for the tests, made through the actions themselves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from noroshi.core.addresses import Reach
from noroshi.core.outgoing import Channel
from noroshi.core.policy.visibility import Member, System
from noroshi.core.sector import Role
from noroshi.hub.dispatch import actions
from noroshi.hub.dispatch.models import Endpoint, Message
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Person
from noroshi.hub.notices.actions import DISPATCH
from noroshi.hub.notices.models import Delivery
from noroshi.hub.todo import actions as todo
from tests.hub import sector as world
from tests.hub.sector import NOON

BOTH = frozenset(Channel)
WEBHOOKS = frozenset({Channel.WEBHOOK})
HOOK = "https://soc.example.jp/noroshi"


def admin(slug: str) -> Member:
    """Return somebody who administers an organisation."""
    role = Role.HUB_ADMIN if slug == "isac" else Role.ORGANISATION_ADMIN
    known = Person.objects.filter(email=f"admin@{slug}.example").first()
    return members.viewer_of(known or world.person(slug, role, "admin"))


def endpoint(slug: str, url: str = HOOK, reach: Reach = Reach.PUBLIC) -> Endpoint:
    """Give an organisation a webhook."""
    return actions.add_endpoint(admin(slug), url, reach=reach, now=NOON, actor="admin")


def expand(at: dt.datetime = NOON, channels: frozenset[Channel] = BOTH) -> int:
    """Do what the stage does; return how many messages it wrote."""
    with transaction.atomic():
        batch = todo.take(DISPATCH, 1000, now=at)
        made = actions.expand(batch.objects, channels=channels, now=at)
        todo.finish(batch)
    return made


def messages(**columns: object) -> list[Message]:
    """Every message there is, the oldest first."""
    rows = Message.objects.visible_to(System()).filter(**columns)
    return list(rows.select_related("person", "endpoint", "organisation").order_by("pk"))


def told() -> set[tuple[str, str]]:
    """Whom the messages are for: (kind, mail address or web address)."""
    return {
        (row.kind, row.person.email if row.person else row.endpoint.url if row.endpoint else "")
        for row in messages()
    }


def delivery(slug: str) -> Delivery:
    """The newest delivery of an organisation."""
    rows = Delivery.objects.visible_to(System()).filter(organisation__slug=slug)
    return rows.select_related("notice").order_by("-pk")[0]
