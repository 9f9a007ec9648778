"""The way of a report through the hub's hands.

::

    draft → submitted → shared
              ↑  ↓
            returned, with a question

A member gives the hub a copy of its draft, with or without its name; until it is shared, the member
may take it back. An analyst may return it with a question, or share it: drop indicators, put it in
other words and in English, narrow the marking, choose the audience. What is shared is checked for
the member's names by the machine, whatever the analyst wrote. (docs/adr/0006)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused, Stale
from noroshi.core.formats.stix import Report
from noroshi.core.policy.anonymity import named_in
from noroshi.core.policy.audience import (
    Audience,
    Organisations,
    People,
    permit,
    width,
)
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.core.sector import OrganisationKind
from noroshi.hub.audit import actions as audit
from noroshi.hub.intel.actions import check, check_text, own_draft, publish, review_of
from noroshi.hub.intel.anonymising import anonymous, names_of
from noroshi.hub.intel.models import Review, ReviewState
from noroshi.hub.intel.reviews import analysts, copy_of, kept_out, review_row, reviewable
from noroshi.hub.members import queries as members
from noroshi.hub.members.audiences import audience_row
from noroshi.hub.members.models import Organisation, Person


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """How a member gives its report to the hub.

    ``report``: the copy, which may say it otherwise than the draft. ``nameless``: the analysts are
    not told who reported it. ``analysts``: the mail addresses of those who may read it, for
    TLP:RED. ``answer``: to the analysts' question.
    """

    report: Report
    nameless: bool = False
    analysts: frozenset[str] = frozenset()
    answer: str = ""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """What an analyst makes of a report, and for whom.

    ``seen``: `ReviewHead.changed_at` of what the analyst had before them.
    """

    report: Report
    audience: Audience
    seen: dt.datetime


class Readers(msgspec.Struct, frozen=True):
    """Who will read a report: the kind of audience, and everybody in it by name."""

    kind: str
    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]


class Sharing(msgspec.Struct, frozen=True):
    """What would be shared, word for word, and with whom."""

    report: Report
    readers: Readers


# --- the member ---


def given(viewer: Viewer, stix_id: str, handover: Handover) -> Report:
    """Return exactly what the hub's analysts would read; raises what `submit` raises."""
    with transaction.atomic():
        draft = own_draft(viewer, stix_id)
        return _copy(draft.owner, handover)


@transaction.atomic
def submit(
    viewer: Viewer, stix_id: str, handover: Handover, *, now: dt.datetime, actor: str
) -> None:
    """Give a copy of the viewer's own draft to the hub's analysts, or a returned one again.

    Raises `NotFound` if there is no such draft; `Refused` if the hub has it already, if it is
    nameless and still names who made it, and for a TLP:RED one without analysts.
    """
    draft = own_draft(viewer, stix_id)
    review = review_of(draft, now)
    if review.state == ReviewState.SUBMITTED:
        raise Refused(detail=_("the hub has this report already: take it back first"))
    copy = _copy(draft.owner, handover)
    target = permit(copy.tlp, _reading(copy.tlp, handover.analysts))
    if copy.tlp is Tlp.RED and isinstance(viewer, Member) and viewer.person is not None:
        review.author_id = viewer.person
    review.tlp, review.audience = copy.tlp.rank, audience_row(target)
    review.nameless, review.answer = handover.nameless, handover.answer
    review.body = msgspec.json.encode(copy)
    review.published_at = now
    _step(review, ReviewState.SUBMITTED, now, actor)


@transaction.atomic
def take_back(viewer: Viewer, stix_id: str, *, now: dt.datetime, actor: str) -> None:
    """Take a report back before it is shared: from then on the hub does not read it.

    Raises `NotFound`, and `Refused` if the hub does not have it or has shared it.
    """
    review = review_of(own_draft(viewer, stix_id), now)
    if review.published_at is None:
        raise Refused(detail=_("the hub does not have this report"))
    review.published_at, review.audience = None, None
    _step(review, ReviewState.TAKEN_BACK, now, actor)


