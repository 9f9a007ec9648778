"""Imports, uploads, workers and people at the same time, on two connections that really commit.

On PostgreSQL; SQLite has one writer at a time by itself.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from noroshi.core.errors import Refused
from noroshi.core.policy.audience import Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import System
from noroshi.core.sector import Role
from noroshi.hub.audit import queries as chain
from noroshi.hub.inventory.actions import add_inventory, system_named
from noroshi.hub.inventory.models import Inventory, Package
from noroshi.hub.knowledge.models import Alias, Document, Record, Vulnerability
from noroshi.hub.matching.models import PackageMatch
from noroshi.hub.members import people, queries
from noroshi.hub.members.models import Person
from noroshi.hub.notices import actions as notices
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Delivery, Escalation
from noroshi.hub.todo import actions as todo
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.committing import Other, committed
from tests.hub.feeds import bring, cve, cve5, npm, npm_component, nvd, sbom, work
from tests.hub.sector import DAY, NOON

ONE = cve(1)


@pytest.fixture(autouse=True)
def aside(databases, django_db_blocker):
    with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
        yield lambda doing: Other(database, doing)


Aside = Callable[[Callable[[], object]], Other]


def vulnerable(high: str = "2.0", updated: str = "2024-05-01") -> dict[str, object]:
    return cve5(ONE, npm("a", ("1.0", high)), updated=updated)


def test_two_sources_that_bring_the_same_cve_at_once_make_one_vulnerability(aside: Aside):
    with transaction.atomic():
        bring("nvd", nvd(ONE))
        other = aside(lambda: bring("cve5", cve5(ONE)))
        assert other.waits
    other.finish()
    assert (Vulnerability.objects.count(), Alias.objects.count()) == (1, 1)
    assert Record.objects.count() == 2


def test_one_document_imported_twice_at_once_is_kept_once(aside: Aside):
    with transaction.atomic():
        bring("cve5", vulnerable())
        other = aside(lambda: bring("cve5", vulnerable()))
        assert other.waits
    other.finish()
    assert (Document.objects.count(), Record.objects.count()) == (1, 1)


def test_two_members_that_bring_the_same_package_at_once_share_it(aside: Aside):
    world.sector()
    systems = [world.system(slug, "web") for slug in ("hikari", "minato")]
    data = sbom(npm_component("a", "1.0"))
    with transaction.atomic():
        add_inventory(systems[0], "a", data, now=NOON, actor="hikari")
        other = aside(lambda: add_inventory(systems[1], "a", data, now=NOON, actor="minato"))
        assert other.waits
    other.finish()
    assert Package.objects.count() == 1


def test_two_inventories_of_one_system_at_once_leave_one_current(aside: Aside):
    world.sector()
    system = world.system("hikari", "web")
    both = [sbom(npm_component("a", version)) for version in ("1.0", "2.0")]
    with transaction.atomic():
        add_inventory(system, "a", both[0], now=NOON, actor="hikari")
        other = aside(lambda: add_inventory(system, "a", both[1], now=NOON, actor="hikari"))
        assert other.waits
    other.finish()
    rows = Inventory.objects.visible_to(System())
    assert sorted(rows.values_list("current", flat=True)) == [False, True]


def test_an_import_waits_for_a_worker_and_the_worker_never_for_the_import(aside: Aside):
    """The worker judges what the import changes, and asks for the matching the import asks for."""
    bring("cve5", vulnerable())
    with transaction.atomic():
        batch = todo.take("assess", 10, now=NOON)
        other = aside(lambda: bring("cve5", vulnerable("3.0", "2024-05-02")))
        assert other.waits
        todo.ask("match", batch.objects)
        todo.finish(batch)
    other.finish()
    assert {row.stage for row in Todo.objects.all()} == {"assess", "match"}


def test_a_match_that_is_being_made_does_not_outlive_the_range_it_rests_on(aside: Aside):
    """One worker matches the package against the old range; another one the corrected range."""
    world.sector()
    system = system_named(queries.named("hikari"), "web")
    add_inventory(system, "a", sbom(npm_component("a", "1.5")), now=NOON, actor="hikari")
    bring("cve5", vulnerable("2.0"))
    work(stages=("assess", "match"))
    PackageMatch.objects.all().delete()
    others: list[Other] = []

    def correct_and_match() -> None:
        bring("cve5", vulnerable("1.2", "2024-05-02"))
        work(NOON + DAY, ("match",))

    with transaction.atomic():
        work(stages=("match-package",))
        assert PackageMatch.objects.count() == 1
        others.append(aside(correct_and_match))
        assert others[0].waits
    others[0].finish()
    assert PackageMatch.objects.count() == 0


def test_an_answer_waits_for_the_escalations_before_it_and_they_never_for_the_answer(aside: Aside):
    world.sector()
    content = Content(tlp=Tlp.GREEN, title_ja="題", text_ja="文", respond_within_hours=1)
    sent = notices.send(System(), content, Members(), now=NOON, actor="system")
    owner = queries.named("hikari")
    viewer = queries.viewer_of(owner)
    delivery = Delivery.objects.visible_to(System()).get(notice=sent, organisation=owner)
    with transaction.atomic():
        chain.lock_last()  # as after the first escalation of a batch
        other = aside(
            lambda: notices.acknowledge(viewer, str(sent.number), now=NOON, actor="hikari")
        )
        assert other.waits
        Escalation.objects.create(delivery=delivery, level=1, to=owner, at=NOON)
    other.finish()
    delivery.refresh_from_db()
    assert delivery.acknowledged_at == NOON


def test_two_administrators_who_let_each_other_go_leave_one(aside: Aside):
    world.sector()
    hana = world.person("isac", Role.HUB_ADMIN, name="hana")
    ken = world.person("isac", Role.HUB_ADMIN, name="ken")
    with transaction.atomic():
        people.deactivate_person(ken, now=NOON, actor=hana.email)
        other = aside(lambda: people.deactivate_person(hana, now=NOON, actor=ken.email))
        assert other.waits
    with pytest.raises(Refused):
        other.finish()
    assert list(Person.objects.filter(is_active=True)) == [hana]
