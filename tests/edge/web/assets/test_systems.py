"""The pages of systems: what is shown, to whom, and what can be changed there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.models import System
from noroshi.hub.matching.models import Finding
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Grant
from tests.edge.web.assets.rooms import A, B, enter, grant, said, system, upload
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, npm, npm_component, work
from tests.hub.sector import DAY, HOUR, NOON, Software


@pytest.fixture(autouse=True)
def _sector(database):
    world.sector()


@pytest.fixture
def affected() -> System:
    bring("cve5", cve5(cve(1), npm("alpha", ("0", "2.0"))))
    owned = system()
    upload(owned, A, B)
    work()
    return owned


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return str(answer.text)


class TestList:
    def test_it_begins_empty_with_the_way_on(self, client):
        enter(client)
        text = page(client, "/assets")
        assert "There is no system yet" in text
        assert 'href="/assets/new"' in text

    def test_a_viewer_is_offered_nothing_to_do(self, client):
        enter(client, role=Role.VIEWER)
        assert "/assets/new" not in page(client, "/assets")

    def test_a_system_stands_there_with_what_it_runs_and_what_concerns_it(self, client, affected):
        enter(client)
        text = page(client, "/assets")
        assert "gate" in text
        assert "at the next maintenance" in text
        assert "major" in text

    def test_systems_are_found_by_name(self, client):
        for name in ("mail", "Mainframe", "dns"):
            system(name=name)
        enter(client)
        text = page(client, "/assets?words=mai")
        assert [name in text for name in ("mail", "Mainframe", ">dns<")] == [True, True, False]
        assert "No system has this in its name." in page(client, "/assets?words=%25")
        assert page(client, "/assets?words=%00%0a")

    def test_others_are_seen_in_numbers_by_those_who_look_after_them(self, client, affected):
        enter(client, "bureau-kanto", Role.BUREAU_OFFICER)
        text = page(client, "/assets")
        assert "Fictitious hikari" in text
        assert "gate" not in text
        assert "/assets/of/hikari" not in text
        assert client.get("/assets/of/hikari").status_code == 404

    def test_who_is_let_see_everything_sees_the_systems(self, client, affected):
        grant("hikari", "bureau-kanto", GrantLevel.DETAIL)
        enter(client, "bureau-kanto", Role.BUREAU_OFFICER)
        assert "/assets/of/hikari" in page(client, "/assets")
        text = page(client, "/assets/of/hikari")
        assert "gate" in text
        assert "/assets/new" not in text

    def test_who_lets_nobody_see_anything_is_not_named(self, client, affected):
        grant("hikari", "bureau-kanto", None)
        enter(client, "bureau-kanto", Role.BUREAU_OFFICER)
        assert "hikari" not in page(client, "/assets")

    def test_an_organisation_that_lets_see_nothing_and_none_answer_alike(self, client, affected):
        enter(client, "minato")
        answers = [client.get(f"/assets/of/{slug}") for slug in ("hikari", "nobody")]
        assert {answer.status_code for answer in answers} == {404}
        assert said(answers[0]) == said(answers[1])

    @pytest.mark.parametrize("role", [Role.MINISTRY, Role.AUDITOR])
    def test_it_is_nothing_for_ministry_and_auditor(self, client, role):
        world.organisation("soumu", OrganisationKind.MINISTRY)
        enter(client, "soumu" if role is Role.MINISTRY else "isac", role)
        assert client.get("/assets").status_code == 403

    def test_however_many_there_are_the_questions_to_the_database_stay_the_same(self, client):
        enter(client)
        counts = []
        for number in (1, 12):
            for n in range(number):
                world.inventory(system(name=f"s{number}-{n}"), Software(f"c{n}", "1"))
            with CaptureQueriesContext(connection) as asked:
                page(client, "/assets")
            counts.append(len(asked))
        assert counts[0] == counts[1]
        assert counts[1] <= 20

    def test_long_lists_come_in_pages(self, client):
        for n in range(51):
            system(name=f"s{n:03d}")
        enter(client)
        first, second = page(client, "/assets"), page(client, "/assets?page=2")
        assert ("s049" in first, "s050" in first) == (True, False)
        assert ("s049" in second, "s050" in second) == (False, True)
        assert "s050" in page(client, "/assets?page=99")
        assert "s000" in page(client, "/assets?page=x")


class TestSystem:
    def test_findings_stand_there_with_their_urgency(self, client, affected):
        enter(client)
        text = page(client, f"/assets/systems/{affected.pk}")
        assert cve(1) in text
        assert "2 components" in text

    def test_nothing_known_is_said_where_everything_was_matched(self, client):
        owned = system()
        upload(owned, B)
        enter(client)
        path = f"/assets/systems/{owned.pk}"
        assert "Nothing known concerns this system." not in page(client, path)
        work()
        assert "Nothing known concerns this system." in page(client, path)

    def test_earlier_sboms_are_listed_with_what_changed(self, client, affected):
        upload(affected, npm_component("alpha", "1.1"), at=NOON + HOUR)
        enter(client)
        text = page(client, f"/assets/systems/{affected.pk}")
        assert "0 new, 1 updated, 1 gone" in text
        assert "/history" not in text
        for n in range(6):
            upload(affected, npm_component("alpha", f"1.{n + 2}"), at=NOON + DAY)
        assert f"/assets/systems/{affected.pk}/history" in page(
            client, f"/assets/systems/{affected.pk}"
        )
        assert page(client, f"/assets/systems/{affected.pk}/history").count("gate.cdx.json") == 8

    def test_script_in_a_name_is_only_text(self, client):
        owned = system(name="<script>alert(1)</script>")
        upload(owned, {"name": "<script>x</script>", "purl": "<b>"})
        enter(client)
        (row,) = queries.current_inventories(SystemViewer(), [owned.pk]).values()
        for path in (
            "/assets",
            f"/assets/systems/{owned.pk}",
            f"/assets/systems/{owned.pk}/retire",
            f"/assets/inventories/{row.pk}",
            f"/assets/inventories/{row.pk}/components",
        ):
            text = page(client, path)
            assert "&lt;script&gt;" in text
            assert "<script>alert" not in text
            assert "<script>x" not in text

    @pytest.mark.parametrize(
        "place", ["", "/history", "/edit", "/retire", "/upload", "/status", "/findings.csv"]
    )
    def test_what_is_hidden_and_what_is_not_there_answer_alike(self, client, affected, place):
        enter(client, "minato")
        hidden = client.get(f"/assets/systems/{affected.pk}{place}")
        unknown = client.get(f"/assets/systems/999999999{place}")
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert said(hidden) == said(unknown)

    def test_who_may_only_look_is_offered_nothing_to_change(self, client, affected):
        grant("hikari", "bureau-kanto", GrantLevel.DETAIL)
        enter(client, "bureau-kanto", Role.BUREAU_OFFICER)
        text = page(client, f"/assets/systems/{affected.pk}")
        assert cve(1) in text
        for place in ("edit", "retire", "upload"):
            assert f"/assets/systems/{affected.pk}/{place}" not in text
            assert client.get(f"/assets/systems/{affected.pk}/{place}").status_code == 409


class TestStatus:
    def asked(self, client, owned):
        path = f"/assets/systems/{owned.pk}/status"
        return client.get(path, headers={"HX-Request": "true"})

    def test_it_says_that_matching_goes_on_until_it_is_done(self, client):
        owned = system()
        upload(owned, A)
        enter(client)
        answer = self.asked(client, owned)
        assert "are being matched" in answer.text
        assert "HX-Refresh" not in answer.headers
        work()
        assert self.asked(client, owned).headers["HX-Refresh"] == "true"

    def test_it_tells_no_number_others_could_be_found_out_by(self, client):
        upload(system("minato", "their"), A)
        work()
        known, fresh = system(name="known"), system(name="fresh")
        upload(known, A)
        upload(fresh, B)
        enter(client)
        texts = [self.asked(client, one).text.replace(str(one.pk), "…") for one in (known, fresh)]
        assert texts[0] == texts[1]

    def test_without_the_script_it_leads_to_the_page(self, client, affected):
        enter(client)
        path = f"/assets/systems/{affected.pk}"
        assert client.get(f"{path}/status").headers["Location"] == path


class TestChanging:
    def change(self, client, owned, **fields):
        path = f"/assets/systems/{owned.pk}/edit"
        told = {"name": "gate", "criticality": "high", "exposure": "open", **fields}
        return client.post(path, told, follow=True)

    def test_another_exposure_changes_the_urgency(self, client, affected):
        enter(client)
        self.change(client, affected, criticality="low", exposure="small")
        work(NOON + HOUR)
        finding = Finding.objects.visible_to(SystemViewer()).get()
        assert finding.priority == "defer"

    def test_it_is_renamed(self, client, affected):
        enter(client)
        answer = self.change(client, affected, name="portal")
        assert "The system has been changed." in answer.text
        assert "portal" in page(client, "/assets")

    def test_the_form_shows_how_it_is(self, client, affected):
        enter(client)
        text = page(client, f"/assets/systems/{affected.pk}/edit")
        assert 'value="gate"' in text
        assert 'value="high" required id="id_criticality_2" checked' in text

    @pytest.mark.parametrize(
        "fields", [{"name": ""}, {"criticality": "x"}, {"exposure": ""}, {"name": "other"}]
    )
    def test_what_is_wrong_is_shown_beside_the_field(self, client, affected, fields):
        system(name="other")
        enter(client)
        answer = self.change(client, affected, **fields)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text or "-errors" in answer.text

    def test_retiring_asks_first_and_then_does_it(self, client, affected):
        enter(client)
        assert "Its 1 live finding" in page(client, f"/assets/systems/{affected.pk}/retire")
        answer = client.post(f"/assets/systems/{affected.pk}/retire", follow=True)
        assert "gate has been retired." in answer.text
        work(NOON + DAY)
        text = page(client, f"/assets/systems/{affected.pk}")
        assert "has not been run since" in text
        assert cve(1) not in text
        assert "Systems that are no longer run" in page(client, "/assets")


class TestGrants:
    def allow(self, client, grantee: str, level: str):
        return client.post("/assets/grants", {"grantee": grantee, "level": level}, follow=True)

    def test_the_administrator_changes_what_others_may_see(self, client):
        enter(client, role=Role.ORGANISATION_ADMIN)
        own = directory.named("hikari")
        self.allow(client, "bureau-kanto", "none")
        self.allow(client, "isac", "detail")
        answer = self.allow(client, "minato", "counts")
        given = {grant.grantee.slug: grant.level for grant in directory.grants_given(own)}
        assert given == {"isac": 2, "minato": 1}
        assert "Fictitious bureau-kanto" in answer.text

    @pytest.mark.parametrize("role", [Role.RESPONDER, Role.VIEWER])
    def test_everybody_else_only_sees_it(self, client, role):
        enter(client, role=role)
        assert "numbers: how many" in page(client, "/assets/grants")
        before = list(Grant.objects.values_list("grantee", "level"))
        assert self.allow(client, "minato", "detail").status_code == 403
        assert list(Grant.objects.values_list("grantee", "level")) == before

    @pytest.mark.parametrize(
        ("grantee", "level"),
        [("hikari", "detail"), ("nobody", "detail"), ("minato", "x"), ("", "")],
    )
    def test_what_cannot_be_is_refused(self, client, grantee, level):
        enter(client, role=Role.ORGANISATION_ADMIN)
        assert self.allow(client, grantee, level).status_code == 422
