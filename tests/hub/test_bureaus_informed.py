"""Bureaus that are informed read the notice, get no delivery, and hear of late answers."""

from __future__ import annotations

import pytest

from noroshi.core.errors import NotFound
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import System
from noroshi.core.sector import District
from noroshi.hub.notices import actions, queries
from noroshi.hub.notices.models import Delivery, Escalation
from noroshi.hub.notices.recipients import Affected, WithBureaus
from tests.hub import sector as world
from tests.hub import sending
from tests.hub.sector import DAY, HOUR, NOON

KANTO = Selection(districts=frozenset({District.KANTO}))


@pytest.fixture(autouse=True)
def members(database):
    return world.sector()


def heard() -> list[tuple[int, str]]:
    rows = Escalation.objects.visible_to(System()).order_by("level")
    return [(row.level, row.to.slug) for row in rows.select_related("to")]


def escalate(hours: int) -> None:
    late = Delivery.objects.visible_to(System()).values_list("pk", flat=True)
    actions.escalate(list(late), now=NOON + hours * HOUR, every=DAY)


def test_a_bureau_of_the_district_looked_at_may_read_and_is_not_asked_to_answer():
    sending.affect("hikari")
    notice = sending.published(WithBureaus(Affected()), vulnerabilities=("CVE-2021-44228",))
    for bureau in ("bureau-kanto", "bureau-tohoku"):
        viewer = world.machine(bureau)
        assert queries.notice_for(viewer, notice.number).delivery is None
    assert set(sending.deliveries(notice)) == {"hikari"}


def test_a_bureau_of_another_district_does_not_read_what_its_district_was_not_asked():
    notice = sending.published(WithBureaus(KANTO))
    assert (
        queries.notice_for(world.machine("bureau-kanto"), notice.number).head.name == notice.number
    )
    with pytest.raises(NotFound):
        queries.notice_for(world.machine("bureau-tohoku"), notice.number)


def test_which_bureaus_read_says_nothing_about_where_somebody_is_affected():
    sending.affect("hikari")
    in_kanto = sending.published(WithBureaus(Affected()), vulnerabilities=("CVE-2021-44228",))
    sending.affect("yama", "CVE-2021-45046")
    in_tohoku = sending.published(WithBureaus(Affected()), vulnerabilities=("CVE-2021-45046",))
    bureaus = [
        set(notice.audience.organisations.filter(kind="bureau").values_list("slug", flat=True))
        for notice in (in_kanto, in_tohoku)
        if notice.audience
    ]
    assert bureaus[0] == bureaus[1] == {"bureau-kanto", "bureau-tohoku"}


def test_a_late_answer_goes_to_the_bureau_first_and_a_day_later_to_the_hub():
    sending.affect("hikari")
    sending.published(WithBureaus(Affected()), vulnerabilities=("CVE-2021-44228",))
    escalate(25)
    assert heard() == [(1, "bureau-kanto")]
    escalate(50)
    assert heard() == [(1, "bureau-kanto"), (2, "isac")]


def test_without_them_the_bureau_hears_nothing():
    sending.affect("hikari")
    sending.published(Affected(), vulnerabilities=("CVE-2021-44228",))
    escalate(25)
    assert heard() == [(2, "isac")]


def test_the_preview_names_them():
    sending.affect("hikari")
    content = sending.content(vulnerabilities=("CVE-2021-44228",))
    shown = actions.preview(System(), content, WithBureaus(Affected()))
    assert [one.slug for one in shown.informed] == ["bureau-kanto", "bureau-tohoku"]
    assert [recipient.slug for recipient in shown.recipients] == ["hikari"]
