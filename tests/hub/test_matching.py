"""From documents and inventories to findings: matches, near misses, retractions, reasons."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.inventory.models import Package
from noroshi.hub.knowledge.models import Alias, Vulnerability
from noroshi.hub.matching import queries
from noroshi.hub.matching.evidence import evidence
from noroshi.hub.matching.models import Finding, FindingStatus, PackageMatch
from noroshi.hub.todo import actions as todo
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.feeds import (
    Json,
    bring,
    cve,
    cve5,
    kev,
    match,
    node,
    npm,
    npm_component,
    nvd,
    work,
)
from tests.hub.running import runs, stored, system
from tests.hub.sector import DAY, NOON

ONE, TWO = cve(1), cve(2)
FIRMWARE = "cpe:2.3:o:kasumi:sr-200_firmware"
HARDWARE = "cpe:2.3:h:kasumi:sr-200"
ROUTER: Json = {"type": "firmware", "name": "SR-200", "cpe": f"{FIRMWARE}:2.3:*:*:*:*:*:*:*"}
OPEN, RETRACTED = FindingStatus.OPEN.value, FindingStatus.RETRACTED.value
UNSURE, ANSWERED = FindingStatus.NEEDS_CONFIRMATION.value, FindingStatus.NOT_AFFECTED.value


@pytest.fixture(autouse=True)
def _two_members(database):
    for slug in ("hikari", "minato"):
        world.organisation(slug)


def findings() -> dict[tuple[str, str], str]:
    return {
        (row.system.organisation.slug, row.vulnerability.preferred_id): row.status
        for row in stored()
    }


def matches() -> dict[tuple[str, str], tuple[str, int, str]]:
    return {
        (row.package.text, row.vulnerability.preferred_id): (row.basis, row.confidence, row.doubt)
        for row in PackageMatch.objects.all()
    }


def everything() -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = list(PackageMatch.objects.order_by("pk").values_list())
    return found + list(Finding.objects.visible_to(SystemViewer()).order_by("pk").values_list())


def firmware(low: str = "2.0", high: str = "2.4") -> Json:
    return match(FIRMWARE, versionStartIncluding=low, versionEndExcluding=high)


class TestByTheEcosystemsName:
    @pytest.mark.parametrize("first", ["vulnerability", "inventory"])
    def test_whichever_comes_first_they_meet(self, first):
        for step in (first, "inventory" if first == "vulnerability" else "vulnerability"):
            if step == "inventory":
                runs(npm_component("a", "1.5.0"))
            else:
                bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
            work()
        assert matches() == {("pkg:npm/a@1.5.0", ONE): ("purl", 95, "")}
        assert findings() == {("hikari", ONE): OPEN}

    @pytest.mark.parametrize(
        ("version", "status"),
        [
            ("0.9.9", None),
            ("1.0.0-rc.1", None),
            ("1.0.0", OPEN),
            ("1.9.10", OPEN),
            ("2.0.0-rc.1", OPEN),
            ("2.0.0", None),
            ("2.0.1", None),
        ],
    )
    def test_the_first_affected_version_is_one_and_the_fixed_one_is_none(self, version, status):
        runs(npm_component("a", version))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        assert findings() == ({("hikari", ONE): status} if status else {})

    def test_another_name_or_another_ecosystem_is_another_software(self):
        runs(npm_component("b", "1.5.0"), {"name": "a", "purl": "pkg:pypi/a@1.5.0"})
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        assert matches() == {}

    def test_what_every_version_has_concerns_a_component_without_one_too(self):
        everything = npm("a", defaultStatus="affected")
        runs({"name": "a", "purl": "pkg:npm/a"}, {"name": "a", "purl": "pkg:npm/a@(devel)"})
        bring("cve5", cve5(ONE, everything), cve5(TWO, npm("a", ("1.0.0", "2.0.0"))))
        work()
        assert {name for _, name in matches()} == {ONE}
        assert len(matches()) == 2


class TestByCpe:
    def test_firmware_alone_is_found(self):
        runs(ROUTER)
        bring("nvd", nvd(ONE, node(firmware())))
        work()
        assert [*matches().values()] == [("cpe", 85, "")]
        assert findings() == {("hikari", ONE): OPEN}

    def test_firmware_that_is_affected_on_some_hardware_is_to_be_confirmed(self):
        runs(ROUTER)
        hardware = match(f"{HARDWARE}:-", vulnerable=False)
        bring("nvd", nvd(ONE, node(firmware()), node(hardware), operator="AND"))
        work()
        assert [*matches().values()] == [("cpe", 70, "platform")]
        assert findings() == {("hikari", ONE): UNSURE}
        assert evidence(SystemViewer(), stored()).popitem()[1][0].platforms == (
            f"{HARDWARE}:-:*:*:*:*:*:*:*",
        )

    @pytest.mark.parametrize(("version", "found"), [("2.3", True), ("2.4", False), ("2.10", False)])
    def test_the_fixed_version_is_a_near_miss(self, version, found):
        runs({**ROUTER, "cpe": f"{FIRMWARE}:{version}:*:*:*:*:*:*:*"})
        bring("nvd", nvd(ONE, node(firmware())))
        work()
        assert bool(findings()) is found

    def test_a_distributions_package_is_to_be_confirmed_for_it_may_be_mended(self):
        cpe = r"cpe:2.3:a:kasumi:lib:2.3-1\+deb12u1:*:*:*:*:*:*:*"
        runs({"name": "lib", "purl": "pkg:deb/debian/lib@2.3-1%2Bdeb12u1", "cpe": cpe})
        bring("nvd", nvd(ONE, node(match("cpe:2.3:a:kasumi:lib", versionEndExcluding="2.4"))))
        work()
        assert [*matches().values()] == [("cpe-distribution", 30, "backport")]
        assert findings() == {("hikari", ONE): UNSURE}

    def test_another_edition_is_another_software(self):
        runs({"name": "lib", "cpe": "cpe:2.3:a:kasumi:lib:1:*:home:*:*:*:*:*"})
        criteria = match("cpe:2.3:a:kasumi:lib:*:*:enterprise", versionEndExcluding="2")
        bring("nvd", nvd(ONE, node(criteria)))
        work()
        assert findings() == {}

    def test_words_are_the_last_resort(self):
        runs({"name": "SR-200", "version": "2.3", "supplier": {"name": "Kasumi"}})
        words = {
            "vendor": "Kasumi",
            "product": "SR-200",
            "versions": [{"version": "2.0", "lessThan": "2.4", "status": "affected"}],
        }
        bring("cve5", cve5(ONE, words))
        work()
        assert [*matches().values()] == [("name", 40, "identity")]


class TestChanges:
    def test_a_corrected_range_takes_the_finding_back(self):
        runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "1.5.0")), updated="2024-06-01"))
        work(NOON + DAY)
        assert (matches(), findings()) == ({}, {("hikari", ONE): RETRACTED})
        (row,) = stored()
        assert (row.opened_at, row.changed_at, row.due) == (NOON, NOON + DAY, None)
        assert evidence(SystemViewer(), [row]) == {}

    def test_what_concerns_a_system_again_is_due_from_then_on(self):
        runs(npm_component("a", "1.5.0"))
        ranges = [("1.0.0", "2.0.0"), ("1.0.0", "1.5.0"), ("1.0.0", "2.0.0")]
        for step, bounds in enumerate(ranges):
            affected = npm("a", bounds)
            bring("cve5", cve5(ONE, affected, updated=f"2024-06-0{1 + step}"))
            work(NOON + step * 100 * DAY)
        (row,) = stored()
        assert (row.status, row.opened_at) == (OPEN, NOON + 200 * DAY)
        assert row.due is not None
        assert row.due > timezone.localdate(NOON + 200 * DAY)

    def test_a_rejected_vulnerability_has_no_matches_and_its_findings_are_taken_back(self):
        runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        rejected = cve5(ONE, npm("a", ("1.0.0", "2.0.0")), state="REJECTED", updated="2024-06-01")
        bring("cve5", rejected)
        work()
        assert (matches(), findings()) == ({}, {("hikari", ONE): RETRACTED})

    def test_an_updated_component_takes_the_finding_back(self):
        owned = runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        runs(npm_component("a", "2.0.0"), owned=owned, now=NOON + DAY)
        work(NOON + DAY)
        assert findings() == {("hikari", ONE): RETRACTED}
        assert evidence(SystemViewer(), stored()) == {}

    def test_known_exploitation_makes_it_more_pressing(self):
        runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        (before,) = stored()
        Todo.objects.all().delete()
        bring("kev", kev(ONE))
        work(NOON + DAY)
        (after,) = stored()
        assert (before.priority, after.priority) == ("scheduled", "immediate")
        assert before.due is not None
        assert after.due == timezone.localdate(NOON) + dt.timedelta(days=3)
        assert (after.opened_at, after.changed_at) == (NOON, NOON + DAY)
        assert list(Todo.objects.values_list("stage", flat=True)) == ["propose"]

    def test_a_disputed_vulnerability_is_to_be_confirmed(self):
        runs(ROUTER)
        bring("nvd", nvd(ONE, node(firmware())))
        work()
        tags = [{"sourceIdentifier": "psirt@kasumi.example", "tags": ["disputed"]}]
        disputed = nvd(ONE, node(firmware()), modified="2024-06-01T00:00:00", cveTags=tags)
        bring("nvd", disputed)
        work()
        assert [*matches().values()] == [("cpe", 65, "disputed")]
        assert findings() == {("hikari", ONE): UNSURE}

    def test_another_sources_denial_is_a_contradiction(self):
        runs(ROUTER)
        denied = {
            "cpes": [f"{FIRMWARE}:*:*:*:*:*:*:*:*"],
            "versions": [{"version": "2.2", "lessThan": "3.0", "status": "unaffected"}],
        }
        bring("nvd", nvd(ONE, node(firmware())))
        bring("cve5", cve5(ONE, denied))
        work()
        assert [*matches().values()] == [("cpe", 55, "contradicted")]

    def test_one_that_becomes_part_of_another_hands_its_findings_over(self):
        runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))), cve5(TWO))
        work()
        Alias.objects.filter(name=ONE).update(name="GHSA-2345-cfgh-jmpq")
        bring("cve5", cve5(TWO, advisory="GHSA-2345-cfgh-jmpq", updated="2024-06-01"))
        work()
        assert findings() == {("hikari", ONE): RETRACTED, ("hikari", TWO): OPEN}
        assert {name for _, name in matches()} == {TWO}

    def test_nothing_new_changes_nothing(self):
        runs(npm_component("a", "1.5.0"), ROUTER)
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        bring("nvd", nvd(TWO, node(firmware())))
        work()
        before = everything()
        for stage, model in (("match", Vulnerability), ("match-package", Package)):
            todo.ask(stage, model.objects.values_list("pk", flat=True))
        todo.ask("find", [system().pk])
        work(NOON + DAY)
        assert everything() == before
        assert [row.changed_at for row in stored()] == [NOON, NOON]


class TestAnswers:
    @pytest.mark.parametrize("answer", [FindingStatus.NOT_AFFECTED, FindingStatus.FIXED])
    def test_somebodys_answer_is_not_overwritten(self, answer):
        runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        (row,) = stored()
        row.status, row.justification = answer, "The vulnerable part is not built in."
        row.save()
        bring("kev", kev(ONE))
        work()
        bring("cve5", cve5(ONE, updated="2024-06-01"))
        work()
        (row,) = stored()
        assert (row.status, row.justification) == (answer, "The vulnerable part is not built in.")
        assert not Todo.objects.filter(stage="propose").exists()


class TestWhoSeesWhat:
    def test_everybody_who_runs_it_gets_a_finding_and_sees_his_own(self):
        for slug in ("hikari", "minato"):
            runs(npm_component("a", "1.5.0"), owned=system(slug))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        assert findings() == {("hikari", ONE): OPEN, ("minato", ONE): OPEN}
        (mine,) = queries.exposure(world.machine("hikari"))
        assert mine.system.organisation.slug == "hikari"

    def test_reasons_are_told_only_for_findings_the_viewer_sees(self):
        for slug in ("hikari", "minato"):
            runs(npm_component("a", "1.5.0"), owned=system(slug))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        told = evidence(world.machine("hikari"), stored())
        assert set(told) == {row.pk for row in stored() if row.system.organisation.slug == "hikari"}

    def test_what_ran_before_is_no_reason_for_what_runs_now(self):
        """The old inventory of the one held what the current one of the other holds."""
        mine = runs(npm_component("a", "1.5.0"), npm_component("b", "1.5.0"))
        runs(npm_component("a", "1.5.0"), owned=system("minato"))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0")), npm("b", ("1.0.0", "2.0.0"))))
        work()
        runs(npm_component("b", "1.5.0"), owned=mine)
        work()
        (own,) = (row for row in stored() if row.system.organisation.slug == "hikari")
        assert [why.component for why in evidence(SystemViewer(), [own])[own.pk]] == ["b"]

    def test_the_most_pressing_comes_first(self):
        runs(npm_component("a", "1.5.0"))
        bring("cve5", *(cve5(cve(n), npm("a", ("1.0.0", "2.0.0"))) for n in (1, 2, 3)))
        bring("kev", kev(cve(2)))
        work()
        order = [row.vulnerability.preferred_id for row in queries.exposure(SystemViewer())]
        assert order == [cve(2), cve(1), cve(3)]


def test_what_turns_critical_after_it_was_found_is_looked_at_for_a_notice_again():
    bring("cve5", cve5(ONE, npm("app", ("0", "2"))))
    bring("kev", kev(ONE))
    runs(npm_component("app", "1.0.0"))
    work()
    assert findings() == {("hikari", ONE): OPEN}
    Todo.objects.all().delete()
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
    score = {"version": "3.1", "vectorString": vector, "baseScore": 10.0}
    metric = {"source": "nvd@nist.gov", "type": "Primary", "cvssData": score}
    bring("nvd", nvd(ONE, metrics={"cvssMetricV31": [metric]}))
    work()
    assert Vulnerability.objects.get(preferred_id=ONE).severity == "critical"
    assert list(Todo.objects.values_list("stage", flat=True)) == ["propose"]
