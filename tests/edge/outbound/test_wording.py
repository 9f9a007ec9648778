"""The words of mails and calls: what may be said, and nothing else."""

from __future__ import annotations

import json

import pytest

from noroshi.core.outgoing import MessageKind
from noroshi.core.policy.marking import Tlp
from noroshi.edge.outbound import wording
from tests.edge.outbound.messages import SITE, content, news

PLACE = f"{SITE}/notices/N-2026-0001"
KINDS = [kind for kind in MessageKind if kind is not MessageKind.TEST]


class TestMails:
    def test_an_open_notice_is_all_there(self):
        text = wording.mail(news(said=content()), "en", SITE)
        assert text.subject == "[TLP:GREEN] N-2026-0001: Please check"
        for part in ("This is the text.", "CVE-2021-44228", "24 hours", PLACE):
            assert part in text.body

    def test_in_the_language_of_the_reader(self):
        text = wording.mail(news(said=content()), "ja", SITE)
        assert text.subject == "[TLP:GREEN] N-2026-0001: 至急の確認"
        assert "本文です。" in text.body
        assert "This is the text." not in text.body

    def test_in_japanese_where_there_is_no_english(self):
        said = content(title_en="", text_en="")
        assert wording.mail(news(said=said), "en", SITE) == wording.mail(
            news(said=said), "ja", SITE
        )

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_of_a_closed_one_there_is_the_number_and_where_to_read_it(self, language):
        text = wording.mail(news(tlp=Tlp.AMBER), language, SITE)
        assert text.subject == "[TLP:AMBER] N-2026-0001"
        assert PLACE in text.body

    def test_whose_systems_it_concerns_is_read_on_the_site(self):
        body = wording.mail(news(said=content()), "en", SITE).body
        assert "Sign in" in body
        assert "None of your systems" not in body

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("said", [None, content(exercise=True)])
    def test_a_drill_says_so_twice(self, kind, said):
        text = wording.mail(news(kind, said=said, exercise=True), "en", SITE)
        assert "[exercise]" in text.subject
        assert text.body.startswith("This is an exercise.")

    @pytest.mark.parametrize("kind", [MessageKind.WITHDRAWN, MessageKind.LATE])
    def test_later_news_have_a_title_at_most(self, kind):
        text = wording.mail(news(kind, said=content()), "en", SITE)
        assert "Please check" in text.subject
        assert "This is the text." not in text.body

    def test_each_kind_has_its_own_words(self):
        made = [wording.mail(news(kind), "en", SITE) for kind in KINDS]
        made.append(wording.mail(news(revision=2), "en", SITE))
        assert len({text.subject for text in made}) == len({text.body for text in made}) == 4

    @pytest.mark.parametrize("title", ["x\r\nBcc: a@b.example", "x\ny", "x\u202ey", "x\x00y"])
    def test_a_title_cannot_become_a_header(self, title):
        subject = wording.mail(news(said=content(title_en=title)), "en", SITE).subject
        assert not set(subject) & {"\r", "\n", "\x00", "\u202e"}


class TestCalls:
    def test_an_open_notice_is_all_there(self):
        body = json.loads(wording.payload(news(said=content()), SITE))
        assert body["type"] == "notice.published"
        assert body["timestamp"] == "2026-06-01T03:00:00Z"
        assert body["data"] == {
            "number": "N-2026-0001",
            "tlp": "green",
            "exercise": False,
            "link": PLACE,
            "title": {"ja": "至急の確認", "en": "Please check"},
            "text": {"ja": "本文です。", "en": "This is the text."},
            "vulnerabilities": ["CVE-2021-44228"],
            "respond_within_hours": 24,
        }

    def test_a_language_it_is_not_written_in_is_not_there(self):
        body = json.loads(wording.payload(news(said=content(title_en="", text_en="")), SITE))
        assert body["data"]["title"] == {"ja": "至急の確認"}

    @pytest.mark.parametrize("kind", KINDS)
    def test_of_a_closed_one_there_is_the_envelope(self, kind):
        body = json.loads(wording.payload(news(kind, tlp=Tlp.AMBER_STRICT), SITE))
        assert body["data"] == {
            "number": "N-2026-0001",
            "tlp": "amber+strict",
            "exercise": False,
            "link": PLACE,
        }

    @pytest.mark.parametrize("kind", [MessageKind.WITHDRAWN, MessageKind.LATE])
    def test_later_news_have_a_title_at_most(self, kind):
        data = json.loads(wording.payload(news(kind, said=content()), SITE))["data"]
        assert set(data) == {"number", "tlp", "exercise", "link", "title"}

    def test_types_tell_them_apart(self):
        made = [news(kind) for kind in MessageKind] + [news(revision=3)]
        types = [json.loads(wording.payload(one, SITE))["type"] for one in made]
        assert types == [
            "notice.published",
            "notice.withdrawn",
            "answer.late",
            "endpoint.test",
            "notice.revised",
        ]

    def test_a_test_call_says_nothing(self):
        body = json.loads(wording.payload(news(MessageKind.TEST), SITE))
        assert body["data"] == {}
