"""API keys: made, listed, revoked, and told from what is none.

A key is ``noroshi_`` and eight characters that people see in lists, then ``_`` and 256 random
bits. It speaks for its organisation in one role, never for a person: nothing marked TLP:RED is for
it. It ends with its date, when it is revoked, when its organisation or its maker leaves, and when
its maker could no longer make it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
import string
from collections.abc import Iterable
from enum import StrEnum

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import NobodyNamed, NotFound, Refused
from noroshi.core.policy.duties import LENDS
from noroshi.core.policy.visibility import Member
from noroshi.core.sector import Role
from noroshi.hub.audit import actions as audit
from noroshi.hub.members import actions
from noroshi.hub.members.models import ApiKey, Organisation, Person

LONGEST_LIFE = dt.timedelta(days=731)
MOST_NETWORKS = 50
SEEN_EVERY = dt.timedelta(minutes=1)
"""How exactly ``used_at`` is kept."""

_BEGINNING = "noroshi_"
_LETTERS = string.ascii_lowercase + string.digits
_LONGEST = 200  # characters that are looked at; a key has 81


class Scope(StrEnum):
    """The parts of the API, to be read or written."""

    READ_VULNERABILITIES = "vulnerabilities:read"
    READ_INVENTORIES = "inventories:read"
    WRITE_INVENTORIES = "inventories:write"
    READ_FINDINGS = "findings:read"
    WRITE_FINDINGS = "findings:write"
    READ_NOTICES = "notices:read"
    WRITE_NOTICES = "notices:write"
    READ_INCIDENTS = "incidents:read"
    WRITE_INCIDENTS = "incidents:write"
    READ_INTEL = "intel:read"
    READ_FIGURES = "figures:read"


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key to be made. ``networks``: where it may be used (CIDR); none: anywhere."""

    name: str
    role: Role
    scopes: frozenset[Scope]
    expires_at: dt.datetime
    networks: tuple[str, ...] = ()


