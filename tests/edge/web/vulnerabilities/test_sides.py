"""What a source can say beside scores: severity in words, advisories, thanks, reasons."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.facets import (
    Affected,
    Credit,
    Exploit,
    Maturity,
    Product,
    Rating,
    Remedy,
    RemedyKind,
    Status,
    Text,
    VersionRange,
)
from tests.edge.web.vulnerabilities.telling import BAD, PAGE, told
from tests.edge.web.vulnerabilities.test_one import part, text
from tests.hub.sector import NOON

GATE = Product("cpe", "a:kasumi:gate")


def test_a_severity_in_words_stands_beside_the_vectors(visiting, row):
    told(row, "redhat", ratings=(Rating("redhat", "important"), Rating("kasumi", "grave")))
    words = part(text(visiting.get(PAGE)), "sources")
    assert "important, on its own scale" in words
    assert "kasumi: grave, on its own scale" in words


def test_advisories_that_mention_it_are_named(visiting, row):
    told(row, "redhat", advisories=tuple(f"RHSA-2024:{9000 + n}" for n in range(8)))
    words = part(text(visiting.get(PAGE)), "sources")
    assert "Advisories RHSA-2024:9000 RHSA-2024:9001" in words
    assert "RHSA-2024:9006" not in words
    assert "and 2 more" in words


def test_those_who_found_it_are_thanked(visiting, row):
    thanked = (Credit("redhat", "Akira Sora", "finder"), Credit("redhat", "Umi"))
    told(row, "redhat", credits=(*thanked, Credit("redhat", "Yama", "hill climber")))
    words = part(text(visiting.get(PAGE)), "sources")
    assert "Thanks to Akira Sora (found it) Umi Yama (hill climber)" in words


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (Status.NOT_AFFECTED, "vulnerable_code_not_present", "the vulnerable code is not in it"),
        (Status.NOT_AFFECTED, "code-not-present", "the vulnerable code is not in it"),
        (Status.AFFECTED, "will-not-fix", "it will not be fixed"),
        (Status.AFFECTED, "end-of-life", "it is no longer supported"),
        (Status.AFFECTED, "Moon_too-full", "moon too full"),
    ],
)
def test_why_it_is_not_affected_or_not_fixed_stands_beside_it(visiting, row, status, code, says):
    claim = Affected("redhat", GATE, "rpm", (VersionRange(status),), reason=code)
    told(row, "redhat", affected=(claim,))
    page = text(visiting.get(PAGE))
    assert f"– {says}" in part(page, "sources")
    assert says in part(page, "versions")
    assert says in text(visiting.get(f"{PAGE}/affected"))


def test_what_a_source_took_back_is_marked_where_it_stands(visiting, row):
    told(row, "redhat", withdrawn_at=NOON, ratings=(Rating("redhat", "important"),))
    told(row, "nvd", ratings=(Rating("nvd", "high"),))
    page = text(visiting.get(PAGE))
    assert "taken back on 2026-06-01" in part(page, "sources")
    assert page.count('class="taken-back"') == 1
    assert "Red Hat took back what it said" in part(page, "timeline")


def test_each_column_leads_to_the_document_it_came_from(visiting, row):
    said = told(row, "redhat", ratings=(Rating("redhat", "important"),))
    page = text(visiting.get(PAGE))
    assert f'href="{PAGE}/documents/{said.document_id}"' in page
    assert "As received document of 2026-06-01 – Red Hat" in part(page, "sources")


def test_markup_and_steering_characters_are_shown_not_followed(visiting, row):
    told(
        row,
        "redhat",
        ratings=(Rating(BAD, BAD),),
        advisories=(BAD,),
        credits=(Credit(BAD, BAD, BAD),),
        affected=(Affected(BAD, GATE, "rpm", reason=BAD),),
    )
    page = text(visiting.get(PAGE))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "\u202e" not in page


def test_many_records_are_counted_and_those_that_everybody_asks_come_first(visiting, row):
    for number in range(14):
        told(row, "csaf", f"KSA-{number}", titles=(Text("en", f"notice {number}", "kasumi"),))
    told(row, "nvd", titles=(Text("en", "of NVD", "nvd"),))
    page = text(visiting.get(PAGE))
    assert "of NVD" in part(page, "sources")
    assert "3 more records are not shown." in part(page, "sources")
    everything = text(visiting.get(f"{PAGE}?show=all"))
    assert "notice 13" in part(everything, "sources")


def test_a_page_that_does_not_read_all_records_says_so(visiting, row):
    for number in range(61):
        told(row, "csaf", f"KSA-{number}")
    assert "this page does not read all of them" in text(visiting.get(PAGE))


def test_all_that_sources_can_say_costs_no_query_more(visiting, row):
    told(row, "nvd", titles=(Text("en", "A weakness", "nvd"),))
    visiting.get(PAGE)
    with CaptureQueriesContext(connection) as before:
        visiting.get(PAGE)
    for number in range(5):
        told(
            row,
            "csaf",
            f"KSA-{number}",
            body=str(number).encode(),
            remedies=(Remedy("kasumi", RemedyKind.FIX, "en", f"Take {number}."),),
            exploits=(Exploit("nuclei", f"check-{number}", Maturity.CHECK),),
            ratings=(Rating("kasumi", "grave"),),
            credits=(Credit("kasumi", "Umi"),),
        )
    with CaptureQueriesContext(connection) as after:
        visiting.get(PAGE)
    assert len(after) == len(before)
