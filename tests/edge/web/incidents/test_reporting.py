"""A member reports, sees what the hub would read, gives it away, and takes it back."""

from __future__ import annotations

import pytest

from noroshi.core.policy.audience import Members
from noroshi.core.policy.visibility import System
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.intel import actions, queries, reviews
from noroshi.hub.intel.models import IntelObject, Review
from noroshi.hub.members import queries as directory
from tests.edge.web.incidents.rooms import FIELDS, enter, given, reported, text
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.sector import NOON


@pytest.fixture(autouse=True)
def rows(database):
    return world.sector()


@pytest.fixture
def taro(client):
    return enter(client, "hikari", Role.RESPONDER)


@pytest.fixture
def hana(rows):
    return world.person("isac", Role.HUB_ANALYST, "hana")


def waiting(person) -> int:
    return reviews.waiting(directory.viewer_of(person))


class TestReporting:
    def test_what_was_typed_becomes_a_draft(self, client, taro):
        stix_id = reported(client)
        report = queries.report_for(directory.viewer_of(taro), stix_id).report
        assert report.title == FIELDS["title"]
        assert {item.value for item in report.indicators} == {
            "bad.example",
            "198.51.100.7",
            "http://bad.example/x",
        }
        assert report.observed is not None
        assert report.observed.isoformat() == "2026-05-31T03:00:00+00:00"

    def test_a_line_that_is_no_indicator_is_named(self, client, taro):
        answer = client.post("/incidents/new", {**FIELDS, "indicators": "1.2.3.4\n\nrun.exe\nx"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Line 3, “run.exe”" in page
        assert "Line 4, “x”" in page
        assert "Line 1" not in page
        assert FIELDS["title"] in page
        assert not IntelObject.objects.visible_to(System()).exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"title": ""},
            {"title": "x" * 301},
            {"title": "a\u202eb"},
            {"text": ""},
            {"text": "bell \x07"},
            {"tlp": "white"},
            {"tlp": ""},
            {"observed": "yesterday"},
            {"observed": "2999-01-01T00:00"},
            {"indicators": "\n".join(f"{n}.example" for n in range(1001))},
            {"vulnerabilities": "x" * 121},
        ],
    )
    def test_what_is_no_report_is_refused_and_nothing_is_kept(self, client, taro, wrong):
        answer = client.post("/incidents/new", {**FIELDS, **wrong})
        assert answer.status_code == 422
        assert 'class="errors"' in answer.content.decode()
        assert not IntelObject.objects.visible_to(System()).exists()

    def test_what_looks_like_a_page_stays_text(self, client, taro):
        stix_id = reported(client, title="<script>alert(1)</script>", text="<img src=x onerror=a>")
        page = text(client, f"/incidents/{stix_id}")
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=a&gt;" in page

    def test_the_same_again_is_said_beside_the_form(self, client, taro):
        reported(client)
        answer = client.post("/incidents/new", FIELDS)
        assert answer.status_code == 422
        assert "word for word" in answer.content.decode()

    def test_sent_twice_it_is_made_once(self, client, taro):
        twice = {**FIELDS, "attempt": "a" * 32}
        places = {client.post("/incidents/new", twice)["Location"] for _ in range(2)}
        assert len(places) == 1

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.MINISTRY, Role.AUDITOR])
    def test_who_does_not_speak_for_the_organisation_reports_nothing(self, client, role):
        if role is Role.MINISTRY:
            world.organisation("soumu", OrganisationKind.MINISTRY)
        enter(client, "soumu" if role is Role.MINISTRY else "hikari", role)
        assert client.get("/incidents/new").status_code == 403
        assert client.post("/incidents/new", FIELDS).status_code == 403


