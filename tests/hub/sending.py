"""Notices for the tests, sent through the actions themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import System, Viewer
from noroshi.core.sector import District
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.notices import actions
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.models import Delivery, Notice
from noroshi.hub.notices.recipients import Choice
from tests.hub import sector as world
from tests.hub.sector import NOON, Software

KANTO = Selection(districts=frozenset({District.KANTO}))
LOG = Software("log4j-core", "2.14.1")


def content(**changes: Any) -> Content:
    facts: dict[str, Any] = {
        "tlp": Tlp.AMBER,
        "title_ja": "至急の確認",
        "text_ja": "本文です。",
        "title_en": "Please check",
        "text_en": "This is the text.",
        "respond_within_hours": 24,
    }
    return Content(**facts | changes)


def published(
    choice: Choice = KANTO, viewer: Viewer | None = None, at: dt.datetime = NOON, **changes: Any
) -> Notice:
    sender = viewer or System()
    written = actions.draft(sender, content(**changes), now=at, actor="system")
    return actions.publish(sender, str(written), choice, now=at, actor="system")


def deliveries(notice: Notice) -> dict[str, Delivery]:
    found = Delivery.objects.visible_to(System()).filter(notice=notice.pk)
    return {row.organisation.slug: row for row in found.select_related("organisation")}


def affect(slug: str, name: str = "CVE-2021-44228", system: str = "mail-gw") -> None:
    known = Vulnerability.objects.filter(preferred_id=name).first()
    if known is None:
        known = world.vulnerability(name)
        world.match(LOG, known)
    owned = world.system(slug, system)
    world.inventory(owned, LOG)
    world.finding(owned, known)
