"""Answers to findings: who gives them, what they do, and what the machine does afterwards."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from noroshi.core.answers import AnswerState, Justification
from noroshi.core.errors import NotFound, Refused
from noroshi.core.policy.visibility import GrantLevel, Member, Viewer
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.inventory.models import System
from noroshi.hub.knowledge.models import Alias
from noroshi.hub.matching.answering import LONGEST_ANSWER, Said, answer, answer_all
from noroshi.hub.matching.models import Finding, FindingAnswer
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.committing import Other, committed
from tests.hub.feeds import Json, bring, cve, cve5, kev, npm, npm_component, work
from tests.hub.running import runs, stored, system
from tests.hub.sector import DAY, HOUR, NOON

ONE, TWO = cve(1), cve(2)
ACKNOWLEDGED, RESPONDING, NOT_AFFECTED, FIXED, REOPENED = AnswerState
WHY = Justification.CODE_NOT_EXECUTED.value


@pytest.fixture
def members_of_two(database) -> None:
    for slug in ("hikari", "minato"):
        world.organisation(slug)


@pytest.fixture
def found(members_of_two) -> Finding:
    """A finding of hikari's edge: a 1.5.0 is affected from 1.0.0 to 2.0.0."""
    runs(npm_component("a", "1.5.0"))
    bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
    work()
    (row,) = stored()
    return row


def say(
    row: Finding, state: AnswerState, text: str = "", hours: int = 1, who: Viewer | None = None
) -> Finding:
    why = WHY if state is NOT_AFFECTED else ""
    viewer = who or world.machine("hikari")
    at = NOON + hours * HOUR
    return answer(viewer, row.pk, state, justification=why, text=text, now=at, actor="x")


def upload(version: str, day: int, owned: System | None = None) -> None:
    runs(npm_component("a", version), owned=owned, now=NOON + day * DAY)
    work(NOON + day * DAY)


def look(name: str = ONE) -> tuple[str, str]:
    (row,) = (one for one in stored() if one.vulnerability.preferred_id == name)
    return row.status, row.answer


def lines() -> list[tuple[str, str, str]]:
    rows = FindingAnswer.objects.visible_to(SystemViewer()).order_by("pk")
    return [(row.state, row.text, row.reason) for row in rows]


