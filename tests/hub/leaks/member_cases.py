"""What the functions about reports of attacks, private things and yardsticks must answer."""

from __future__ import annotations

from functools import partial

from noroshi.core.policy.audience import Members
from noroshi.core.policy.visibility import GrantLevel, Member, System, Viewer
from noroshi.hub.intel import actions as intel_actions
from noroshi.hub.intel import queries as intel
from noroshi.hub.inventory import queries as inventory
from noroshi.hub.matching import evidence as evidences
from noroshi.hub.matching import queries as matching
from noroshi.hub.members import queries as members
from noroshi.hub.reports import figures
from noroshi.hub.reports import queries as reports
from noroshi.hub.reports.plan import FigureId
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import (
    NOW,
    TODAY,
    Answers,
    case,
    hidden_is_unknown,
    some_of,
    told,
)
from tests.hub.leaks.world import AFFECTED, CVE, World

# --- attack information ---


@case("intel.queries.reports")
def _reports(world: World, viewer: Viewer) -> Answers:
    got = {head.stix_id for head in intel.reports(viewer)}
    yield "ids", got, {r.stix_id for r in world.reports if oracle.may_read(world, viewer, r)}


@case("intel.queries.report_for", "ask")
def _report_for(world: World, viewer: Viewer) -> Answers:
    for r in some_of(world, viewer, world.reports)[0]:
        yield r.stix_id, intel.report_for(viewer, r.stix_id).head.stix_id, r.stix_id
    yield from hidden_is_unknown(
        world, viewer, world.reports, lambda name: intel.report_for(viewer, name)
    )


@case("intel.queries.report_row", "act")
def _report_row(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world, viewer, world.reports, lambda name: intel.report_row(viewer, name)
    )


@case("intel.queries.object_for", "act")
def _object_for(world: World, viewer: Viewer) -> Answers:
    for r in some_of(world, viewer, world.reports)[0]:
        yield r.stix_id, r.stix_id in intel.object_for(viewer, r.stix_id).decode(), True
    yield from hidden_is_unknown(
        world, viewer, world.reports, lambda name: intel.object_for(viewer, name)
    )


@case("intel.queries.report_value", "act")
def _report_value(world: World, viewer: Viewer) -> Answers:
    """The parts of a report are asked for anew: who got hold of its row sees no more of them."""
    _seen, hidden = some_of(world, viewer, world.reports)
    for r in hidden:
        row = intel.report_row(System(), r.stix_id)
        value = intel.report_value(viewer, row)
        yield r.stix_id, (value.indicators, value.vulnerabilities), ((), ())


@case("intel.actions.share_incident", "act")
def _share_incident(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.reports,
        lambda name: intel_actions.share_incident(viewer, name, Members(), now=NOW, actor="x"),
    )


# --- private things ---

OWNERS = AFFECTED | {"radio"}


def _detailed(world: World, viewer: Viewer) -> set[str]:
    return oracle.granted(world, viewer, 2) & OWNERS


@case("inventory.queries.systems")
def _systems(world: World, viewer: Viewer) -> Answers:
    got = {row.name for row in inventory.systems(viewer)}
    yield "systems", got, {f"sys-{slug}" for slug in _detailed(world, viewer)}


@case("inventory.queries.inventories", "derive")
def _inventories(world: World, viewer: Viewer) -> Answers:
    got = {row.pk for row in inventory.inventories(viewer)}
    yield "inventories", got, {world.inventories[slug] for slug in _detailed(world, viewer)}


@case("inventory.queries.inventory_of", "derive")
def _inventory_of(world: World, viewer: Viewer) -> Answers:
    for slug, number in world.inventories.items():
        owner = world.organisations[slug].pk
        asking = partial(inventory.inventory_of, viewer, owner)
        found = told(f"sys-{slug}", asking)
        if slug in _detailed(world, viewer):
            yield slug, getattr(found, "pk", found), number
        else:
            yield slug, found, told("no such system", asking)


@case("inventory.queries.components", "derive")
def _components(world: World, viewer: Viewer) -> Answers:
    for slug, number in world.inventories.items():
        got = [row.package.name for row in inventory.components(viewer, number)]
        yield slug, got, [f"soft-{slug}"] if slug in _detailed(world, viewer) else []


