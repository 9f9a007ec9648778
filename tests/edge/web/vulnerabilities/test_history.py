"""The page of what sources said before, and its figures."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from noroshi.hub.knowledge.models import PastRecord
from tests.edge.web.vulnerabilities.telling import BAD, ONE, PAGE
from tests.edge.web.vulnerabilities.test_one import scored, text
from tests.hub.feeds import bring, cve5, epss, kev, npm, work

HISTORY = f"{PAGE}/history"
SVG = "{http://www.w3.org/2000/svg}"
LOW = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def said(page: str) -> str:
    """The text of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def known(visiting):
    """A vulnerability whose source has changed its mind."""
    first = cve5(ONE, npm("gate", ("0", "2.0.0")), metrics=[scored(LOW, 7.5)])
    second = cve5(
        ONE,
        npm("gate", ("0", "2.0.0"), ("2.1.0", "2.3.4")),
        updated="2024-05-03T00:00:00Z",
        title=BAD,
        metrics=[scored(HIGH, 9.8)],
    )
    bring("cve5", first)
    bring("epss", epss("2024-05-10", {ONE: 0.1}))
    work()
    bring("cve5", second)
    bring("epss", epss("2024-05-11", {ONE: 0.4}))
    bring("kev", kev(ONE))
    work()
    return visiting


def test_the_page_leads_to_it_and_it_tells_what_changed(known):
    assert f'href="{HISTORY}"' in text(known.get(PAGE))
    page = text(known.get(HISTORY))
    told = said(page)
    assert f"CVSS 3.1 was 7.5 ({LOW}) → is now 9.8 ({HIGH})" in told
    assert "added affected: ≥ 2.1.0, &lt; 2.3.4" in told
    assert "the first version that is stored" in told
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_every_version_leads_to_the_document_it_was_in(known):
    past = PastRecord.objects.get()
    assert f"{PAGE}/documents/{past.document_id}" in text(known.get(HISTORY))
    answer = known.get(f"{PAGE}/documents/{past.document_id}/file")
    assert b"7.5" in answer.getvalue()


def test_epss_is_drawn_with_its_data_beside_it(known):
    page = text(known.get(HISTORY))
    sentence = (
        "From 10.0% on 2024-05-10 to 40.0% on 2024-05-11; the highest was 40.0% on 2024-05-11."
    )
    assert f'<img src="{PAGE}/epss.svg" alt="{sentence}">' in page
    assert "2024-05-10 10.0%" in said(page)


@pytest.mark.parametrize("chart", ["epss", "severity"])
@pytest.mark.parametrize("width", ["", "?narrow=1"])
def test_a_figure_is_a_picture_without_script(known, chart, width):
    answer = known.get(f"{PAGE}/{chart}.svg{width}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    root = etree.fromstring(answer.content)
    assert root.tag == f"{SVG}svg"
    assert not list(root.iter(f"{SVG}script"))
    assert "http" not in re.sub(r'xmlns[:\w]*="[^"]+"', "", answer.content.decode())
    assert ONE in (root.findtext(f"{SVG}title") or "")


def test_where_nothing_moved_there_is_no_figure(visiting):
    bring("cve5", cve5(ONE))
    bring("epss", epss("2024-05-10", {ONE: 0.1}))
    work()
    page = text(visiting.get(HISTORY))
    assert ".svg" not in page.partition("<main")[2]
    assert visiting.get(f"{PAGE}/epss.svg").status_code == 404
    assert "2024-05-10 10.0%" in said(page)


def test_another_name_leads_to_it(visiting):
    bring("cve5", cve5(ONE, advisory="GHSA-2222-3333-4444"))
    answer = visiting.get("/vulnerabilities/GHSA-2222-3333-4444/history")
    assert answer.headers["Location"] == HISTORY
