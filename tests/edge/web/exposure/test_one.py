"""The page of one vulnerability, and answering in words."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Role
from noroshi.hub.inventory.models import System
from noroshi.hub.matching.models import Finding, FindingAnswer, FindingStatus
from tests.edge.web.exposure.rooms import enter, grant, lines, marks, standing, text
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.exposing import expose
from tests.hub.feeds import bring, cve, cve5, npm, npm_component, work
from tests.hub.running import runs, stored
from tests.hub.running import system as running_system
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

PLACE = "/exposure/CVE-1"
WHY = "vulnerable_code_not_in_execute_path"


@pytest.fixture
def edge(database) -> System:
    world.sector()
    return world.system("hikari", "edge")


@pytest.fixture
def row(edge) -> Finding:
    return expose(edge, "CVE-1")


@pytest.fixture
def other(row) -> Finding:
    return expose(world.system("hikari", "core"), "CVE-1")


def said(*rows: Finding, **fields: object) -> dict[str, object]:
    return {"state": "responding", "findings": [row.pk for row in rows], **fields}


class TestAnswering:
    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"state": "acknowledged"}, "open"),
            ({"state": "responding", "text": "日曜に\r\n行います"}, "open"),
            ({"state": "fixed"}, "fixed"),
            ({"state": "not_affected", "justification": WHY, "text": "SIG(0)"}, "not_affected"),
        ],
    )
    def test_an_answer_is_kept_and_told(self, client, row, fields, status):
        person = enter(client)
        answer = client.post(PLACE, said(row, **fields))
        assert answer.url == "/exposure"
        assert standing() == [("edge", status, fields["state"])]
        assert "CVE-1: answered for 1 system." in text(client.get(answer.url))
        told = text(client.get(PLACE))
        assert person.name in told
        assert " ".join(fields.get("text", "").split()) in told
        if status == "not_affected":
            assert "the vulnerable code is never executed" in told

    def test_a_reason_that_does_not_belong_to_the_answer_is_left_out(self, client, row):
        enter(client)
        client.post(PLACE, said(row, state="fixed", justification=WHY))
        (line,) = FindingAnswer.objects.visible_to(SystemViewer())
        assert (line.state, line.justification) == ("fixed", "")

    def test_some_systems_are_answered_and_the_others_wait(self, client, row, other):
        enter(client)
        page = client.get(PLACE).content.decode()
        assert len(re.findall(r'type="checkbox" name="findings"[^>]* checked', page)) == 2
        answer = client.post(PLACE, said(other))
        assert answer.url == PLACE
        assert standing() == [("edge", "open", ""), ("core", "open", "responding")]

    def test_what_is_closed_is_opened_again_by_saying_so(self, client, row):
        enter(client)
        assert b'value="reopened"' not in client.get(PLACE).content
        client.post(PLACE, said(row, state="fixed"))
        assert b'value="reopened"' in client.get(PLACE).content
        refused = client.post(PLACE, said(row, state="responding"))
        assert refused.status_code == 422
        assert "edge: this is answered already; reopen it first" in text(refused)
        client.post(PLACE, said(row, state="reopened"))
        assert standing() == [("edge", "open", "reopened")]

    def test_sent_twice_it_is_done_once(self, client, row):
        enter(client)
        form = said(row, text="once", **marks(client, PLACE))
        first, second = (client.post(PLACE, form) for _ in range(2))
        assert (first.status_code, second.url, lines()) == (302, first.url, 1)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"state": ""}, "This field is required."),
            ({"state": "cured"}, "Select a valid choice"),
            ({"state": "not_affected"}, "Please choose why you are not affected."),
            ({"state": "not_affected", "justification": "so"}, "Select a valid choice"),
            ({"text": "to the \u202eleft"}, "control characters"),
            ({"text": "x" * 10_001}, "at most 10000 characters"),
            ({"findings": []}, "This field is required."),
            ({"findings": ["x"]}, "Select a valid choice"),
            ({"findings": ["1" * 19]}, "Select a valid choice"),
        ],
    )
    def test_the_form_says_why_and_keeps_the_text(self, client, row, other, fields, words):
        enter(client)
        answer = client.post(PLACE, said(row, **{"text": "<b>typed</b>", **fields}))
        assert answer.status_code == 422
        assert words in text(answer)
        assert "text" in fields or "&lt;b&gt;typed&lt;/b&gt;" in answer.content.decode()
        assert lines() == 0

    def test_what_was_withdrawn_meanwhile_is_named_and_nothing_is_written(self, client, row, other):
        enter(client)
        form = said(row, other, text="typed", **marks(client, PLACE))
        other.status = FindingStatus.RETRACTED
        other.save()
        answer = client.post(PLACE, form)
        assert answer.status_code == 422
        told = text(answer)
        assert "this was withdrawn meanwhile, and no longer concerns: core" in told
        assert "typed" in told
        assert lines() == 0

    def test_what_is_others_is_refused_like_what_is_not_there(self, client, row):
        theirs = expose(world.system("minato", "theirs"), "CVE-1")
        grant("minato", "hikari", GrantLevel.DETAIL)
        enter(client)
        hidden = client.post(PLACE, said(row, theirs))
        unknown = client.post(PLACE, {**said(row), "findings": [row.pk, 999_999]})
        elsewhere = client.post(f"{PLACE}?organisation=minato", said(theirs))
        for answer in (hidden, elsewhere):
            assert (answer.status_code, text(answer)) == (404, text(unknown))
        assert lines() == 0

    def test_who_only_reads_sees_no_form_and_has_no_way_round(self, client, row):
        enter(client, role=Role.VIEWER)
        assert b'name="state"' not in client.get(PLACE).content
        answer = client.post(PLACE, said(row))
        assert "your role does not answer for your organisation" in text(answer)
        assert answer.status_code == 409
        assert lines() == 0


class TestThePage:
    def test_what_never_concerned_one_is_not_there(self, client, row):
        expose(world.system("minato", "theirs"), "CVE-2")
        enter(client)
        answers = [client.get(f"/exposure/{name}") for name in ("CVE-2", "CVE-3")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert text(answers[0]) == text(answers[1])

    def test_a_grant_opens_it_as_theirs(self, client, row):
        theirs = expose(world.system("minato", "their gate"), "CVE-2")
        enter(client)
        address = "/exposure/CVE-2?organisation=minato"
        assert client.get(address).status_code == 404
        grant("minato", "hikari", GrantLevel.DETAIL)
        page = client.get(address)
        assert "their gate" in text(page)
        assert "Only Fictitious minato can answer." in text(page)
        assert f'value="{theirs.pk}"' not in page.content.decode()

    def test_it_takes_as_many_queries_for_one_system_as_for_many(self, client, row):
        def queries() -> int:
            with CaptureQueriesContext(connection) as taken:
                assert client.get(PLACE).status_code == 200
            return len(taken.captured_queries)

        enter(client)
        client.post(PLACE, said(row, text="x"))
        client.get(PLACE)
        few = queries()
        more = [expose(world.system("hikari", f"s{number}"), "CVE-1") for number in range(9)]
        client.post(PLACE, said(*more, text="x"))
        client.get(PLACE)
        assert queries() == few

    def test_why_it_was_asked_again_is_told(self, client, database):
        world.organisation("hikari")
        runs(npm_component("a", "1.5.0"))
        bring("cve5", cve5(cve(1), npm("a", ("1.0.0", "2.0.0"))))
        work()
        enter(client)
        place = f"/exposure/{cve(1)}"
        client.post(place, said(stored()[0], state="fixed"))
        assert "the inventory still holds the software" in text(client.get(place))
        runs(npm_component("a", "1.5.0"), npm_component("b", "1.0.0"), now=NOON + DAY)
        work(NOON + DAY)
        told = text(client.get(place))
        assert "to answer again" in told
        assert "Asked again: it is still found in edge (inventory of 2026-06-02)" in told

    def test_what_is_gone_is_told_as_such(self, client, database):
        world.organisation("hikari")
        desk = running_system(name="desk")
        edge = running_system()
        for owned in (edge, desk):
            runs(npm_component("a", "1.5.0"), owned=owned)
        bring("cve5", cve5(cve(1), npm("a", ("1.0.0", "2.0.0"))))
        work()
        enter(client)
        place = f"/exposure/{cve(1)}"
        (row,) = (one for one in stored() if one.system_id == edge.pk)
        client.post(place, said(row, state="fixed"))
        for owned in (edge, desk):
            runs(npm_component("a", "2.0.0"), owned=owned, now=NOON + DAY)
        work(NOON + DAY)
        told = text(client.get(place))
        assert "edge done confirmed: no longer found since 2026-06-02" in told
        assert "desk withdrawn No longer concerns this system since 2026-06-02" in told

    def test_what_was_typed_when_the_session_ended_is_there_again(self, client, row):
        person = enter(client)
        form = said(row, text="三行の\n本文", **marks(client, PLACE))
        client.session.delete(client.session.session_key)
        assert client.post(PLACE, form).status_code == 302
        session = client.session
        kept = session.get("kept-form")
        sign_in(client, person)
        session = client.session
        session["kept-form"] = kept
        session.save()
        page = client.get(PLACE).content.decode()
        assert "三行の\n本文" in page
        assert re.search(r'value="responding"[^>]* checked', page)
        assert lines() == 0
