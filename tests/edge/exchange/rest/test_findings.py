"""Findings over the API: whose they are, why they stand, and what is said of them."""

from __future__ import annotations

import typing

import pytest

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import OrganisationKind, Role
from noroshi.edge.exchange.rest import findings as room
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.matching.models import FindingStatus
from noroshi.hub.members import actions, queries
from tests.edge.exchange.rest.asking import program
from tests.hub import running
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, npm, npm_component, work
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("rows")

PAD = npm_component("left-pad", "1.2.0")
SAID = {"state": "not_affected", "justification": "vulnerable_code_not_present", "text": "<b>"}


@pytest.fixture(autouse=True)
def found(rows):
    """Two operators run what two vulnerabilities are in."""
    for slug in ("minato", "yama"):
        running.runs(PAD, owned=running.system(slug, f"edge-{slug}"))
    bring("cve5", cve5(cve(1), npm("left-pad", ("0", "1.3.0"))))
    bring("cve5", cve5(cve(2), npm("left-pad", ("1.0.0", "2.0.0"))))
    work()


def listed(slug: str = "minato", **parameters: str | list[str]) -> list[tuple[str, str]]:
    items = program(slug).everything("/findings", **parameters)
    return [(one["system"]["name"], one["vulnerability"]["name"]) for one in items]


def mine(slug: str = "minato") -> list[int]:
    return [one["number"] for one in program(slug).everything("/findings")]


def grant(level: GrantLevel) -> None:
    owner, grantee = queries.named("yama"), queries.named("minato")
    actions.set_grant(owner, grantee, level, now=NOON, actor="x")


def test_the_words_for_a_status_are_those_of_the_hub():
    assert set(typing.get_args(room.FindingStatus)) == set(FindingStatus.values)


class TestReading:
    def test_an_organisation_sees_its_own(self):
        assert listed() == [("edge-minato", cve(1)), ("edge-minato", cve(2))]
        assert listed("yama") == [("edge-yama", cve(1)), ("edge-yama", cve(2))]
        assert listed("hikari") == []

    @pytest.mark.parametrize(("level", "seen"), [(GrantLevel.COUNTS, 2), (GrantLevel.DETAIL, 4)])
    def test_others_are_seen_where_details_were_granted(self, level, seen):
        grant(level)
        assert len(listed()) == seen

    def test_ministry_and_auditor_see_none(self):
        world.organisation("ministry", OrganisationKind.MINISTRY)
        for asking in (program("ministry", Role.MINISTRY), program("minato", Role.AUDITOR)):
            assert asking.get("/findings").ok() == {"items": [], "after": None}

    def test_a_list_is_narrowed(self):
        grant(GrantLevel.DETAIL)
        system = program().get("/findings").ok()["items"][0]["system"]["number"]
        assert len(listed(vulnerability=cve(2))) == 2
        assert len(listed(organisation="yama")) == 2
        assert len(listed(system=str(system), vulnerability=cve(1))) == 1
        assert listed(status="fixed") == []
        assert len(listed(status=["open", "fixed"])) == 4
        assert len(listed(changed_since="2026-06-01T12:00:00+09:00")) == 4
        assert listed(changed_since="2026-06-01T03:00:00.000001Z") == []
        assert listed(vulnerability="CVE-1999-0001") == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("status", "live"),
            ("priority", "high"),
            ("system", "0"),
            ("system", "9" * 19),
            ("changed_since", "2026-06-01"),
            ("changed_since", "2026-06-01T12:00:00"),
            ("changed_since", "1780000000"),
            ("changed_since", "0001-01-01T00:00:00+14:00"),
            ("vulnerability", "a\tb"),
        ],
    )
    def test_a_filter_that_cannot_be_is_named(self, name, value):
        answer = program().get("/findings", **{name: value})
        assert answer.problem() == (422, "invalid")
        assert answer.json["errors"][0]["pointer"] == name

    def test_pages_hold_every_finding_once(self):
        grant(GrantLevel.DETAIL)
        numbers = [one["number"] for one in program().everything("/findings", limit=1)]
        assert len(set(numbers)) == len(numbers) == 4

    def test_a_whole_finding_says_why_it_stands(self):
        (reason,) = program().get(f"/findings/{mine()[0]}").ok()["reasons"]
        assert (reason["component"], reason["version"]) == ("left-pad", "1.2.0")
        assert (reason["by"], reason["basis"], reason["ends_at"]) == ("kasumi", "purl", "1.3.0")

    def test_what_is_hidden_and_what_is_not_there_are_answered_alike(self):
        asking = program()
        hidden = mine("yama")[0]
        for ask in (
            lambda number: asking.get(f"/findings/{number}"),
            lambda number: asking.post(f"/findings/{number}/answers", SAID),
        ):
            names = (str(hidden), "999999999", "0", "-1", "x", "1" * 30, "01x", "１")
            answers = {name: ask(name) for name in names}
            assert {one.problem() for one in answers.values()} == {(404, "not-found")}
            said = {one.json["detail"] for one in answers.values()}
            assert len(said) == 1
            assert len({tuple(one.json) for one in answers.values()}) == 1


class TestAnswering:
    def test_an_answer_is_kept_and_recorded_as_the_organisation(self):
        number, asking = mine()[0], program()
        told = asking.post(f"/findings/{number}/answers", SAID).ok()
        assert (told["status"], told["answer"]) == ("not_affected", "not_affected")
        whole = asking.get(f"/findings/{number}").ok()
        assert whole["answers"][0]["text"] == "<b>"
        assert whole["head"]["justification"] == SAID["justification"]
        event = AuditEvent.objects.get(verb="finding.answered")
        assert (event.actor, event.object) == ("organisation:minato", f"finding:{number}")
        assert "<b>" not in event.detail

    def test_what_goes_back_has_to_say_so(self):
        number, asking = mine()[0], program()
        place = f"/findings/{number}/answers"
        asking.post(place, SAID).ok()
        assert asking.post(place, {"state": "responding"}).problem() == (409, "refused")
        assert asking.post(place, {"state": "reopened"}).ok()["status"] == "open"

    @pytest.mark.parametrize(
        ("said", "status"),
        [
            ({"state": "not_affected"}, 409),
            ({"state": "fixed", "justification": "vulnerable_code_not_present"}, 409),
            ({"state": "open"}, 422),
            ({"state": "not_affected", "justification": "because"}, 422),
            ({}, 422),
        ],
    )
    def test_an_answer_that_is_none_is_refused(self, said, status):
        assert program().post(f"/findings/{mine()[0]}/answers", said).status == status

    def test_a_grant_lets_read_and_not_answer(self):
        grant(GrantLevel.DETAIL)
        other = mine("yama")[0]
        asking = program()
        assert asking.get(f"/findings/{other}").status == 200
        answer = asking.post(f"/findings/{other}/answers", SAID)
        assert answer.problem() == (404, "not-found")

    def test_who_only_reads_does_not_answer(self):
        answer = program(role=Role.VIEWER).post(f"/findings/{mine()[0]}/answers", SAID)
        assert answer.problem() == (403, "forbidden")