class TestAnswering:
    def test_each_answer_is_kept_with_who_and_when(self, found):
        person = world.person("hikari")
        viewer = directory.viewer_of(person)
        for hours, state in enumerate((ACKNOWLEDGED, RESPONDING, FIXED)):
            say(found, state, f"step {hours}", hours, viewer)
        rows = FindingAnswer.objects.visible_to(viewer).order_by("pk")
        assert [(r.state, r.text, r.at, r.person_id) for r in rows] == [
            ("acknowledged", "step 0", NOON, person.pk),
            ("responding", "step 1", NOON + HOUR, person.pk),
            ("fixed", "step 2", NOON + 2 * HOUR, person.pk),
        ]
        (row,) = stored()
        assert (row.status, row.answer, row.answered_at) == ("fixed", "fixed", NOON + 2 * HOUR)
        assert row.standing_id == rows[2].pk

    def test_the_first_steps_leave_the_finding_open(self, found):
        for state in (ACKNOWLEDGED, RESPONDING):
            say(found, state)
            assert look() == ("open", state.value)

    def test_who_is_not_affected_says_why(self, found):
        say(found, NOT_AFFECTED, "It is never called.")
        (row,) = stored()
        assert (row.status, row.justification) == ("not_affected", WHY)
        (line,) = FindingAnswer.objects.visible_to(SystemViewer())
        assert (line.justification, line.text) == (WHY, "It is never called.")

    @pytest.mark.parametrize(
        ("state", "justification", "text"),
        [
            (NOT_AFFECTED, "", "because"),
            (NOT_AFFECTED, "we_like_it", ""),
            (FIXED, WHY, ""),
            (ACKNOWLEDGED, "", "x" * (LONGEST_ANSWER + 1)),
            (ACKNOWLEDGED, "", "to the \u202eleft"),
            (ACKNOWLEDGED, "", "\x00"),
        ],
    )
    def test_what_is_no_answer_is_refused_and_leaves_no_trace(
        self, found, state, justification, text
    ):
        viewer = world.machine("hikari")
        with pytest.raises(Refused):
            answer(
                viewer, found.pk, state, justification=justification, text=text,
                now=NOON, actor="x",
            )  # fmt: skip
        assert (look(), lines()) == (("open", ""), [])

    def test_the_same_again_changes_nothing(self, found):
        for state in (ACKNOWLEDGED, RESPONDING, NOT_AFFECTED, FIXED):
            say(found, state)
            before = (look(), lines(), AuditEvent.objects.count())
            say(found, state, hours=5)
            say(found, ACKNOWLEDGED, hours=5)
            assert (look(), lines(), AuditEvent.objects.count()) == before

    def test_a_word_said_again_is_kept_without_taking_an_answer_back(self, found):
        say(found, FIXED)
        say(found, ACKNOWLEDGED, "Sorry for the delay.")
        assert look() == ("fixed", "fixed")
        assert lines()[1] == ("fixed", "Sorry for the delay.", "")

    def test_an_answer_is_corrected(self, found):
        say(found, FIXED)
        say(found, NOT_AFFECTED)
        assert look() == ("not_affected", "not_affected")
        say(found, FIXED)
        (row,) = stored()
        assert (row.status, row.justification) == ("fixed", "")

    def test_going_back_must_be_said(self, found):
        say(found, FIXED)
        with pytest.raises(Refused, match="reopen it first"):
            say(found, RESPONDING)
        say(found, REOPENED, "It came back after the restart.")
        assert look() == ("open", "reopened")
        say(found, RESPONDING)
        assert look() == ("open", "responding")
        assert len(lines()) == 3

    def test_what_was_reopened_looks_as_matching_left_it(self, found):
        say(found, NOT_AFFECTED)
        bring("kev", kev(ONE))
        work(NOON + DAY)
        say(found, REOPENED)
        (row,) = stored()
        assert (row.status, row.priority, row.opened_at) == ("open", "immediate", NOON)
        assert row.justification == ""

    def test_what_is_gone_cannot_be_reopened(self, found):
        say(found, FIXED)
        upload("2.0.0", 1)
        with pytest.raises(Refused, match="no longer found"):
            say(found, REOPENED)
        assert (look(), len(lines())) == (("fixed", "fixed"), 1)

    def test_it_is_recorded_without_what_was_said(self, found):
        say(found, NOT_AFFECTED, "a secret reason")
        event = AuditEvent.objects.get(verb="finding.answered")
        assert (event.object, event.actor) == (f"finding:{found.pk}", "x")
        assert event.detail == '{"organisation":"hikari","state":"not_affected"}'


class TestWhoAnswers:
    def test_others_and_nobody_get_the_same_refusal(self, found):
        hikari, minato = (directory.named(slug) for slug in ("hikari", "minato"))
        members.set_grant(hikari, minato, GrantLevel.DETAIL, now=NOON, actor="x")
        for who in ("minato", "hikari"):
            number = found.pk if who == "minato" else found.pk + 1
            with pytest.raises(NotFound) as refusal:
                answer(world.machine(who), number, ACKNOWLEDGED, now=NOON, actor="x")
            assert refusal.value.facts == {"kind": "finding", "name": str(number)}
        assert lines() == []

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.MINISTRY, Role.AUDITOR])
    def test_who_only_reads_does_not_answer(self, found, role):
        own = directory.named("hikari").pk
        expected = Refused if role is Role.VIEWER else NotFound
        with pytest.raises(expected):
            say(found, ACKNOWLEDGED, who=Member(own, None, role))
        with pytest.raises(NotFound):
            say(found, ACKNOWLEDGED, who=SystemViewer())
        assert look() == ("open", "")


class TestSeveralAtOnce:
    @pytest.fixture
    def everywhere(self, found) -> list[int]:
        for name in ("core", "desk"):
            runs(npm_component("a", "1.5.0"), owned=system(name=name))
        work()
        return [row.pk for row in stored()]

    def test_they_get_the_same_answer(self, everywhere):
        said = Said(RESPONDING, text="On Sunday.")
        rows = answer_all(world.machine("hikari"), everywhere, said, now=NOON, actor="x")
        assert [row.pk for row in rows] == everywhere
        assert {(row.answer, row.answered_at) for row in stored()} == {("responding", NOON)}
        assert lines() == [("responding", "On Sunday.", "")] * 3

    def test_one_that_is_not_ours_refuses_all(self, everywhere):
        runs(npm_component("a", "1.5.0"), owned=system("minato"))
        work()
        theirs = stored()[-1].pk
        with pytest.raises(NotFound):
            answer_all(
                world.machine("hikari"), [*everywhere, theirs], Said(FIXED), now=NOON, actor="x"
            )
        assert lines() == []

    def test_one_that_was_withdrawn_meanwhile_is_named(self, everywhere):
        upload("2.0.0", 1, system(name="core"))
        said = Said(ACKNOWLEDGED)
        with pytest.raises(Refused, match=r"withdrawn meanwhile.*: core"):
            answer_all(world.machine("hikari"), everywhere, said, now=NOON, actor="x")
        assert lines() == []

    def test_none_is_no_answer(self, everywhere):
        with pytest.raises(NotFound):
            answer_all(world.machine("hikari"), [], Said(ACKNOWLEDGED), now=NOON, actor="x")


