"""Reports on their way through the hub's hands: of every owner, marking and state."""

from __future__ import annotations

import msgspec

from noroshi.core.formats.stix import Report
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.hub.intel.models import Review, ReviewState
from tests.hub.leaks import oracle
from tests.hub.leaks.world import HUB, Marked, ReportFacts, World, columns
from tests.hub.sector import NOON


class ReviewFacts(Marked, kw_only=True):
    """A copy of a draft that was given to the hub, or was once."""

    name: str
    draft: str
    state: ReviewState
    nameless: bool
    shared_as: str = ""


GIVEN = {ReviewState.SUBMITTED, ReviewState.RETURNED}


def add(world: World) -> World:
    """Give the hub a copy of every second draft, in every state, with and without names."""
    drafts = [one for one in world.reports if not one.published]
    published = [one for one in world.reports if one.published]
    for place, draft in enumerate(drafts[::2]):
        world.reviews.append(_facts(place, draft, published[place % len(published)].stix_id))
    rows = [
        Review(
            name=one.name,
            draft=one.draft,
            state=one.state,
            nameless=one.nameless,
            shared_as=one.shared_as,
            body=_body(one),
            changed_at=NOON,
            **columns(world, one),
        )
        for one in world.reviews
    ]
    for row, one in zip(Review.objects.bulk_create(rows), world.reviews, strict=True):
        one.number = row.pk
    return world


def _facts(place: int, draft: ReportFacts, shared: str) -> ReviewFacts:
    state = list(ReviewState)[place % 4]
    red = draft.tlp is Tlp.RED
    return ReviewFacts(
        owner=draft.owner,
        author=draft.author,
        tlp=draft.tlp,
        kind="people" if red else "organisations",
        listed=frozenset({"analyst" if red else HUB}),
        published=state in GIVEN,
        name=f"{place:032x}",
        draft=draft.stix_id,
        state=state,
        nameless=place % 3 == 0,
        shared_as=shared if state is ReviewState.SHARED else "",
    )


def _body(one: ReviewFacts) -> bytes:
    if one.state is ReviewState.SHARED:
        return b""
    return msgspec.json.encode(Report(title=f"copy {one.name}", text="", tlp=one.tlp))


def reviewed(world: World, viewer: Viewer) -> list[ReviewFacts]:
    """Return what the viewer has to review."""
    given = [one for one in world.reviews if one.published]
    if isinstance(viewer, System):
        return given
    analyst = isinstance(viewer, Member) and viewer.role.value in {"hub_analyst", "hub_admin"}
    if not analyst or oracle.own(world, viewer) != HUB:
        return []
    return [one for one in given if oracle.may_read(world, viewer, one)]


def followed(world: World, viewer: Viewer) -> list[ReviewFacts]:
    """Return the reviews of the viewer's own reports."""
    if isinstance(viewer, System):
        return world.reviews
    mine = oracle.own(world, viewer)
    return [
        one for one in world.reviews if mine == one.owner and oracle.may_read(world, viewer, one)
    ]
