"""What the functions that change notices, and the hub's queue, must answer."""

from __future__ import annotations

from collections import Counter
from functools import partial

from django.db import transaction

from noroshi.core.paging import Slice
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.hub.intel import reviews
from noroshi.hub.intel.models import ReviewState
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.notices import (
    drafting,
    following,
    preview,
    publishing,
    queries,
    queue,
    revising,
    suggesting,
)
from noroshi.hub.notices.drafting import Written
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.queued import Entry, Exposure, Proposal, Reach, Report, Unanswered
from noroshi.hub.notices.views import Progress, Tally
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import NOW, Answers, case, hidden_is_unknown, some_of, told
from tests.hub.leaks.world import AFFECTED, CVE, HUB, OTHER_CVE, NoticeFacts, World
from tests.hub.sector import NOON

CONTENT = Content(tlp=Tlp.RED, title_ja="題", text_ja="文")


def _may_change(world: World, viewer: Viewer, n: NoticeFacts) -> bool:
    mine = not isinstance(viewer, Member) or world.slug(viewer.organisation) == n.owner
    return mine and oracle.may_act(viewer)


@case("notices.queries.own_notice", "act")
def _own_notice(world: World, viewer: Viewer) -> Answers:
    for n in some_of(world, viewer, world.notices)[0]:
        got = told(n.name, lambda name: queries.own_notice(viewer, name).pk)
        expected: object = n.number if _may_change(world, viewer, n) else "Refused"
        yield n.name, got[0] if isinstance(got, tuple) else got, expected
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: queries.own_notice(viewer, name)
    )


@case("notices.queries.attached", "act")
def _attached(world: World, viewer: Viewer) -> Answers:
    readable = {r.stix_id for r in world.reports if oracle.may_read(world, viewer, r)}
    for n in some_of(world, viewer, world.notices)[0]:
        row = queries.readable_notice(viewer, n.name)
        yield n.name, set(queries.attached(viewer, row)), {n.attached} & readable


@case("notices.queries.escalated_to")
def _escalated_to(world: World, viewer: Viewer) -> Answers:
    rows = queries.escalated_to(viewer).select_related("notice", "organisation")
    got = {(row.notice.number, row.organisation.slug) for row in rows}
    yield "deliveries", got, _told(world, viewer)


def _told(world: World, viewer: Viewer) -> set[tuple[str, str]]:
    mine = oracle.own(world, viewer)
    overdue = oracle.late(world, viewer)
    return {
        (n.name, slug)
        for n in world.notices
        for slug, sent in n.sent.items()
        if mine in sent.told and (n.name, slug) in overdue
    }


def _followed_names(world: World, viewer: Viewer, n: NoticeFacts) -> object:
    """Return whose standing the viewer sees, or the error that says that it sees nobody's."""
    followed = oracle.may_follow(world, viewer, n)
    return "Refused" if followed is None else followed


@case("notices.queries.followed", "ask")
def _followed(world: World, viewer: Viewer) -> Answers:
    for n in some_of(world, viewer, world.notices)[0]:
        got = told(
            n.name,
            lambda name: {
                row.organisation.slug
                for row in queries.followed(viewer, name).select_related("organisation")
            },
        )
        yield n.name, got[0] if isinstance(got, tuple) else got, _followed_names(world, viewer, n)
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: queries.followed(viewer, name).count()
    )


@case("notices.following.standings", "ask")
def _standings(world: World, viewer: Viewer) -> Answers:
    for n in some_of(world, viewer, world.notices)[0]:
        for show in Progress:
            got = told(n.name, partial(_all_standings, viewer, show))
            expected = _followed_names(world, viewer, n)
            if show is not Progress.ALL and isinstance(expected, set):
                expected = {slug for slug in expected if not n.sent[slug].answered}
            if show is Progress.LATE and isinstance(expected, set) and n.withdrawn:
                expected = set()
            yield (n.name, show), got[0] if isinstance(got, tuple) else got, expected
    yield from hidden_is_unknown(
        world, viewer, world.notices, partial(_all_standings, viewer, Progress.ALL)
    )


def _all_standings(viewer: Viewer, show: Progress, name: str) -> set[str]:
    found: set[str] = set()
    after = None
    while True:
        page = following.standings(viewer, name, now=NOW, show=show, after=after, limit=2)
        found |= {one.standing.slug for one in page.items}
        after = page.after
        if after is None:
            return found