class TestAfterwards:
    def test_what_was_fixed_stays_so_while_nothing_says_otherwise(self, found):
        say(found, FIXED)
        bring("kev", kev(ONE))
        work(NOON + DAY)
        assert look() == ("fixed", "fixed")
        upload("2.0.0", 2)
        (row,) = stored()
        assert (row.status, row.answer, row.gone_at) == ("fixed", "fixed", NOON + 2 * DAY)

    def test_a_later_inventory_that_still_holds_it_opens_it_again(self, found):
        say(found, FIXED)
        runs(npm_component("a", "1.5.0"), npm_component("b", "1.0.0"), now=NOON + DAY)
        work(NOON + DAY)
        (row,) = stored()
        assert (row.status, row.answer, row.opened_at) == ("open", "reopened", NOON)
        assert lines() == [("fixed", "", ""), ("reopened", "", "still_found")]
        asked = row.standing
        assert asked is not None
        assert asked.inventory is not None
        assert asked.inventory.uploaded_at == NOON + DAY
        assert AuditEvent.objects.get(verb="finding.reopened").actor == "system"

    def test_what_was_reopened_is_not_reopened_again_and_again(self, found):
        say(found, FIXED)
        for day in (1, 2, 3):
            upload("1.5.0" if day == 1 else f"1.5.{day}", day)
        assert look() == ("open", "reopened")
        assert len(lines()) == 1 + 1

    def test_what_was_reopened_is_told_like_what_is_new(self, found):
        bring("kev", kev(ONE))
        work()
        say(found, FIXED)
        Todo.objects.all().delete()
        runs(npm_component("a", "1.5.0"), npm_component("b", "1.0.0"), now=NOON + DAY)
        work(NOON + DAY)
        assert list(Todo.objects.values_list("stage", flat=True)) == ["propose"]

    def test_who_is_not_affected_stays_so_with_the_same_software(self, found):
        say(found, NOT_AFFECTED)
        runs(npm_component("a", "1.5.0"), npm_component("b", "1.0.0"), now=NOON + DAY)
        work(NOON + DAY)
        assert look() == ("not_affected", "not_affected")

    def test_another_version_is_another_question_with_its_own_deadline(self, found):
        say(found, NOT_AFFECTED)
        upload("1.6.0", 10)
        (row,) = stored()
        assert (row.status, row.answer, row.justification) == ("open", "reopened", "")
        assert row.opened_at == NOON + 10 * DAY
        assert lines()[1] == ("reopened", "", "changed")

    def test_an_answer_holds_for_what_goes_and_comes_back_as_it_was(self, found):
        say(found, NOT_AFFECTED)
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "1.2.0")), updated="2024-06-01"))
        work(NOON + DAY)
        assert stored()[0].gone_at == NOON + DAY
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0")), updated="2024-06-02"))
        work(NOON + 2 * DAY)
        (row,) = stored()
        assert (row.status, row.answer, row.gone_at) == ("not_affected", "not_affected", None)

    @pytest.mark.parametrize(("version", "kept"), [("1.5.0", "responding"), ("1.6.0", "reopened")])
    def test_a_step_on_a_finding_that_was_withdrawn_is_asked_again_for_other_software(
        self, found, version, kept
    ):
        say(found, RESPONDING, "On Sunday.")
        upload("2.0.0", 1)
        assert look() == ("retracted", "responding")
        upload(version, 2)
        (row,) = stored()
        assert (row.status, row.answer, row.opened_at) == ("open", kept, NOON + 2 * DAY)
        assert lines()[0] == ("responding", "On Sunday.", "")

    def test_a_step_on_a_finding_that_stays_open_holds_for_a_new_version(self, found):
        say(found, RESPONDING)
        upload("1.6.0", 1)
        assert look() == ("open", "responding")

    def test_a_finding_that_was_withdrawn_takes_no_answer(self, found):
        upload("2.0.0", 1)
        with pytest.raises(Refused, match="withdrawn meanwhile"):
            say(found, FIXED)


