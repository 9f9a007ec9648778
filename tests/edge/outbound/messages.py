"""Messages to send, made by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from noroshi.core.outgoing import MessageKind
from noroshi.core.policy.marking import Tlp
from noroshi.hub.dispatch.contents import AboutNotice, Call, Mail, News
from noroshi.hub.notices.letters import Content
from tests.hub.sector import NOON

SITE = "https://noroshi.example.jp"
UID = UUID("12345678-1234-4234-8234-123456789abc")
KEY = bytes(range(32))


def content(**changes: Any) -> Content:
    facts: dict[str, Any] = {
        "tlp": Tlp.GREEN,
        "title_ja": "至急の確認",
        "text_ja": "本文です。",
        "title_en": "Please check",
        "text_en": "This is the text.",
        "respond_within_hours": 24,
        "vulnerabilities": ("CVE-2021-44228",),
    }
    return Content(**facts | changes)


def news(
    kind: MessageKind = MessageKind.PUBLISHED,
    *,
    said: Content | None = None,
    tlp: Tlp = Tlp.GREEN,
    **changes: Any,
) -> News:
    facts: dict[str, Any] = {
        "number": "N-2026-0001",
        "tlp": tlp,
        "exercise": False,
        "revision": 1,
        "content": said,
    }
    about = None if kind is MessageKind.TEST else AboutNotice(**facts | changes)
    return News(uid=UID, kind=kind, at=NOON, notice=about)


def mail(what: News | None = None, language: str = "ja", to: str = "taro@hikari.example") -> Mail:
    return Mail(what or news(said=content()), to, language)


def call(url: str, what: News | None = None) -> Call:
    return Call(what or news(said=content()), url, KEY)
