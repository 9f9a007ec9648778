"""The webhooks of an organisation: added, given a new secret, switched off and on, tried out."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.addresses import Reach, place
from noroshi.core.errors import Refused
from noroshi.core.outgoing import OPEN, MessageKind, MessageState
from noroshi.core.policy.duties import may_administer
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.core.webhooks import SECRET_BYTES, written_secret
from noroshi.hub.audit import actions as audit
from noroshi.hub.bulk import queries as bulk
from noroshi.hub.dispatch import queries
from noroshi.hub.dispatch.models import Endpoint, Message
from noroshi.hub.dispatch.sealing import seal, unseal

MOST = 10
"""Webhooks in use at once, of one organisation."""


@transaction.atomic
def add_endpoint(
    viewer: Viewer, url: str, *, reach: Reach, now: dt.datetime, actor: str
) -> Endpoint:
    """Add a webhook for the viewer's organisation, with a secret of its own.

    Raises `Refused` for an address out of ``reach``, one that is there already, one too many, and
    to those who do not administer their organisation.
    """
    if not isinstance(viewer, Member) or not may_administer(viewer):
        raise Refused(detail=_("your role does not set up webhooks"))
    url = url.strip()
    if place(url, reach) is None:
        detail = _(
            "a webhook goes to a public https address such as https://soc.example.jp/noroshi, "
            "without user, password or fragment"
        )
        raise Refused(detail=detail)
    bulk.hold(f"endpoints of {viewer.organisation}")
    _room_for_one_more(viewer)
    if queries.endpoint_rows(viewer).filter(active=True, url=url).exists():
        raise Refused(detail=_("there is already a webhook with this address"))
    endpoint = Endpoint(
        organisation_id=viewer.organisation,
        url=url,
        secret=seal(secrets.token_bytes(SECRET_BYTES)),
        made_by_id=viewer.person,
        made_at=now,
    )
    endpoint.save()
    _record("endpoint.added", endpoint, now, actor)
    return endpoint


def secret_of(viewer: Viewer, number: int) -> str:
    """Return the secret of an endpoint as its receiver wants it; for the moment it was made.

    Raises `NotFound`; `Refused` where it cannot be read any more.
    """
    return written_secret(unseal(bytes(queries.endpoint_row(viewer, number).secret)))


@transaction.atomic
def renew_secret(viewer: Viewer, number: int, *, now: dt.datetime, actor: str) -> Endpoint:
    """Give an endpoint another secret: everything that is sent from now on is signed with it."""
    endpoint = queries.endpoint_row(viewer, number)
    endpoint.secret = seal(secrets.token_bytes(SECRET_BYTES))
    endpoint.save(update_fields=["secret"])
    _record("endpoint.secret_renewed", endpoint, now, actor)
    return endpoint


@transaction.atomic
def switch_off(viewer: Viewer, number: int, *, now: dt.datetime, actor: str) -> Endpoint:
    """Send nothing to an endpoint any more, also not what is still waiting."""
    endpoint = queries.endpoint_row(viewer, number)
    if endpoint.active:
        endpoint.active = False
        endpoint.save(update_fields=["active"])
        _record("endpoint.switched_off", endpoint, now, actor)
    return endpoint


@transaction.atomic
def switch_on(viewer: Viewer, number: int, *, now: dt.datetime, actor: str) -> Endpoint:
    """Send to an endpoint again: what is said from now on. Raises `Refused` for one too many."""
    endpoint = queries.endpoint_row(viewer, number)
    if not endpoint.active:
        bulk.hold(f"endpoints of {endpoint.organisation_id}")
        _room_for_one_more(viewer)
        endpoint.active, endpoint.gone = True, False
        endpoint.save(update_fields=["active", "gone"])
        _record("endpoint.switched_on", endpoint, now, actor)
    return endpoint


@transaction.atomic
def try_out(viewer: Viewer, number: int, *, now: dt.datetime, actor: str) -> Message:
    """Ask for a test call; one that is still waiting stands for this one as well.

    Raises `Refused` for an endpoint that is switched off.
    """
    endpoint = queries.endpoint_row(viewer, number)
    if not endpoint.active:
        raise Refused(detail=_("this webhook is switched off; switch it on first"))
    waiting = Message.objects.visible_to(System()).filter(
        endpoint=endpoint, kind=MessageKind.TEST.value, state__in=[state.value for state in OPEN]
    )
    message = waiting.first()
    if message is None:
        message = Message(
            organisation_id=endpoint.organisation_id,
            endpoint=endpoint,
            kind=MessageKind.TEST.value,
            made_at=now,
        )
    message.attempts, message.next_at = 0, now
    message.save()
    _record("endpoint.tried", endpoint, now, actor)
    return message


@transaction.atomic
def send_again(viewer: Viewer, number: int, *, now: dt.datetime, actor: str) -> Message:
    """Try a message that has not arrived anew, at once and as often as at first.

    Raises `NotFound`; `Refused` where it would go to an endpoint that is switched off.
    """
    message = queries.message_row(viewer, number)
    if message.endpoint is not None and not message.endpoint.active:
        raise Refused(detail=_("this webhook is switched off; switch it on first"))
    message.state = MessageState.WAITING.value
    message.attempts, message.next_at = 0, now
    message.save(update_fields=["state", "attempts", "next_at"])
    audit.record("message.sent_again", f"message:{message.pk}", actor=actor, at=now)
    return message


def _room_for_one_more(viewer: Viewer) -> None:
    if queries.endpoint_rows(viewer).filter(active=True).count() >= MOST:
        detail = _("an organisation has at most %(most)d webhooks in use")
        raise Refused(detail=detail % {"most": MOST})


def _record(verb: str, endpoint: Endpoint, now: dt.datetime, actor: str) -> None:
    detail = {"organisation": endpoint.organisation.slug}
    audit.record(verb, f"endpoint:{endpoint.pk}", actor=actor, at=now, detail=detail)
