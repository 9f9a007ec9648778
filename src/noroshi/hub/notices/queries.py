"""Notices as one viewer may know them.

What is hidden and what does not exist answer alike: `NotFound`, with the name that was asked for.
A delivery is private to its organisation, and closed even there to whoever may not read the
notice itself (TLP:RED names people, not organisations).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from noroshi.core.delivery import ANSWERS
from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.duties import may_act
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
from noroshi.hub.notices import shaping
from noroshi.hub.notices.models import (
    Delivery,
    EarlierStanding,
    Escalation,
    Notice,
    Response,
    Revision,
)
from noroshi.hub.notices.views import (
    Head,
    Late,
    OwnDelivery,
    Raised,
    Standing,
    Whole,
)
from noroshi.hub.remembering import once

_DRAFT = re.compile(r"draft-([0-9]{1,18})", re.ASCII)
_NUMBER = re.compile(r"N-[0-9]{4}-[0-9]{4,9}", re.ASCII)


# --- reading ---


def about(viewer: Viewer, vulnerability: int) -> tuple[Head, ...]:
    """Return the published notices about a vulnerability that the viewer may read, oldest first."""
    rows = Notice.objects.visible_to(viewer).filter(
        vulnerabilities=vulnerability, published_at__isnull=False
    )
    rows = rows.select_related("owner").order_by("published_at", "pk")
    return tuple(shaping.head(row) for row in rows)


def notice_for(viewer: Viewer, name: str) -> Whole:
    """Return a notice by its number, or a draft as ``draft-17``; raises `NotFound`."""
    notice = readable_notice(viewer, name)
    own = own_deliveries(viewer).filter(notice=notice.pk).first()
    formers = Revision.objects.visible_to(viewer).filter(notice=notice.pk).order_by("-number")
    return Whole(
        head=shaping.head(notice),
        text_ja=notice.text_ja,
        text_en=notice.text_en,
        respond_within_hours=notice.respond_within_hours,
        vulnerabilities=vulnerability_names(notice),
        intel=attached(viewer, notice),
        delivery=_whole_delivery(viewer, own) if own else None,
        formers=tuple(shaping.former(row) for row in formers),
        withdrawal_reason=notice.withdrawal_reason,
    )


def _whole_delivery(viewer: Viewer, row: Delivery) -> OwnDelivery:
    answers = Response.objects.visible_to(viewer).filter(delivery=row.pk).order_by("at", "pk")
    earlier = EarlierStanding.objects.visible_to(viewer).filter(delivery=row.pk)
    return shaping.own(
        row,
        tuple(shaping.answer(each) for each in answers),
        tuple(shaping.earlier(each) for each in earlier.order_by("revision")),
    )


def progress(viewer: Viewer, name: str) -> tuple[Standing, ...]:
    """Return where each organisation stands with a notice, by district and name.

    Of those that `followed` says; raises as it does.
    """
    rows = followed(viewer, name).order_by("organisation__district", "organisation__slug")
    return tuple(shaping.standing(row) for row in rows.select_related("organisation"))


def raised(viewer: Viewer, name: str) -> tuple[Raised, ...]:
    """Return the escalations of a notice, oldest first: of the organisations `progress` lists.

    Raises as `progress` does.
    """
    of = followed(viewer, name).values("pk")
    rows = Escalation.objects.visible_to(System()).filter(delivery__in=of)
    rows = rows.select_related("delivery__organisation", "to").order_by("at", "pk")
    return tuple(shaping.raised(row) for row in rows)


def followed(viewer: Viewer, name: str) -> QuerySet[Delivery]:
    """Return the deliveries of a notice that the viewer follows up.

    The sender sees all of them; the bureau of a district, if it may read the notice itself, those
    of its district. Where the notice went to those affected, to have received it says something
    about an organisation: then only those are listed that granted the viewer counts, and for the
    sender also those that answered it.

    Raises `NotFound`; `Refused` to other readers of the notice.
    """
    notice = readable_notice(viewer, name)
    rows = Delivery.objects.visible_to(System()).filter(notice=notice.pk)
    return rows.filter(_followed_by(viewer, notice) & _known_to(viewer))


def watched(viewer: Viewer) -> QuerySet[Delivery]:
    """Return the deliveries in the district that the viewer's bureau looks after, of all notices.

    Of each notice those that `followed` says, but not the bureau's own. Others watch nothing.
    """
    rows = Delivery.objects.visible_to(System())
    if not isinstance(viewer, Member) or viewer.role in OUTSIDE_THE_CONTENTS:
        return rows.none()
    district = _district_of_bureau(viewer.organisation)
    if not district:
        return rows.none()
    readable = Notice.objects.visible_to(viewer).filter(published_at__isnull=False)
    found = rows.filter(
        _known_to(viewer), organisation__district=district, notice__in=readable.values("pk")
    )
    return found.exclude(organisation=viewer.organisation)


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
        Late(shaping.head(row.notice), shaping.standing(row), tuple(raised.get(row.pk, ())))
        for row in found
    )


def escalated_to(viewer: Viewer) -> QuerySet[Delivery]:
    """Return the unanswered deliveries that were brought to the viewer's organisation.

    As `late` would list them: none that the viewer may not know of any more.
    """
    own = viewer.organisation if isinstance(viewer, Member) else 0
    told = Escalation.objects.visible_to(System()).filter(
        to=own, delivery=OuterRef("pk"), revision=OuterRef("revision")
    )
    return Delivery.objects.visible_to(System()).filter(
        _known_to(viewer),
        Exists(told),
        acknowledged_at__isnull=True,
        notice__withdrawn_at__isnull=True,
        notice__in=Notice.objects.visible_to(viewer).values("pk"),
    )


def _levels(deliveries: Iterable[int]) -> dict[int, list[int]]:
    rows = Escalation.objects.visible_to(System()).filter(
        delivery__in=list(deliveries), revision=F("delivery__revision")
    )
    found: dict[int, list[int]] = {}
    for delivery, level in rows.order_by("level").values_list("delivery", "level"):
        found.setdefault(delivery, []).append(level)
    return found


# --- finding by name ---


def readable_notice(viewer: Viewer, name: str) -> Notice:
    """Return the notice of this number or draft name, if the viewer may read it; or `NotFound`."""
    rows = Notice.objects.visible_to(viewer).select_related("owner")
    found = rows.filter(_called(name)).first()
    if found is None:
        raise NotFound(kind=_("notice"), name=name[:80])
    return found


def own_notice(viewer: Viewer, name: str) -> Notice:
    """Return a notice of the viewer's own organisation that the viewer may act on.

    Raises `NotFound`, and `Refused` to readers of it who are not its sender or who only read.
    """
    notice = readable_notice(viewer, name)
    if isinstance(viewer, System):
        return notice
    if not isinstance(viewer, Member) or notice.owner_id != viewer.organisation:
        raise Refused(detail=_("only the sender of a notice can do that"))
    if not may_act(viewer):
        raise Refused(detail=_("your role does not send notices"))
    return notice


def _called(name: str) -> Q:
    draft = _DRAFT.fullmatch(name)
    if draft:
        return Q(pk=int(draft[1]), published_at__isnull=True)
    # Anything else is no name: above all not "", which is the number of every draft.
    return Q(number=name) if _NUMBER.fullmatch(name) else Q(pk__in=())


def own_delivery(viewer: Viewer, name: str) -> QuerySet[Delivery]:
    """Return the delivery of a notice to the viewer's own organisation: one row, or none."""
    return own_deliveries(viewer).filter(_called_notice(name))


