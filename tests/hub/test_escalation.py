"""Late deliveries: who hears of them, in which order, and that nobody else does."""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.policy.audience import Members, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import System, Viewer
from noroshi.core.sector import District
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Escalation, Notice
from noroshi.hub.notices.recipients import Affected, Choice
from noroshi.hub.todo import actions as todo
from noroshi.hub.todo.models import Todo
from tests.hub import sector as world
from tests.hub.sector import DAY, HOUR, NOON

pytestmark = pytest.mark.usefixtures("database")

KANTO = Selection(districts=frozenset({District.KANTO}))
DUE = NOON + DAY
EVERY = 12 * HOUR


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


def published(
    choice: Choice, tlp: Tlp = Tlp.AMBER, viewer: Viewer | None = None, vulnerability: str = ""
) -> Notice:
    content = Content(
        tlp=tlp,
        title_ja="確認",
        text_ja="本文",
        respond_within_hours=24,
        vulnerabilities=(vulnerability,) if vulnerability else (),
    )
    sender = viewer or System()
    draft = actions.draft(sender, content, now=NOON, actor="system")
    return actions.publish(sender, str(draft), choice, now=NOON, actor="system")


def only(*rows: Organisation) -> Selection:
    return Selection(organisations=frozenset(row.pk for row in rows))


def stage(now: dt.datetime) -> int:
    """One batch of the stage, as the worker does it."""
    batch = todo.take(actions.ESCALATE, 200, now=now)
    count = actions.escalate(batch.objects, now=now, every=EVERY)
    todo.finish(batch)
    return count


def told() -> set[tuple[str, int, str]]:
    rows = Escalation.objects.visible_to(System())
    return set(rows.values_list("delivery__organisation__slug", "level", "to__slug"))


def test_the_bureau_is_told_at_the_deadline_and_the_hub_an_interval_later(rows):
    published(only(rows["hikari"], rows["bureau-kanto"]))
    actions.acknowledge(world.machine("bureau-kanto"), "N-2026-0001", now=NOON, actor="x")
    assert stage(DUE - HOUR) == 0
    assert told() == set()
    assert stage(DUE) == 1
    assert told() == {("hikari", 1, "bureau-kanto")}
    assert stage(DUE + EVERY - HOUR) == 0
    assert stage(DUE + EVERY) == 1
    assert told() == {("hikari", 1, "bureau-kanto"), ("hikari", 2, "isac")}
    assert not Todo.objects.filter(stage=actions.ESCALATE).exists()


def test_each_level_is_told_once_however_often_the_stage_runs(rows):
    notice = published(KANTO)
    late = list(notice.deliveries.visible_to(System()).values_list("pk", flat=True))
    for now in (DUE, DUE, DUE + EVERY, DUE + EVERY, DUE + 9 * DAY):
        actions.escalate(late, now=now, every=EVERY)
    assert told() == {
        *((slug, 1, "bureau-kanto") for slug in ("hikari", "minato")),
        *((slug, 2, "isac") for slug in ("hikari", "minato", "bureau-kanto")),
    }
    assert AuditEvent.objects.filter(verb="delivery.escalated").count() == 5


def test_the_stage_does_not_spin_on_what_it_put_off(rows):
    published(only(rows["hikari"], rows["bureau-kanto"]))
    stage(DUE)
    assert todo.waiting(actions.ESCALATE, now=DUE) == 0
    assert todo.waiting(actions.ESCALATE, now=DUE + EVERY) == 1


def test_an_answer_ends_it(rows):
    published(only(rows["hikari"], rows["bureau-kanto"]))
    stage(DUE)
    for slug in ("hikari", "bureau-kanto"):
        actions.acknowledge(world.machine(slug), "N-2026-0001", now=DUE + HOUR, actor="x")
    assert stage(DUE + EVERY) == 0
    assert not Todo.objects.filter(stage=actions.ESCALATE).exists()


def test_a_withdrawn_notice_ends_it(rows):
    published(KANTO)
    actions.withdraw(System(), "N-2026-0001", now=DUE - HOUR, actor="system")
    assert stage(DUE) == 0
    assert not Todo.objects.filter(stage=actions.ESCALATE).exists()


def test_having_read_is_not_enough(rows):
    published(only(rows["hikari"]))
    actions.mark_read(world.machine("hikari"), "N-2026-0001", now=NOON, actor="x")
    assert stage(DUE) == 1


def test_a_bureau_that_may_not_read_the_notice_hears_nothing(rows):
    published(only(rows["hikari"]))
    stage(DUE)
    assert told() == {("hikari", 2, "isac")}


def test_where_the_hub_may_not_read_it_the_sender_is_told(rows):
    published(only(rows["minato"]), viewer=world.machine("hikari"))
    stage(DUE)
    assert told() == {("minato", 2, "hikari")}


def test_a_bureau_that_is_late_itself_is_reported_to_the_hub(rows):
    published(Members(), Tlp.GREEN, viewer=world.machine("hikari"))
    stage(DUE)
    assert ("bureau-kanto", 2, "isac") in told()
    assert ("isac", 2, "hikari") in told()
    assert ("yama", 1, "bureau-tohoku") in told()


def test_a_red_notice_stays_between_the_sender_and_the_named(rows):
    taro = world.person("hikari")
    author = queries.viewer_of(world.person("yama", name="hana"))
    published(People(frozenset({taro.pk})), Tlp.RED, author)
    stage(DUE)
    assert told() == {("hikari", 2, "yama")}


class TestAffectedOnly:
    @pytest.fixture(autouse=True)
    def affected(self, rows):
        world.finding(world.system("hikari", "gw"), world.vulnerability("CVE-2021-44228"))

    def send(self, rows) -> None:
        published(Affected(), vulnerability="CVE-2021-44228")

    def test_who_was_granted_counts_is_told(self, rows):
        self.send(rows)
        stage(DUE)
        # The bureau is not affected: the notice is not for it, so it hears nothing of it.
        assert told() == {("hikari", 2, "isac")}

    def test_who_was_granted_nothing_is_not_told_who_is_affected(self, rows):
        members.set_grant(rows["hikari"], rows["isac"], None, now=NOON, actor="x")
        self.send(rows)
        assert stage(DUE) == 0
        assert told() == set()
        assert not Todo.objects.filter(stage=actions.ESCALATE).exists()

    def test_the_bureau_is_told_if_it_reads_the_notice_and_was_granted_counts(self, rows):
        known = Vulnerability.objects.get(preferred_id="CVE-2021-44228")
        world.finding(world.system("bureau-kanto", "gw"), known)
        self.send(rows)
        stage(DUE)
        assert ("hikari", 1, "bureau-kanto") in told()