@case("notices.following.tally", "ask")
def _tally(world: World, viewer: Viewer) -> Answers:
    for n in some_of(world, viewer, world.notices)[0]:
        got = told(n.name, lambda name: following.tally(viewer, name, now=NOW))
        seen = _followed_names(world, viewer, n)
        if isinstance(seen, set) and isinstance(got, Tally):
            open_ones = {slug for slug in seen if not n.sent[slug].answered}
            late = 0 if n.withdrawn else len(open_ones)
            expected = (len(seen), len(open_ones), late)
            yield n.name, (got.total, got.unanswered, got.late), expected
        else:
            yield n.name, got[0] if isinstance(got, tuple) else got, seen
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: following.tally(viewer, name, now=NOW)
    )


@case("notices.drafting.draft_for", "act")
def _draft_for(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: drafting.draft_for(viewer, name)
    )


@case("notices.drafting.edit", "act")
def _edit(world: World, viewer: Viewer) -> Answers:
    to = Written(CONTENT)
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: drafting.edit(viewer, name, to, seen="x", now=NOW, actor="x"),
    )


@case("notices.drafting.discard", "act")
def _discard(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: drafting.discard(viewer, name, seen="x", now=NOW, actor="x"),
    )


@case("notices.preview.previewed", "act")
def _previewed(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: preview.previewed(viewer, name)
    )


@case("notices.publishing.publish_as_seen", "act")
def _publish_as_seen(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: publishing.publish_as_seen(viewer, name, "x", now=NOW, actor="x"),
    )


@case("notices.revising.sent_for", "act")
def _sent_for(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: revising.sent_for(viewer, name)
    )


@case("notices.revising.revise", "act")
def _revise(world: World, viewer: Viewer) -> Answers:
    change = revising.Change(CONTENT, "x")
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: revising.revise(viewer, name, change, now=NOW, actor="x"),
    )


@case("notices.suggesting.with_report", "act")
def _with_report(world: World, viewer: Viewer) -> Answers:
    for r in some_of(world, viewer, world.reports)[0]:
        yield r.stix_id, suggesting.with_report(viewer, r.stix_id).content.tlp, r.tlp
    yield from hidden_is_unknown(
        world, viewer, world.reports, lambda name: suggesting.with_report(viewer, name)
    )


@case("notices.queue.queue", "derive")
def _queue(world: World, viewer: Viewer) -> Answers:
    """Make much of the world urgent for a moment, and look at the queue."""
    with transaction.atomic():
        proposals = _make_urgent(world)
        got = told("-", lambda _name: queue.queue(viewer, now=NOON, limit=1000))
        if isinstance(got, Slice):
            yield "analyst", _is_analyst(world, viewer), True
            yield from _entries(world, viewer, proposals, got.items)
        else:
            yield "analyst", (got, _is_analyst(world, viewer)), (REFUSED, False)
        transaction.set_rollback(True)


REFUSED = ("Refused", "refused", "", {"detail": "the queue is for the hub's analysts"})


def _make_urgent(world: World) -> list[NoticeFacts]:
    """Let no notice speak of one vulnerability, and the hub's drafts be proposals about another."""
    proposals = [n for n in world.notices if n.owner == HUB and not n.published]
    numbers = [n.number for n in proposals]
    Notice.objects.visible_to(System()).filter(pk__in=numbers).update(proposed=True)
    about = Notice.vulnerabilities.through.objects
    about.filter(notice__in=numbers).update(vulnerability=world.cves[OTHER_CVE])
    about.filter(vulnerability=world.cves[CVE]).delete()
    Vulnerability.objects.filter(preferred_id=CVE).update(severity="critical")
    return proposals


def _is_analyst(world: World, viewer: Viewer) -> bool:
    roles = {"hub_analyst", "hub_admin"}
    return (
        isinstance(viewer, Member)
        and world.slug(viewer.organisation) == HUB
        and viewer.role.value in roles
    )


def _entries(
    world: World, viewer: Viewer, proposals: list[NoticeFacts], found: tuple[Entry, ...]
) -> Answers:
    readable = [n for n in world.notices if oracle.may_read(world, viewer, n)]
    standing = {n.name for n in readable if n.published and not n.withdrawn and n.cve == OTHER_CVE}
    got = {one.head.name: set(one.told) for one in found if isinstance(one, Proposal)}
    yield "proposals", got, {n.name: standing for n in proposals if n in readable}
    counted = len(AFFECTED & oracle.granted(world, viewer, 1))
    exposed = [(one.threat.name, one.reach) for one in found if isinstance(one, Exposure)]
    yield "exposures", exposed, [(CVE, Reach(counted, counted))]
    late = Counter(name for name, _slug in _told(world, viewer))
    unanswered = {one.head.name: one.organisations for one in found if isinstance(one, Unanswered)}
    yield "unanswered", unanswered, dict(late)
    given = reviews.reviewable(viewer).filter(state=ReviewState.SUBMITTED)
    reports = {one.name for one in found if isinstance(one, Report)}
    yield "reports", reports, set(given.values_list("name", flat=True))
