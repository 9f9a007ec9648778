"""A vulnerability whose identifier was taken back: it says where to look now, and why it was."""

from __future__ import annotations

from tests.edge.web.vulnerabilities.telling import ONE, PAGE
from tests.edge.web.vulnerabilities.test_history import said
from tests.edge.web.vulnerabilities.test_one import text
from tests.hub.feeds import bring, cve, cve5, npm, work

TWO, THREE = cve(2), cve(3)
LATER = "2024-05-03T00:00:00Z"


def rejected(*names: str) -> None:
    """Let the registry take the first one back, in favour of others."""
    reasons = [{"lang": "en", "value": "It was split."}]
    record = cve5(
        ONE, updated=LATER, state="REJECTED", rejectedReasons=reasons, replacedBy=list(names)
    )
    bring("cve5", record)
    work()


def test_a_split_one_leads_to_all_that_take_its_place(visiting):
    bring("cve5", cve5(ONE, npm("gate", ("0", "2.0.0"))), cve5(TWO))
    rejected(TWO, THREE)
    page = text(visiting.get(PAGE))
    assert f'href="/vulnerabilities/{TWO}"' in page
    assert f'href="/vulnerabilities/{THREE}"' not in page
    assert f"Look here now: {TWO} {THREE}" in said(page)
    assert "these take its place" in page


def test_it_keeps_its_history(visiting):
    bring("cve5", cve5(ONE, npm("gate", ("0", "2.0.0"))))
    rejected(TWO)
    page = said(text(visiting.get(f"{PAGE}/history")))
    assert "was published → is now rejected" in page
    assert f"Replaced by added {TWO}" in page
    assert "not said any more affected: &lt; 2.0.0" in page


def test_one_that_stands_leads_nowhere_else(visiting):
    bring("cve5", cve5(ONE))
    work()
    assert "Look here now" not in text(visiting.get(PAGE))
