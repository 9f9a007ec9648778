"""Writing a notice that nobody but its owner reads yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE, STEERING_IN_A_TEXT
from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.notices import queries
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import sending

LONGEST_TITLE, LONGEST_TEXT = 300, 100_000
LONGEST_DEADLINE_HOURS = 24 * 366


@transaction.atomic
def draft(
    viewer: Viewer, content: Content, *, now: dt.datetime, actor: str, intel: Iterable[str] = ()
) -> Notice:
    """Store a draft for the viewer's organisation (the hub's, for the system).

    ``intel``: STIX ids of attached objects that the viewer may read. Raises `NotFound` for what
    is named and not there, `Refused` for a text that is none.
    """
    owner = sending(viewer)
    check(content)
    if content.tlp is Tlp.RED and isinstance(viewer, Member) and viewer.person is None:
        raise Refused(detail=_("a TLP:RED notice is written by a person: nobody else may read it"))
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
        created_at=now,
    )
    notice.save()
    notice.vulnerabilities.set(vulnerabilities.values())
    notice.intel.add(*attached)
    # What belongs to an exercise is marked in every event of it: the figures leave it out.
    detail = {"tlp": content.tlp.value, "exercise": content.exercise}
    audit.record("notice.drafted", f"notice:{notice.pk}", actor=actor, at=now, detail=detail)
    return notice


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
