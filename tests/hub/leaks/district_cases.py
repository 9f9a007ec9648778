"""What the functions about a bureau's district must answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from noroshi.core.paging import Slice
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.notices import district, queries
from noroshi.hub.notices.views import Progress
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import NOW, Answers, case, told
from tests.hub.leaks.world import BUREAU, OTHER_BUREAU, NoticeFacts, World

Pair = tuple[str, str]


def _bureau(world: World, viewer: Viewer) -> str | None:
    mine = oracle.own(world, viewer)
    return mine if isinstance(viewer, Member) and mine in {BUREAU, OTHER_BUREAU} else None


def _operators(world: World, viewer: Viewer) -> set[str]:
    bureau = _bureau(world, viewer)
    if bureau is None:
        return set()
    here = {slug for slug, name in oracle.DISTRICTS.items() if name == oracle.DISTRICTS[bureau]}
    return here - {bureau}


def _watched(world: World, viewer: Viewer) -> dict[Pair, NoticeFacts]:
    """Return (notice, operator) of all that the viewer's bureau watches."""
    return {
        (notice.name, slug): notice
        for notice in world.notices
        if notice.published and oracle.may_read(world, viewer, notice)
        for slug in (oracle.may_follow(world, viewer, notice) or set())
        if slug in _operators(world, viewer)
    }


def _late(watched: dict[Pair, NoticeFacts]) -> set[Pair]:
    return {
        (name, slug)
        for (name, slug), notice in watched.items()
        if not notice.withdrawn and not notice.sent[slug].answered
    }


def _every(ask: Callable[..., Slice[Any]], viewer: Viewer, *names: str, **asked: Any) -> list[Any]:
    page = ask(viewer, *names, now=NOW, **asked)
    found = list(page.items)
    while page.after:
        page = ask(viewer, *names, now=NOW, after=page.after, **asked)
        found += page.items
    return found


@case("notices.queries.watched", "derive")
def _watched_case(world: World, viewer: Viewer) -> Answers:
    rows = queries.watched(viewer).select_related("notice", "organisation")
    got = {(str(row.notice), row.organisation.slug) for row in rows}
    yield "watched", got, set(_watched(world, viewer))


@case("notices.district.operators")
def _operators_case(world: World, viewer: Viewer) -> Answers:
    got = {row.slug for row in district.operators(viewer)}
    yield "operators", got, _operators(world, viewer)


@case("notices.district.operator", "ask")
def _operator(world: World, viewer: Viewer) -> Answers:
    here = _operators(world, viewer)
    for slug in oracle.DISTRICTS:
        found = told(slug, lambda name: district.operator(viewer, name).slug)
        unknown = told("nobody", lambda name: district.operator(viewer, name))
        yield slug, found, slug if slug in here else unknown


@case("notices.district.columns", "derive")
def _columns(world: World, viewer: Viewer) -> Answers:
    watched = _watched(world, viewer)
    late = _late(watched)
    found = _every(district.columns, viewer, limit=20)
    got = {one.head.name: (one.tally.total, one.tally.late) for one in found}
    names = {name for name, _slug in watched}
    expected = {
        name: (sum(n == name for n, _s in watched), sum(n == name for n, _s in late))
        for name in names
    }
    yield "all", got, expected
    only = {one.head.name for one in _every(district.columns, viewer, show=Progress.LATE)}
    yield "late", only, {name for name, _slug in late}


@case("notices.district.lines", "derive")
def _lines(world: World, viewer: Viewer) -> Answers:
    watched = _watched(world, viewer)
    # Also of notices that the viewer has no business with, should it get hold of them.
    shown = [
        district.Column(notice.number, None, None)  # type: ignore[arg-type]  # only the row counts
        for notice in world.notices
    ]
    got = {
        (cell.head.name, line.organisation.slug)
        for line in district.lines(viewer, shown, now=NOW)
        for cell in line.cells
        if cell
    }
    yield "cells", got, set(watched)


@case("notices.district.overdue", "derive")
def _overdue(world: World, viewer: Viewer) -> Answers:
    watched = _watched(world, viewer)
    found = district.overdue(viewer, now=NOW, limit=10_000)
    yield "late", {(one.head.name, one.standing.slug) for one in found}, _late(watched)
    hub = world.organisations["isac"].name
    raised = {
        (name, slug) for (name, slug) in _late(watched) if watched[name, slug].sent[slug].told
    }
    got = {(one.head.name, one.standing.slug) for one in found if one.raised}
    yield "raised", got, raised
    yield "to", {told.to for one in found for told in one.raised}, {hub} if raised else set()


@case("notices.district.tally", "derive")
def _tally(world: World, viewer: Viewer) -> Answers:
    watched = _watched(world, viewer)
    standing = {pair for pair, notice in watched.items() if not notice.withdrawn}
    got = district.tally(viewer, now=NOW)
    yield "tally", (got.total, got.late), (len(standing), len(_late(watched)))


@case("notices.district.deliveries_of", "ask")
def _deliveries_of(world: World, viewer: Viewer) -> Answers:
    watched = _watched(world, viewer)
    for slug in _operators(world, viewer):
        found = _every(district.deliveries_of, viewer, slug, limit=20)
        expected = {name for name, each in watched if each == slug}
        yield slug, {one.head.name for one in found}, expected
    hidden = sorted(set(oracle.DISTRICTS) - _operators(world, viewer))[:2]
    for slug in hidden:
        ask = lambda name: district.deliveries_of(viewer, name, now=NOW)  # noqa: E731 - one line
        yield slug, told(slug, ask), told("nobody", ask)
