"""What members run: taken in, replaced, shared as packages and never as inventories."""

from __future__ import annotations

import pytest
import zstandard

from noroshi.core.errors import FormatError, UnknownFormat
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Criticality, Exposure
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.actions import AddedInventory, add_inventory, system_named
from noroshi.hub.inventory.models import (
    Component,
    Inventory,
    Package,
    PackageIdentity,
    System,
)
from noroshi.hub.members import queries as members
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.feeds import Json, npm_component, sbom
from tests.hub.sector import DAY, NOON

A, B = npm_component("a", "1.0"), npm_component("b", "2.0")


@pytest.fixture(autouse=True)
def _two_members(database):
    for slug in ("hikari", "minato"):
        world.organisation(slug)


def system(slug: str = "hikari", name: str = "web") -> System:
    return system_named(members.named(slug), name)


def add(owned: System, *components: Json, data: bytes | None = None, at=NOON) -> AddedInventory:
    return add_inventory(
        owned,
        "web.cdx.json",
        sbom(*components) if data is None else data,
        now=at,
        actor="hikari",
    )


def inventories() -> list[Inventory]:
    return list(Inventory.objects.visible_to(SystemViewer()).order_by("pk"))


def asked() -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for stage, number in Todo.objects.values_list("stage", "object_id"):
        found.setdefault(stage, set()).add(number)
    return found


def packages() -> set[str]:
    return set(Package.objects.values_list("text", flat=True))


class TestSystems:
    def test_a_system_is_made_the_first_time_it_is_named(self):
        first = system_named(
            members.named("hikari"),
            "mail",
            criticality=Criticality.HIGH,
            exposure=Exposure.OPEN,
        )
        again = system_named(members.named("hikari"), "mail")
        assert (again.pk, again.criticality, again.exposure) == (first.pk, "high", "open")

    def test_two_organisations_may_name_theirs_alike(self):
        assert system("hikari").pk != system("minato").pk


class TestTakingIn:
    def test_components_become_packages_and_ask_for_matching(self):
        owned = system()
        added = add(owned, A, B)
        assert (added.components, added.new_packages, added.problems) == (2, 2, 0)
        assert packages() == {"pkg:npm/a@1.0", "pkg:npm/b@2.0"}
        numbers = set(Package.objects.values_list("pk", flat=True))
        assert asked() == {"match-package": numbers, "find": {owned.pk}}

    def test_a_component_keeps_its_place_and_kind(self):
        added = add(system(), {**A, "type": "Firmware"})
        (component,) = queries.components(SystemViewer(), added.number)
        assert (component.kind, component.path) == ("firmware", "$.components[0]")

    def test_one_package_twice_in_an_inventory_is_one_package_in_two_places(self):
        added = add(system(), A, A)
        assert (added.components, added.new_packages) == (2, 1)
        assert len(queries.components(SystemViewer(), added.number)) == 2

    def test_the_bytes_come_back_as_they_were_received(self):
        data = sbom(A)
        add(system(), data=data)
        (row,) = inventories()
        assert zstandard.ZstdDecompressor().decompress(bytes(row.body)) == data
        assert (row.size, row.component_count, row.file) == (len(data), 1, "web.cdx.json")

    def test_it_is_on_record(self):
        owned = system()
        added = add(owned, A)
        event = AuditEvent.objects.get(verb="inventory.added")
        assert (event.object, event.actor) == (f"inventory:{added.number}", "hikari")

    def test_what_cannot_be_used_is_kept_with_the_inventory_and_the_rest_is_used(self):
        added = add(system(), A, {"name": "c", "purl": "no package URL"})
        assert (added.components, added.problems) == (2, 1)
        (row,) = inventories()
        assert [problem["code"] for problem in row.problems] == ["not-an-identifier"]
        assert row.problems[0]["where"] == "$.components[1].purl"

    def test_an_inventory_without_components_is_one_too(self):
        added = add(system())
        assert (added.components, added.new_packages) == (0, 0)

    @pytest.mark.parametrize("data", [b"", b"{", b"PK\x03\x04", b"[]", b"\xff" * 9])
    def test_a_file_that_is_no_inventory_raises_and_stores_nothing(self, data):
        owned = system()
        add(owned, A)
        Todo.objects.all().delete()
        with pytest.raises(FormatError):
            add(owned, data=data)
        assert [row.current for row in inventories()] == [True]
        assert (packages(), asked()) == ({"pkg:npm/a@1.0"}, {})
        assert AuditEvent.objects.filter(verb="inventory.added").count() == 1

    def test_a_refusal_says_what_is_expected(self):
        with pytest.raises(UnknownFormat, match="CycloneDX"):
            add(system(), data=b"{}")

    def test_texts_no_database_takes_as_they_are_stop_nothing(self):
        long = "名" * 511
        odd = [{"name": f"{long}{n}", "version": "1", "supplier": {"name": long}} for n in range(2)]
        url = "pkg:" + "t" * 60 + "/" + "%E5%90%8D" * 200 + "@1"
        cpe = "cpe:2.3:a:" + "v" * 400 + ":p:1:*:*:*:*:*:*:*"
        data = sbom(*odd, {"purl": url}, {"cpe": cpe}, {"name": "\ufdfa" * 512, "version": "1"})
        added = add_inventory(system(), "名" * 400 + "\udc82", data, now=NOON, actor="hikari")
        assert (added.components, added.new_packages, added.problems) == (5, 5, 0)
        assert PackageIdentity.objects.count() == 4


