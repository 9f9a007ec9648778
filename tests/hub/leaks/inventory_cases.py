"""What the functions about what members run must answer."""

from __future__ import annotations

import itertools
from functools import partial

from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.hub.inventory import changing, history
from noroshi.hub.inventory import queries as inventory
from noroshi.hub.inventory.models import Component, Inventory
from noroshi.hub.inventory.models import System as MemberSystem
from noroshi.hub.matching import progress as progresses
from noroshi.hub.matching import tallies
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import NOW, Answers, case, chosen, told
from tests.hub.leaks.world import AFFECTED, World

OWNERS = AFFECTED | {"radio"}
NOT_THERE = 999_999_999


def _detailed(world: World, viewer: Viewer) -> set[str]:
    return oracle.granted(world, viewer, 2) & OWNERS


def _counted(world: World, viewer: Viewer) -> set[str]:
    return oracle.granted(world, viewer, 1) & OWNERS


def _some(world: World, viewer: Viewer) -> list[str]:
    """Return an owner whose things the viewer may see, and one whose not; others each time."""
    turn = viewer.organisation + 3 * (viewer.person or 0) if isinstance(viewer, Member) else 0
    seen = sorted(_detailed(world, viewer))
    hidden = sorted(OWNERS - set(seen))
    return [*(chosen(seen, turn) if seen else ()), *(chosen(hidden, turn) if hidden else ())]


def _systems(world: World) -> dict[str, int]:
    rows = Inventory.objects.visible_to(System()).filter(pk__in=list(world.inventories.values()))
    numbers = dict(rows.values_list("pk", "system"))
    return {slug: numbers[number] for slug, number in world.inventories.items()}


@case("inventory.queries.systems_of")
def _systems_of(world: World, viewer: Viewer) -> Answers:
    for slug in _some(world, viewer):
        number = world.organisations[slug].pk
        expected = [f"sys-{slug}"] if slug in _detailed(world, viewer) else []
        yield slug, [row.name for row in inventory.systems_of(viewer, number)], expected
        found = inventory.systems_of(viewer, number, words="sys").count()
        yield f"{slug}, searched", found, len(expected)


@case("inventory.queries.retired_systems", "derive")
def _retired_systems(world: World, viewer: Viewer) -> Answers:
    MemberSystem.objects.visible_to(System()).update(retired_at=NOW)
    for slug in _some(world, viewer):
        number = world.organisations[slug].pk
        expected = [f"sys-{slug}"] if slug in _detailed(world, viewer) else []
        yield slug, [row.name for row in inventory.retired_systems(viewer, number)], expected
    MemberSystem.objects.visible_to(System()).update(retired_at=None)


@case("inventory.queries.system_for", "derive")
def _system_for(world: World, viewer: Viewer) -> Answers:
    asking = partial(_told, lambda number: inventory.system_for(viewer, number).pk)
    for slug in _some(world, viewer):
        number = _systems(world)[slug]
        seen = slug in _detailed(world, viewer)
        yield slug, asking(number), number if seen else asking(NOT_THERE)


def _told(ask, number: int) -> object:
    return told(str(number), lambda name: ask(int(name)))


@case("inventory.queries.counted", "derive")
def _counted_systems(world: World, viewer: Viewer) -> Answers:
    got = {
        world.slug(number): (one.systems, one.components)
        for number, one in inventory.counted(viewer).items()
    }
    yield "counted", got, dict.fromkeys(_counted(world, viewer), (1, 1))


@case("inventory.queries.current_inventories", "derive")
def _current_inventories(world: World, viewer: Viewer) -> Answers:
    got = {
        row.pk for row in inventory.current_inventories(viewer, _systems(world).values()).values()
    }
    yield "current", got, {world.inventories[slug] for slug in _detailed(world, viewer)}


@case("inventory.queries.inventories_of", "derive")
def _inventories_of(world: World, viewer: Viewer) -> Answers:
    for slug in _some(world, viewer):
        number = _systems(world)[slug]
        expected = [world.inventories[slug]] if slug in _detailed(world, viewer) else []
        yield slug, [row.pk for row in inventory.inventories_of(viewer, number)], expected


@case("inventory.queries.inventory_for", "derive")
def _inventory_for(world: World, viewer: Viewer) -> Answers:
    asking = partial(_told, lambda number: inventory.inventory_for(viewer, number).pk)
    whole = partial(_told, lambda number: inventory.inventory_for(viewer, number, received=True).pk)
    for slug in _some(world, viewer):
        number = world.inventories[slug]
        seen = slug in _detailed(world, viewer)
        yield slug, asking(number), number if seen else asking(NOT_THERE)
        yield f"{slug}, received", whole(number), number if seen else whole(NOT_THERE)


