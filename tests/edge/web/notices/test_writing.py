"""Drafts in the browser: what is typed, what is refused, two people at one."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from noroshi.core.policy.audience import Everyone, Members, Organisations
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import System
from noroshi.core.sector import District, OrganisationKind, Role, Sector
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions
from noroshi.hub.notices.actions import Written
from noroshi.hub.notices.choosing import ByName, Criteria, OnlyAffected, Some
from noroshi.hub.notices.models import Notice
from tests.edge.web.notices.rooms import (
    FORM,
    analyst,
    attack_report,
    enter,
    main,
    only_notice,
    page,
    text_of,
    value,
    written,
)
from tests.edge.web.site import PASSWORD, give_password, sign_in
from tests.hub import sector as world
from tests.hub.sending import content

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


class TestComposing:
    def test_what_is_typed_is_kept(self, client, rows):
        viewer = analyst(client)
        world.vulnerability("CVE-2026-1000")
        attached = attack_report("an attack", Members())
        name = written(
            client,
            text_ja="一行目\r\n二行目",
            vulnerabilities="CVE-2026-1000, CVE-2026-1000",
            tlp="green",
            to="some",
            districts=["kanto", "tohoku"],
            sectors=["cable"],
            organisations=["radio"],
            bureaus="on",
            exercise="on",
            intel=[attached],
        )
        stored = actions.draft_for(viewer, name)
        criteria = Criteria(
            districts=(District.KANTO, District.TOHOKU),
            sectors=(Sector.CABLE,),
            organisations=("radio",),
        )
        said = content(
            tlp=Tlp.GREEN,
            text_ja="一行目\n二行目",
            exercise=True,
            vulnerabilities=("CVE-2026-1000",),
        )
        assert stored == Written(said, Some(criteria, bureaus=True), (attached,))

    @pytest.mark.parametrize(
        ("typed", "chosen"),
        [
            ({}, None),
            ({"to": "members"}, Members()),
            ({"to": "everyone"}, Everyone()),
            ({"to": "affected"}, OnlyAffected(Criteria())),
            ({"to": "people", "people": "taro@hikari.example\n"}, ByName(("taro@hikari.example",))),
        ],
    )
    def test_each_way_to_choose(self, client, rows, typed, chosen):
        world.person("hikari")
        viewer = analyst(client)
        name = written(client, **typed)
        assert actions.draft_for(viewer, name).chosen == chosen
        text = page(client, f"/notices/{name}/draft")
        ticked = f'value="{typed["to"]}"' in text if typed else True
        assert ticked

    @pytest.mark.parametrize(
        ("typed", "complaint"),
        [
            ({"title_ja": ""}, "This field is required"),
            ({"text_ja": "  "}, "This field is required"),
            ({"title_ja": "x" * 301}, "at most 300"),
            ({"text_ja": "x" * 100_001}, "at most 100000"),
            ({"title_en": ""}, "both title and text, or neither"),
            ({"text_en": ""}, "both title and text, or neither"),
            ({"title_ja": "gpj.\u202eexe"}, "control characters"),
            ({"text_ja": "a\x07b"}, "control characters"),
            ({"text_ja": "a\x00b"}, "control characters"),
            ({"vulnerabilities": "CVE-2099-0001"}, "there is no vulnerability CVE-2099-0001"),
            ({"vulnerabilities": "x " * 101}, "At most 100 vulnerabilities"),
            ({"tlp": ""}, "This field is required"),
            ({"tlp": "pink"}, "Select a valid choice"),
            ({"hours": "0"}, "greater than or equal to 1"),
            ({"hours": "99999"}, "less than or equal to"),
            ({"hours": "soon"}, "whole number"),
            ({"to": "nobody"}, "Select a valid choice"),
            ({"to": "some", "districts": ["atlantis"]}, "Select a valid choice"),
            ({"to": "some", "organisations": ["nobody"]}, "Select a valid choice"),
            ({"to": "people", "people": "nobody@hikari.example"}, "there is no person"),
            ({"to": "people", "people": "a@b.example " * 201}, "At most 200 people"),
            ({"to": "members", "districts": ["kanto"]}, "chosen below, but not here"),
            ({"to": "some", "people": "responder@hikari.example"}, "named below"),
            ({"intel": ["report--00000000-0000-0000-0000-000000000000"]}, "valid choice"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
        self, client, rows, typed, complaint
    ):
        enter(client)
        attack_report("an attack", Members())
        form = {**FORM, "text_en": "Do not lose this.", "save": "1", **typed}
        text = text_of(client.post("/notices/new", form), 422)
        assert complaint in main(text)
        assert 'class="errors"' in text
        assert "Do not lose this." in text or "text_en" in typed
        assert not Notice.objects.visible_to(System()).exists()

    @pytest.mark.parametrize(
        ("slug", "role"),
        [("hikari", Role.VIEWER), ("soumu", Role.MINISTRY), ("isac", Role.AUDITOR)],
    )
    def test_who_only_reads_writes_nothing(self, client, rows, slug, role):
        world.organisation("soumu", OrganisationKind.MINISTRY)
        enter(client, slug, role)
        assert client.get("/notices/new").status_code == 403
        assert client.post("/notices/new", FORM).status_code == 403
        assert client.get("/notices/draft-1/draft").status_code == 403

    def test_sent_twice_it_is_written_once(self, client, rows):
        enter(client)
        attempt = value(page(client, "/notices/new"), "attempt")
        form = {**FORM, "save": "1", "attempt": attempt}
        answers = [client.post("/notices/new", form) for _ in range(2)]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert Notice.objects.visible_to(System()).count() == 1

    def test_html_stays_text(self, client, rows):
        enter(client)
        evil = "</textarea><script>alert(1)</script>"
        name = written(client, text_ja=evil, title_ja=evil)
        assert evil not in client.get(f"/notices/{name}/draft").content.decode()
        assert only_notice().text_ja == evil

    def test_what_was_typed_survives_the_end_of_the_session(self, client, rows):
        person = give_password(enter(client))
        sign_in(client, person)
        text = page(client, "/notices/new")
        form = {**FORM, "text_ja": "長い文", "to": "some", "districts": ["kanto", "okinawa"]}
        form |= {"sender": value(text, "sender"), "save": "1"}
        client.session.delete(client.session.session_key)
        answer = client.post("/notices/new", form)
        assert answer.headers["Location"].startswith("/sign-in")
        login = {"login": person.email, "password": PASSWORD, "next": "/notices/new"}
        client.post("/sign-in", login)
        text = page(client, "/notices/new")
        assert "長い文" in text
        for district in ("kanto", "okinawa"):
            box = text.partition(f'value="{district}"')[2].partition(">")[0]
            assert "checked" in box
        assert not Notice.objects.visible_to(System()).exists()


class TestBeginnings:
    def test_about_a_vulnerability(self, client, rows):
        analyst(client)
        world.vulnerability("CVE-2026-1000", title_ja="穴", title_en="A hole")
        text = page(client, "/notices/new?vulnerability=CVE-2026-1000")
        assert "A hole (CVE-2026-1000)" in text
        assert "穴 (CVE-2026-1000)" in text

    def test_with_an_attack_report(self, client, rows):
        analyst(client)
        name = attack_report("攻撃があった", Members())
        text = page(client, f"/notices/new?incident={name}")
        assert "攻撃があった" in text
        box = text.partition(f'value="{name}"')[2].partition(">")[0]
        assert "checked" in box

    def test_what_is_hidden_is_as_what_is_not_there(self, client, rows):
        enter(client)
        few = Organisations(frozenset({rows["minato"].pk}))
        hidden = attack_report("a secret", few, Tlp.AMBER)
        missing = "report--00000000-0000-4000-8000-000000000000"
        answers = [
            text_of(client.get(f"/notices/new?{asked}"), 404)
            for asked in (
                f"incident={hidden}",
                f"incident={missing}",
                "incident=%00",
                "vulnerability=CVE-2099-0001",
                "vulnerability=%00",
            )
        ]
        assert len({main(text) for text in answers}) == 1


class TestChanging:
    def test_it_is_changed(self, client, rows):
        enter(client)
        name = written(client)
        seen = value(page(client, f"/notices/{name}/draft"), "seen")
        form = {**FORM, "text_ja": "改めた文", "seen": seen, "save": "1"}
        answer = client.post(f"/notices/{name}/draft", form, follow=True)
        assert "The draft is saved." in main(text_of(answer))
        assert only_notice().text_ja == "改めた文"

    def test_of_two_who_write_at_once_the_second_sees_both_texts(self, client, rows):
        enter(client)
        name = written(client)
        seen = value(page(client, f"/notices/{name}/draft"), "seen")
        jiro = directory.viewer_of(world.person("hikari", name="jiro"))
        theirs = Written(content(text_ja="次郎の文", tlp=Tlp.GREEN))
        mark = actions.draft_for(jiro, name).mark
        actions.edit(jiro, name, theirs, seen=mark, now=timezone.now(), actor="jiro")
        form = {**FORM, "text_ja": "太郎の文", "to": "members", "seen": seen, "save": "1"}
        text = text_of(client.post(f"/notices/{name}/draft", form), 409)
        assert "Somebody changed it while you were writing" in text
        assert "次郎の文" in text
        assert "太郎の文" in text
        assert only_notice().text_ja == "次郎の文"
        form["seen"] = value(text, "seen")
        assert client.post(f"/notices/{name}/draft", form).status_code == 302
        assert only_notice().text_ja == "太郎の文"

    def test_without_saying_what_was_seen_nothing_is_overwritten(self, client, rows):
        enter(client)
        name = written(client)
        form = {**FORM, "text_ja": "改めた文", "save": "1"}
        assert client.post(f"/notices/{name}/draft", form).status_code == 409

    def test_a_draft_of_somebody_else_cannot_be_told_from_none(self, client, rows):
        enter(client, "minato")
        name = written(client)
        page(client, "/notices")  # what was said of the draft is said by now
        enter(client)
        form: dict[str, Any] = {**FORM, "seen": "x", "save": "1"}
        found = {
            main(text_of(client.post(f"/notices/{one}/{what}", form), 404))
            for one in (name, "draft-99999999")
            for what in ("draft", "discard", "preview")
        }
        assert len(found) == 1


class TestDiscarding:
    def test_after_asking_it_is_gone(self, client, rows):
        enter(client)
        name = written(client)
        text = page(client, f"/notices/{name}/discard")
        assert "cannot be undone" in text
        assert Notice.objects.visible_to(System()).exists()
        answer = client.post(f"/notices/{name}/discard", {"seen": value(text, "seen")})
        assert answer.status_code == 302
        assert not Notice.objects.visible_to(System()).exists()

    def test_not_if_it_was_changed_meanwhile(self, client, rows):
        enter(client)
        name = written(client)
        assert client.post(f"/notices/{name}/discard", {"seen": "x"}).status_code == 409
        assert Notice.objects.visible_to(System()).exists()