class MadeKey(msgspec.Struct, frozen=True):
    """A new key, and its text: shown once, kept nowhere."""

    row: ApiKey
    text: str


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Whose program asks: as whom it reads, and what it may use."""

    key: int
    name: str
    organisation: str
    viewer: Member
    scopes: frozenset[Scope]
    expires_at: dt.datetime

    @property
    def actor(self) -> str:
        """How the event record calls it."""
        return f"organisation:{self.organisation}"


@transaction.atomic
def make_key(
    organisation: Organisation, maker: Person | None, new: NewKey, *, now: dt.datetime, actor: str
) -> MadeKey:
    """Make a key of an organisation; ``maker`` is ``None`` where the node itself makes it.

    Raises `Refused` for a role that the maker cannot lend or that does not exist there, a maker of
    another organisation, a date that is past or too far off, and a network that is none;
    `NobodyNamed` for a key that may use nothing.
    """
    name = actions.checked_name(new.name)
    actions.check_home(new.role, organisation)
    if maker is not None:
        _check_maker(organisation, maker, new.role)
    if not new.scopes:
        raise NobodyNamed(detail=_("choose what the key may use"))
    if not now < new.expires_at <= now + LONGEST_LIFE:
        detail = _("a key ends within %(days)d days")
        raise Refused(detail=detail % {"days": LONGEST_LIFE.days})
    prefix = _BEGINNING + "".join(secrets.choice(_LETTERS) for _each in range(8))
    text = f"{prefix}_{secrets.token_hex(32)}"
    row = ApiKey.objects.create(
        organisation=organisation,
        made_by=maker,
        name=name,
        prefix=prefix,
        digest=_digest(text),
        role=new.role.value,
        scopes=sorted(scope.value for scope in new.scopes),
        networks=_networks(new.networks),
        made_at=now,
        expires_at=new.expires_at,
    )
    _record("key.made", row, now, actor, role=row.role, scopes=row.scopes)
    return MadeKey(row, text)


@transaction.atomic
def revoke_key(row: ApiKey, *, now: dt.datetime, actor: str) -> None:
    """End a key; it is refused from its next request on. Revoking it again changes nothing."""
    if ApiKey.objects.filter(pk=row.pk, revoked_at__isnull=True).update(revoked_at=now):
        _record("key.revoked", row, now, actor)


def keys_of(organisation: Organisation | None = None) -> QuerySet[ApiKey]:
    """Return the keys of an organisation, or of all, the newest first; also those that ended."""
    rows = ApiKey.objects.select_related("organisation", "made_by").order_by("-made_at", "-pk")
    return rows if organisation is None else rows.filter(organisation=organisation)


def key_named(prefix: str, organisation: Organisation | None = None) -> ApiKey:
    """Return the key with this beginning, of an organisation if one is given; or `NotFound`."""
    found = keys_of(organisation).filter(prefix=prefix).first()
    if found is None:
        raise NotFound(kind=_("key"), name=prefix[:80])
    return found


def is_alive(row: ApiKey, now: dt.datetime) -> bool:
    """Say whether a key would be taken now, from where it may be used."""
    maker = row.made_by
    return (
        row.revoked_at is None
        and now < row.expires_at
        and row.organisation.active
        and (maker is None or _could_make(row.organisation, maker, Role(row.role)))
    )


def caller_with(text: str, address: str, *, now: dt.datetime) -> Caller | None:
    """Return whose key this is; ``None`` for anything that does not open the door from there.

    ``address`` is where the request comes from. Notes the use, to the minute; the first use of a
    day (by the clock here) goes into the event record: the organisation took part.
    """
    if len(text) > _LONGEST:
        return None
    # Looked up by its hash: how long that takes tells nothing about keys that exist.
    row = keys_of().filter(digest=_digest(text)).first()
    if row is None or not is_alive(row, now) or not _inside(address, row.networks):
        return None
    if row.used_at is None or now - row.used_at >= SEEN_EVERY:
        _note_use(row, now)
    return Caller(
        key=row.pk,
        name=row.name,
        organisation=row.organisation.slug,
        viewer=Member(row.organisation_id, None, Role(row.role)),
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        expires_at=row.expires_at,
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()


def _could_make(organisation: Organisation, maker: Person, role: Role) -> bool:
    here = maker.is_active and maker.organisation_id == organisation.pk
    return here and role in LENDS[Role(maker.role)]


def _check_maker(organisation: Organisation, maker: Person, role: Role) -> None:
    if not _could_make(organisation, maker, role):
        detail = _("%(who)s cannot give a key of %(organisation)s the role %(role)s")
        facts = {"who": maker.email, "organisation": organisation.slug, "role": role.value}
        raise Refused(detail=detail % facts)


def _networks(given: Iterable[str]) -> list[str]:
    found = []
    for text in given:
        try:
            found.append(str(ipaddress.ip_network(text.strip()[:50], strict=False)))
        except ValueError as error:
            detail = _("%(text)r is not a network such as 192.0.2.0/24") % {"text": text[:50]}
            raise Refused(detail=detail) from error
    if len(found) > MOST_NETWORKS:
        raise Refused(detail=_("a key has at most %(most)d networks") % {"most": MOST_NETWORKS})
    return list(dict.fromkeys(found))


def _inside(address: str, networks: list[str]) -> bool:
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # a socket file has no address
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in ipaddress.ip_network(network) for network in networks)


@transaction.atomic
def _note_use(row: ApiKey, now: dt.datetime) -> None:
    before = row.used_at
    unseen = Q(used_at__isnull=True) | Q(used_at__lte=now - SEEN_EVERY)
    first = ApiKey.objects.filter(unseen, pk=row.pk).update(used_at=now)
    if first and (before is None or _day(before) != _day(now)):
        _record("key.used", row, now, f"organisation:{row.organisation.slug}")


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)


def _record(verb: str, row: ApiKey, now: dt.datetime, actor: str, **detail: object) -> None:
    facts = {"organisation": row.organisation.slug, "key": row.prefix, **detail}
    audit.record(verb, f"key:{row.pk}", actor=actor, at=now, detail=facts)
