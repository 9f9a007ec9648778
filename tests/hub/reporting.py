"""Attack reports for the tests: made, given to the hub, shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from noroshi.core.formats.stix import Report
from noroshi.core.indicators import IndicatorType, indicator
from noroshi.core.paging import Slice
from noroshi.core.policy.audience import Audience, Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.intel import actions, reviewing, reviews
from noroshi.hub.intel.reviewing import Edition, Handover
from tests.hub.sector import DAY, HOUR, NOON

PLAIN = Report(
    title="不審な通信",
    text="端末から外部への通信を確認した。",
    tlp=Tlp.GREEN,
    indicators=(
        indicator(IndicatorType.DOMAIN, "bad.example"),
        indicator(IndicatorType.IPV4, "198.51.100.7"),
    ),
    vulnerabilities=("CVE-2021-44228",),
    observed=NOON - DAY,
)
NAMED = msgspec.structs.replace(PLAIN, text="架空hikariのtaro of hikariです。hikariの端末です。")


def drafted(viewer: Member, report: Report = PLAIN) -> str:
    return actions.report_incident(viewer, report, now=NOON, actor="taro")


def submitted(viewer: Member, report: Report = PLAIN, **handover: Any) -> str:
    stix_id = drafted(viewer, report)
    give(viewer, stix_id, report, **handover)
    return stix_id


def give(viewer: Member, stix_id: str, report: Report = PLAIN, **handover: Any) -> None:
    how = Handover(report=report, **handover)
    reviewing.submit(viewer, stix_id, how, now=NOON + HOUR, actor="taro")


def listed(viewer: Viewer) -> tuple[reviews.ReviewHead, ...]:
    return reviews.reviews(viewer).items


def only(viewer: Viewer) -> reviews.WholeReview:
    (head,) = listed(viewer)
    return reviews.review_for(viewer, head.name)


def edition(
    review: reviews.WholeReview, audience: Audience | None = None, **changes: Any
) -> Edition:
    report = msgspec.structs.replace(review.report, **changes)
    return Edition(report=report, audience=audience or Members(), seen=review.head.changed_at)


def shared(viewer: Member, audience: Audience | None = None, **changes: Any) -> str:
    review = only(viewer)
    made = edition(review, audience, **changes)
    return reviewing.share(viewer, review.head.name, made, now=NOON + DAY, actor="hana")


def shared_first(viewer: Member) -> str:
    review = reviews.review_for(viewer, listed(viewer)[0].name)
    name, made = review.head.name, edition(review)
    return reviewing.share(viewer, name, made, now=NOON + DAY, actor="hana")


def standing(viewer: Viewer, stix_id: str) -> reviews.OwnReview | None:
    return reviews.own_reviews(viewer, [stix_id]).get(stix_id)


def paged(ask: Callable[..., Slice[Any]]) -> list[Any]:
    """Return what a list holds, one row a page."""
    page = ask(limit=1)
    found = list(page.items)
    while page.after:
        page = ask(after=page.after, limit=1)
        found += page.items
    return found