def _concerned(world: World, viewer: Viewer) -> set[str]:
    return _detailed(world, viewer) & AFFECTED


@case("matching.queries.exposure")
def _exposure(world: World, viewer: Viewer) -> Answers:
    got = {row.system.organisation.slug for row in matching.exposure(viewer)}
    yield "all", got, _concerned(world, viewer)
    for slug in ("hikari", "minato"):
        rows = matching.exposure(viewer, world.organisations[slug].pk)
        yield slug, len(rows), int(slug in _concerned(world, viewer))


@case("matching.queries.findings_of", "derive")
def _findings_of(world: World, viewer: Viewer) -> Answers:
    got = {row.system.organisation.slug for row in matching.findings_of(viewer, world.cves[CVE])}
    yield CVE, got, _concerned(world, viewer)


@case("matching.queries.reasons", "derive")
def _reasons(world: World, viewer: Viewer) -> Answers:
    everything = matching.exposure(System())
    owners = {row.pk: row.system.organisation.slug for row in everything}
    got = {owners[number] for number in matching.reasons(viewer, [row.pk for row in everything])}
    yield "reasons", got, _concerned(world, viewer)


@case("matching.evidence.evidence", "derive")
def _evidence(world: World, viewer: Viewer) -> Answers:
    everything = matching.exposure(System())
    owners = {row.pk: row.system.organisation.slug for row in everything}
    got = {
        (owners[number], one.component)
        for number, found in evidences.evidence(viewer, everything).items()
        for one in found
    }
    yield "evidence", got, {(slug, f"soft-{slug}") for slug in _concerned(world, viewer)}


@case("members.queries.granting", "derive")
def _granting(world: World, viewer: Viewer) -> Answers:
    for level in GrantLevel:
        got = {world.slug(number) for number in members.granting(viewer, level)}
        yield level.name, got, oracle.granted(world, viewer, level.value)


# --- the yardsticks ---

SPAN = reports.period(2026, TODAY)


@case("reports.queries.shares", "derive")
def _shares(world: World, viewer: Viewer) -> Answers:
    got = sorted(
        (item, world.slug(one.sender), tuple(sorted(map(world.slug, one.readers))))
        for one in reports.shares(viewer, SPAN)
        for item in one.items
    )
    yield "shares", got, oracle.shares(world, viewer)


@case("reports.queries.linked_assets", "derive")
def _linked_assets(world: World, viewer: Viewer) -> Answers:
    yield "assets", reports.linked_assets(viewer, SPAN).count(), len(_detailed(world, viewer))


@case("reports.figures.rows_behind", "derive")
def _rows_behind(world: World, viewer: Viewer) -> Answers:
    shared = oracle.shares(world, viewer)
    everything = isinstance(viewer, System)
    mine = world.slug(viewer.organisation) if isinstance(viewer, Member) else ""
    pairs: set[tuple[str, ...]] = {
        (item, reader)
        for item, sender, readers in shared
        for reader in readers
        if everything or mine in {sender, reader}
    }
    taking = oracle.taking_part(world)
    taking = taking if oracle.sees_who_takes_part(viewer) else taking & {mine}
    districts = {oracle.DISTRICTS[slug] for slug in taking if slug in oracle.DISTRICTS}
    detailed = _detailed(world, viewer)
    expected: dict[FigureId, set[tuple[str, ...]]] = {
        FigureId.ITEMS: {(item,) for item, _, _ in shared},
        FigureId.ITEM_ORGANISATIONS: pairs,
        FigureId.ORGANISATIONS: {(slug,) for slug in taking},
        FigureId.DISTRICTS: {(district,) for district in districts},
        FigureId.ASSETS: {(slug, f"sys-{slug}") for slug in detailed},
        FigureId.COST_PER_ITEM: set(),
    }
    for figure, rows in expected.items():
        width = len(next(iter(rows), ("",)))
        found = figures.rows_behind(viewer, figure, 2026, TODAY).rows
        yield figure.value, {row[:width] for row in found}, rows
