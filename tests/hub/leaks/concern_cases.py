"""What the functions about which vulnerability concerns whom must answer."""

from __future__ import annotations

from collections.abc import Iterable

from noroshi.core.policy.visibility import Viewer
from noroshi.core.search.asked import Asked
from noroshi.hub.knowledge import catalogue
from noroshi.hub.matching import concerning
from noroshi.hub.matching.models import Finding
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import Answers, case
from tests.hub.leaks.world import AFFECTED, CVE, World


def _mine(world: World, viewer: Viewer) -> set[str]:
    return {slug for slug in AFFECTED if slug == oracle.own(world, viewer)}


def _slugs(findings: Iterable[Finding]) -> set[str]:
    return {row.system.organisation.slug for row in findings}


@case("matching.concerning.own_vulnerabilities", "derive")
def _own_vulnerabilities(world: World, viewer: Viewer) -> Answers:
    mine = concerning.own_vulnerabilities(viewer)
    expected = [world.cves[CVE]] if _mine(world, viewer) else []
    yield "ids", list(mine), expected
    listed = catalogue.listing(Asked(), None, 50, among=mine)
    yield "list", ([line.number for line in listed.items], listed.after), (expected, None)


@case("matching.concerning.own_systems", "derive")
def _own_systems(world: World, viewer: Viewer) -> Answers:
    got = concerning.own_systems(viewer, set(world.cves.values()))
    yield "systems", got, {world.cves[CVE]: 1} if _mine(world, viewer) else {}


@case("matching.concerning.concerned", "derive")
def _concerned(world: World, viewer: Viewer) -> Answers:
    mine = _mine(world, viewer)
    granted = (AFFECTED & oracle.granted(world, viewer, 2)) - mine
    for most in (0, 1, 50):
        got = concerning.concerned(viewer, world.cves[CVE], most)
        yield f"numbers, {most}", (got.number_own, got.number_others), (len(mine), len(granted))
        yield f"own, {most}", _slugs(got.own), mine if most else set()
        yield f"others, {most}", _slugs(got.others) - granted, set()
    yield "others", _slugs(concerning.concerned(viewer, world.cves[CVE], 50).others), granted
