"""What the functions about reports on their way to being shared must answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from noroshi.core.formats.stix import Report
from noroshi.core.paging import Slice
from noroshi.core.policy.audience import Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.intel import actions as intel_actions
from noroshi.hub.intel import queries as intel
from noroshi.hub.intel import reviewing, reviews
from noroshi.hub.intel.models import ReviewState
from noroshi.hub.intel.reviewing import Edition, Handover
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import NOW, Answers, case, chosen, hidden_is_unknown, told
from tests.hub.leaks.reviews import followed, reviewed
from tests.hub.leaks.world import World
from tests.hub.sector import NOON

UNKNOWN = "f" * 32
REPORT = Report(title="題", text="", tlp=Tlp.RED)
EDITION = Edition(report=REPORT, audience=Members(), seen=NOON)


def _every(ask: Callable[..., Slice[Any]], viewer: Viewer, **asked: object) -> list[Any]:
    page = ask(viewer, **asked)
    found = list(page.items)
    while page.after:
        page = ask(viewer, after=page.after, **asked)
        found += page.items
    return found


# --- lists of reports ---


@case("intel.queries.report_page", "derive")
def _report_page(world: World, viewer: Viewer) -> Answers:
    seen = [r for r in world.reports if oracle.may_read(world, viewer, r)]
    got = {head.stix_id for head in _every(intel.report_page, viewer, limit=20)}
    yield "all", got, {r.stix_id for r in seen}
    own = {head.stix_id for head in _every(intel.report_page, viewer, mine=True)}
    home = world.slug(viewer.organisation) if isinstance(viewer, Member) else None
    yield "mine", own, {r.stix_id for r in seen if r.owner == home}


@case("intel.queries.readable", "derive")
def _readable(world: World, viewer: Viewer) -> Answers:
    expected = {r.stix_id for r in world.reports if oracle.may_read(world, viewer, r)}
    yield "ids", intel.readable(viewer, [r.stix_id for r in world.reports]), expected


# --- what the analysts read ---


@case("intel.reviews.reviews")
def _reviews(world: World, viewer: Viewer) -> Answers:
    got = {
        (head.name, head.reporter.slug if head.reporter else None)
        for head in _every(reviews.reviews, viewer, limit=7)
    }
    expected = {(r.name, None if r.nameless else r.owner) for r in reviewed(world, viewer)}
    yield "names", got, expected


@case("intel.reviews.waiting")
def _waiting(world: World, viewer: Viewer) -> Answers:
    expected = [r for r in reviewed(world, viewer) if r.state is ReviewState.SUBMITTED]
    yield "waiting", reviews.waiting(viewer), len(expected)


@case("intel.reviews.reviewable", "derive")
def _reviewable(world: World, viewer: Viewer) -> Answers:
    got = {row.name for row in reviews.reviewable(viewer)}
    yield "names", got, {r.name for r in reviewed(world, viewer)}


def _each_hidden(world: World, viewer: Viewer, ask: Callable[[str], object]) -> Answers:
    """Yield reviews the viewer does not have beside one that is not there."""
    seen = {one.name for one in reviewed(world, viewer)}
    hidden = [one.name for one in world.reviews if one.name not in seen]
    for name in chosen(hidden, len(seen), 2):
        yield name, told(name, ask), told(UNKNOWN, ask)


@case("intel.reviews.review_row", "act")
def _review_row(world: World, viewer: Viewer) -> Answers:
    for one in reviewed(world, viewer)[:1]:
        yield one.name, reviews.review_row(viewer, one.name).name, one.name
    yield from _each_hidden(world, viewer, lambda name: reviews.review_row(viewer, name))


@case("intel.reviews.review_for", "ask")
def _review_for(world: World, viewer: Viewer) -> Answers:
    for one in reviewed(world, viewer)[:2]:
        whole = reviews.review_for(viewer, one.name)
        yield one.name, whole.report.title, f"copy {one.name}"
        yield one.name, whole.head.reporter is None, one.nameless
    yield from _each_hidden(world, viewer, lambda name: reviews.review_for(viewer, name))


@case("intel.reviewing.preview", "act")
def _preview(world: World, viewer: Viewer) -> Answers:
    yield from _each_hidden(world, viewer, lambda name: reviewing.preview(viewer, name, EDITION))


@case("intel.reviewing.share", "act")
def _share(world: World, viewer: Viewer) -> Answers:
    yield from _each_hidden(
        world,
        viewer,
        lambda name: reviewing.share(viewer, name, EDITION, now=NOW, actor="x"),
    )


@case("intel.reviewing.give_back", "act")
def _give_back(world: World, viewer: Viewer) -> Answers:
    yield from _each_hidden(
        world,
        viewer,
        lambda name: reviewing.give_back(viewer, name, "?", now=NOW, actor="x"),
    )


# --- what their makers follow, and do ---


@case("intel.reviews.own_reviews")
def _own_reviews(world: World, viewer: Viewer) -> Answers:
    readable = {r.stix_id for r in world.reports if oracle.may_read(world, viewer, r)}
    got = {
        draft: (own.state, own.shared_as)
        for draft, own in reviews.own_reviews(viewer, [r.stix_id for r in world.reports]).items()
    }
    expected = {
        r.draft: (r.state, r.shared_as if r.shared_as in readable else "")
        for r in followed(world, viewer)
    }
    yield "drafts", got, expected


@case("intel.actions.own_draft", "act")
def _own_draft(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world, viewer, world.reports, lambda name: intel_actions.own_draft(viewer, name)
    )


@case("intel.reviewing.given", "act")
def _given(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.reports,
        lambda name: reviewing.given(viewer, name, Handover(report=REPORT)),
    )


@case("intel.reviewing.submit", "act")
def _submit(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.reports,
        lambda name: reviewing.submit(viewer, name, Handover(report=REPORT), now=NOW, actor="x"),
    )


@case("intel.reviewing.take_back", "act")
def _take_back(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.reports,
        lambda name: reviewing.take_back(viewer, name, now=NOW, actor="x"),
    )