class TestMergedVulnerabilities:
    def merge(self, *affected: Json, day: int = 1) -> None:
        """Let ONE become part of TWO, whose own source says what is affected."""
        Alias.objects.filter(name=ONE).update(name="GHSA-2345-cfgh-jmpq")
        bring("cve5", cve5(TWO, *affected, advisory="GHSA-2345-cfgh-jmpq", updated="2024-06-01"))
        work(NOON + day * DAY)

    @pytest.mark.parametrize(
        ("state", "status"),
        [
            (ACKNOWLEDGED, "open"),
            (RESPONDING, "open"),
            (NOT_AFFECTED, "not_affected"),
            (FIXED, "fixed"),
        ],
    )
    def test_the_answer_goes_with_it(self, found, state, status):
        bring("cve5", cve5(TWO))
        work()
        say(found, state, "as we said")
        self.merge()
        old, heir = stored()
        assert (old.status, heir.status) == ("retracted", status)
        assert (heir.answer, heir.answered_at) == (state.value, NOON + HOUR)
        assert heir.justification == (WHY if state is NOT_AFFECTED else "")
        assert (heir.opened_at, heir.due) == (NOON, old_due(found))
        assert len(lines()) == 1

    def test_whichever_is_looked_at_first(self, found):
        bring("cve5", cve5(TWO))
        work()
        say(found, RESPONDING)
        Alias.objects.filter(name=ONE).update(name="GHSA-2345-cfgh-jmpq")
        bring("cve5", cve5(TWO, advisory="GHSA-2345-cfgh-jmpq", updated="2024-06-01"))
        rows = list(Todo.objects.filter(stage="match").order_by("object_id"))
        assert len(rows) == 2
        for row in rows:
            row.delete()
        for row in reversed(rows):
            row.save(force_insert=True)
            work(NOON + DAY)
        assert [(row.status, row.answer) for row in stored()] == [
            ("retracted", "responding"),
            ("open", "responding"),
        ]

    def test_a_newer_answer_of_its_own_stands(self, found):
        runs(npm_component("a", "1.5.0"), npm_component("b", "1.0.0"))
        bring("cve5", cve5(TWO, npm("b", ("0.1.0", "2.0.0"))))
        work()
        one, two = stored()
        say(one, RESPONDING, hours=1)
        say(two, ACKNOWLEDGED, hours=2)
        self.merge()
        assert look(TWO) == ("open", "acknowledged")

    def test_a_newer_answer_under_the_other_name_stands_if_it_spoke_of_the_same_software(
        self, found
    ):
        runs(npm_component("a", "1.5.0"), npm_component("b", "1.0.0"))
        bring("cve5", cve5(TWO, npm("b", ("0.1.0", "2.0.0"))))
        work()
        one, two = stored()
        say(two, ACKNOWLEDGED, hours=1)
        say(one, NOT_AFFECTED, hours=2)
        self.merge(npm("b", ("0.1.0", "2.0.0")))
        # TWO is in b as well, of which nobody said that it is not affected.
        assert look(TWO) == ("open", "reopened")
        assert lines()[-1] == ("reopened", "", "changed")
        work(NOON + 2 * DAY)
        assert len(lines()) == 3

    def test_what_becomes_of_it_is_told_of_what_it_is_now(self, found):
        """A fixed finding, merged, then found again in a later inventory."""
        bring("cve5", cve5(TWO))
        work()
        say(found, FIXED)
        self.merge()
        runs(npm_component("a", "1.5.0"), npm_component("b", "1.0.0"), now=NOON + 2 * DAY)
        work(NOON + 2 * DAY)
        assert look(TWO) == ("open", "reopened")


def old_due(row: Finding) -> object:
    assert row.due is None or row.due > timezone.localdate(NOON)
    return row.due


def test_an_answer_given_while_matching_is_under_way_is_not_lost(databases, django_db_blocker):
    with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
        world.organisation("hikari")
        runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
        work()
        (row,) = stored()
        bring("kev", kev(ONE))
        with transaction.atomic():
            say(row, NOT_AFFECTED)
            other = Other(database, lambda: work(NOON + DAY))
            assert other.waits
        other.finish()
        assert look() == ("not_affected", "not_affected")