def _copy(owner: Organisation, handover: Handover) -> Report:
    check(handover.report)
    check_text(handover.answer)
    if not handover.nameless:
        return handover.report
    names = names_of(owner)
    if named_in(handover.answer, names):
        raise Refused(detail=_("the answer names who reported it"))
    return anonymous(handover.report, names)


def _reading(tlp: Tlp, emails: Collection[str]) -> Audience:
    """Return who of the hub may read a report of this marking."""
    if tlp is not Tlp.RED:
        return Organisations(frozenset({members.the_hub().pk}))
    chosen = frozenset(analysts().filter(email__in=list(emails)).values_list("pk", flat=True))
    if not chosen or len(chosen) != len(set(emails)):
        detail = _("a TLP:RED report goes to people by name: name the analysts who may read it")
        raise Refused(detail=detail)
    return People(chosen)


# --- the analyst ---


@transaction.atomic
def give_back(viewer: Viewer, name: str, question: str, *, now: dt.datetime, actor: str) -> None:
    """Return a report to its maker with a question; raises `NotFound`, or `Refused` without one."""
    review = _locked(viewer, name)
    check_text(question)
    if not question.strip():
        raise Refused(detail=_("a report is returned with a question"))
    review.question, review.answer = question, ""
    _step(review, ReviewState.RETURNED, now, actor)


def preview(viewer: Viewer, name: str, edition: Edition) -> Sharing:
    """Return exactly what would be read, and by whom; raises what `share` raises."""
    report = _prepared(review_row(viewer, name), edition)
    return Sharing(report, _readers(edition.audience))


@transaction.atomic
def share(viewer: Viewer, name: str, edition: Edition, *, now: dt.datetime, actor: str) -> str:
    """Share a report as the hub's own, as the analyst put it; return the STIX id of what is shared.

    Raises `NotFound` (also once it was taken back), `PolicyError` if the marking does not allow the
    audience, `Stale` if it was changed meanwhile, `Refused` if it waits for its maker, says what
    was not reported, or names a member.
    """
    review = _locked(viewer, name)
    report = _prepared(review, edition)
    return publish(report, edition.audience, review, now=now, actor=actor)


def _locked(viewer: Viewer, name: str) -> Review:
    rows = reviewable(viewer).filter(pk=review_row(viewer, name).pk)
    rows.select_for_update(of=("self",), no_key=True).first()
    review = review_row(viewer, name)  # as it is now that nobody else changes it
    _check_turn(review)
    return review


def _check_turn(review: Review) -> None:
    if review.state != ReviewState.SUBMITTED:
        raise Refused(detail=_("this report was returned: it waits for the answer of its maker"))


def _prepared(review: Review, edition: Edition) -> Report:
    copy, report = copy_of(review), edition.report
    _check_turn(review)
    if review.changed_at != edition.seen:
        raise Stale
    check(report)
    if report.tlp < copy.tlp:
        detail = _("whoever reported it marked it %(marking)s: that can be narrowed, not widened")
        raise Refused(detail=detail % {"marking": copy.tlp.label})
    if not set(report.indicators) <= set(copy.indicators):
        raise Refused(detail=_("only indicators that were reported can be shared"))
    permit(report.tlp, edition.audience)
    return anonymous(report, kept_out(review, copy))


def _readers(audience: Audience) -> Readers:
    everybody = members.directory().filter(active=True)
    match audience:
        case People(ids=ids):
            people = members.people().filter(pk__in=ids, is_active=True)
            return Readers("people", (), tuple(people))
        case Organisations(ids=ids):
            rows = everybody.filter(pk__in=ids)
        case _:
            # The ministry sees figures, not contents.
            rows = everybody.exclude(kind=OrganisationKind.MINISTRY.value)
    return Readers(width(audience).name.lower(), tuple(rows), ())


def _step(review: Review, state: ReviewState, now: dt.datetime, actor: str) -> None:
    review.state, review.changed_at = state, now
    review.save()
    audit.record(
        f"incident.{state.value}",
        f"intel:{review.draft}",
        actor=actor,
        at=now,
        detail={"tlp": review.marking.value, "nameless": review.nameless},
    )
