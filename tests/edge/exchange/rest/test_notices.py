"""Notices over the API: for whom they are, and how a program answers."""

from __future__ import annotations

import pytest

from noroshi.core.policy.audience import Everyone, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members.keys import Scope
from noroshi.hub.notices import actions
from noroshi.hub.notices.models import Delivery, Response
from tests.edge.exchange.rest.asking import program, viewer_of
from tests.hub import sector as world
from tests.hub.sector import HOUR, NOON
from tests.hub.sending import content, deliveries, published

pytestmark = pytest.mark.usefixtures("rows")

ANSWER = "/notices/{}/responses"
ACKNOWLEDGE = "/notices/{}/acknowledgements"


def numbers(slug: str, **parameters: str) -> list[str]:
    return [one["number"] for one in program(slug).everything("/notices", **parameters)]


class TestReading:
    def test_a_notice_is_listed_for_its_audience_alone(self):
        sent = published()
        assert numbers("minato") == [str(sent)]
        assert numbers("yama") == []

    def test_a_draft_is_for_people(self):
        sender = viewer_of("isac", Role.HUB_ANALYST)
        written = actions.draft(sender, content(), now=NOON, actor="x")
        asking = program("isac", Role.HUB_ANALYST)
        assert asking.get("/notices").ok()["items"] == []
        assert asking.get(f"/notices/{written}").problem() == (404, "not-found")

    def test_red_is_for_nobody_with_a_key(self):
        told = world.person("minato")
        sent = published(choice=People(frozenset({told.pk})), tlp=Tlp.RED)
        assert numbers("minato") == []
        assert program("minato").get(f"/notices/{sent}").status == 404

    @pytest.mark.parametrize("role", [Role.MINISTRY, Role.AUDITOR])
    def test_ministry_and_auditor_read_what_is_public(self, role):
        world.organisation("ministry", OrganisationKind.MINISTRY)
        published()
        public = published(choice=Everyone(), tlp=Tlp.CLEAR)
        slug = "ministry" if role is Role.MINISTRY else "isac"
        asking = program(slug, role)
        assert [one["number"] for one in asking.everything("/notices")] == [str(public)]

    def test_texts_are_given_as_they_were_written(self):
        sent = published(title_en="<script>alert(1)</script>")
        whole = program().get(f"/notices/{sent}").ok()
        assert whole["head"]["title_en"] == "<script>alert(1)</script>"
        assert (whole["text_ja"], whole["text_en"]) == ("本文です。", "This is the text.")
        assert whole["head"]["tlp"] == "amber"
        assert whole["head"]["sender"]["slug"] == "isac"
        assert whole["head"]["delivery"]["state"] == "delivered"

    def test_that_a_program_reads_it_does_not_count_as_read(self):
        sent = published()
        program().get(f"/notices/{sent}").ok()
        assert deliveries(sent)["minato"].read_at is None

    def test_pages_hold_every_notice_once(self):
        sent = [str(published(at=NOON + turn * HOUR)) for turn in range(5)]
        asking = program()
        assert [one["number"] for one in asking.everything("/notices", limit=2)] == sent[::-1]
        answer = asking.get("/notices", limit=2)
        assert answer.headers["Link"].endswith('; rel="next"')
        following = answer.headers["Link"].partition("<")[2].partition(">")[0]
        after = asking.client.get(following, headers=asking.headers)
        assert [one["number"] for one in after.json()["items"]] == sent[2:0:-1]

    def test_a_list_is_narrowed_to_what_waits(self):
        first, second = published(), published(at=NOON + HOUR)
        asking = program()
        asking.post(ACKNOWLEDGE.format(first)).ok()
        for show, expected in (("to-answer", [second]), ("answered", [first]), ("sent", [])):
            assert numbers("minato", show=show) == [str(one) for one in expected]


class TestAnswering:
    def test_acknowledging_is_recorded_as_the_organisation(self):
        sent = published()
        asking = program()
        assert asking.post(ACKNOWLEDGE.format(sent)).ok()["state"] == "acknowledged"
        event = AuditEvent.objects.get(verb="delivery.acknowledged")
        assert event.actor == "organisation:minato"
        assert Response.objects.visible_to(viewer_of("minato")).get().person is None

    def test_acknowledging_again_changes_nothing(self):
        sent = published()
        asking = program()
        first = asking.post(ACKNOWLEDGE.format(sent)).ok()
        assert asking.post(ACKNOWLEDGE.format(sent)).ok() == first

    def test_an_answer_is_kept_with_its_text(self):
        sent = published()
        asking = program()
        text = "直しました。\n<b>done</b> =1+1"
        told = asking.post(ANSWER.format(sent), {"state": "done", "text": text}).ok()
        assert told["state"] == "done"
        assert told["acknowledged_at"] is not None
        answers = asking.get(f"/notices/{sent}").ok()["answers"]
        assert [(one["state"], one["text"]) for one in answers] == [("done", text)]

    def test_line_ends_become_line_feeds(self):
        sent = published()
        asking = program()
        asking.post(ANSWER.format(sent), {"state": "done", "text": "a\r\nb\rc"}).ok()
        assert asking.get(f"/notices/{sent}").ok()["answers"][0]["text"] == "a\nb\nc"

    def test_a_step_back_is_refused_and_changes_nothing(self):
        sent = published()
        asking = program()
        asking.post(ANSWER.format(sent), {"state": "done"}).ok()
        again = asking.post(ANSWER.format(sent), {"state": "responding"})
        assert again.problem() == (409, "refused")
        assert deliveries(sent)["minato"].state == "done"

    def test_a_notice_that_was_withdrawn_needs_no_answer(self):
        sent = published()
        actions.withdraw(
            viewer_of("isac", Role.HUB_ANALYST), str(sent), reason="x", now=NOON, actor="x"
        )
        assert program().post(ACKNOWLEDGE.format(sent)).problem() == (409, "refused")

    def test_who_only_reads_does_not_answer(self):
        sent = published()
        asking = program(role=Role.VIEWER)
        assert asking.get(f"/notices/{sent}").status == 200
        assert asking.post(ACKNOWLEDGE.format(sent)).problem() == (403, "forbidden")
        assert deliveries(sent)["minato"].state == "delivered"

    def test_what_was_not_sent_to_one_and_what_is_not_there_are_answered_alike(self):
        only_yama = Selection(organisations=frozenset({viewer_of("yama").organisation}))
        hidden = str(published(choice=only_yama))
        asking = program()
        for ask in (
            lambda number: asking.get(f"/notices/{number}"),
            lambda number: asking.post(ACKNOWLEDGE.format(number)),
            lambda number: asking.post(ANSWER.format(number), {"state": "done"}),
        ):
            answers = {number: ask(number) for number in (hidden, "N-2026-9999", "N-2026-999999")}
            assert {one.problem() for one in answers.values()} == {(404, "not-found")}
            assert len({one.body.replace(n.encode(), b"") for n, one in answers.items()}) == 1

    def test_a_reader_to_whom_it_was_not_sent_cannot_answer_it(self):
        sent = published()
        asking = program("isac", Role.HUB_ANALYST)
        assert asking.get(f"/notices/{sent}").status == 200
        assert asking.post(ACKNOWLEDGE.format(sent)).problem() == (404, "not-found")


def test_a_scope_for_one_part_is_none_for_another():
    sent = published()
    asking = program(scopes=set(Scope) - {Scope.WRITE_NOTICES})
    assert asking.post(ACKNOWLEDGE.format(sent)).problem() == (403, "out-of-scope")
    assert not Delivery.objects.visible_to(viewer_of("minato")).filter(state="acknowledged")
