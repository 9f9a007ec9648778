"""What a system ran before, and what changed from one inventory to the next."""

from __future__ import annotations

import importlib

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from noroshi.core.changes import Changes
from noroshi.core.errors import NotFound
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.inventory import history, queries
from noroshi.hub.inventory.actions import add_inventory, system_named
from noroshi.hub.inventory.models import Inventory, System
from noroshi.hub.members import queries as directory
from tests.hub import sector as world
from tests.hub.feeds import npm_component, sbom
from tests.hub.sector import HOUR, NOON

A1, A2 = npm_component("a", "1.0"), npm_component("a", "2.0")
MIGRATION = "0002_retirement_and_changes"
B, C = npm_component("b", "1.0"), npm_component("c", "1.0")


@pytest.fixture(autouse=True)
def _sector(database):
    world.sector()


@pytest.fixture
def system() -> System:
    return system_named(directory.named("hikari"), "web")


def upload(system: System, *components, hours: int = 0) -> Inventory:
    at = NOON + hours * HOUR
    added = add_inventory(system, "x.json", sbom(*components), now=at, actor="x")
    return queries.inventory_for(SystemViewer(), added.number)


def told(changes: Changes) -> dict[str, list[str]]:
    return {
        kind: [change.name for change in getattr(changes, kind)]
        for kind in ("added", "removed", "updated")
    }


def test_what_came_went_and_changed_is_told(system):
    old, new = upload(system, A1, B), upload(system, A2, C)
    changes = history.changes(world.machine("hikari"), old.pk, new.pk)
    assert told(changes) == {"added": ["c"], "removed": ["b"], "updated": ["a"]}
    assert (changes.updated[0].before, changes.updated[0].after) == (("1.0",), ("2.0",))


def test_it_is_counted_when_an_inventory_is_taken_in(system):
    first, second = upload(system, A1, B), upload(system, A2, C)
    assert (first.added, first.removed, first.updated) == (None, None, None)
    assert (second.added, second.removed, second.updated) == (1, 1, 1)


def test_another_order_of_the_same_is_no_change(system):
    upload(system, A1, B)
    second = upload(system, B, A1)
    assert (second.added, second.removed, second.updated) == (0, 0, 0)


def test_the_one_before_is_the_one_before_of_the_same_system(system):
    other = upload(system_named(directory.named("hikari"), "mail"), A1)
    first, second, third = upload(system, A1), upload(system, A2), upload(system, B)
    viewer = world.machine("hikari")
    for inventory, before in ((third, second), (second, first), (first, None), (other, None)):
        assert history.previous(viewer, inventory) == before


def test_the_history_of_a_system_begins_with_the_newest(system):
    numbers = [upload(system, one).pk for one in (A1, A2, B)]
    rows = queries.inventories_of(world.machine("hikari"), system.pk)
    assert [row.pk for row in rows] == numbers[::-1]
    assert [row.current for row in rows] == [True, False, False]


def test_what_is_hidden_cannot_be_compared(system):
    mine = upload(system_named(directory.named("minato"), "web"), A1)
    theirs = upload(system, B)
    for pair in ((mine.pk, theirs.pk), (theirs.pk, mine.pk)):
        with pytest.raises(NotFound):
            history.changes(world.machine("minato"), *pair)


class TestQuality:
    def test_what_no_vulnerability_can_be_matched_with_is_counted(self, system):
        nameless = {"name": "own", "version": "1.0"}
        versionless = {"name": "d", "purl": "pkg:npm/d"}
        row = upload(system, A1, nameless, versionless, {"name": "e", "purl": "not one"})
        assert (row.unmatchable, row.problem_count) == (3, 1)
        listed = queries.unmatchable(queries.components_of(SystemViewer(), row.pk))
        assert {one.package.name for one in listed} == {"own", "d", "e"}

    def test_older_inventories_are_counted_when_the_database_is_brought_up_to_date(self, system):
        row = upload(system, A1, {"name": "e", "purl": "not one"})
        Inventory.objects.visible_to(SystemViewer()).update(problem_count=0, unmatchable=0)
        state = MigrationLoader(connection).project_state([("inventory", MIGRATION)])
        migration = importlib.import_module(f"noroshi.hub.inventory.migrations.{MIGRATION}")
        migration.count(state.apps, connection.schema_editor())
        row = queries.inventory_for(SystemViewer(), row.pk)
        assert (row.unmatchable, row.problem_count) == (1, 1)


class TestFinding:
    def test_components_are_found_by_name_and_by_package_url(self, system):
        row = upload(system, A1, B, npm_component("alpha_b", "1"))
        viewer = world.machine("hikari")
        for words, names in (
            ("ALPHA", ["alpha_b"]),
            ("npm/b", ["b"]),
            ("_", ["alpha_b"]),
            ("%", []),
        ):
            found = queries.components_of(viewer, row.pk, words=words)
            assert [one.package.name for one in found] == names, words
