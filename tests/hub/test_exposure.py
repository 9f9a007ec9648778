"""An organisation's exposure: grouped, ordered, counted, narrowed and paged by the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.answers import AnswerState
from noroshi.core.errors import NotFound
from noroshi.core.policy.visibility import GrantLevel, Viewer
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.inventory.models import System
from noroshi.hub.knowledge.models import Alias, Vulnerability
from noroshi.hub.matching import checked, exposed, exposure
from noroshi.hub.matching.answering import Said, answer, answer_all
from noroshi.hub.matching.exposed import Exposed
from noroshi.hub.matching.exposure import Counts, Filters, Sheet, State, Sureness
from noroshi.hub.matching.models import FindingStatus
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.notices import mentions
from noroshi.hub.notices.models import Notice
from noroshi.hub.todo import actions as todo
from tests.hub import sector as world
from tests.hub.exposing import TODAY, expose, known
from tests.hub.feeds import bring, cve, cve5, npm, npm_component, work
from tests.hub.running import runs, stored
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import published

UNSURE, FIXED, NOT_AFFECTED, RETRACTED = (
    FindingStatus.NEEDS_CONFIRMATION,
    FindingStatus.FIXED,
    FindingStatus.NOT_AFFECTED,
    FindingStatus.RETRACTED,
)


@pytest.fixture
def hikari(database) -> Viewer:
    world.sector()
    return world.machine("hikari")


@pytest.fixture
def edge(hikari) -> System:
    return world.system("hikari", "edge")


@pytest.fixture
def core(hikari) -> System:
    return world.system("hikari", "core")


def own() -> int:
    return directory.named("hikari").pk


def shown(viewer: Viewer, page: int = 1, **asked: Any) -> Sheet:
    return exposure.listing(viewer, own(), Filters(**asked), page=page)


def names(viewer: Viewer, **asked: Any) -> list[str]:
    return [group.name for group in shown(viewer, **asked).groups]


def one(viewer: Viewer, name: str, page: int = 1) -> Exposed:
    return exposed.exposed(viewer, own(), name, page=page)


class TestTheList:
    def test_one_line_a_vulnerability_with_its_systems(self, hikari, edge, core):
        expose(edge, "CVE-1", priority="scheduled", due=TODAY + 9 * DAY, score=7.5, title_ja="題")
        expose(core, "CVE-1", priority="immediate", due=TODAY + DAY, answer="responding")
        (group,) = shown(hikari).groups
        assert (group.name, group.title_ja, group.score) == ("CVE-1", "題", 7.5)
        assert (group.priority, group.due, group.status) == ("immediate", TODAY + DAY, "open")
        assert (group.systems, group.to_answer, group.responding) == (2, 1, 1)
        assert [place.system for place in group.places] == ["edge", "core"]
        assert group.reason is not None
        assert (group.reason.component, group.reason.statement) == ("soft", "< 2.0")

    def test_the_most_pressing_comes_first_and_of_equally_pressing_the_surest(self, hikari, edge):
        expose(edge, "CVE-1", priority="defer")
        expose(edge, "CVE-2", priority="scheduled", due=TODAY + 2 * DAY)
        expose(edge, "CVE-3", priority="scheduled", due=TODAY + DAY)
        expose(edge, "CVE-4", priority="out_of_cycle")
        expose(edge, "CVE-5", priority="immediate", status=UNSURE)
        expose(edge, "CVE-6", priority="immediate", score=5.0)
        expose(edge, "CVE-7", priority="immediate", score=9.0)
        expose(edge, "CVE-8", priority="")
        order = ["CVE-7", "CVE-6", "CVE-5", "CVE-4", "CVE-3", "CVE-2", "CVE-1", "CVE-8"]
        assert names(hikari) == order

    def test_many_systems_are_counted_and_a_few_are_named(self, hikari):
        for number in range(exposure.NAMED + 3):
            answered = "acknowledged" if number < 2 else ""
            expose(world.system("hikari", f"s{number}"), "CVE-1", answer=answered)
        (group,) = shown(hikari).groups
        assert (group.systems, group.to_answer, group.acknowledged) == (8, 6, 2)
        assert [place.system for place in group.places] == ["s2", "s3", "s4", "s5", "s6"]
        assert group.beyond == 3

    def test_what_is_answered_or_withdrawn_or_no_longer_run_is_not_open(self, hikari, edge, core):
        expose(edge, "CVE-1", status=FIXED, answer="fixed")
        expose(edge, "CVE-2", status=RETRACTED)
        expose(core, "CVE-3")
        core.retired_at = NOON
        core.save()
        assert names(hikari) == []
        assert exposure.counts(hikari, own(), today=TODAY) == Counts(0, 0, 0, 0, 1)
        assert [name for _, name in exposure.systems(hikari, own())] == ["edge"]

    def test_what_was_answered_last_comes_first_among_the_answered(self, hikari, edge):
        for number in (1, 2, 3):
            expose(edge, f"CVE-{number}")
        for hours, number in enumerate((2, 3, 1)):
            found = exposed.asked_about(hikari, own(), f"CVE-{number}")
            answer_all(hikari, found, Said(AnswerState.FIXED), now=NOON + hours * HOUR, actor="x")
        assert names(hikari, state=State.ANSWERED) == ["CVE-1", "CVE-3", "CVE-2"]

    def test_pages_follow_each_other_without_gap_or_overlap(self, hikari, edge):
        for number in range(exposure.PAGE + 2):
            expose(edge, f"CVE-{number:03}")
        first, second, third = (shown(hikari, page) for page in (1, 2, 3))
        assert (first.more, second.more, third.more) == (True, False, False)
        assert (len(first.groups), len(second.groups), third.groups) == (exposure.PAGE, 2, ())
        both = [group.name for group in (*first.groups, *second.groups)]
        assert sorted(both) == sorted(set(both))

    def test_a_page_takes_as_many_queries_for_one_as_for_many(self, hikari):
        def queries() -> int:
            with CaptureQueriesContext(connection) as taken:
                shown(hikari)
                exposure.counts(hikari, own(), today=TODAY)
            return len(taken.captured_queries)

        expose(world.system("hikari", "s"), "CVE-1")
        few = queries()
        for number in range(12):
            expose(world.system("hikari", f"s{number}"), "CVE-1")
            expose(world.system("hikari", f"t{number}"), f"CVE-{number + 2}", software=f"x{number}")
        assert queries() == few


class TestCounts:
    def test_vulnerabilities_are_counted_not_systems(self, hikari, edge, core):
        yesterday = TODAY - DAY
        for owned in (edge, core):
            expose(owned, "CVE-1", priority="immediate", due=yesterday)
            expose(owned, "CVE-2", priority="out_of_cycle", answer="acknowledged", due=TODAY)
            expose(owned, "CVE-3", priority="scheduled", answer="reopened", due=yesterday)
            expose(owned, "CVE-4", priority="immediate", answer="responding", due=yesterday)
            expose(
                owned, "CVE-5", priority="immediate", status=FIXED, answer="fixed", due=yesterday
            )
        counted = exposure.counts(hikari, own(), today=TODAY)
        assert counted == Counts(now=1, late=3, to_answer=2, working=2, answered=1)

    def test_nothing_is_nothing(self, hikari):
        counted = exposure.counts(hikari, own(), today=TODAY)
        assert (counted, counted.anything) == (Counts(0, 0, 0, 0, 0), False)


class TestFilters:
    @pytest.fixture
    def several(self, edge, core) -> None:
        expose(edge, "CVE-1", priority="immediate", due=TODAY - DAY, title_ja="境界外書き込み")
        expose(core, "CVE-2", priority="out_of_cycle", status=UNSURE, software="postfix")
        expose(edge, "CVE-3", priority="scheduled", answer="responding", title_en="Out of bounds")
        expose(core, "CVE-4", status=NOT_AFFECTED, answer="not_affected")
        Alias.objects.create(name="JVNDB-2026-000001", vulnerability=known("CVE-3"))

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, "CVE-1 CVE-2 CVE-3"),
            ({"state": State.TO_ANSWER}, "CVE-1 CVE-2"),
            ({"state": State.WORKING}, "CVE-3"),
            ({"state": State.ANSWERED}, "CVE-4"),
            ({"priorities": ("immediate", "out_of_cycle")}, "CVE-1 CVE-2"),
            ({"sureness": Sureness.SURE}, "CVE-1 CVE-3"),
            ({"sureness": Sureness.TO_CONFIRM}, "CVE-2"),
            ({"late_on": TODAY}, "CVE-1"),
            ({"late_on": TODAY, "state": State.ANSWERED}, ""),
            ({"text": "cve-1"}, "CVE-1"),
            ({"text": "境界外"}, "CVE-1"),
            ({"text": "out bounds"}, "CVE-3"),
            ({"text": "000001"}, "CVE-3"),
            ({"text": "core"}, "CVE-2"),
            ({"text": "POSTFIX"}, "CVE-2"),
            ({"text": "nothing"}, ""),
            ({"text": "%"}, ""),
            ({"text": "cve\0-1"}, "CVE-1"),
        ],
    )
    def test_each_narrows_the_list(self, hikari, several, asked, found):
        assert names(hikari, **asked) == found.split()

    def test_a_system_narrows_it_too_and_what_is_said_of_it(self, hikari, several, edge, core):
        expose(core, "CVE-1", answer="acknowledged")
        assert names(hikari, system=core.pk) == ["CVE-2", "CVE-1"]
        (group,) = shown(hikari, system=core.pk, state=State.WORKING).groups
        assert (group.systems, [place.system for place in group.places]) == (1, ["core"])

    def test_what_others_run_is_not_found_by_searching(self, hikari, several):
        """The same vulnerability concerns minato through software that hikari does not run."""
        expose(world.system("minato", "theirs"), "CVE-1", software="secretware")
        assert names(hikari, text="secretware") == []
        assert names(hikari, text="theirs") == []

    def test_what_ran_before_is_not_found_either(self, hikari, several, edge):
        world.inventory(edge, world.Software("oldware", "1.0"), current=False)
        world.match(world.Software("oldware", "1.0"), known("CVE-1"))
        assert names(hikari, text="oldware") == []


class TestOneVulnerability:
    def test_every_system_with_its_reasons_those_to_answer_first(self, hikari, edge, core):
        expose(edge, "CVE-1", answer="responding")
        expose(core, "CVE-1")
        expose(world.system("hikari", "desk"), "CVE-1", status=RETRACTED)
        expose(world.system("hikari", "lab"), "CVE-1", status=FIXED, answer="fixed")
        found = one(hikari, "CVE-1")
        assert [spot.name for spot in found.spots] == ["core", "edge", "lab", "desk"]
        assert [spot.asked for spot in found.spots] == [True, False, False, False]
        assert [spot.live for spot in found.spots] == [True, True, False, False]
        assert {len(spot.reasons) for spot in found.spots} == {1}

    def test_any_name_of_it_will_do(self, hikari, edge):
        expose(edge, "CVE-1")
        Alias.objects.create(name="JVNDB-1", vulnerability=known("CVE-1"))
        assert one(hikari, "JVNDB-1").vulnerability.preferred_id == "CVE-1"

    def test_what_never_concerned_one_is_unknown(self, hikari, edge):
        expose(world.system("minato", "theirs"), "CVE-1")
        for name in ("CVE-1", "CVE-2"):
            with pytest.raises(NotFound) as refused:
                one(hikari, name)
            assert refused.value.facts == {"kind": "vulnerability", "name": name}
            with pytest.raises(NotFound):
                exposed.asked_about(hikari, own(), name)

    def test_many_systems_come_in_pages(self, hikari):
        for number in range(exposed.PAGE + 1):
            expose(world.system("hikari", f"s{number:03}"), "CVE-1")
        first, second = one(hikari, "CVE-1"), one(hikari, "CVE-1", 2)
        assert (first.more, len(first.spots)) == (True, exposed.PAGE)
        assert (second.more, [spot.name for spot in second.spots]) == (False, ["s050"])
        assert len(exposed.asked_about(hikari, own(), "CVE-1")) == exposed.PAGE + 1

    def test_what_was_said_is_told_the_newest_first(self, hikari, edge):
        person = world.person("hikari")
        viewer = directory.viewer_of(person)
        row = expose(edge, "CVE-1")
        for hours, state in enumerate((AnswerState.ACKNOWLEDGED, AnswerState.FIXED)):
            at = NOON + hours * HOUR
            answer(viewer, row.pk, state, text=f"step {hours}", now=at, actor="x")
        lines = one(hikari, "CVE-1").history
        assert [(line.state, line.text) for line in lines] == [
            ("fixed", "step 1"),
            ("acknowledged", "step 0"),
        ]
        assert {(line.system, line.person) for line in lines} == {("edge", person.name)}

    def test_who_said_it_is_told_to_the_own_organisation_alone(self, hikari, edge):
        row = expose(edge, "CVE-1")
        viewer = directory.viewer_of(world.person("hikari"))
        answer(viewer, row.pk, AnswerState.FIXED, text="…", now=NOON, actor="x")
        owner, reader = directory.named("hikari"), directory.named("minato")
        members.set_grant(owner, reader, GrantLevel.DETAIL, now=NOON, actor="x")
        (line,) = one(world.machine("minato"), "CVE-1").history
        assert (line.text, line.person) == ("…", "")

    def test_what_was_said_under_a_former_name_belongs_to_it(self, database):
        world.organisation("hikari")
        viewer, first, second = world.machine("hikari"), cve(1), cve(2)
        runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(first, npm("a", ("1.0.0", "2.0.0"))), cve5(second))
        work()
        (row,) = stored()
        answer(viewer, row.pk, AnswerState.RESPONDING, text="On Sunday.", now=NOON, actor="x")
        Alias.objects.filter(name=first).update(name="GHSA-2345-cfgh-jmpq")
        bring("cve5", cve5(second, advisory="GHSA-2345-cfgh-jmpq", updated="2024-06-01"))
        work(NOON + DAY)
        found = one(viewer, second)
        assert [(spot.name, spot.answer) for spot in found.spots] == [("edge", "responding")]
        assert [line.text for line in found.history] == ["On Sunday."]
        assert [group.name for group in shown(viewer).groups] == [second]


class TestWhose:
    def test_only_those_who_let_the_viewer_see_details(self, hikari):
        owners = {slug: directory.named(slug) for slug in ("hikari", "minato", "yama", "radio")}
        for slug, level in (("minato", GrantLevel.DETAIL), ("yama", GrantLevel.COUNTS)):
            members.set_grant(owners[slug], owners["hikari"], level, now=NOON, actor="x")
        assert [row.slug for row in exposure.lenders(hikari)] == ["minato"]
        assert exposure.owner(hikari, "minato") == owners["minato"]
        assert exposure.owner(hikari, "hikari") == owners["hikari"]
        for slug in ("yama", "radio", "nobody"):
            with pytest.raises(NotFound) as refused:
                exposure.owner(hikari, slug)
            assert refused.value.facts == {"kind": "organisation", "name": slug}


class TestWhatWasChecked:
    def test_it_says_how_much_of_what_against_how_much(self, hikari, edge, core):
        world.system("hikari", "unlisted")
        world.inventory(edge, world.Software("a", "1"), world.Software("b", "1"), at=NOON)
        world.inventory(core, world.Software("a", "1"), at=NOON + DAY)
        world.vulnerability("CVE-1")
        merged = world.vulnerability("CVE-2")
        merged.merged_into = Vulnerability.objects.get(preferred_id="CVE-1")
        merged.save()
        found = checked.checked(hikari, own())
        assert (found.running.systems, found.running.listed, found.running.unlisted) == (3, 2, 1)
        assert (found.running.components, found.running.uploaded_at) == (3, NOON + DAY)
        assert (found.vulnerabilities, found.known_at, found.waiting) == (1, None, False)

    @pytest.mark.parametrize("stage", ["find", "match-package", "match", "assess"])
    def test_it_says_what_has_not_been_compared_yet(self, hikari, edge, stage):
        item = world.Software("a", "1")
        world.inventory(edge, item)
        objects: dict[str, Callable[[], int]] = {
            "find": lambda: edge.pk,
            "match-package": lambda: world.package(item).pk,
            "match": lambda: 1,
            "assess": lambda: 1,
        }
        todo.ask(stage, [objects[stage]()])
        assert checked.checked(hikari, own()).waiting

    def test_what_of_others_is_still_compared_is_not_said(self, hikari, edge):
        theirs = world.system("minato", "theirs")
        item = world.Software("b", "1")
        world.inventory(theirs, item)
        todo.ask("find", [theirs.pk])
        todo.ask("match-package", [world.package(item).pk])
        assert not checked.checked(hikari, own()).waiting


class TestNoticesAboutIt:
    def test_those_that_were_delivered_are_named(self, hikari):
        first, second = (world.vulnerability(f"CVE-{n}") for n in (1, 2))
        notice = published()
        notice.vulnerabilities.add(first)
        found = mentions.mentions(hikari, [first.pk, second.pk])
        assert {number: [each.name for each in told] for number, told in found.items()} == {
            first.pk: [notice.number]
        }
        assert mentions.mentions(hikari, [second.pk]) == {}

    def test_one_about_a_former_name_is_about_what_it_became(self, hikari):
        first, second = (world.vulnerability(f"CVE-{n}") for n in (1, 2))
        notice = published()
        notice.vulnerabilities.add(first)
        first.merged_into = second
        first.save()
        (told,) = mentions.mentions(hikari, [second.pk])[second.pk]
        assert told.name == notice.number

    def test_a_withdrawn_one_is_not(self, hikari):
        about = world.vulnerability("CVE-1")
        notice = published()
        notice.vulnerabilities.add(about)
        rows = Notice.objects.visible_to(SystemViewer()).filter(pk=notice.pk)
        rows.update(withdrawn_at=NOON)
        assert mentions.mentions(hikari, [about.pk]) == {}

    def test_only_the_newest_are_named(self, hikari):
        about = world.vulnerability("CVE-1")
        for _ in range(mentions.MOST + 1):
            published().vulnerabilities.add(about)
        told = mentions.mentions(hikari, [about.pk])[about.pk]
        assert [each.name[-1] for each in told] == ["4", "3", "2"]
