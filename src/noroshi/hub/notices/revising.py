"""Saying something else in a notice that has been sent: same number, same readers, new text.

To whom a notice went cannot be changed: for that it is withdrawn and sent anew. Its marking can
only become narrower. What it said before stays readable to its readers.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.delivery import Progress
from noroshi.core.errors import Refused, Stale
from noroshi.core.policy.audience import permit
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.members import queries as members
from noroshi.hub.notices import queries
from noroshi.hub.notices.concerns import concerns_of, surviving
from noroshi.hub.notices.drafting import Written, check, content_of
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Delivery, EarlierStanding, Notice, Revision
from noroshi.hub.notices.publishing import DISPATCH, ESCALATE, described
from noroshi.hub.todo import actions as todo

MOST_REVISIONS = 99

_MOVED = ["due_at", "revision", "state", "read_at", "acknowledged_at", "finished_at", "concerns"]


class Asking(StrEnum):
    """What a revision asks of those who got the notice.

    ``AS_BEFORE``: nothing more; what they answered stands. ``AGAIN``: to read and acknowledge it
    anew; where they stood before is kept.
    """

    AS_BEFORE = "as-before"
    AGAIN = "again"


class Change(msgspec.Struct, frozen=True):
    """What a sender changes in a notice.

    ``seen``: the mark of what `sent_for` returned, which the change was made to.
    """

    content: Content
    seen: str
    asking: Asking = Asking.AS_BEFORE


def sent_for(viewer: Viewer, name: str) -> Written:
    """Return what a published notice says, for its sender to revise.

    Raises `NotFound`; `Refused` to readers that are not its sender, and for one that is withdrawn.
    """
    return Written(content_of(_sent(viewer, name)))


@transaction.atomic
def revise(viewer: Viewer, name: str, change: Change, *, now: dt.datetime, actor: str) -> Notice:
    """Give a published notice a new text, deadline, marking or vulnerabilities.

    A new deadline counts from now, for those who have not answered. What changes nothing does
    nothing. Raises `Stale` if the notice has been revised since, to something else than this;
    `PolicyError` for a marking that does not allow its audience; `Refused` for a wider marking and
    for what cannot be sent, and what `sent_for` raises.
    """
    _lock(_sent(viewer, name))
    notice = _sent(viewer, name)
    before = content_of(notice)
    content = msgspec.structs.replace(change.content, exercise=notice.exercise)
    if content == before and change.asking is Asking.AS_BEFORE:
        return notice
    if Written(before).mark != change.seen:
        raise Stale
    if notice.revision >= MOST_REVISIONS:
        most = _("a notice is revised at most %(most)d times: withdraw it, and send it anew")
        raise Refused(detail=most % {"most": MOST_REVISIONS})
    check(content)
    _check_marking(viewer, notice, content.tlp)
    wanted = frozenset(queries.vulnerability_ids(content.vulnerabilities).values())
    _check_affected(notice, wanted)
    _keep(notice, before, now)
    _rewrite(notice, content, wanted, now)
    asked = _ask(notice, before, change, now)
    detail = described(notice) | {"revision": notice.revision, "asked": asked}
    audit.record("notice.revised", f"notice:{notice.pk}", actor=actor, at=now, detail=detail)
    return notice


def _sent(viewer: Viewer, name: str) -> Notice:
    notice = queries.own_notice(viewer, name)
    if notice.published_at is None:
        raise Refused(detail=_("a draft has not been sent: edit it instead"))
    if notice.withdrawn_at is not None:
        raise Refused(detail=_("%(name)s has already been withdrawn") % {"name": name})
    return notice


def _lock(notice: Notice) -> None:
    # Two revisions at once are made one after the other: the second is then stale. The notice
    # comes before its deliveries, and these before the event record, as in an answer.
    rows = Notice.objects.visible_to(System()).filter(pk=notice.pk)
    rows.select_for_update(of=("self",), no_key=True).get()


def _check_marking(viewer: Viewer, notice: Notice, tlp: Tlp) -> None:
    if tlp < notice.marking:
        raise Refused(detail=_("a notice that was sent can only be marked more narrowly"))
    if notice.audience is not None:
        permit(tlp, members.audience_value(notice.audience))
    writes = isinstance(viewer, Member) and viewer.person == notice.author_id
    if tlp is Tlp.RED and (notice.author_id is None or not writes):
        raise Refused(
            detail=_("only who wrote a notice marks it TLP:RED: nobody else could read it")
        )


def _check_affected(notice: Notice, wanted: frozenset[int]) -> None:
    """Refuse other vulnerabilities where it went to those affected: others would have to get it."""
    before = notice.vulnerabilities.values_list("pk", flat=True)
    if notice.affected_only and surviving(wanted) != surviving(before):
        detail = _(
            "it went to those affected by its vulnerabilities: for others, send a new notice"
        )
        raise Refused(detail=detail)


def _keep(notice: Notice, said: Content, now: dt.datetime) -> None:
    Revision(
        notice=notice,
        number=notice.revision,
        tlp=said.tlp.rank,
        title_ja=said.title_ja,
        title_en=said.title_en,
        text_ja=said.text_ja,
        text_en=said.text_en,
        respond_within_hours=said.respond_within_hours,
        vulnerabilities=list(said.vulnerabilities),
        replaced_at=now,
    ).save()


def _rewrite(notice: Notice, content: Content, wanted: frozenset[int], now: dt.datetime) -> None:
    for column in ("title_ja", "title_en", "text_ja", "text_en", "respond_within_hours"):
        setattr(notice, column, getattr(content, column))
    notice.tlp, notice.revised_at = content.tlp.rank, now
    notice.revision += 1
    notice.save()
    notice.vulnerabilities.set(wanted)


def _ask(notice: Notice, before: Content, change: Change, now: dt.datetime) -> int:
    """Bring the deliveries in line with the revision; return how many are asked anew."""
    rows = Delivery.objects.visible_to(System()).filter(notice=notice.pk).order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True))
    asked = [row for row in found if _is_asked(row, notice, before, change.asking)]
    if change.asking is Asking.AGAIN:
        EarlierStanding.objects.bulk_create(map(_standing, asked), batch_size=1000)
        for row in asked:
            _begin_anew(row)
    hours = notice.respond_within_hours
    due = now + dt.timedelta(hours=hours) if hours else None
    for row in asked:
        row.due_at, row.revision = due, notice.revision
    if change.content.vulnerabilities != before.vulnerabilities:
        _concern(found, change.content)
    Delivery.objects.visible_to(System()).bulk_update(found, _MOVED, batch_size=500)
    numbers = [row.pk for row in asked]
    todo.ask(DISPATCH, numbers)
    if due is not None:
        todo.ask(ESCALATE, numbers, not_before=due)
    return len(asked)


def _begin_anew(row: Delivery) -> None:
    fresh = Progress()
    row.state, row.read_at = fresh.state.value, fresh.read_at
    row.acknowledged_at, row.finished_at = fresh.acknowledged_at, fresh.finished_at


def _concern(rows: list[Delivery], content: Content) -> None:
    """Name the systems that the vulnerabilities now in it concern."""
    wanted = queries.vulnerability_ids(content.vulnerabilities).values()
    concerns = concerns_of(wanted, [row.organisation_id for row in rows])
    for row in rows:
        row.concerns = msgspec.to_builtins(concerns.get(row.organisation_id, ()))


def _is_asked(row: Delivery, notice: Notice, before: Content, asking: Asking) -> bool:
    if asking is Asking.AGAIN:
        return True
    moved = notice.respond_within_hours != before.respond_within_hours
    return moved and row.acknowledged_at is None


def _standing(row: Delivery) -> EarlierStanding:
    return EarlierStanding(
        delivery=row,
        revision=row.revision,
        state=row.state,
        due_at=row.due_at,
        read_at=row.read_at,
        acknowledged_at=row.acknowledged_at,
        finished_at=row.finished_at,
    )
