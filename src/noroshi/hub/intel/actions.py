"""Reporting an attack, and sharing it without saying whom it happened to.

A report stays a draft of the organisation that made it. Sharing does not publish that draft: the
hub makes the report anew as its own, under its own identity and random identifiers, dated with the
sharing, without the member's names; the draft stays where it is. Only that organisation, and the
event record, which auditors see, know which became which.

Usually the hub's analysts look at a report before it is shared: `reviewing`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE, STEERING_IN_A_TEXT
from noroshi.core.errors import Refused
from noroshi.core.formats.stix import Report, StixObject, identity_id, objects_of
from noroshi.core.policy.audience import Audience, permit
from noroshi.core.policy.duties import may_act
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.intel import queries
from noroshi.hub.intel.anonymising import anonymous, names_of
from noroshi.hub.intel.models import IntelObject, Review, ReviewState
from noroshi.hub.members import queries as members
from noroshi.hub.members.audiences import audience_row
from noroshi.hub.members.models import Organisation

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME, MOST_PARTS = 300, 100_000, 120, 1000


@transaction.atomic
def report_incident(viewer: Viewer, report: Report, *, now: dt.datetime, actor: str) -> str:
    """Store a member's attack report as its draft; return the STIX id of the report.

    Only the reporting organisation reads it until it is shared (TLP:RED: only the person).
    Raises `Refused` for a report that is none, or that has been made already.
    """
    reporter = _reporting(viewer, report.tlp)
    check(report)
    objects = objects_of(report, identity_id(reporter.slug), now)
    rows = IntelObject.objects.visible_to(viewer)
    if rows.filter(stix_id=objects[-1].id).exists():
        raise Refused(detail=_("this has been reported already, word for word"))
    author = viewer.person if isinstance(viewer, Member) else None
    drafts = _rows(objects, now, owner=reporter, author_id=author, tlp=report.tlp.rank)
    return _store(drafts, "incident.reported", now, actor, {})


@transaction.atomic
def share_incident(
    viewer: Viewer,
    stix_id: str,
    audience: Audience,
    *,
    without: Collection[str] = (),
    now: dt.datetime,
    actor: str,
) -> str:
    """Let the hub share a member's draft at once, without its name; return the STIX id of that.

    ``without``: indicators to leave out, by value. Raises `NotFound` if the viewer's organisation
    has no such draft, `PolicyError` if its marking does not allow the audience, and `Refused` if
    an indicator names the member, because that can only be decided by a person.
    """
    row = own_draft(viewer, stix_id)
    permit(row.marking, audience)
    report = anonymous(queries.report_value(viewer, row), names_of(row.owner), without)
    return publish(report, audience, review_of(row, now), now=now, actor=actor)


def own_draft(viewer: Viewer, stix_id: str) -> IntelObject:
    """Return the report if it is a draft that the viewer decides about, and keep it from others.

    Must run inside a transaction. Raises `NotFound`, or `Refused` to those who may only read it.
    """
    row = queries.report_row(viewer, stix_id)
    if not may_act(viewer) or row.published_at is not None or not _owns(viewer, row):
        raise Refused(detail=_("only who reported an attack decides that it is shared"))
    mine = IntelObject.objects.visible_to(viewer).filter(pk=row.pk)
    mine.select_for_update(of=("self",), no_key=True).get()
    return row


def review_of(draft: IntelObject, now: dt.datetime) -> Review:
    """Return where a draft stands on its way to being shared, before anything was stored of it.

    Must run after `own_draft`. Raises `Refused` if it is shared already.
    """
    rows = Review.objects.visible_to(System()).filter(draft=draft.stix_id)
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        return Review(
            name=secrets.token_hex(16),
            draft=draft.stix_id,
            owner=draft.owner,
            author_id=draft.author_id,
            tlp=draft.tlp,
            changed_at=now,
        )
    if found.state == ReviewState.SHARED:
        raise Refused(detail=_("this has been shared already"))
    return found


def publish(
    report: Report, audience: Audience, review: Review, *, now: dt.datetime, actor: str
) -> str:
    """Store a report as the hub's own for this audience; the review ends, and the hub forgets it.

    What it was made of cannot be found from the new identifiers: they hang on a random number, as
    identifiers that hang on the contents can be tried out with every member's name.
    """
    hub = members.the_hub()
    objects = objects_of(report, identity_id(hub.slug), now, secret=secrets.token_hex(16))
    target = audience_row(permit(report.tlp, audience))
    columns = {"owner": hub, "tlp": report.tlp.rank, "audience": target, "published_at": now}
    shared = _store(
        _rows(objects, now, **columns), "incident.shared", now, actor, {"from": review.draft}
    )
    review.state, review.shared_as, review.changed_at = ReviewState.SHARED, shared, now
    review.published_at, review.audience, review.body = None, None, b""
    review.save()
    return shared


def _reporting(viewer: Viewer, tlp: Tlp) -> Organisation:
    if not isinstance(viewer, Member) or not may_act(viewer):
        raise Refused(detail=_("an attack is reported by a member, in a role that speaks for it"))
    if tlp is Tlp.RED and viewer.person is None:
        raise Refused(detail=_("a TLP:RED report is made by a person: nobody else may read it"))
    return Organisation.objects.get(pk=viewer.organisation)


def _owns(viewer: Viewer, row: IntelObject) -> bool:
    return isinstance(viewer, System) or (
        isinstance(viewer, Member) and viewer.organisation == row.owner_id
    )


def check(report: Report) -> None:
    """Raise `Refused` for a report that cannot be stored as it is written."""
    if not report.title.strip() or max(map(len, (report.title, report.title_en))) > LONGEST_TITLE:
        detail = _("a title is one line of at most %(most)d characters")
        raise Refused(detail=detail % {"most": LONGEST_TITLE})
    if bool(report.title_en.strip()) != bool(report.text_en.strip()):
        raise Refused(detail=_("in English a report needs both title and text, or neither"))
    check_text(report.text)
    check_text(report.text_en)
    if len(report.indicators) + len(report.vulnerabilities) > MOST_PARTS:
        detail = _("a report has at most %(most)d indicators and vulnerabilities")
        raise Refused(detail=detail % {"most": MOST_PARTS})
    for name in (report.title, report.title_en or report.title, *report.vulnerabilities):
        if not name.strip() or STEERING_IN_A_LINE.search(name):
            raise Refused(detail=_("a title or name is one line, and not empty"))
    if any(len(name) > LONGEST_NAME for name in report.vulnerabilities):
        detail = _("a name has at most %(most)d characters")
        raise Refused(detail=detail % {"most": LONGEST_NAME})


def check_text(text: str) -> None:
    """Raise `Refused` for a text that is too long or steers."""
    if len(text) > LONGEST_TEXT or STEERING_IN_A_TEXT.search(text):
        detail = _("a text has at most %(most)d characters and no control characters")
        raise Refused(detail=detail % {"most": LONGEST_TEXT})


def _rows(objects: Iterable[StixObject], made: dt.datetime, **columns: object) -> list[IntelObject]:
    return [
        IntelObject(stix_id=each.id, version=made, type=each.type, body=each.body, **columns)
        for each in objects
    ]


def _store(
    rows: Sequence[IntelObject],
    verb: str,
    now: dt.datetime,
    actor: str,
    detail: Mapping[str, object],
) -> str:
    """Write the objects of a report, the report last, and return its identifier."""
    IntelObject.objects.bulk_create(rows)
    whole = rows[-1]
    audit.record(
        verb,
        f"intel:{whole.stix_id}",
        actor=actor,
        at=now,
        detail={"tlp": whole.marking.value, "objects": len(rows), **detail},
    )
    return whole.stix_id
