"""Drafts the machine writes: for what cannot wait, once, and never sent by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from noroshi.core.assess import assess, encode
from noroshi.core.assess.narrate import summary
from noroshi.core.facets import Record, Text
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import System
from noroshi.core.sector import OrganisationKind
from noroshi.hub.knowledge.models import Assessment, Vulnerability
from noroshi.hub.matching.actions import PROPOSE
from noroshi.hub.matching.models import FindingStatus
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions, listing
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Notice
from noroshi.hub.todo import actions as todo
from noroshi.run.stages.table import STAGES
from noroshi.run.stages.worker import Worker
from tests.hub import sector as world
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")

EXPLOITED: dict[str, Any] = {"exploited_since": dt.date(2026, 5, 1)}
CRITICAL: dict[str, Any] = {"severity": "critical"}


@pytest.fixture(autouse=True)
def hub(database) -> None:
    world.organisation("isac", OrganisationKind.HUB)
    world.organisation("hikari")


def found(priority: str = "immediate", status: str = "open", **columns: object) -> Vulnerability:
    row = world.vulnerability("CVE-2021-44228", **columns)
    world.finding(world.system("hikari", "gw"), row, FindingStatus(status), priority)
    return row


def drafts() -> list[Notice]:
    return list(Notice.objects.visible_to(System()))


@pytest.mark.parametrize("columns", [EXPLOITED, CRITICAL, {**EXPLOITED, **CRITICAL}])
@pytest.mark.parametrize(("priority", "hours"), [("immediate", 24), ("out_of_cycle", 72)])
def test_what_cannot_wait_is_proposed(columns, priority, hours):
    row = found(priority, **columns)
    assert actions.propose([row.pk], now=NOON) == 1
    (draft,) = drafts()
    assert (draft.proposed, draft.published_at, draft.owner.slug) == (True, None, "isac")
    assert draft.respond_within_hours == hours
    assert "CVE-2021-44228" in draft.title_ja
    assert list(draft.vulnerabilities.all()) == [row]


@pytest.mark.parametrize(
    ("priority", "status", "columns"),
    [
        ("scheduled", "open", EXPLOITED),
        ("", "open", EXPLOITED),
        ("immediate", "not_affected", EXPLOITED),
        ("immediate", "retracted", EXPLOITED),
        ("immediate", "open", {"severity": "high"}),
        ("immediate", "open", {**EXPLOITED, "state": "rejected"}),
    ],
)
def test_the_rest_is_not(priority, status, columns):
    row = found(priority, status, **columns)
    assert actions.propose([row.pk], now=NOON) == 0
    assert drafts() == []


def test_it_is_proposed_once():
    row = found(**EXPLOITED)
    assert [actions.propose([row.pk], now=NOON) for _ in range(2)] == [1, 0]


def test_what_a_notice_speaks_of_already_is_not_proposed():
    row = found(**EXPLOITED)
    facts = Content(tlp=Tlp.AMBER, title_ja="題", text_ja="文", vulnerabilities=(row.preferred_id,))
    actions.draft(System(), facts, now=NOON, actor="system")
    assert actions.propose([row.pk], now=NOON) == 0


def test_nor_under_a_former_name():
    row = found(**EXPLOITED)
    former = world.vulnerability("GHSA-former")
    facts = Content(tlp=Tlp.AMBER, title_ja="題", text_ja="文", vulnerabilities=("GHSA-former",))
    actions.draft(System(), facts, now=NOON, actor="system")
    former.merged_into = row
    former.save()
    assert actions.propose([row.pk], now=NOON) == 0


def test_what_a_member_writes_for_itself_does_not_keep_the_hub_silent():
    row = found(**EXPLOITED)
    facts = Content(tlp=Tlp.AMBER, title_ja="題", text_ja="文", vulnerabilities=(row.preferred_id,))
    actions.draft(world.machine("hikari"), facts, now=NOON, actor="x")
    assert actions.propose([row.pk], now=NOON) == 1


def test_the_most_pressing_finding_sets_the_time():
    row = found("out_of_cycle", **EXPLOITED)
    world.finding(world.system("hikari", "dns"), row, priority="immediate")
    actions.propose([row.pk], now=NOON)
    assert drafts()[0].respond_within_hours == 24


def test_the_text_is_that_of_the_assessment():
    row = found(**EXPLOITED)
    record = Record(
        source="cve5",
        external_id=row.preferred_id,
        names=(row.preferred_id,),
        descriptions=(Text("en", "Remote code execution in a logging library.", "apache"),),
    )
    judged = assess([record])
    Assessment.objects.create(
        vulnerability=row, made_at=NOON, model=judged.model, body=encode(judged)
    )
    actions.propose([row.pk], now=NOON)
    (draft,) = drafts()
    assert (draft.text_ja, draft.text_en) == (summary(judged, "ja"), summary(judged, "en"))


def test_without_a_hub_nothing_is_proposed():
    row = found(**EXPLOITED)
    Organisation.objects.filter(slug="isac").update(kind="vendor")
    assert actions.propose([row.pk], now=NOON) == 0


def test_what_was_found_before_there_is_a_hub_is_proposed_when_there_is_one():
    row = found(**EXPLOITED)
    proposing = [stage for stage in STAGES if stage.name == PROPOSE]
    todo.ask(PROPOSE, [row.pk])
    Organisation.objects.filter(slug="isac").update(kind="vendor")
    Worker(clock=lambda: NOON, stages=proposing).until_idle()
    assert drafts() == []
    Organisation.objects.filter(slug="isac").update(kind="hub")
    Worker(clock=lambda: NOON + dt.timedelta(minutes=2), stages=proposing).until_idle()
    assert len(drafts()) == 1


def test_only_the_hub_reads_a_proposal():
    row = found(**EXPLOITED)
    actions.propose([row.pk], now=NOON)
    assert [one.head.proposed for one in listing.notices(world.machine("isac")).items] == [True]
    assert listing.notices(world.machine("hikari")).items == ()
