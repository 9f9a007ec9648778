"""Notices as one viewer may know them.

What is hidden and what does not exist answer alike: `NotFound`, with the name that was asked for.
A delivery is private to its organisation, and closed even there to whoever may not read the
notice itself (TLP:RED names people, not organisations).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import msgspec
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from noroshi.core.delivery import ANSWERS, DeliveryState
from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.visibility import (
    OUTSIDE_THE_CONTENTS,
    GrantLevel,
    Member,
    System,
    Viewer,
)
from noroshi.core.sector import OrganisationKind
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.knowledge.models import Alias, Vulnerability
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices.models import Delivery, Escalation, Notice, Response
from noroshi.hub.notices.views import (
    Answer,
    Concern,
    Head,
    Late,
    OwnDelivery,
    Raised,
    Received,
    Sender,
    Standing,
    Whole,
)

_DRAFT = re.compile(r"draft-([0-9]{1,18})", re.ASCII)
_NUMBER = re.compile(r"N-[0-9]{4}-[0-9]{4,9}", re.ASCII)


# --- reading ---


def notices(viewer: Viewer) -> tuple[Head, ...]:
    """Return every notice the viewer may read, its own drafts among them, newest first."""
    rows = Notice.objects.visible_to(viewer).select_related("owner")
    return tuple(_head(row) for row in rows.order_by("-created_at", "-pk"))


def inbox(viewer: Viewer) -> tuple[Received, ...]:
    """Return the notices that were sent to the viewer's organisation, newest first."""
    rows = _own_deliveries(viewer).select_related("notice__owner")
    return tuple(
        Received(_head(row.notice), _own(row, ())) for row in rows.order_by("-delivered_at", "-pk")
    )


def about(viewer: Viewer, vulnerability: int) -> tuple[Head, ...]:
    """Return the published notices about a vulnerability that the viewer may read, oldest first."""
    rows = Notice.objects.visible_to(viewer).filter(
        vulnerabilities=vulnerability, published_at__isnull=False
    )
    return tuple(_head(row) for row in rows.select_related("owner").order_by("published_at", "pk"))


def notice_for(viewer: Viewer, name: str) -> Whole:
    """Return a notice by its number, or a draft as ``draft-17``; raises `NotFound`."""
    notice = readable_notice(viewer, name)
    own = _own_deliveries(viewer).filter(notice=notice.pk).first()
    attached = IntelObject.objects.visible_to(viewer).filter(notices=notice.pk)
    return Whole(
        head=_head(notice),
        text_ja=notice.text_ja,
        text_en=notice.text_en,
        respond_within_hours=notice.respond_within_hours,
        vulnerabilities=vulnerability_names(notice),
        intel=tuple(attached.order_by("stix_id").values_list("stix_id", flat=True).distinct()),
        delivery=_own(own, _answers(viewer, own)) if own else None,
    )


def progress(viewer: Viewer, name: str) -> tuple[Standing, ...]:
    """Return where each organisation stands with a notice, by district and name.

    The sender sees all of them; the bureau of a district, if it may read the notice itself, those
    of its district. Where the notice went to those affected, to have received it says something
    about an organisation: then only those are listed that granted the viewer counts, and for the
    sender also those that answered it.

    Raises `NotFound`; `Refused` to other readers of the notice.
    """
    notice = readable_notice(viewer, name)
    rows = Delivery.objects.visible_to(System()).filter(notice=notice.pk)
    rows = rows.filter(_followed_by(viewer, notice) & _known_to(viewer))
    rows = rows.order_by("organisation__district", "organisation__slug")
    return tuple(_standing(row) for row in rows.select_related("organisation"))