class TestGiving:
    def test_what_the_hub_would_read_is_shown_before(self, client, taro, hana):
        stix_id = reported(client)
        fields = {**FIELDS, "nameless": "on", "preview": "1"}
        answer = client.post(f"/incidents/{stix_id}/handover", fields)
        page = answer.content.decode()
        assert "<mark>[会員]</mark>の端末" in page
        assert "not told" in page
        assert waiting(hana) == 0

    def test_it_is_with_the_hub_then_and_can_be_taken_back(self, client, taro, hana):
        stix_id = reported(client)
        given(client, stix_id)
        assert waiting(hana) == 1
        assert "and that it is from you" in text(client, f"/incidents/{stix_id}")
        assert "with the hub" in text(client, "/incidents?show=mine")
        assert "Take it back" in text(client, f"/incidents/{stix_id}/return")
        assert waiting(hana) == 1
        client.post(f"/incidents/{stix_id}/return")
        assert waiting(hana) == 0
        assert "Give it to the hub" in text(client, f"/incidents/{stix_id}")

    def test_given_twice_it_is_given_once(self, client, taro, hana):
        stix_id = reported(client)
        given(client, stix_id)
        again = client.post(f"/incidents/{stix_id}/handover", {**FIELDS, "give": "1"})
        assert again["Location"] == f"/incidents/{stix_id}"
        assert waiting(hana) == 1

    def test_a_name_in_an_indicator_is_for_a_person_to_decide(self, client, taro, hana):
        stix_id = reported(client, indicators="vpn.hikari.example")
        fields = {**FIELDS, "indicators": "vpn.hikari.example", "nameless": "on", "give": "1"}
        answer = client.post(f"/incidents/{stix_id}/handover", fields)
        assert answer.status_code == 422
        assert "vpn.hikari.example names who reported it" in answer.content.decode()
        assert waiting(hana) == 0

    def test_a_red_report_names_its_readers(self, client, taro, hana):
        stix_id = reported(client, tlp="red")
        page = text(client, f"/incidents/{stix_id}/handover")
        assert f'value="{hana.email}"' in page
        refused = client.post(f"/incidents/{stix_id}/handover", {**FIELDS, "tlp": "red"})
        assert refused.status_code == 422
        given(client, stix_id, tlp="red", analysts=[hana.email])
        assert waiting(hana) == 1
        other = world.person("isac", Role.HUB_ANALYST, "jiro")
        assert waiting(other) == 0

    def test_a_question_of_the_hub_is_answered_here(self, client, taro, hana):
        stix_id = reported(client)
        given(client, stix_id)
        row = Review.objects.visible_to(System()).get()
        sign_in(client, hana)
        client.post(f"/incidents/reviews/{row.name}/question", {"question": "いつですか。"})
        sign_in(client, taro)
        page = text(client, f"/incidents/{stix_id}/handover")
        assert "いつですか。" in page
        given(client, stix_id, answer="昨日です。")
        whole = reviews.review_for(directory.viewer_of(hana), row.name)
        assert (whole.question, whole.answer) == ("いつですか。", "昨日です。")


class TestOthers:
    @pytest.mark.parametrize("end", ["", "/handover", "/return"])
    def test_a_draft_of_others_answers_like_one_that_is_not_there(self, client, taro, end):
        stix_id = reported(client)
        enter(client, "yama", Role.RESPONDER)
        unknown = "report--00000000-0000-0000-0000-000000000000"
        answers = [client.get(f"/incidents/{name}{end}") for name in (stix_id, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content.decode().count(stix_id) == answers[1].content.decode().count(
            unknown
        )

    @pytest.mark.parametrize("end", ["/handover", "/return"])
    def test_what_was_shared_is_not_a_draft(self, client, taro, end):
        draft = reported(client, tlp="green")
        viewer = directory.viewer_of(taro)
        shared = actions.share_incident(viewer, draft, Members(), now=NOON, actor="x")
        assert "shared by the hub" in text(client, f"/incidents/{draft}")
        assert client.get(f"/incidents/{draft}{end}").status_code == 302
        assert client.get(f"/incidents/{shared}{end}").status_code == 404

    def test_the_list_reassures_where_there_is_nothing(self, client, taro):
        assert "No report of an attack is for you" in text(client, "/incidents")
        assert "has reported nothing" in text(client, "/incidents?show=mine")

    @pytest.mark.parametrize("asked", ["after=x", "after=%00"])
    def test_a_place_that_no_page_gave_is_refused(self, client, taro, asked):
        assert client.get(f"/incidents?{asked}").status_code == 409
