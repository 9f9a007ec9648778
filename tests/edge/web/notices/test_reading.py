"""Notices as their readers see them: the list, one of them, answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from noroshi.core.policy.audience import Members, Organisations
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import System
from noroshi.core.sector import Role
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions
from noroshi.hub.notices.actions import Asking, Change
from noroshi.hub.notices.models import Delivery, Notice, Response
from noroshi.hub.notices.recipients import Choice
from tests.edge.web.notices.rooms import attack_report, enter, main, page, text_of, value
from tests.hub import sector as world
from tests.hub.sector import HOUR
from tests.hub.sending import affect, content, deliveries, published

pytestmark = pytest.mark.usefixtures("database")

EVERYBODY = Members()
EVIL = '<script>alert("1")</script>'


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


def sent(at: dt.datetime | None = None, choice: Choice = EVERYBODY, **changes: Any) -> Notice:
    return published(choice, at=at or timezone.now(), **{"tlp": Tlp.GREEN, **changes})


def revised(notice: Notice, asking: Asking = Asking.AS_BEFORE, **changes: Any) -> None:
    seen = actions.sent_for(System(), notice.number).mark
    change = Change(content(**{"tlp": Tlp.GREEN, **changes}), seen, asking)
    actions.revise(System(), notice.number, change, now=timezone.now(), actor="x")


class TestList:
    def test_it_begins_empty_with_what_will_stand_there(self, client, rows):
        enter(client)
        assert "There is no notice yet" in page(client, "/notices")

    def test_a_notice_stands_there_unread_until_it_is_opened(self, client, rows):
        enter(client)
        sent(title_en="Please update")
        text = page(client, "/notices")
        assert "Please update" in text
        assert 'class="unread"' in text
        assert ">unread<" in text
        assert "Unread 1" in main(text)
        assert "in 23 hours" in text
        page(client, "/notices/N-2026-0001")
        text = page(client, "/notices")
        assert 'class="unread"' not in text
        assert ">read<" in text
        assert "Unread 1" not in main(text)

    def test_a_deadline_that_is_over_is_said_to_be(self, client, rows, now):
        enter(client)
        sent(now - 27 * HOUR)
        assert "3 hours late" in page(client, "/notices")
        actions.acknowledge(world.machine("hikari"), "N-2026-0001", now=now, actor="x")
        assert "late" not in page(client, "/notices")

    @pytest.mark.parametrize(
        ("show", "titles"),
        [
            ("", {"plain", "answered", "drill", "withdrawn"}),
            ("unread", {"plain", "drill"}),
            ("to-answer", {"plain", "drill"}),
            ("answered", {"answered"}),
            ("exercise", {"drill"}),
            ("withdrawn", {"withdrawn"}),
            ("sent", set()),
            ("drafts", {"own draft"}),
            ("nonsense", {"plain", "answered", "drill", "withdrawn"}),
        ],
    )
    def test_parts_of_it(self, client, rows, now, show, titles):
        for title in ("plain", "answered", "withdrawn"):
            sent(title_en=title)
        sent(title_en="drill", exercise=True)
        hikari = world.machine("hikari")
        actions.acknowledge(hikari, "N-2026-0002", now=now, actor="x")
        actions.withdraw(System(), "N-2026-0003", now=now, actor="x")
        actions.draft(hikari, content(title_en="own draft"), now=now, actor="x")
        actions.draft(System(), content(title_en="the hub's draft"), now=now, actor="x")
        enter(client)
        text = page(client, f"/notices?show={show}")
        everything = ("plain", "answered", "drill", "withdrawn", "own draft", "the hub's draft")
        assert {title for title in everything if f"{title}</bdi>" in text} == titles

    def test_notices_are_found_by_number_and_title(self, client, rows):
        sent(title_en="mail servers")
        sent(title_en="100% done")
        enter(client)
        assert "mail servers" in page(client, "/notices?q=MAIL")
        assert "mail servers" in page(client, "/notices?q=2026-0001")
        assert "mail servers" not in page(client, "/notices?q=100%25")
        assert "No notice here is called so." in page(client, "/notices?q=%00%0a_%27")
        assert EVIL in page(client, f"/notices?q={EVIL}")
        assert EVIL not in client.get(f"/notices?q={EVIL}").content.decode()

    def test_page_by_page(self, client, rows, now):
        for number in range(53):
            sent(now - number * HOUR, title_en=f"title {number:02d}")
        enter(client)
        first = page(client, "/notices")
        assert first.count("title ") == 50
        after = first.partition("?after=")[2].partition('"')[0]
        second = page(client, f"/notices?after={after}")
        assert [f"title {number}" in second for number in (49, 50, 52)] == [False, True, True]
        assert "Next page" not in second

    def test_a_place_that_no_page_gave_is_refused(self, client, rows):
        enter(client)
        assert "begin again" in page(client, "/notices?after=x", 409)

    @pytest.mark.parametrize(("role", "offered"), [(Role.RESPONDER, True), (Role.VIEWER, False)])
    def test_who_may_write_is_offered_it(self, client, rows, role, offered):
        enter(client, role=role)
        assert ('href="/notices/new"' in page(client, "/notices")) == offered

    def test_it_asks_the_same_number_of_questions_however_long_it_is(self, client, rows, now):
        enter(client)
        sent()
        page(client, "/notices")
        with CaptureQueriesContext(connection) as few:
            page(client, "/notices")
        for number in range(20):
            sent(now - number * HOUR)
        with CaptureQueriesContext(connection) as many:
            page(client, "/notices")
        assert len(many) == len(few)


class TestReading:
    def test_to_open_it_is_to_have_read_it(self, client, rows):
        enter(client)
        notice = sent()
        page(client, "/notices/N-2026-0001")
        first = deliveries(notice)["hikari"].read_at
        assert first is not None
        page(client, "/notices/N-2026-0001")
        assert deliveries(notice)["hikari"].read_at == first
        assert deliveries(notice)["minato"].state == "delivered"

    def test_a_person_who_only_reads_does_not_read_for_the_organisation(self, client, rows):
        enter(client, role=Role.VIEWER)
        notice = sent()
        assert "This is the text." in page(client, "/notices/N-2026-0001")
        assert deliveries(notice)["hikari"].state == "delivered"

    @pytest.mark.parametrize(
        "header", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}]
    )
    def test_nor_does_a_browser_that_fetches_ahead(self, client, rows, header):
        enter(client)
        notice = sent()
        assert client.get("/notices/N-2026-0001", headers=header).status_code == 200
        assert client.head("/notices/N-2026-0001").status_code == 200
        assert deliveries(notice)["hikari"].state == "delivered"

    def test_what_is_hidden_answers_as_what_is_not_there(self, client, rows):
        enter(client, "yama")
        sent(choice=Selection(organisations=frozenset({rows["hikari"].pk})))
        draft = actions.draft(System(), content(), now=timezone.now(), actor="x")
        answers = {
            text_of(client.get(f"/notices/{name}{below}"), 404).replace(name, "…")
            for name in ("N-2026-0001", "N-2026-0999", str(draft), "draft-99999999")
            for below in ("", "/progress", "/draft", "/preview", "/discard", "/revise", "/withdraw")
        }
        assert len({main(text) for text in answers}) == 1

    def test_each_text_is_there_the_readers_own_first(self, client, rows):
        enter(client)
        sent()
        text = page(client, "/notices/N-2026-0001")
        assert text.index("This is the text.") < text.index("本文です。")
        client.cookies["django_language"] = "ja"
        text = page(client, "/notices/N-2026-0001")
        assert text.index("本文です。") < text.index("This is the text.")

    def test_what_others_wrote_is_never_markup(self, client, rows, now):
        sent(title_en=EVIL, text_en=EVIL, title_ja=EVIL, text_ja=EVIL)
        actions.withdraw(System(), "N-2026-0001", reason=EVIL, now=now, actor="x")
        enter(client)
        for path in ("/notices", "/notices/N-2026-0001"):
            assert "<script>alert" not in client.get(path).content.decode()

    def test_its_own_systems_are_named_and_lead_to_the_vulnerability(self, client, rows):
        affect("hikari")
        affect("minato", system="billing")
        sent(vulnerabilities=("CVE-2021-44228",))
        enter(client)
        text = page(client, "/notices/N-2026-0001")
        assert "mail-gw" in text
        assert "log4j-core 2.14.1" in text
        assert "billing" not in text
        assert 'href="/vulnerabilities/CVE-2021-44228"' in text

    def test_attached_reports_lead_to_those_that_one_may_read(self, client, rows):
        everybody = attack_report("seen by all", Members())
        some = Organisations(frozenset({rows["minato"].pk}))
        few = attack_report("seen by few", some, Tlp.AMBER)
        now, both = timezone.now(), (everybody, few)
        said = content(tlp=Tlp.GREEN)
        actions.send(System(), said, Members(), now=now, actor="x", intel=both)
        enter(client)
        text = page(client, "/notices/N-2026-0001")
        assert f'href="/incidents/{everybody}"' in text
        assert few not in text

    def test_a_draft_leads_its_writer_to_where_it_is_changed(self, client, rows, now):
        draft = actions.draft(world.machine("hikari"), content(), now=now, actor="x")
        enter(client)
        answer = client.get(f"/notices/{draft}")
        assert answer.headers["Location"] == f"/notices/{draft}/draft"
        enter(client, role=Role.VIEWER)
        text = page(client, f"/notices/{draft}")
        assert "This is the text." in text
        assert "/draft" not in main(text)

    def test_the_sender_alone_is_offered_to_revise_and_withdraw(self, client, rows):
        sent()
        offers = ("/revise", "/withdraw", "/progress")
        enter(client, "isac", Role.HUB_ANALYST)
        text = page(client, "/notices/N-2026-0001")
        assert all(f'href="/notices/N-2026-0001{offer}"' in text for offer in offers)
        enter(client, "bureau-kanto", Role.BUREAU_OFFICER)
        text = page(client, "/notices/N-2026-0001")
        shown = [f'href="/notices/N-2026-0001{offer}"' in text for offer in offers]
        assert shown == [False, False, True]
        enter(client)
        text = page(client, "/notices/N-2026-0001")
        assert not any(f'href="/notices/N-2026-0001{offer}"' in text for offer in offers)

    def test_a_revision_says_so_and_keeps_what_it_said_before(self, client, rows):
        sent()
        revised(Notice.objects.visible_to(System()).get(), text_en="Something else.")
        enter(client)
        text = main(page(client, "/notices/N-2026-0001"))
        assert "revision 2" in text
        assert "Something else." in text
        assert "Revision 1, until" in text
        assert "This is the text." in text
        assert "revised" in page(client, "/notices")

    def test_an_exercise_says_so(self, client, rows):
        sent(exercise=True)
        enter(client)
        assert "[exercise] Please check" in main(page(client, "/notices/N-2026-0001"))
        assert "This is an exercise" in page(client, "/notices/N-2026-0001")


class TestAnswering:
    ADDRESS = "/notices/N-2026-0001"

    def test_it_is_acknowledged_in_one_tap(self, client, rows):
        enter(client)
        notice = sent()
        assert 'name="acknowledge"' in page(client, self.ADDRESS)
        answer = client.post(self.ADDRESS, {"acknowledge": "1"}, follow=True)
        assert "N-2026-0001 is acknowledged." in main(text_of(answer))
        row = deliveries(notice)["hikari"]
        assert (row.state, row.acknowledged_at is not None) == ("acknowledged", True)
        assert 'name="acknowledge"' not in page(client, self.ADDRESS)

    def test_tapped_twice_it_is_acknowledged_once(self, client, rows):
        enter(client)
        sent()
        attempt = value(page(client, self.ADDRESS), "attempt")
        form = {"acknowledge": "1", "attempt": attempt}
        answers = [client.post(self.ADDRESS, form) for _ in range(2)]
        assert [answer.headers["Location"] for answer in answers] == [self.ADDRESS] * 2
        assert Response.objects.visible_to(System()).count() == 1

    @pytest.mark.parametrize("state", ["responding", "done", "not_affected"])
    def test_an_answer_is_kept_with_its_words(self, client, rows, state):
        enter(client)
        notice = sent()
        form = {"state": state, "text": f"今夜\r\n{EVIL}"}
        answer = client.post(self.ADDRESS, form, follow=True)
        assert "Your answer to N-2026-0001" in main(text_of(answer))
        assert deliveries(notice)["hikari"].state == state
        (kept,) = Response.objects.visible_to(System())
        assert kept.person is not None
        assert (kept.text, kept.person.email) == (f"今夜\n{EVIL}", "responder@hikari.example")
        raw = client.get(self.ADDRESS).content.decode()
        assert "今夜" in raw
        assert EVIL not in raw

    @pytest.mark.parametrize(
        "form",
        [
            {"state": "", "text": "今夜"},
            {"state": "read", "text": "今夜"},
            {"state": "done", "text": "今夜\u202e"},
            {"state": "done", "text": "今夜" + "x" * 10_000},
        ],
    )
    def test_what_is_no_answer_is_refused_and_stays_in_the_form(self, client, rows, form):
        enter(client)
        notice = sent()
        text = text_of(client.post(self.ADDRESS, form), 422)
        assert 'class="errors"' in text
        assert "今夜" in text
        assert deliveries(notice)["hikari"].state == "delivered"

    def test_nothing_goes_back(self, client, rows):
        enter(client)
        sent()
        client.post(self.ADDRESS, {"state": "done"})
        text = main(text_of(client.post(self.ADDRESS, {"state": "responding"}), 422))
        assert "does not go back" in text

    def test_what_is_withdrawn_asks_for_nothing(self, client, rows, now):
        sent()
        actions.withdraw(System(), "N-2026-0001", reason="別の話でした", now=now, actor="x")
        enter(client)
        text = page(client, self.ADDRESS)
        assert "別の話でした" in text
        assert 'name="acknowledge"' not in text
        assert 'name="state"' not in text
        assert client.post(self.ADDRESS, {"acknowledge": "1"}).status_code == 409

    def test_asked_again_what_was_said_before_stays_there(self, client, rows):
        enter(client)
        notice = sent()
        client.post(self.ADDRESS, {"state": "done", "text": "更新済み"})
        revised(notice, Asking.AGAIN, text_en="More is known.")
        text = main(page(client, self.ADDRESS))
        assert "To revision 1: done" in text
        assert "更新済み" in text
        assert deliveries(notice)["hikari"].state == "read"

    def test_who_only_reads_answers_nothing(self, client, rows):
        enter(client, role=Role.VIEWER)
        sent()
        text = page(client, self.ADDRESS)
        assert 'name="acknowledge"' not in text
        assert client.post(self.ADDRESS, {"acknowledge": "1"}).status_code == 409
        assert Delivery.objects.visible_to(System()).filter(state="acknowledged").count() == 0

    def test_to_answer_what_is_hidden_is_to_answer_what_is_not_there(self, client, rows):
        enter(client, "yama")
        sent(choice=Selection(organisations=frozenset({rows["hikari"].pk})))
        answers = [
            client.post(f"/notices/{name}", {"acknowledge": "1"})
            for name in ("N-2026-0001", "N-2026-0999")
        ]
        assert len({main(text_of(answer, 404)) for answer in answers}) == 1