def raised(viewer: Viewer, name: str) -> tuple[Raised, ...]:
    """Return the escalations of a notice, oldest first: of the organisations `progress` lists.

    Raises as `progress` does.
    """
    notice = readable_notice(viewer, name)
    followed = Delivery.objects.visible_to(System()).filter(notice=notice.pk)
    followed = followed.filter(_followed_by(viewer, notice) & _known_to(viewer))
    rows = Escalation.objects.visible_to(System()).filter(delivery__in=followed.values("pk"))
    rows = rows.select_related("delivery__organisation", "to").order_by("at", "pk")
    return tuple(
        Raised(
            slug=row.delivery.organisation.slug,
            name=row.delivery.organisation.name,
            to=row.to.name,
            at=row.at,
        )
        for row in rows
    )


def late(viewer: Viewer, now: dt.datetime) -> tuple[Late, ...]:
    """Return the unanswered deliveries past their deadline that are the viewer's to follow up.

    Its own, those of its notices, a bureau's district's, and what was escalated to it; each only
    if the viewer may read the notice, and as `progress` would list it.
    """
    rows = Delivery.objects.visible_to(System()).filter(
        due_at__lte=now,
        acknowledged_at__isnull=True,
        notice__withdrawn_at__isnull=True,
        notice__in=Notice.objects.visible_to(viewer).values("pk"),
    )
    rows = rows.filter(_mine(viewer) | (_to_follow_up(viewer) & _known_to(viewer)))
    found = list(rows.select_related("organisation", "notice__owner").order_by("due_at", "pk"))
    raised = _levels(row.pk for row in found)
    return tuple(
        Late(_head(row.notice), _standing(row), tuple(raised.get(row.pk, ()))) for row in found
    )


# --- finding by name ---


def readable_notice(viewer: Viewer, name: str) -> Notice:
    """Return the notice of this number or draft name, if the viewer may read it; or `NotFound`."""
    rows = Notice.objects.visible_to(viewer).select_related("owner")
    found = rows.filter(_called(name)).first()
    if found is None:
        raise NotFound(kind=_("notice"), name=name[:80])
    return found


def _called(name: str) -> Q:
    draft = _DRAFT.fullmatch(name)
    if draft:
        return Q(pk=int(draft[1]), published_at__isnull=True)
    # Anything else is no name: above all not "", which is the number of every draft.
    return Q(number=name) if _NUMBER.fullmatch(name) else Q(pk__in=())


def own_delivery(viewer: Viewer, name: str) -> QuerySet[Delivery]:
    """Return the delivery of a notice to the viewer's own organisation: one row, or none."""
    return _own_deliveries(viewer).filter(_called_notice(name))


def _called_notice(name: str) -> Q:
    return Q(notice__number=name) if _NUMBER.fullmatch(name) else Q(pk__in=())


def _own_deliveries(viewer: Viewer) -> QuerySet[Delivery]:
    # A grant of details opens others' deliveries to the rule; the inbox holds one's own.
    return Delivery.objects.visible_to(viewer).filter(
        _mine(viewer), notice__in=Notice.objects.visible_to(viewer).values("pk")
    )


def numbered(prefix: str) -> int:
    """Return the highest number given under a prefix (``N-2026-``); 0 before the first."""
    rows = Notice.objects.visible_to(System()).filter(number__startswith=prefix)
    # Longer first: as text, N-2026-9999 would come after N-2026-10000.
    newest = rows.order_by(Length("number").desc(), "-number").values_list("number", flat=True)
    last = newest.first()
    return int(last.removeprefix(prefix)) if last else 0


def vulnerability_ids(names: Iterable[str]) -> dict[str, int]:
    """Return the vulnerability each name stands for; raises `NotFound` for an unknown name."""
    wanted = sorted(set(names))
    rows = Alias.objects.filter(name__in=[name for name in wanted if "\0" not in name])
    found = dict(rows.values_list("name", "vulnerability"))
    for name in wanted:
        if name not in found:
            raise NotFound(kind=_("vulnerability"), name=name[:80])
    return found


def vulnerability_names(notice: Notice) -> tuple[str, ...]:
    """Return the preferred names of a notice's vulnerabilities."""
    rows = Vulnerability.objects.filter(notices=notice.pk)
    return tuple(rows.order_by("preferred_id").values_list("preferred_id", flat=True))


# --- who may follow up whom ---

