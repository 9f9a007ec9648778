"""Exactly who will receive what, before anything is sent.

A preview must not become a way to ask what others run:

* the systems of an organisation are named to whom it granted details, counted to whom it granted
  counts, and otherwise withheld, in the same words whether it is concerned or not;
* where the audience is "those affected", only organisations that granted at least counts are
  looked up and named. Of the others the preview says how many were *chosen among*, a number that
  the directory of members gives anybody: how many of them are affected stays theirs.
"""

from __future__ import annotations

import hashlib

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.policy.audience import Audience, People, width
from noroshi.core.policy.telling import Telling, telling
from noroshi.core.policy.visibility import GrantLevel, Viewer
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.notices import queries
from noroshi.hub.notices.choosing import chosen_of, resolved
from noroshi.hub.notices.concerns import concerns_of
from noroshi.hub.notices.drafting import content_of
from noroshi.hub.notices.letters import (
    LANGUAGES,
    Content,
    Counted,
    Named,
    Personal,
    Withheld,
    letter,
)
from noroshi.hub.notices.recipients import Choice, address, sending
from noroshi.hub.notices.views import Concern, Sender


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One organisation that will get a delivery. ``texts``: language → what it will read."""

    slug: str
    name: str
    name_en: str
    personal: Personal
    texts: dict[str, str]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Who will receive what.

    ``audience`` is the kind (``everyone``, ``members``, ``organisations``, ``people``), ``people``
    the mail addresses named. ``others``: how many more organisations those affected are looked for
    among, without being named here (see above). ``informed``: who may read it without being asked
    to answer. ``telling``: how much of it mails and webhooks may say.
    """

    content: Content
    audience: str
    people: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    others: int
    informed: tuple[Sender, ...] = ()
    telling: Telling

    @property
    def mark(self) -> str:
        """What stands for all of this: two previews that differ anywhere differ here."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def previewed(viewer: Viewer, name: str) -> Preview:
    """Return who will receive what of a draft, from those it is meant for; see `preview`."""
    notice = queries.own_notice(viewer, name)
    if notice.published_at is not None:
        raise NotFound(kind=_("notice"), name=name[:80])
    choice = resolved(chosen_of(notice))
    return preview(viewer, content_of(notice), choice, sender=notice.owner_id)


def preview(
    viewer: Viewer, content: Content, choice: Choice, *, sender: int | None = None
) -> Preview:
    """Return who will receive what, as far as the viewer may know it; nothing is written.

    ``sender``: the organisation that sends it, if that is not the viewer's own (the hub's, for
    the system).

    Raises what publishing would raise: `PolicyError`, `NobodyNamed`, `NotFound`, `Refused`.
    """
    sends = sending(viewer)
    numbers = frozenset(queries.vulnerability_ids(content.vulnerabilities).values())
    countable = members.granting(viewer, GrantLevel.COUNTS)
    addressed = address(
        choice,
        content.tlp,
        sender=sends if sender is None else sender,
        vulnerabilities=numbers,
        countable=countable,
    )
    hidden = addressed.among - countable
    shown = addressed.deliver_to - hidden
    return Preview(
        content=content,
        audience=width(addressed.audience).name.lower(),
        people=_people(addressed.audience),
        recipients=_recipients(viewer, content, numbers, shown),
        others=len(hidden),
        informed=_names(addressed.informed - shown),
        telling=telling(content.tlp, affected_only=bool(addressed.among)),
    )


def _names(organisations: frozenset[int]) -> tuple[Sender, ...]:
    rows = Organisation.objects.filter(pk__in=organisations).order_by("district", "slug")
    return tuple(Sender(row.slug, row.name, row.name_en) for row in rows)


def _recipients(
    viewer: Viewer, content: Content, vulnerabilities: frozenset[int], shown: frozenset[int]
) -> tuple[Recipient, ...]:
    countable = members.granting(viewer, GrantLevel.COUNTS)
    readable = members.granting(viewer, GrantLevel.DETAIL)
    concerns = concerns_of(vulnerabilities, shown & countable)
    found = []
    for row in Organisation.objects.filter(pk__in=shown).order_by("district", "slug"):
        own = concerns.get(row.pk, ())
        personal = _personal(own, counts=row.pk in countable, detail=row.pk in readable)
        texts = {lang: letter(content, personal, lang) for lang in LANGUAGES}
        found.append(
            Recipient(
                slug=row.slug,
                name=row.name,
                name_en=row.name_en,
                personal=personal,
                texts={lang: text for lang, text in texts.items() if text},
            )
        )
    return tuple(found)


def _personal(concerns: tuple[Concern, ...], *, counts: bool, detail: bool) -> Personal:
    if detail:
        return Named(concerns)
    return Counted(len({concern.system for concern in concerns})) if counts else Withheld()


def _people(audience: Audience) -> tuple[str, ...]:
    if not isinstance(audience, People):
        return ()
    people = Person.objects.filter(pk__in=audience.ids).order_by("email")
    return tuple(people.values_list("email", flat=True))
