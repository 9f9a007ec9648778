"""The sender's pages of a notice in a browser: whole and open to everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.sector import Role
from noroshi.hub.members import queries as members
from noroshi.hub.notices import actions
from noroshi.hub.notices.models import Notice
from tests.edge.web.journeys import Journey, running, settle
from tests.hub import sector as world
from tests.hub.sector import DAY, NOON
from tests.hub.sending import content, deliveries, published

EVERYWHERE = pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("ja", 390, True), ("en", 800, False), ("en", 1280, False)],
    ids=["phone", "tablet", "desk"],
)


@pytest.fixture
def begin(site, visitor, language, width, dark) -> Journey:
    """An analyst of the hub at work."""
    settle()
    tab = visitor(world.person("isac", Role.HUB_ANALYST), language=language, width=width, dark=dark)
    return Journey(site, tab, language)


def overdue() -> Notice:
    """Publish something that one operator answered, and whose other late answers were raised."""
    viewer = members.viewer_of(world.person("isac", Role.HUB_ANALYST, "sender"))
    to = Selection(organisations=members.ids_of(["hikari", "minato", "yama"]))
    sent = published(to, viewer)
    actions.acknowledge(world.machine("hikari"), sent.number, now=NOON, actor="x")
    late = [row.pk for row in deliveries(sent).values()]
    actions.escalate(late, now=NOON + 2 * DAY, every=30 * DAY)
    return sent


@EVERYWHERE
def test_the_queue_and_what_can_be_asked_of_it(begin):
    running("hikari", ("alpha", "1.0"))
    overdue()
    tab = begin.go("/notices/queue")
    expect(tab.locator("article.queued")).to_have_count(1)
    for kind in ("proposal", "exposure", "report", "unanswered"):
        begin.go(f"/notices/queue?show={kind}")


@EVERYWHERE
def test_how_far_a_notice_is(begin, language):
    sent = overdue()
    tab = begin.go(f"/notices/{sent.number}/progress")
    told = tab.locator("table.list").inner_text()
    names = {"ja": "架空isac", "en": "Fictitious isac"}
    assert names[language] in told
    assert not any(name in told for tongue, name in names.items() if tongue != language)
    wide = tab.get_by_role("region").filter(has=tab.locator("table.list"))
    wide.focus()
    expect(wide).to_be_focused()  # the keyboard scrolls it where it is too wide
    for path in ("", "/progress?show=unanswered", "/progress?show=late", "/revise", "/withdraw"):
        begin.go(f"/notices/{sent.number}{path}")


@EVERYWHERE
def test_who_will_receive_what(begin):
    viewer = members.viewer_of(world.person("isac", Role.HUB_ANALYST, "sender"))
    draft = actions.draft(viewer, content(tlp=Tlp.GREEN), now=NOON, actor="x")
    begin.go(f"/notices/{draft}/discard")
    tab = begin.go(f"/notices/{draft}/draft")
    tab.locator("input[name=to][value=members]").check()
    begin.press("main form button.primary")
    assert tab.url.endswith("/preview")