_NOBODY = Q(pk__in=())
_EVERYBODY = Q(pk__isnull=False)  # an empty Q would vanish beside an OR, and leave the other side


def _mine(viewer: Viewer) -> Q:
    if isinstance(viewer, Member) and viewer.role not in OUTSIDE_THE_CONTENTS:
        return Q(organisation=viewer.organisation)
    return _NOBODY


def _followed_by(viewer: Viewer, notice: Notice) -> Q:
    """Return whose deliveries of this notice the viewer may follow; raises `Refused`."""
    match viewer:
        case System():
            return _EVERYBODY
        case Member(organisation=own, role=role) if role not in OUTSIDE_THE_CONTENTS:
            if notice.owner_id == own:
                return _EVERYBODY
            if district := _district_of_bureau(own):
                return Q(organisation__district=district)
    raise Refused(detail=_("only the sender of a notice and the bureaus follow its progress"))


def _to_follow_up(viewer: Viewer) -> Q:
    match viewer:
        case System():
            return _EVERYBODY
        case Member(organisation=own, role=role) if role not in OUTSIDE_THE_CONTENTS:
            told = Escalation.objects.visible_to(System()).filter(to=own).values("delivery")
            mine = Q(notice__owner=own) | Q(pk__in=told)
            district = _district_of_bureau(own)
            return mine | Q(organisation__district=district) if district else mine
    return _NOBODY


def _known_to(viewer: Viewer) -> Q:
    """Return the deliveries that say nothing about findings that the viewer may not know."""
    if isinstance(viewer, System):
        return _EVERYBODY
    countable = members.granting(viewer, GrantLevel.COUNTS)
    known = Q(notice__affected_only=False) | Q(organisation__in=countable)
    if isinstance(viewer, Member):
        # An answer is a statement to the sender.
        known |= Q(notice__owner=viewer.organisation, state__in=ANSWERS)
    return known


def _district_of_bureau(number: int) -> str:
    rows = Organisation.objects.filter(pk=number, kind=OrganisationKind.BUREAU.value)
    return rows.values_list("district", flat=True).first() or ""


# --- rows to values ---


def _head(row: Notice) -> Head:
    return Head(
        name=str(row),
        sender=Sender(row.owner.slug, row.owner.name, row.owner.name_en),
        tlp=row.marking,
        title_ja=row.title_ja,
        title_en=row.title_en,
        created_at=row.created_at,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
        exercise=row.exercise,
        proposed=row.proposed,
    )


def _own(row: Delivery, answers: tuple[Answer, ...]) -> OwnDelivery:
    return OwnDelivery(
        state=DeliveryState(row.state),
        delivered_at=row.delivered_at,
        due_at=row.due_at,
        read_at=row.read_at,
        acknowledged_at=row.acknowledged_at,
        finished_at=row.finished_at,
        concerns=tuple(msgspec.convert(row.concerns, list[Concern])),
        answers=answers,
    )


def _answers(viewer: Viewer, delivery: Delivery) -> tuple[Answer, ...]:
    rows = Response.objects.visible_to(viewer).filter(delivery=delivery.pk).order_by("at", "pk")
    return tuple(Answer(row.at, DeliveryState(row.state), row.text) for row in rows)


def _standing(row: Delivery) -> Standing:
    return Standing(
        slug=row.organisation.slug,
        name=row.organisation.name,
        name_en=row.organisation.name_en,
        district=row.organisation.district,
        state=DeliveryState(row.state),
        delivered_at=row.delivered_at,
        due_at=row.due_at,
        read_at=row.read_at,
        acknowledged_at=row.acknowledged_at,
        finished_at=row.finished_at,
    )


def _levels(deliveries: Iterable[int]) -> dict[int, list[int]]:
    rows = Escalation.objects.visible_to(System()).filter(delivery__in=list(deliveries))
    found: dict[int, list[int]] = {}
    for delivery, level in rows.order_by("level").values_list("delivery", "level"):
        found.setdefault(delivery, []).append(level)
    return found