def _called_notice(name: str) -> Q:
    return Q(notice__number=name) if _NUMBER.fullmatch(name) else Q(pk__in=())


def own_deliveries(viewer: Viewer) -> QuerySet[Delivery]:
    """Return the deliveries to the viewer's own organisation, of the notices it may read."""
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


def preferred_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return what the vulnerabilities with these names are called; raises `NotFound`."""
    rows = Vulnerability.objects.filter(pk__in=list(vulnerability_ids(names).values()))
    return tuple(rows.order_by("preferred_id").values_list("preferred_id", flat=True))


def attached(viewer: Viewer, notice: Notice) -> tuple[str, ...]:
    """Return the STIX ids of the objects attached to a notice that the viewer may read."""
    rows = IntelObject.objects.visible_to(viewer).filter(notices=notice.pk)
    return tuple(rows.order_by("stix_id").values_list("stix_id", flat=True).distinct())


def vulnerability_names(notice: Notice) -> tuple[str, ...]:
    """Return the preferred names of a notice's vulnerabilities."""
    rows = Vulnerability.objects.filter(notices=notice.pk)
    return tuple(rows.order_by("preferred_id").values_list("preferred_id", flat=True))


# --- who may follow up whom ---

_NOBODY = Q(pk__in=())
EVERYBODY = Q(pk__isnull=False)  # an empty Q would vanish beside an OR, and leave the other side


def _mine(viewer: Viewer) -> Q:
    if isinstance(viewer, Member) and viewer.role not in OUTSIDE_THE_CONTENTS:
        return Q(organisation=viewer.organisation)
    return _NOBODY


def _followed_by(viewer: Viewer, notice: Notice) -> Q:
    """Return whose deliveries of this notice the viewer may follow; raises `Refused`."""
    match viewer:
        case System():
            return EVERYBODY
        case Member(organisation=own, role=role) if role not in OUTSIDE_THE_CONTENTS:
            if notice.owner_id == own:
                return EVERYBODY
            if district := _district_of_bureau(own):
                return Q(organisation__district=district)
    raise Refused(detail=_("only the sender of a notice and the bureaus follow its progress"))


def _to_follow_up(viewer: Viewer) -> Q:
    match viewer:
        case System():
            return EVERYBODY
        case Member(organisation=own, role=role) if role not in OUTSIDE_THE_CONTENTS:
            told = Escalation.objects.visible_to(System()).filter(to=own).values("delivery")
            mine = Q(notice__owner=own) | Q(pk__in=told)
            district = _district_of_bureau(own)
            return mine | Q(organisation__district=district) if district else mine
    return _NOBODY


def _known_to(viewer: Viewer) -> Q:
    """Return the deliveries that say nothing about findings that the viewer may not know."""
    if isinstance(viewer, System):
        return EVERYBODY
    countable = members.granting(viewer, GrantLevel.COUNTS)
    known = Q(notice__affected_only=False) | Q(organisation__in=countable)
    if isinstance(viewer, Member):
        # An answer is a statement to the sender.
        known |= Q(notice__owner=viewer.organisation, state__in=ANSWERS)
    return known


def _district_of_bureau(number: int) -> str:
    rows = Organisation.objects.filter(pk=number, kind=OrganisationKind.BUREAU.value)
    districts = rows.values_list("district", flat=True)
    return once(("district of bureau", number), lambda: districts.first() or "")


# --- whose ---
