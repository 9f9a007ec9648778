"""Systems: made, renamed, judged anew, retired; seen, counted, and changed only by their owner."""

from __future__ import annotations

import pytest

from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.visibility import GrantLevel, Member
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Criticality, Exposure, Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.inventory import changing, queries
from noroshi.hub.inventory.actions import NewSystem, add_inventory, system_named
from noroshi.hub.inventory.models import Inventory, System
from noroshi.hub.matching import progress, tallies
from noroshi.hub.matching.models import FindingStatus
from noroshi.hub.matching.progress import Progress
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.todo import actions as todo
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, npm, npm_component, sbom, work
from tests.hub.running import runs, stored
from tests.hub.sector import DAY, HOUR, NOON

MAIL = NewSystem("mail", Criticality.HIGH, Exposure.OPEN)
WEB = NewSystem("web", Criticality.LOW, Exposure.SMALL)
A = npm_component("a", "1.0")


@pytest.fixture(autouse=True)
def _sector(database):
    world.sector()


def add(new: NewSystem = MAIL, slug: str = "hikari") -> System:
    return changing.add_system(directory.named(slug), new, now=NOON, actor="taro")


def change(system: System, new: NewSystem) -> bool:
    return changing.change_system(system, new, now=NOON, actor="taro")


def retire(system: System) -> None:
    changing.retire_system(system, now=NOON + DAY, actor="taro")


def upload(system: System, *components, at=NOON) -> int:
    return add_inventory(system, "x.json", sbom(*components), now=at, actor="taro").number


def asked(stage: str) -> set[int]:
    return set(Todo.objects.filter(stage=stage).values_list("object_id", flat=True))


def verbs() -> list[str]:
    return list(
        AuditEvent.objects.filter(object__startswith="system:").values_list("verb", flat=True)
    )


def affected() -> System:
    bring("cve5", cve5(cve(1), npm("a", ("0", "2.0"))))
    system = runs(A)
    work()
    return system


class TestMaking:
    def test_it_is_what_was_said_and_on_record(self):
        system = add()
        assert (system.name, system.criticality, system.exposure) == ("mail", "high", "open")
        assert verbs() == ["system.added"]

    def test_a_name_is_given_once_in_an_organisation(self):
        add()
        with pytest.raises(Refused):
            add(NewSystem("mail", Criticality.LOW, Exposure.SMALL))
        assert add(slug="minato").name == "mail"

    @pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\nb", "a\u202eb"])
    def test_what_is_no_name_is_refused(self, name):
        with pytest.raises(Refused):
            add(NewSystem(name, Criticality.LOW, Exposure.SMALL))


class TestChanging:
    def test_it_is_renamed_without_looking_for_findings_again(self):
        system = add()
        assert change(system, NewSystem("post", Criticality.HIGH, Exposure.OPEN))
        assert queries.system_for(SystemViewer(), system.pk).name == "post"
        assert asked("find") == set()
        assert verbs() == ["system.added", "system.changed"]

    @pytest.mark.parametrize(
        "new",
        [
            NewSystem("mail", Criticality.LOW, Exposure.OPEN),
            NewSystem("mail", Criticality.HIGH, Exposure.SMALL),
        ],
    )
    def test_how_pressing_its_findings_are_follows_what_depends_on_it(self, new):
        system = add()
        change(system, new)
        assert asked("find") == {system.pk}

    def test_the_priority_of_a_finding_follows(self):
        system = affected()
        (before,) = stored()
        change(system, NewSystem("edge", Criticality.LOW, Exposure.SMALL))
        work(NOON + HOUR)
        (after,) = stored()
        assert (before.priority, after.priority) == ("scheduled", "defer")
        assert after.opened_at == before.opened_at

    def test_what_changes_nothing_leaves_no_trace(self):
        system = add()
        assert not change(system, MAIL)
        assert verbs() == ["system.added"]

    def test_the_name_of_another_one_is_refused(self):
        add()
        with pytest.raises(Refused):
            change(add(WEB), MAIL)

    def test_the_record_names_what_was_changed_and_not_to_what(self):
        change(add(), WEB)
        event = AuditEvent.objects.get(verb="system.changed")
        assert event.detail == '{"changed":["criticality","exposure","name"]}'


class TestRetiring:
    def test_nothing_concerns_it_any_more_and_all_of_it_stays_on_record(self):
        system = affected()
        retire(system)
        work(NOON + 2 * DAY)
        (finding,) = stored()
        assert finding.status == FindingStatus.RETRACTED
        assert Inventory.objects.visible_to(SystemViewer()).filter(system=system).count() == 1
        assert queries.current_inventory(system.pk) is None

    def test_it_is_listed_as_retired_and_nowhere_else(self):
        system, viewer = affected(), world.machine("hikari")
        retire(system)
        owner = system.organisation_id
        assert [row.pk for row in queries.retired_systems(viewer, owner)] == [system.pk]
        assert list(queries.systems_of(viewer, owner)) == queries.systems(viewer) == []
        assert queries.counted(viewer) == {}
        assert queries.system_for(viewer, system.pk).retired_at == NOON + DAY

    def test_its_name_is_free_again(self):
        old = add()
        retire(old)
        assert add().pk != old.pk
        assert system_named(old.organisation, "mail").pk != old.pk

    def test_nothing_is_uploaded_for_it_any_more(self):
        system = add()
        retire(system)
        with pytest.raises(Refused):
            upload(system, A)

    def test_it_is_not_changed_any_more(self):
        system = add()
        retire(system)
        with pytest.raises(Refused):
            changing.own_system(world.machine("hikari"), system.pk)


