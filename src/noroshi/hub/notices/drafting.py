"""Writing a notice that nobody but its owner reads yet: drafts, made, changed and given up."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE, STEERING_IN_A_TEXT
from noroshi.core.errors import NotFound, Refused, Stale
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.audit import queries as chain
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.notices import queries
from noroshi.hub.notices.choosing import Chosen, chosen_of
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import sending

LONGEST_TITLE, LONGEST_TEXT = 300, 100_000
LONGEST_DEADLINE_HOURS = 24 * 366


class Written(msgspec.Struct, frozen=True):
    """All that a draft holds: what it says, whom it is meant for, STIX ids of attached objects."""

    content: Content
    chosen: Chosen | None = None
    intel: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What stands for all of this: two drafts that differ anywhere differ here."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


@transaction.atomic
def draft(
    viewer: Viewer,
    content: Content,
    *,
    now: dt.datetime,
    actor: str,
    intel: Iterable[str] = (),
    chosen: Chosen | None = None,
) -> Notice:
    """Store a draft for the viewer's organisation (the hub's, for the system).

    ``intel``: STIX ids of attached objects that the viewer may read. Raises `NotFound` for what
    is named and not there, `Refused` for a text that is none.
    """
    owner = sending(viewer)
    check(content)
    _check_author(viewer, content)
    vulnerabilities = queries.vulnerability_ids(content.vulnerabilities)
    attached = _attached(viewer, intel)
    notice = Notice(
        owner_id=owner,
        author_id=viewer.person if isinstance(viewer, Member) else None,
        tlp=content.tlp.rank,
        title_ja=content.title_ja,
        title_en=content.title_en,
        text_ja=content.text_ja,
        text_en=content.text_en,
        respond_within_hours=content.respond_within_hours,
        exercise=content.exercise,
        chosen=msgspec.to_builtins(chosen),
        created_at=now,
    )
    notice.save()
    notice.vulnerabilities.set(vulnerabilities.values())
    notice.intel.add(*attached)
    _record("notice.drafted", notice, now, actor)
    return notice


def draft_for(viewer: Viewer, name: str) -> Written:
    """Return a draft that the viewer may change; raises `NotFound`, and `Refused` to who may not.

    Of what is attached it holds what the viewer may read.
    """
    return _written(viewer, _own_draft(viewer, name))


@transaction.atomic
def edit(
    viewer: Viewer, name: str, written: Written, *, seen: str, now: dt.datetime, actor: str
) -> Notice:
    """Change a draft; a proposal that was set aside is taken up again.

    ``seen``: the mark of the draft that the changes were made to. Raises `Stale` if it has been
    changed since, to something else than this, and what `draft` raises.
    """
    chain.lock_last()  # before the row: a publication takes them in this order
    notice = _own_draft(viewer, name)
    stored = _written(viewer, notice)
    if stored.mark == written.mark and notice.withdrawn_at is None:
        return notice
    if stored.mark != seen:
        raise Stale
    content = written.content
    check(content)
    _check_author(viewer, content)
    if content.tlp is Tlp.RED and notice.marking is not Tlp.RED and isinstance(viewer, Member):
        notice.author_id = viewer.person  # who else could read it before cannot any more
    for column in ("title_ja", "title_en", "text_ja", "text_en", "respond_within_hours"):
        setattr(notice, column, getattr(content, column))
    notice.tlp, notice.exercise = content.tlp.rank, content.exercise
    notice.chosen, notice.withdrawn_at = msgspec.to_builtins(written.chosen), None
    notice.save()
    notice.vulnerabilities.set(queries.vulnerability_ids(content.vulnerabilities).values())
    _attach(viewer, notice, written.intel)
    _record("notice.edited", notice, now, actor)
    return notice


@transaction.atomic
def discard(viewer: Viewer, name: str, *, seen: str, now: dt.datetime, actor: str) -> None:
    """Give up a draft. Raises `NotFound`, `Refused`, and `Stale` if it has changed since ``seen``.

    A proposal stays, set aside: otherwise it would be proposed again.
    """
    chain.lock_last()
    notice = _own_draft(viewer, name)
    if _written(viewer, notice).mark != seen:
        raise Stale
    if notice.proposed:
        notice.withdrawn_at = notice.withdrawn_at or now
        notice.save()
        _record("notice.set-aside", notice, now, actor)
        return
    _record("notice.discarded", notice, now, actor)
    notice.delete()


def _own_draft(viewer: Viewer, name: str) -> Notice:
    notice = queries.own_notice(viewer, name)
    if notice.published_at is not None:
        raise NotFound(kind=_("notice"), name=name[:80])
    return notice


def _written(viewer: Viewer, notice: Notice) -> Written:
    return Written(content_of(notice), chosen_of(notice), queries.attached(viewer, notice))


def _attach(viewer: Viewer, notice: Notice, intel: tuple[str, ...]) -> None:
    """Attach these objects; what the viewer may not read stays attached, whoever attached it."""
    seen = IntelObject.objects.visible_to(viewer).filter(notices=notice.pk)
    notice.intel.remove(*seen.exclude(stix_id__in=intel))
    here = set(queries.attached(viewer, notice))
    notice.intel.add(*_attached(viewer, [stix_id for stix_id in intel if stix_id not in here]))


def _record(verb: str, notice: Notice, now: dt.datetime, actor: str) -> None:
    # What belongs to an exercise is marked in every event of it: the figures leave it out.
    detail = {"tlp": notice.marking.value, "exercise": notice.exercise}
    audit.record(verb, f"notice:{notice.pk}", actor=actor, at=now, detail=detail)


def _check_author(viewer: Viewer, content: Content) -> None:
    if content.tlp is Tlp.RED and isinstance(viewer, Member) and viewer.person is None:
        raise Refused(detail=_("a TLP:RED notice is written by a person: nobody else may read it"))


def content_of(notice: Notice) -> Content:
    """Return what a stored notice says."""
    return Content(
        tlp=notice.marking,
        title_ja=notice.title_ja,
        text_ja=notice.text_ja,
        title_en=notice.title_en,
        text_en=notice.text_en,
        respond_within_hours=notice.respond_within_hours,
        exercise=notice.exercise,
        vulnerabilities=queries.vulnerability_names(notice),
    )


def check(content: Content) -> None:
    """Raise `Refused` for a notice that cannot be sent as it is written."""
    if not content.title_ja.strip() or not content.text_ja.strip():
        raise Refused(detail=_("a notice needs a title and a text in Japanese"))
    if bool(content.title_en.strip()) != bool(content.text_en.strip()):
        raise Refused(detail=_("in English a notice needs both title and text, or neither"))
    for title in (content.title_ja, content.title_en):
        if len(title) > LONGEST_TITLE or STEERING_IN_A_LINE.search(title):
            detail = _("a title is one line of at most %(most)d characters")
            raise Refused(detail=detail % {"most": LONGEST_TITLE})
    for text in (content.text_ja, content.text_en):
        if len(text) > LONGEST_TEXT or STEERING_IN_A_TEXT.search(text):
            detail = _("a text has at most %(most)d characters and no control characters")
            raise Refused(detail=detail % {"most": LONGEST_TEXT})
    hours = content.respond_within_hours
    if hours is not None and not 0 < hours <= LONGEST_DEADLINE_HOURS:
        detail = _("the time to respond is 1 to %(most)d hours")
        raise Refused(detail=detail % {"most": LONGEST_DEADLINE_HOURS})


def _attached(viewer: Viewer, intel: Iterable[str]) -> list[int]:
    """Return the newest version of each object named."""
    found = []
    for stix_id in sorted(set(intel)):
        rows = IntelObject.objects.visible_to(viewer).filter(stix_id=stix_id.replace("\x00", ""))
        number = rows.order_by("-version").values_list("pk", flat=True).first()
        if number is None:
            raise NotFound(kind=_("object"), name=stix_id[:120])
        found.append(number)
    return found