class TestAgain:
    def test_the_same_bytes_again_change_nothing(self):
        owned = system()
        first = add(owned, A)
        Todo.objects.all().delete()
        again = add(owned, A, at=NOON + DAY)
        assert (again.unchanged, again.number, again.components) == (True, first.number, 1)
        assert len(inventories()) == 1
        assert asked() == {}
        assert AuditEvent.objects.filter(verb="inventory.added").count() == 1

    def test_a_new_inventory_takes_the_place_of_the_old_one_which_stays_as_history(self):
        owned = system()
        add(owned, A, B)
        Todo.objects.all().delete()
        added = add(owned, B, npm_component("c", "1"), at=NOON + DAY)
        assert added.new_packages == 1
        assert [row.current for row in inventories()] == [False, True]
        fresh = Package.objects.get(text="pkg:npm/c@1")
        assert asked() == {"match-package": {fresh.pk}, "find": {owned.pk}}

    def test_an_older_inventory_may_come_back(self):
        owned = system()
        for components in ([A], [B], [A]):
            assert not add(owned, *components).unchanged
        assert [row.current for row in inventories()] == [False, False, True]

    def test_only_what_is_current_is_run(self):
        owned = system()
        add(owned, A)
        add(owned, B)
        numbers = dict(Package.objects.values_list("text", "pk"))
        assert queries.systems_running([numbers["pkg:npm/a@1.0"]]) == []
        assert queries.systems_running([numbers["pkg:npm/b@2.0"]]) == [owned.pk]


class TestSharing:
    def test_a_package_is_stored_once_for_all_organisations(self):
        mine, theirs = system("hikari"), system("minato")
        add(mine, A, B)
        Todo.objects.all().delete()
        added = add(theirs, A)
        assert (added.components, added.new_packages) == (1, 0)
        assert asked() == {"find": {theirs.pk}}
        number = Package.objects.get(text="pkg:npm/a@1.0").pk
        assert queries.systems_running([number]) == sorted([mine.pk, theirs.pk])

    def test_the_same_file_may_be_the_inventory_of_two_systems(self):
        for name in ("web", "mail"):
            assert not add(system(name=name), A).unchanged
        assert len(inventories()) == 2

    def test_nobody_sees_anothers_inventory_through_a_shared_package(self):
        added = add(system("hikari"), A)
        add(system("minato"), A)
        stranger = world.machine("minato")
        assert queries.components(stranger, added.number) == []
        assert len(queries.inventories(stranger)) == 1
        assert [row.organisation.slug for row in queries.systems(stranger)] == ["minato"]

    def test_nobody_can_pass_a_package_off_as_another_ones(self):
        add(system("hikari"), {"name": "npm/a", "version": "1.0", "supplier": {"name": "pkg"}})
        add(system("minato"), A)
        identities = PackageIdentity.objects.filter(package__text="pkg:npm/a@1.0")
        assert [row.product.name for row in identities] == ["npm/a"]

    def test_all_identities_of_a_package_are_stored_with_their_keys(self):
        cpe = "cpe:2.3:a:kasumi:a:1.0:*:*:*:*:*:*:*"
        add(system(), {**A, "cpe": cpe})
        rows = PackageIdentity.objects.order_by("product__scheme")
        assert [(row.product.scheme, row.product.name, row.cpe) for row in rows] == [
            ("cpe", "a:kasumi:a", cpe),
            ("purl", "npm/a", ""),
        ]
        assert all(row.key is not None for row in rows)


def test_components_are_stored_for_each_upload():
    owned = system()
    add(owned, A)
    add(owned, A, B)
    assert Component.objects.visible_to(SystemViewer()).count() == 3
