"""Who will receive what, before it is sent and after."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from noroshi.core.policy.audience import Members
from noroshi.core.policy.community import CommunityFacts
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import GrantLevel, System
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.members import actions as members
from noroshi.hub.members.models import Organisation
from noroshi.hub.members.queries import named
from noroshi.hub.notices import actions
from noroshi.hub.notices.models import Delivery, Notice
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
from tests.hub import sector as world
from tests.hub.sector import NOON
from tests.hub.sending import affect, content, deliveries, published

pytestmark = pytest.mark.usefixtures("database")

CVE = "CVE-2021-44228"


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    made = world.sector()
    made["soumu"] = world.organisation("soumu", OrganisationKind.MINISTRY)
    return made


def names(text: str) -> set[str]:
    """Return the organisations that a part of a page names, by short name."""
    return {slug for slug in (*world.PLACES, "soumu") if f"Fictitious {slug}" in text}


def receiving(text: str) -> set[str]:
    """Return the organisations that a preview says get a delivery."""
    return names(text.partition('id="common"')[2])


def granted(owner: str, level: GrantLevel | None, to: str = "isac") -> None:
    members.set_grant(named(owner), named(to), level, now=NOON, actor="x")


SPREAD: list[dict[str, Any]] = [
    {"to": "members", "tlp": "green"},
    {"to": "everyone", "tlp": "clear"},
    {"to": "some", "districts": ["kanto"]},
    {"to": "some", "districts": ["kanto"], "sectors": ["cable"]},
    {"to": "some", "kinds": ["bureau", "broadcaster"], "tlp": "amber+strict"},
    {"to": "some", "organisations": ["radio", "yama"]},
    {"to": "some", "districts": ["kanto"], "organisations": ["radio"], "bureaus": "on"},
    {"to": "some", "communities": ["pilot"]},
    {"to": "affected"},
    {"to": "affected", "districts": ["tohoku"], "bureaus": "on"},
    {"to": "affected", "organisations": ["hikari", "minato"], "tlp": "green"},
    {"to": "people", "people": "taro@hikari.example\nhana@radio.example", "tlp": "red"},
    {"to": "people", "people": "taro@hikari.example", "tlp": "amber"},
]


class TestPreview:
    @pytest.mark.parametrize("typed", SPREAD)
    @pytest.mark.parametrize("english", [True, False])
    def test_what_it_shows_is_what_is_delivered(self, client, rows, typed, english):
        for slug, name in (("hikari", "taro"), ("radio", "hana")):
            world.person(slug, name=name)
        facts = CommunityFacts(listed=frozenset({rows["hikari"].pk, rows["yama"].pk}))
        pilot = members.NewCommunity(slug="pilot", name="pilot", facts=facts)
        members.add_community(pilot, now=NOON, actor="x")
        for slug in ("hikari", "radio", "bureau-tohoku"):
            affect(slug, system=f"system of {slug}")
        granted("hikari", GrantLevel.DETAIL)
        granted("radio", GrantLevel.COUNTS)
        granted("bureau-tohoku", GrantLevel.COUNTS)
        viewer = analyst(client)
        half = {} if english else {"title_en": "", "text_en": ""}
        name = written(client, vulnerabilities=CVE, **half, **typed)
        text = page(client, f"/notices/{name}/preview")
        seen = actions.previewed(viewer, name)
        shown = receiving(text)
        client.post(f"/notices/{name}/preview", {"seen": value(text, "seen")})
        sent = deliveries(only_notice())
        assert shown == set(sent)
        assert f"delivered to {len(sent)} organisation" in main(text) or not sent
        assert ("system of hikari" in text) == ("hikari" in sent)
        assert "system of radio" not in text
        assert f"within {24} hours" in main(text)
        assert {one.slug for one in seen.recipients} == set(sent)
        assert ("nothing is sent in English" in text) != english

    def test_who_may_read_it_without_an_answer_is_named(self, client, rows):
        analyst(client)
        name = written(client, to="some", organisations=["hikari", "radio"], bureaus="on")
        informed = main(page(client, f"/notices/{name}/preview"))
        told = informed.partition("without being asked to answer:")[2].partition("Mails")[0]
        assert names(told) == {"bureau-kanto", "bureau-tohoku"}

    def test_of_those_who_do_not_show_it_only_their_number_is_said(self, client, rows):
        affect("hikari")
        affect("minato", system="billing")
        for slug in ("minato", "bureau-kanto"):
            granted(slug, None)
        analyst(client)
        name = written(client, to="affected", districts=["kanto"], vulnerabilities=CVE)
        text = page(client, f"/notices/{name}/preview")
        assert receiving(text) == {"hikari"}
        assert "2 more organisations do not show you" in main(text)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"tlp": "green", "to": "members"}, "Mails hold the title and the text"),
            ({"tlp": "amber", "to": "some", "districts": ["kanto"]}, "to sign in to read it"),
            ({"tlp": "green", "to": "affected", "vulnerabilities": CVE}, "to sign in to read it"),
            ({"tlp": "red", "to": "people", "people": "taro@hikari.example"}, "No mail is sent"),
        ],
    )
    def test_it_says_what_mails_say(self, client, rows, typed, said):
        world.person("hikari")
        affect("hikari")
        analyst(client)
        name = written(client, **typed)
        assert said in page(client, f"/notices/{name}/preview")

    @pytest.mark.parametrize(
        ("typed", "field", "said"),
        [
            ({}, "to", "Choose for whom it is."),
            ({"to": "some"}, "to", "Nobody but yourselves"),
            ({"to": "some", "organisations": ["isac"]}, "to", "Nobody but yourselves"),
            ({"to": "members"}, "tlp", "TLP:AMBER allows at most: organisations"),
            ({"to": "everyone", "tlp": "green"}, "tlp", "TLP:GREEN allows at most: all members"),
            ({"to": "some", "districts": ["kanto"], "tlp": "red"}, "tlp", "people who are named"),
            ({"to": "affected"}, "form", "affected, but by what?"),
            ({"to": "affected", "vulnerabilities": CVE}, "to", "None of those you chose"),
        ],
    )
    def test_what_cannot_be_sent_is_said_beside_its_field(self, client, rows, typed, field, said):
        world.vulnerability(CVE)
        for row in Organisation.objects.exclude(slug="isac"):
            granted(row.slug, GrantLevel.COUNTS)
        analyst(client)
        form = {**FORM, "preview": "1", **typed}
        text = text_of(client.post("/notices/new", form), 422)
        place = text.partition(f'id="id_{field}-errors"' if field != "form" else 'role="alert"')
        assert said in place[2].partition("</ul>" if field != "form" else "</div>")[0]
        assert not Notice.objects.visible_to(System()).exists()
        name = written(client, **typed)
        assert said in text_of(client.get(f"/notices/{name}/preview"), 422)
        answer = client.post(f"/notices/{name}/preview", {"seen": "x"})
        assert said in text_of(answer, 422)

    def test_the_names_of_attachments_stay_with_those_who_may_read_them(self, client, rows):
        analyst(client)
        attached = attack_report("an attack", Members())
        name = written(client, to="members", tlp="green", intel=[attached])
        assert "whom their own marking lets read them" in page(client, f"/notices/{name}/preview")


class TestPublishing:
    def test_it_appears_for_those_and_only_those(self, client, rows):
        analyst(client)
        name = written(client, to="some", districts=["kanto"])
        seen = value(page(client, f"/notices/{name}/preview"), "seen")
        answer = client.post(f"/notices/{name}/preview", {"seen": seen}, follow=True)
        assert "N-2026-0001 is published." in main(text_of(answer)) or "is published" in answer.text
        number = only_notice().number
        for slug in world.PLACES:
            role = Role.BUREAU_OFFICER if slug.startswith("bureau") else Role.RESPONDER
            enter(client, slug, role)
            reads = slug in {"hikari", "minato", "bureau-kanto", "isac"}
            assert client.get(f"/notices/{number}").status_code == (200 if reads else 404), slug
            assert (number in page(client, "/notices")) == reads

    def test_what_would_be_received_has_changed_then_nothing_is_sent(self, client, rows):
        affect("hikari")
        analyst(client)
        name = written(client, to="affected", vulnerabilities=CVE)
        seen = value(page(client, f"/notices/{name}/preview"), "seen")
        affect("minato")
        text = text_of(client.post(f"/notices/{name}/preview", {"seen": seen}), 409)
        assert "Something has changed since you looked" in text
        assert receiving(text) == {"hikari", "minato"}
        assert only_notice().published_at is None
        client.post(f"/notices/{name}/preview", {"seen": value(text, "seen")})
        assert set(deliveries(only_notice())) == {"hikari", "minato"}

    def test_a_change_that_one_may_not_know_of_does_not_show(self, client, rows):
        affect("hikari")
        granted("minato", None)
        analyst(client)
        name = written(client, to="affected", vulnerabilities=CVE)
        seen = value(page(client, f"/notices/{name}/preview"), "seen")
        affect("minato")
        assert client.post(f"/notices/{name}/preview", {"seen": seen}).status_code == 302
        assert set(deliveries(only_notice())) == {"hikari", "minato"}

    def test_the_text_has_changed_then_nothing_is_sent(self, client, rows):
        viewer = analyst(client)
        name = written(client, to="some", districts=["kanto"])
        seen = value(page(client, f"/notices/{name}/preview"), "seen")
        stored = actions.draft_for(viewer, name)
        to = actions.Written(content(text_ja="別の文"), stored.chosen)
        actions.edit(viewer, name, to, seen=stored.mark, now=timezone.now(), actor="x")
        text = text_of(client.post(f"/notices/{name}/preview", {"seen": seen}), 409)
        assert "別の文" in text
        assert only_notice().published_at is None

    @pytest.mark.parametrize("seen", ["", "x", "x" * 65])
    def test_without_having_seen_it_nothing_is_sent(self, client, rows, seen):
        analyst(client)
        name = written(client, to="some", districts=["kanto"])
        assert client.post(f"/notices/{name}/preview", {"seen": seen}).status_code in (200, 409)
        assert only_notice().published_at is None

    def test_published_twice_it_is_published_once(self, client, rows):
        analyst(client)
        name = written(client, to="some", districts=["kanto"])
        text = page(client, f"/notices/{name}/preview")
        form = {"seen": value(text, "seen"), "attempt": value(text, "attempt")}
        answers = [client.post(f"/notices/{name}/preview", form) for _ in range(2)]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert Delivery.objects.visible_to(System()).count() == 3
        del form["attempt"]
        assert client.post(f"/notices/{name}/preview", form).status_code == 404

    @pytest.mark.parametrize(
        ("slug", "role"),
        [("bureau-kanto", Role.BUREAU_OFFICER), ("hikari", Role.RESPONDER)],
    )
    def test_others_send_for_their_own_organisation(self, client, rows, slug, role):
        enter(client, slug, role)
        name = written(client, to="some", organisations=["minato", "yama"])
        seen = value(page(client, f"/notices/{name}/preview"), "seen")
        assert client.post(f"/notices/{name}/preview", {"seen": seen}).status_code == 302
        notice = only_notice()
        assert (notice.owner.slug, set(deliveries(notice))) == (slug, {"minato", "yama"})


class TestRevising:
    ADDRESS = "/notices/N-2026-0001/revise"

    def form(self, client, **changes: Any) -> dict[str, Any]:
        text = page(client, self.ADDRESS)
        return {**FORM, "tlp": "green", "seen": value(text, "seen"), **changes}

    def sent(self, **changes: Any) -> Notice:
        return published(Members(), at=timezone.now(), **{"tlp": Tlp.GREEN, **changes})

    def test_the_new_text_takes_the_place_of_the_old(self, client, rows):
        analyst(client)
        notice = self.sent()
        answer = client.post(self.ADDRESS, self.form(client, text_ja="改めた文"), follow=True)
        assert "N-2026-0001 is revised." in main(text_of(answer))
        assert only_notice().text_ja == "改めた文"
        assert deliveries(notice)["hikari"].revision == 1

    def test_asking_again_is_ticked(self, client, rows):
        analyst(client)
        notice = self.sent()
        page_of = self.form(client, again="on")
        actions.acknowledge(world.machine("hikari"), "N-2026-0001", now=timezone.now(), actor="x")
        client.post(self.ADDRESS, page_of)
        assert deliveries(notice)["hikari"].state == "delivered"

    def test_wider_markings_are_not_offered(self, client, rows):
        analyst(client)
        self.sent()
        text = page(client, self.ADDRESS)
        offered = [mark for mark in Tlp if f'value="{mark.value}"' in text]
        assert offered == [Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]
        refused = client.post(self.ADDRESS, self.form(client, tlp="clear"))
        assert "Select a valid choice" in text_of(refused, 422)

    def test_a_marking_that_does_not_allow_its_readers_is_refused_beside_it(self, client, rows):
        analyst(client)
        self.sent()
        text = text_of(client.post(self.ADDRESS, self.form(client, tlp="amber")), 422)
        errors = text.partition('id="id_tlp-errors"')[2].partition("</ul>")[0]
        assert "TLP:AMBER allows at most" in errors

    def test_of_two_who_revise_at_once_the_second_sees_both_texts(self, client, rows):
        analyst(client)
        self.sent()
        mine, theirs = self.form(client, text_ja="甲の文"), self.form(client, text_ja="乙の文")
        client.post(self.ADDRESS, theirs)
        text = text_of(client.post(self.ADDRESS, mine), 409)
        assert "乙の文" in text
        assert "甲の文" in text
        mine["seen"] = value(text, "seen")
        client.post(self.ADDRESS, mine)
        assert (only_notice().text_ja, only_notice().revision) == ("甲の文", 3)

    def test_half_a_text_is_refused_and_nothing_is_lost(self, client, rows):
        analyst(client)
        self.sent()
        form = self.form(client, title_ja="", text_ja="長い文")
        assert "長い文" in text_of(client.post(self.ADDRESS, form), 422)
        assert only_notice().revision == 1

    def test_readers_who_did_not_send_it_are_refused(self, client, rows):
        self.sent()
        enter(client)
        for path in (self.ADDRESS, "/notices/N-2026-0001/withdraw"):
            assert "only the sender" in page(client, path, 409)
            assert client.post(path, {**FORM, "seen": "x"}).status_code == 409
        assert only_notice().withdrawn_at is None


class TestWithdrawing:
    ADDRESS = "/notices/N-2026-0001/withdraw"

    def test_with_a_reason_that_its_readers_read(self, client, rows):
        analyst(client)
        published(Members(), at=timezone.now(), tlp=Tlp.GREEN)
        assert "cannot be undone" in page(client, self.ADDRESS)
        answer = client.post(self.ADDRESS, {"reason": "別の製品でした"}, follow=True)
        assert "is withdrawn" in main(text_of(answer))
        enter(client)
        assert "別の製品でした" in page(client, "/notices/N-2026-0001")

    def test_once(self, client, rows):
        analyst(client)
        published(Members(), at=timezone.now(), tlp=Tlp.GREEN)
        client.post(self.ADDRESS, {})
        assert client.post(self.ADDRESS, {}).status_code == 409
        assert client.get(self.ADDRESS).status_code == 409

    @pytest.mark.parametrize("reason", ["x" * 2001, "x\u202e"])
    def test_a_reason_that_is_no_text_is_refused(self, client, rows, reason):
        analyst(client)
        published(Members(), at=timezone.now(), tlp=Tlp.GREEN)
        assert client.post(self.ADDRESS, {"reason": reason}).status_code == 422
        assert only_notice().withdrawn_at is None
