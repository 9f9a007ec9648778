"""Who may know what: the rules told once more, from the facts, without `core.policy`."""

from __future__ import annotations

from noroshi.core.policy.visibility import Anonymous, Member, System, Viewer
from tests.hub.leaks.world import (
    BUREAU,
    GRANTS,
    HUB,
    OTHER_BUREAU,
    Marked,
    NoticeFacts,
    World,
)

OUTSIDE = {"ministry", "auditor"}
ONLY_READ = OUTSIDE | {"viewer"}
OPEN_TO = {
    "everyone": {"clear"},
    "members": {"clear", "green"},
    "organisations": {"clear", "green", "amber", "amber+strict"},
    "people": {"clear", "green", "amber", "amber+strict", "red"},
}
DISTRICTS = {
    "bureau-kanto": "kanto",
    "hikari": "kanto",
    "minato": "kanto",
    "bureau-tohoku": "tohoku",
    "yama": "tohoku",
    "radio": "tohoku",
}
MEMBERS = frozenset(DISTRICTS) | {HUB}
"""Everybody whose answer is waited for: not the ministry."""


def may_read(world: World, viewer: Viewer, item: Marked) -> bool:
    """Say whether a marked thing is for this viewer."""
    if isinstance(viewer, System):
        return True
    if isinstance(viewer, Anonymous) or viewer.role.value in OUTSIDE:
        return item.published and item.tlp.value == "clear" and item.kind == "everyone"
    own, me = world.slug(viewer.organisation), world.name(viewer.person)
    if me is not None and me == item.author:
        return True
    if own == item.owner and item.tlp.value != "red":
        return True
    if not item.published or item.tlp.value not in OPEN_TO[item.kind]:
        return False
    if item.kind == "organisations":
        return own in item.listed
    return item.kind != "people" or me in item.listed


def own(world: World, viewer: Viewer) -> str | None:
    """Return the viewer's organisation, if the viewer sees anything of the inside of it."""
    if isinstance(viewer, Member) and viewer.role.value not in OUTSIDE:
        return world.slug(viewer.organisation)
    return None


def may_act(viewer: Viewer) -> bool:
    """Say whether the viewer speaks for an organisation."""
    if isinstance(viewer, Member):
        return viewer.role.value not in ONLY_READ
    return isinstance(viewer, System)


def granted(world: World, viewer: Viewer, level: int) -> set[str]:
    """Return whose private things the viewer may see at this level, its own among them."""
    if isinstance(viewer, System):
        return set(world.organisations)
    mine = own(world, viewer)
    if mine is None:
        return set()
    others = {owner for (owner, to), given in GRANTS.items() if to == mine and given >= level}
    return others | {mine}


def may_follow(world: World, viewer: Viewer, notice: NoticeFacts) -> set[str] | None:
    """Return whose standing the viewer sees; ``None``: it follows nobody with this notice."""
    everybody = set(notice.sent)
    if isinstance(viewer, System):
        return everybody
    mine = own(world, viewer)
    if mine is None:
        return None
    if mine == notice.owner:
        seen = everybody
    elif mine in {BUREAU, OTHER_BUREAU}:
        seen = {slug for slug in everybody if DISTRICTS.get(slug) == DISTRICTS[mine]}
    else:
        return None
    return {slug for slug in seen if _may_know_of(world, viewer, notice, slug)}


def _may_know_of(world: World, viewer: Viewer, notice: NoticeFacts, slug: str) -> bool:
    if not notice.affected_only or slug in granted(world, viewer, 1):
        return True
    return own(world, viewer) == notice.owner and notice.sent[slug].answered


def late(world: World, viewer: Viewer) -> set[tuple[str, str]]:
    """Return the (notice, organisation) whose answer is overdue and the viewer's to follow up."""
    found = set()
    mine = own(world, viewer)
    for notice in world.notices:
        if notice.withdrawn or not may_read(world, viewer, notice):
            continue
        followed = may_follow(world, viewer, notice) or set()
        for slug, sent in notice.sent.items():
            told = mine in sent.told and _may_know_of(world, viewer, notice, slug)
            if not sent.answered and (slug == mine or slug in followed or told):
                found.add((notice.name, slug))
    return found


def readers(world: World, item: Marked) -> set[str]:
    """Return the organisations that a published thing is for, other than its owner."""
    if item.kind == "people":
        found = {world.people[name].organisation.slug for name in item.listed}
    elif item.kind == "organisations":
        found = set(item.listed)
    else:
        found = set(MEMBERS)
    if isinstance(item, NoticeFacts):
        found = set(item.sent) | (found if item.kind in {"people", "organisations"} else set())
    return found - {item.owner}


def shares(world: World, viewer: Viewer) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (item, sender, readers) of all that was shared, as far as the viewer may know it."""
    found = []
    for notice in world.notices:
        if notice.published and not notice.exercise and may_read(world, viewer, notice):
            told = readers(world, notice)
            if notice.affected_only:
                told &= granted(world, viewer, 1)
            found.append((notice.cve, notice.owner, tuple(sorted(told))))
    drilled = {notice.attached for notice in world.notices if notice.exercise}
    found += [
        (one.stix_id, one.owner, tuple(sorted(readers(world, one))))
        for one in world.reports
        if one.published and one.stix_id not in drilled and may_read(world, viewer, one)
    ]
    return sorted(share for share in found if share[2])


def taking_part(world: World) -> set[str]:
    """Return the organisations that answered something that was no drill."""
    return {
        slug
        for notice in world.notices
        if not notice.exercise
        for slug, sent in notice.sent.items()
        if sent.answered
    }


def sees_who_takes_part(viewer: Viewer) -> bool:
    """Say whether the viewer is told who takes part."""
    roles = {"ministry", "hub_analyst", "hub_admin"}
    return isinstance(viewer, System) or (isinstance(viewer, Member) and viewer.role.value in roles)
