"""Reports on their way to being shared: as the hub's analysts read them, as their makers follow.

The analysts read the copy that a member gave them, and no more of it than the member said: where it
is nameless, nobody of the hub is told whose it is. Its maker sees how far it came, not what the
analysts do with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.formats.stix import Report
from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.anonymity import STAND_INS, marked, named_in
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.intel import queries
from noroshi.hub.intel.anonymising import names_of, names_of_members, naming, redacted, wording
from noroshi.hub.intel.models import Review, ReviewState
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation, Person

ANALYSTS = frozenset({Role.HUB_ANALYST, Role.HUB_ADMIN})
"""The roles, in the hub, that review reports."""

Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is a name, or stands where one was."""

_report = msgspec.json.Decoder(Report)


class ReviewHead(msgspec.Struct, frozen=True, kw_only=True):
    """A report in the analysts' list. ``reporter`` is ``None`` where they are not told."""

    name: str
    title: str
    tlp: Tlp
    reporter: Organisation | None
    state: ReviewState
    given_at: dt.datetime
    changed_at: dt.datetime


class WholeReview(msgspec.Struct, frozen=True, kw_only=True):
    """A report as an analyst reads it.

    ``title`` and ``text`` show which names will be taken out, ``proposal`` is the report without
    them; ``naming`` holds the values of the indicators that name who reported it: they cannot be
    shared.
    """

    head: ReviewHead
    report: Report
    proposal: Report
    title: Pieces
    text: Pieces
    naming: frozenset[str]
    question: str
    answer: str


class OwnReview(msgspec.Struct, frozen=True, kw_only=True):
    """How far a report came, for who made it.

    ``report`` is the copy that the hub was given, until it is shared. ``shared_as``: the STIX id of
    what was shared, if the viewer is among those who may read it.
    """

    state: ReviewState
    changed_at: dt.datetime
    nameless: bool
    report: Report | None
    question: str
    answer: str
    shared_as: str


# --- for the hub's analysts ---


def reviews(
    viewer: Viewer, *, after: str | None = None, limit: int = queries.PAGE
) -> Slice[ReviewHead]:
    """Return a page of the reports the viewer has to review; nobody but the hub's analysts has any.

    Those that wait for the hub stand before those that wait for their makers, each by age. Raises
    `BadCursor` for an ``after`` that no page gave.
    """
    rows = reviewable(viewer).select_related("owner")
    if after is not None:
        state, at, name = decode_cursor(after, str, dt.datetime, str)
        later = Q(changed_at__gt=at) | Q(changed_at=at, name__gt=name)
        rows = rows.filter(Q(state__lt=state) | Q(later, state=state))
    # By the alphabet, "submitted" comes after "returned".
    found = list(rows.order_by("-state", "changed_at", "name")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    key = encode_cursor((last.state, last.changed_at, last.name)) if last else None
    return Slice(tuple(_head(row) for row in found[:limit]), key)


def waiting(viewer: Viewer) -> int:
    """Return how many reports wait for the viewer to review them."""
    return reviewable(viewer).filter(state=ReviewState.SUBMITTED).count()


def review_for(viewer: Viewer, name: str) -> WholeReview:
    """Return a report the viewer has to review; or `NotFound`."""
    row = review_row(viewer, name)
    copy = copy_of(row)
    names = kept_out(row, copy)
    return WholeReview(
        head=_head(row),
        report=copy,
        proposal=redacted(copy, names),
        title=marked(copy.title, (*names, *STAND_INS)),
        text=marked(copy.text, (*names, *STAND_INS)),
        naming=naming(copy, names),
        question=row.question,
        answer=row.answer,
    )


def review_row(viewer: Viewer, name: str) -> Review:
    """Return the row of a report the viewer has to review; or `NotFound`."""
    row = reviewable(viewer).select_related("owner").filter(name=name.replace("\0", "")).first()
    if row is None:
        raise NotFound(kind=_("report"), name=name[:120])
    return row


def reviewable(viewer: Viewer) -> QuerySet[Review]:
    """Return what was given to the viewer as one of the hub's analysts."""
    rows = Review.objects.visible_to(viewer).filter(published_at__isnull=False)
    return rows if _reviews(viewer) else rows.none()


def _reviews(viewer: Viewer) -> bool:
    match viewer:
        case System():
            return True
        case Member(organisation=own, role=role) if role in ANALYSTS:
            return members.is_hub(own)
    return False


def analysts() -> QuerySet[Person]:
    """Return the people who review reports: a member names some of them for a TLP:RED one."""
    rows = Person.objects.filter(
        is_active=True,
        role__in=[role.value for role in ANALYSTS],
        organisation__kind=OrganisationKind.HUB.value,
        organisation__active=True,
    )
    return rows.order_by("email")


def copy_of(row: Review) -> Report:
    """Return the report as it was given to the hub."""
    return _report.decode(bytes(row.body))


def kept_out(row: Review, copy: Report) -> frozenset[str]:
    """Return the names that must not stand in what is made of a report.

    For a nameless one these are the names of *all* members that its maker did not write into it
    (its own is out already): to look for one member's name alone would tell the analyst, who may
    write what he likes, whose name it is.
    """
    if not row.nameless:
        return frozenset(names_of(row.owner))
    text = wording(copy)
    return frozenset(name for name in names_of_members() if not named_in(text, (name,)))


def _head(row: Review) -> ReviewHead:
    return ReviewHead(
        name=row.name,
        title=copy_of(row).title,
        tlp=row.marking,
        reporter=None if row.nameless else row.owner,
        state=ReviewState(row.state),
        given_at=row.published_at or row.changed_at,
        changed_at=row.changed_at,
    )


# --- for who reported it ---


def own_reviews(viewer: Viewer, drafts: Iterable[str]) -> dict[str, OwnReview]:
    """Return how far the viewer's own reports came: STIX id of the draft → what became of it."""
    rows = Review.objects.visible_to(viewer).filter(draft__in=list(drafts))
    if isinstance(viewer, Member):
        rows = rows.filter(owner=viewer.organisation)
    found = list(rows)
    shared = [row.shared_as for row in found if row.shared_as]
    readable = queries.readable(viewer, shared) if shared else frozenset()
    return {row.draft: _own(row, readable) for row in found}


def _own(row: Review, readable: frozenset[str]) -> OwnReview:
    return OwnReview(
        state=ReviewState(row.state),
        changed_at=row.changed_at,
        nameless=row.nameless,
        report=copy_of(row) if row.body else None,
        question=row.question,
        answer=row.answer,
        shared_as=row.shared_as if row.shared_as in readable else "",
    )
