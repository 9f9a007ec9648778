"""The hub's own pages: who may open what, and what each of them does."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.sector import Role
from noroshi.hub.audit import actions as audit
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.knowledge.models import Document, Quarantine
from noroshi.hub.members import keys
from noroshi.hub.members.models import ApiKey, Community, Organisation, Person
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5
from tests.hub.sector import NOON

ADMIN_ALONE = [
    "/hub/organisations/new",
    "/hub/organisations/hikari/edit",
    "/hub/communities/new",
]
HUB_ALONE = ["/hub", "/hub/sources", "/hub/organisations", "/hub/communities"]


@pytest.fixture(autouse=True)
def rows(database):
    return world.sector()


def enter(client, slug: str = "isac", role: Role = Role.HUB_ADMIN, name: str = "taro") -> Person:
    person = world.person(slug, role, name)
    sign_in(client, person)
    return person


def sent(client, path: str, **fields: object):
    """Open a form, fill it in, send it."""
    return client.post(path, fields, follow=True)


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


class TestWhoMayOpenWhat:
    @pytest.mark.parametrize("path", [*HUB_ALONE, *ADMIN_ALONE])
    def test_the_administrator_opens_everything(self, client, path):
        enter(client)
        text(client, path)

    def test_the_analyst_looks_and_changes_nothing(self, client):
        enter(client, role=Role.HUB_ANALYST)
        for path in HUB_ALONE:
            assert "/new" not in text(client, path)
        for path in ADMIN_ALONE:
            assert client.get(path).status_code == 403
        page = text(client, "/organisations/hikari")
        assert "/people/" not in page

    @pytest.mark.parametrize(
        ("slug", "role"),
        [
            ("hikari", Role.RESPONDER),
            ("hikari", Role.ORGANISATION_ADMIN),
            ("bureau-kanto", Role.BUREAU_OFFICER),
            ("isac", Role.AUDITOR),
        ],
    )
    def test_nobody_else_opens_the_hub(self, client, slug, role):
        enter(client, slug, role)
        for path in (*HUB_ALONE, *ADMIN_ALONE):
            assert client.get(path).status_code == 403

    def test_who_administers_an_organisation_sees_its_own_alone(self, client):
        other = world.person("minato", name="other")
        key = _key("minato")
        enter(client, "hikari", Role.ORGANISATION_ADMIN)
        assert "taro@hikari.example" in text(client, "/organisation")
        unknown = client.get("/organisations/nobody-here")
        hidden = client.get("/organisations/minato")
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        for path in (
            f"/people/{other.pk}",
            f"/people/{other.pk}/leave",
            f"/people/{other.pk}/factors",
            f"/people/{other.pk}/link",
            f"/keys/{key.pk}",
            f"/keys/{key.pk}/revocation",
            "/organisations/minato/people/new",
        ):
            assert client.get(path).status_code == 404, path
        for path in (f"/people/{other.pk}/invitation", f"/people/{other.pk}/leave"):
            assert client.post(path).status_code == 404, path
        other.refresh_from_db()
        assert other.is_active


def _key(slug: str) -> ApiKey:
    new = keys.NewKey(
        name="k",
        role=Role.RESPONDER,
        scopes=frozenset(keys.Scope),
        expires_at=NOON + 90 * world.DAY,
    )
    home = Organisation.objects.get(slug=slug)
    return keys.make_key(home, None, new, now=NOON, actor="system").row


class TestOrganisations:
    def test_one_is_taken_in_changed_and_leaves(self, client):
        enter(client)
        facts = {"slug": "umi", "name": "海通信", "name_en": "Umi", "kind": "operator"}
        answer = sent(
            client, "/hub/organisations/new", **facts, sector="telecom", district="tohoku"
        )
        assert answer.redirect_chain == [("/organisations/umi", 302)]
        row = Organisation.objects.get(slug="umi")
        assert (row.name, row.district, row.active) == ("海通信", "tohoku", True)
        changed = {
            **facts,
            "name": "海 <b>通信</b>",
            "name_en": "<b>Umi</b>",
            "sector": "cable",
            "district": "tohoku",
        }
        answer = sent(client, "/hub/organisations/umi/edit", **changed)
        row.refresh_from_db()
        assert (row.name, row.sector, row.active) == ("海 <b>通信</b>", "cable", False)
        assert "&lt;b&gt;Umi&lt;/b&gt;" in answer.content.decode()
        verbs = AuditEvent.objects.filter(object=f"organisation:{row.pk}")
        assert set(verbs.values_list("verb", "actor")) == {
            ("organisation.added", "taro@isac.example"),
            ("organisation.changed", "taro@isac.example"),
        }

    @pytest.mark.parametrize(
        "wrong",
        [
            {"slug": "UPPER"},
            {"slug": "hikari"},
            {"name": ""},
            {"name": "a\u202eb"},
            {"name": "x" * 201},
            {"kind": "hub"},
            {"kind": "castle"},
            {"kind": "bureau", "district": "kanto"},
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused_beside_the_form(self, client, wrong):
        enter(client)
        facts = {"slug": "umi", "name": "海通信", "kind": "operator", "sector": "telecom"}
        answer = client.post("/hub/organisations/new", {**facts, "district": "kanto", **wrong})
        assert answer.status_code == 422
        assert not Organisation.objects.filter(slug="umi").exists()
        assert 'class="errors"' in answer.text or "note-bad" in answer.text

    def test_a_community_is_made_and_shows_who_belongs_to_it(self, client):
        enter(client)
        sent(client, "/hub/communities/new", slug="cables", name="ケーブル", sector="cable")
        assert Community.objects.get(slug="cables").rule_sector == "cable"
        assert "架空minato" in re.sub("Fictitious ", "架空", text(client, "/hub/communities"))
        answer = client.post("/hub/communities/new", {"slug": "empty", "name": "空"})
        assert answer.status_code == 422

    def test_who_may_belong_to_a_community_stands_there_by_name(self, client):
        enter(client)
        sent(client, "/hub/communities/new", slug="cables", name="ケーブル", sector="cable")
        form = text(client, "/hub/communities/new")
        assert "Fictitious hikari" in form
        assert "ケーブル" in form

    def test_a_new_one_is_an_operator_unless_another_kind_is_chosen(self, client):
        enter(client)
        assert 'value="operator" selected' in text(client, "/hub/organisations/new")

    @pytest.mark.parametrize(
        ("path", "back"),
        [
            ("/hub/organisations/new", "/hub/organisations"),
            ("/hub/organisations/hikari/edit", "/organisations/hikari"),
            ("/hub/communities/new", "/hub/communities"),
            ("/organisations/hikari/people/new", "/organisations/hikari"),
            ("/organisations/hikari", "/hub/organisations"),
            ("/keys/new", "/organisation"),
        ],
    )
    def test_from_each_page_a_link_leads_back(self, client, path, back):
        enter(client)
        inside = text(client, path).partition("<main")[2]
        assert f'href="{back}"' in inside

    def test_the_menu_says_where_one_is_once(self, client):
        enter(client)
        for path in ("/hub", "/hub/sources", "/hub/audit"):
            menu = text(client, path).partition('class="menu"')[2].partition("</nav>")[0]
            assert menu.count("aria-current") == 1
            assert ('href="/hub/audit" aria-current' in menu) is (path == "/hub/audit")


def takes_part(row: Person) -> bool:
    return Person.objects.filter(pk=row.pk, is_active=True).exists()


class TestPeople:
    def test_somebody_is_taken_in_and_the_link_is_shown_once(self, client):
        enter(client, "hikari", Role.ORGANISATION_ADMIN)
        facts = {"email": "Hana@hikari.example", "name": "花", "role": "responder"}
        answer = sent(client, "/organisations/hikari/people/new", **facts)
        row = Person.objects.get(email="hana@hikari.example")
        assert row.organisation.slug == "hikari"
        assert "/password/" in answer.content.decode()
        assert client.get(f"/people/{row.pk}/link").status_code == 404

    def test_nobody_but_the_hub_names_auditors(self, client):
        enter(client, "hikari", Role.ORGANISATION_ADMIN)
        facts = {"email": "a@hikari.example", "name": "a", "role": "auditor"}
        assert client.post("/organisations/hikari/people/new", facts).status_code == 422
        assert not Person.objects.filter(email="a@hikari.example").exists()

    def test_somebody_is_changed_let_go_and_let_back_in(self, client):
        row = world.person("hikari", Role.VIEWER, "hana")
        enter(client, "hikari", Role.ORGANISATION_ADMIN)
        sent(client, f"/people/{row.pk}", name="花子", role="responder")
        row.refresh_from_db()
        assert (row.name, row.role) == ("花子", "responder")
        asked = client.get(f"/people/{row.pk}/leave")
        assert asked.status_code == 200
        assert takes_part(row), "asking changes nothing"
        assert "<h1>Let 花子 go?</h1>" in asked.content.decode()
        sent(client, f"/people/{row.pk}/leave")
        assert not takes_part(row)
        assert "<h1>Let 花子 come back?</h1>" in text(client, f"/people/{row.pk}/leave")
        sent(client, f"/people/{row.pk}/leave")
        assert takes_part(row)

    def test_the_last_administrator_of_the_hub_stays(self, client):
        admin = enter(client)
        answer = client.post(f"/people/{admin.pk}/leave")
        assert answer.status_code == 409
        admin.refresh_from_db()
        assert admin.is_active


class TestKeys:
    def test_one_is_made_shown_once_and_ended(self, client):
        enter(client, "hikari", Role.ORGANISATION_ADMIN)
        facts = {"name": "build", "role": "responder", "scopes": ["findings:read"], "days": "30"}
        answer = sent(client, "/keys/new", **facts, networks="192.0.2.0/24\n")
        row = ApiKey.objects.get()
        shown = re.search(r"noroshi_[a-z0-9]{8}_[0-9a-f]{64}", answer.content.decode())
        assert shown
        assert client.get(f"/keys/{row.pk}").status_code == 404, "never again"
        assert shown[0] not in text(client, "/organisation")
        assert (row.role, row.networks) == ("responder", ["192.0.2.0/24"])
        assert "<h1>End the key “build”?</h1>" in text(client, f"/keys/{row.pk}/revocation")
        sent(client, f"/keys/{row.pk}/revocation")
        row.refresh_from_db()
        assert row.revoked_at is not None

    def test_a_key_never_says_more_than_its_maker(self, client):
        enter(client, "hikari", Role.ORGANISATION_ADMIN)
        facts = {"name": "k", "role": "hub_admin", "scopes": ["findings:read"], "days": "30"}
        assert client.post("/keys/new", facts).status_code == 422
        assert (
            client.post("/keys/new", {**facts, "role": "viewer", "scopes": []}).status_code == 422
        )
        assert (
            client.post("/keys/new", {**facts, "role": "viewer", "networks": "x"}).status_code
            == 422
        )
        assert not ApiKey.objects.exists()


class TestSources:
    def test_what_could_not_be_read_stands_with_its_place_and_as_received(self, client):
        bring("cve5", cve5(cve(1)))
        document = Document.objects.get()
        Quarantine.objects.create(
            source=document.source,
            document=document,
            file="<script>.json",
            where="$.a",
            code="wrong-shape",
            facts={"detail": "=x"},
            at=NOON,
        )
        enter(client)
        page = text(client, "/hub/sources?source=cve5")
        assert "&lt;script&gt;.json" in page
        assert "a value is missing or of the wrong kind: =x" in page
        answer = client.get(f"/hub/documents/{document.pk}")
        assert b"CVE-" in answer.getvalue()
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert client.get("/hub/documents/987654").status_code == 404

    def test_many_rows_take_no_more_queries(self, client):
        bring("cve5", cve5(cve(1)))
        document = Document.objects.get()
        enter(client)
        with CaptureQueriesContext(connection) as few:
            text(client, "/hub/sources")
        Quarantine.objects.bulk_create(
            Quarantine(
                source=document.source, file=f"f{n}", where="", code="format", facts={}, at=NOON
            )
            for n in range(120)
        )
        with CaptureQueriesContext(connection) as many:
            page = text(client, "/hub/sources")
        assert len(many) <= len(few) + 1
        assert "?page=3" in text(client, "/hub/sources?page=2")
        assert page.count("<tr>") < 60


class TestRecord:
    def test_events_are_found_by_verb_person_and_day_page_by_page(self, client):
        enter(client, role=Role.AUDITOR)
        for number in range(60):
            audit.record("notice.read", f"notice:{number}", actor="x@y.example", at=NOON)
        page = text(client, "/hub/audit?verb=notice&actor=x@y.example")
        assert "notice:59<" in page
        assert "notice:5<" not in page
        after = re.search(r'after=([^"&]+)', page)
        assert after
        older = text(client, f"/hub/audit?verb=notice&actor=x@y.example&after={after[1]}")
        assert "notice:9<" in older
        assert "notice:10<" not in older
        assert "No event" in text(client, "/hub/audit?verb=notice&since=2026-06-02")
        assert "notice:59<" in text(client, "/hub/audit?verb=notice&until=2026-06-01")

    @pytest.mark.parametrize("asked", ["since=x", "since=9999-12-31", "verb=%00", "after=x"])
    def test_a_question_that_cannot_be_read_is_said(self, client, asked):
        enter(client, role=Role.AUDITOR)
        assert client.get(f"/hub/audit?{asked}").status_code in {409, 422}

    def test_a_broken_record_is_said(self, client):
        enter(client, role=Role.AUDITOR)
        assert "note-good" in sent(client, "/hub/audit/verification").content.decode()
        AuditEvent.objects.filter(seq=2).update(actor="somebody else")
        answer = sent(client, "/hub/audit/verification").content.decode()
        assert "note-bad" in answer
        assert "event 2" in answer

    def test_the_table_is_the_record_and_no_cell_of_it_calculates(self, client):
        enter(client, role=Role.AUDITOR)
        audit.record("notice.read", "notice:1", actor="=1+1", at=NOON)
        answer = client.get("/hub/audit.csv?verb=notice")
        found = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
        assert [row[2] for row in found[1:]] == ["'=1+1"]
