"""Which notices that an organisation received speak of which vulnerability."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import msgspec

from noroshi.core.delivery import DeliveryState
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.queries import own_deliveries

MOST = 3
"""Notices that are named with one vulnerability, the newest ones."""


class Mention(msgspec.Struct, frozen=True):
    """A notice that the viewer's organisation received, and how it stands with it."""

    name: str
    title_ja: str
    title_en: str
    state: DeliveryState
    due_at: dt.datetime | None


def mentions(viewer: Viewer, vulnerabilities: Collection[int]) -> dict[int, tuple[Mention, ...]]:
    """Return the notices delivered to the viewer's organisation, by vulnerability.

    One that was about a name that became part of another vulnerability is about that one now. What
    was withdrawn is left out.
    """
    wanted = set(vulnerabilities)
    about = Notice.vulnerabilities.through.objects
    through = about.filter(vulnerability__in=wanted) | about.filter(
        vulnerability__merged_into__in=wanted
    )
    spoken: dict[int, set[int]] = {}
    for sent, number, into in through.values_list(
        "notice", "vulnerability", "vulnerability__merged_into"
    ):
        spoken.setdefault(sent, set()).add(into if into in wanted else number)
    if not spoken:
        return {}
    rows = own_deliveries(viewer).filter(notice__in=spoken, notice__withdrawn_at=None)
    rows = rows.select_related("notice").defer("notice__text_ja", "notice__text_en", "concerns")
    found: dict[int, list[Mention]] = {}
    for row in rows.order_by("-delivered_at", "-pk"):
        notice = row.notice
        state = DeliveryState(row.state)
        mention = Mention(str(notice), notice.title_ja, notice.title_en, state, row.due_at)
        for number in spoken[notice.pk]:
            found.setdefault(number, []).append(mention)
    return {number: tuple(each[:MOST]) for number, each in found.items()}