@case("inventory.queries.components_of", "derive")
def _components_of(world: World, viewer: Viewer) -> Answers:
    for slug in _some(world, viewer):
        number = world.inventories[slug]
        expected = [f"soft-{slug}"] if slug in _detailed(world, viewer) else []
        for words in ("", "SOFT", "pkg:generic"):
            got = [row.package.name for row in inventory.components_of(viewer, number, words=words)]
            yield (slug, words), got, expected


@case("inventory.history.previous", "derive")
def _previous(world: World, viewer: Viewer) -> Answers:
    for slug in _some(world, viewer):
        number = world.inventories[slug]
        row = Inventory.objects.visible_to(System()).get(pk=number)
        row.pk = NOT_THERE  # as if it came after the stored one
        before = history.previous(viewer, row)
        yield slug, before and before.pk, number if slug in _detailed(world, viewer) else None


@case("inventory.history.changes", "derive")
def _changes(world: World, viewer: Viewer) -> Answers:
    some = [world.inventories[slug] for slug in _some(world, viewer)]
    mine = {world.inventories[slug] for slug in _detailed(world, viewer)}
    for old, new in itertools.product(some, some):
        got = told("-", partial(_from_to, viewer, (old, new)))
        if {old, new} <= mine:
            yield (old, new), got, history.changes(System(), old, new)
        else:
            hidden = (min({old, new} - mine, key=[old, new].index),)
            unknown = tuple(NOT_THERE if one in hidden else one for one in (old, new))
            yield (old, new), got, told("-", partial(_from_to, viewer, unknown))


def _from_to(viewer: Viewer, pair: tuple[int, ...], _name: str) -> object:
    try:
        return history.changes(viewer, *pair)
    except NotFound as error:
        raise NotFound(kind=error.facts["kind"], name="-") from error


@case("inventory.changing.own_system", "act")
def _own_system(world: World, viewer: Viewer) -> Answers:
    mine = oracle.own(world, viewer)
    asking = partial(_told, lambda number: changing.own_system(viewer, number).pk)
    for slug in _some(world, viewer):
        number = _systems(world)[slug]
        if slug not in _detailed(world, viewer):
            yield slug, asking(number), asking(NOT_THERE)
        elif isinstance(viewer, Member) and (slug != mine or not oracle.may_act(viewer)):
            got = asking(number)
            yield slug, isinstance(got, tuple) and got[0], Refused.__name__
        else:
            yield slug, asking(number), number


@case("matching.progress.progress", "derive")
def _progress(world: World, viewer: Viewer) -> Answers:
    asking = partial(_told, lambda number: progresses.progress(viewer, number, now=NOW))
    for slug in _some(world, viewer):
        number = _systems(world)[slug]
        seen = slug in _detailed(world, viewer)
        yield slug, asking(number), progresses.Progress.DONE if seen else asking(NOT_THERE)


# --- findings counted ---


@case("matching.tallies.by_system", "derive")
def _by_system(world: World, viewer: Viewer) -> Answers:
    systems = _systems(world)
    got = {number: one.total for number, one in tallies.by_system(viewer, systems.values()).items()}
    yield "tallies", got, {systems[slug]: 1 for slug in _detailed(world, viewer) & AFFECTED}


@case("matching.tallies.by_organisation", "derive")
def _by_organisation(world: World, viewer: Viewer) -> Answers:
    got = {world.slug(number): one.total for number, one in tallies.by_organisation(viewer).items()}
    yield "tallies", got, dict.fromkeys(_counted(world, viewer) & AFFECTED, 1)


@case("matching.tallies.of_system", "derive")
def _of_system(world: World, viewer: Viewer) -> Answers:
    for slug in _some(world, viewer):
        number = _systems(world)[slug]
        seen = slug in _detailed(world, viewer)
        yield slug, tallies.of_system(viewer, number).count(), int(seen and slug in AFFECTED)
        yield f"{slug}, all", tallies.of_system(viewer, number, live=False).count(), int(seen)


@case("matching.tallies.of_packages", "derive")
def _of_packages(world: World, viewer: Viewer) -> Answers:
    rows = Component.objects.visible_to(System())
    for slug in _some(world, viewer):
        number = _systems(world)[slug]
        packages = list(rows.filter(inventory__system=number).values_list("package", flat=True))
        got = [len(found) for found in tallies.of_packages(viewer, number, packages).values()]
        yield slug, got, [1] if slug in _detailed(world, viewer) & AFFECTED else []
