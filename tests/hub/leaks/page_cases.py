"""What the lists that programs follow, page by page, must answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from noroshi.core.paging import Slice
from noroshi.core.policy.visibility import System, Viewer
from noroshi.hub.intel import streaming as intel
from noroshi.hub.inventory import listing as inventory
from noroshi.hub.matching import listing as matching
from noroshi.hub.matching.listing import Filters
from noroshi.hub.matching.models import Finding, FindingAnswer
from noroshi.hub.notices import streaming as notices
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import NOW, Answers, case, told
from tests.hub.leaks.inventory_cases import NOT_THERE, OWNERS
from tests.hub.leaks.world import CVE, World, finding_of

FEW = 7


def pages(ask: Callable[[str | None], Slice[Any]]) -> list[Any]:
    """Return the items of all pages; every page but the last is full, so that none tells a gap."""
    found: list[Any] = []
    after: str | None = None
    while True:
        page = ask(after)
        found += page.items
        if page.after is None:
            return found
        assert len(page.items) == FEW
        after = page.after


def _detailed(world: World, viewer: Viewer) -> set[str]:
    return oracle.granted(world, viewer, 2) & OWNERS


def _names(owners: Iterable[str]) -> set[str]:
    return {f"sys-{slug}" for slug in owners}


# --- marked things ---


@case("intel.streaming.objects")
def _objects(world: World, viewer: Viewer) -> Answers:
    found = pages(lambda after: intel.objects(viewer, after=after, limit=FEW))
    expected = {r.stix_id: r for r in world.reports if oracle.may_read(world, viewer, r)}
    yield "ids", sorted(one.stix_id for one in found), sorted(expected)
    yield "markings", {one.tlp is expected[one.stix_id].tlp for one in found} <= {True}, True
    yield "bodies", all(one.stix_id.encode() in one.body for one in found), True


@case("notices.streaming.notices", "derive")
def _notices(world: World, viewer: Viewer) -> Answers:
    found = pages(lambda after: notices.notices(viewer, after=after, limit=FEW))
    expected = {
        n.name: n for n in world.notices if n.published and oracle.may_read(world, viewer, n)
    }
    yield "names", sorted(one.notice.number for one in found), sorted(expected)
    readable = {r.stix_id for r in world.reports if oracle.may_read(world, viewer, r)}
    for one in found:
        facts = expected[one.notice.number]
        attached = (facts.attached,) if facts.attached in readable else ()
        yield (
            facts.name,
            (one.reports, one.names),
            (attached, {world.cves[facts.cve]: (facts.cve,)}),
        )


# --- private things ---


@case("matching.listing.findings", "derive")
def _findings(world: World, viewer: Viewer) -> Answers:
    seen = _detailed(world, viewer)
    affected = seen - {"radio"}
    for filters, owners in (
        (Filters(), seen),
        (Filters(vulnerability=CVE), affected),
        (Filters(organisation="hikari"), seen & {"hikari"}),
        (Filters(system=finding_of("minato").system_id), seen & {"minato"}),
    ):
        rows = matching.findings(viewer, filters, after=None, limit=100).items
        yield filters, {row.system.name for row in rows}, _names(owners)


@case("matching.listing.finding_for", "derive")
def _finding_for(world: World, viewer: Viewer) -> Answers:
    def asking(name: str) -> object:
        return matching.finding_for(viewer, int(name)).system.name

    for slug in sorted(OWNERS):
        got = told(str(finding_of(slug).pk), asking)
        seen = slug in _detailed(world, viewer)
        yield slug, got, f"sys-{slug}" if seen else told(str(NOT_THERE), asking)


@case("matching.listing.answers_of", "derive")
def _answers_of(world: World, viewer: Viewer) -> Answers:
    lines = [
        FindingAnswer(finding=finding_of(slug), at=NOW, state="fixed", text=slug)
        for slug in sorted(OWNERS)
    ]
    FindingAnswer.objects.bulk_create(lines)
    for line in lines:
        got = [row.text for row in matching.answers_of(viewer, line.finding_id)]
        yield line.text, got, [line.text] if line.text in _detailed(world, viewer) else []
    numbers = Finding.objects.visible_to(System()).values("pk")
    FindingAnswer.objects.visible_to(System()).filter(finding__in=numbers).delete()


@case("inventory.listing.systems")
def _systems(world: World, viewer: Viewer) -> Answers:
    rows = inventory.systems(viewer, after=None, limit=100).items
    yield "systems", {row.name for row in rows}, _names(_detailed(world, viewer))


@case("inventory.listing.inventories")
def _inventories(world: World, viewer: Viewer) -> Answers:
    for current in (True, False):
        page = inventory.inventories(viewer, system=None, current=current, after=None, limit=100)
        expected = {world.inventories[slug] for slug in _detailed(world, viewer)}
        yield current, {row.pk for row in page.items}, expected
    for slug in sorted(OWNERS):
        number = finding_of(slug).system_id
        page = inventory.inventories(viewer, system=number, current=True, after=None, limit=100)
        yield slug, len(page.items), int(slug in _detailed(world, viewer))


@case("inventory.listing.components", "derive")
def _components(world: World, viewer: Viewer) -> Answers:
    def asking(name: str) -> object:
        page = inventory.components(viewer, int(name), words="", after=None, limit=100)
        return [row.package.name for row in page.items]

    for slug, number in world.inventories.items():
        seen = slug in _detailed(world, viewer)
        expected = [f"soft-{slug}"] if seen else told(str(NOT_THERE), asking)
        yield slug, told(str(number), asking), expected
