"""Reporting an attack, and sharing it without saying whom it happened to.

A report stays a draft of the organisation that made it. Sharing does not publish that draft: the
hub makes the report anew as its own, under its own identity and new identifiers, dated with the
sharing, without the member's names; the draft stays where it is. Only the event record, which
auditors see, knows which became which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE, STEERING_IN_A_TEXT
from noroshi.core.errors import Refused
from noroshi.core.formats.stix import Report, StixObject, identity_id, objects_of
from noroshi.core.policy.anonymity import named_in, redact
from noroshi.core.policy.audience import Audience, permit
from noroshi.core.policy.duties import may_act
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.hub.audit import actions as audit
from noroshi.hub.intel import queries
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.members import queries as members
from noroshi.hub.members.audiences import audience_row
from noroshi.hub.members.models import Organisation, Person

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME, MOST_PARTS = 300, 100_000, 120, 1000


@transaction.atomic
def report_incident(viewer: Viewer, report: Report, *, now: dt.datetime, actor: str) -> str:
    """Store a member's attack report as its draft; return the STIX id of the report.

    Only the reporting organisation reads it until it is shared (TLP:RED: only the person).
    Raises `Refused` for a report that is none, or that has been made already.
    """
    reporter = _reporting(viewer, report.tlp)
    _check(report)
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
    """Let the hub share a member's draft, without its name; return the STIX id of what is shared.

    ``without``: indicators to leave out, by value. Raises `NotFound` if the viewer's organisation
    has no such draft, `PolicyError` if its marking does not allow the audience, and `Refused` if
    an indicator names the member, because that can only be decided by a person.
    """
    row = queries.report_row(viewer, stix_id)
    if not may_act(viewer) or row.published_at is not None or not _owns(viewer, row):
        raise Refused(detail=_("only who reported an attack decides that it is shared"))
    permit(row.marking, audience)
    report = _anonymous(queries.report_value(viewer, row), row.owner, without)
    hub = members.the_hub()
    objects = objects_of(report, identity_id(hub.slug), now, origin=stix_id)
    if IntelObject.objects.visible_to(System()).filter(stix_id=objects[-1].id).exists():
        raise Refused(detail=_("this has been shared already"))
    target = audience_row(audience)
    shared = _rows(objects, now, owner=hub, tlp=row.tlp, audience=target, published_at=now)
    return _store(shared, "incident.shared", now, actor, {"from": stix_id})


def names_of(organisation: Organisation) -> tuple[str, ...]:
    """Return everything that names an organisation: itself, its people, its mail domains.

    A mail domain that people of several organisations use names none of them.
    """
    people = Person.objects.filter(organisation=organisation).values_list("name", "email")
    domains = {email.rpartition("@")[2] for _, email in people}
    others = Person.objects.exclude(organisation=organisation).values_list("email", flat=True)
    shared = {email.rpartition("@")[2] for email in others}
    own = (organisation.name, organisation.name_en, organisation.slug)
    return (*own, *(each for pair in people for each in pair), *sorted(domains - shared))


def _anonymous(report: Report, owner: Organisation, without: Collection[str]) -> Report:
    """Return the report without the owner's names; raises `Refused` where a person must decide."""
    names = names_of(owner)
    kept = tuple(item for item in report.indicators if item.value not in without)
    clean = msgspec.structs.replace(
        report,
        title=redact(report.title, names),
        text=redact(report.text, names),
        indicators=kept,
    )
    for item in kept:
        if named_in(item.value, names):
            detail = _("the indicator %(value)s names who reported it: leave it out")
            raise Refused(detail=detail % {"value": item.value})
    if named_in(" ".join((clean.title, clean.text, *clean.vulnerabilities)), names):
        raise Refused(detail=_("the report still names who made it: report it anew without"))
    return clean


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


def _check(report: Report) -> None:
    if not report.title.strip() or len(report.title) > LONGEST_TITLE:
        detail = _("a title is one line of at most %(most)d characters")
        raise Refused(detail=detail % {"most": LONGEST_TITLE})
    if len(report.text) > LONGEST_TEXT or STEERING_IN_A_TEXT.search(report.text):
        detail = _("a text has at most %(most)d characters and no control characters")
        raise Refused(detail=detail % {"most": LONGEST_TEXT})
    if len(report.indicators) + len(report.vulnerabilities) > MOST_PARTS:
        detail = _("a report has at most %(most)d indicators and vulnerabilities")
        raise Refused(detail=detail % {"most": MOST_PARTS})
    for name in (report.title, *report.vulnerabilities):
        if not name.strip() or STEERING_IN_A_LINE.search(name):
            raise Refused(detail=_("a title or name is one line, and not empty"))
    if any(len(name) > LONGEST_NAME for name in report.vulnerabilities):
        detail = _("a name has at most %(most)d characters")
        raise Refused(detail=detail % {"most": LONGEST_NAME})


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