class TestWhoMayChange:
    @pytest.mark.parametrize("role", [Role.RESPONDER, Role.ORGANISATION_ADMIN])
    def test_those_who_act_for_the_organisation_that_runs_it(self, role):
        system = add()
        viewer = Member(system.organisation_id, None, role)
        assert changing.own_system(viewer, system.pk).pk == system.pk

    def test_a_viewer_only_reads(self):
        system = add()
        with pytest.raises(Refused):
            changing.own_system(Member(system.organisation_id, None, Role.VIEWER), system.pk)

    def test_whoever_was_granted_details_only_reads(self):
        system = add()
        bureau = directory.named("bureau-kanto")
        members.set_grant(system.organisation, bureau, GrantLevel.DETAIL, now=NOON, actor="x")
        with pytest.raises(Refused):
            changing.own_system(world.machine("bureau-kanto"), system.pk)

    def test_to_everybody_else_it_is_not_there(self):
        with pytest.raises(NotFound):
            changing.own_system(world.machine("minato"), add().pk)


class TestCounting:
    def test_systems_and_components_of_what_is_current(self):
        system = add()
        upload(system, A)
        upload(system, A, npm_component("b", "1"), at=NOON + HOUR)
        add(WEB)
        number = system.organisation_id
        assert queries.counted(world.machine("bureau-kanto")) == {number: queries.Counted(2, 2)}

    def test_findings_by_priority_and_those_to_be_confirmed(self):
        system = add()
        for place, (status, priority) in enumerate(
            [
                (FindingStatus.OPEN, "immediate"),
                (FindingStatus.OPEN, "scheduled"),
                (FindingStatus.OPEN, "scheduled"),
                (FindingStatus.NEEDS_CONFIRMATION, "immediate"),
                (FindingStatus.FIXED, "immediate"),
                (FindingStatus.RETRACTED, ""),
            ]
        ):
            world.finding(system, world.vulnerability(f"CVE-2024-1000{place}"), status, priority)
        tally = tallies.Tally((("immediate", 1), ("scheduled", 2)), 1)
        assert tallies.by_system(world.machine("hikari"), [system.pk]) == {system.pk: tally}
        assert tallies.by_organisation(world.machine("isac")) == {system.organisation_id: tally}
        assert tally.total == 4

    def test_findings_come_with_the_most_pressing_first(self):
        system = add()
        for name, priority in (("1", "defer"), ("2", "immediate"), ("3", ""), ("4", "scheduled")):
            world.finding(system, world.vulnerability(name), priority=priority)
        confirm = world.vulnerability("5")
        world.finding(system, confirm, FindingStatus.NEEDS_CONFIRMATION, "immediate")
        rows = tallies.of_system(world.machine("hikari"), system.pk)
        assert [row.vulnerability.preferred_id for row in rows] == ["2", "4", "1", "3", "5"]

    def test_a_component_knows_the_findings_that_stand_on_it(self):
        system = affected()
        upload(system, A, npm_component("b", "1"), at=NOON + HOUR)
        work(NOON + HOUR)
        viewer = world.machine("hikari")
        inventory = queries.current_inventories(viewer, [system.pk])[system.pk]
        rows = queries.components_of(viewer, inventory.pk)
        packages = {row.package.name: row.package_id for row in rows}
        found = tallies.of_packages(viewer, system.pk, list(packages.values()))
        named = [row.vulnerability.preferred_id for row in found[packages["a"]]]
        assert (named, set(found)) == ([cve(1)], {packages["a"]})
        assert [row.package.name for row in tallies.with_findings(rows, system.pk)] == ["a"]


class TestProgress:
    def progress(self, system: System, now=NOON) -> Progress:
        return progress.progress(world.machine("hikari"), system.pk, now=now)

    def test_it_is_done_when_nothing_of_it_waits_for_a_stage(self):
        system = add()
        upload(system, A)
        assert self.progress(system) is Progress.WAITING
        work(stages=["find"])  # its new package has not been matched yet
        assert self.progress(system) is Progress.WAITING
        work()
        assert self.progress(system) is Progress.DONE

    def test_what_waits_for_others_does_not_matter(self):
        system = add()
        upload(add(slug="minato"), A)
        assert self.progress(system) is Progress.DONE

    def test_what_was_put_off_is_said_to_be_late(self):
        system = add()
        todo.ask("find", [system.pk], not_before=NOON + HOUR)
        assert self.progress(system) is Progress.DELAYED
        assert self.progress(system, NOON + HOUR) is Progress.WAITING
