"""Vulnerabilities over the API: the list of all, and one with every source's claims."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

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
)
from noroshi.core.sector import Role
from noroshi.hub.knowledge import overview
from tests.edge.exchange.rest.asking import Program, program
from tests.edge.exchange.rest.test_document import conforms
from tests.edge.web.vulnerabilities.telling import BAD, told
from tests.hub.feeds import bring, cve, cve5, epss, kev, npm, nvd, work
from tests.hub.sector import NOON, vulnerability

pytestmark = pytest.mark.usefixtures("rows")

CRITICAL: dict[str, Any] = {
    "metrics": [
        {
            "cvssV3_1": {
                "version": "3.1",
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "baseScore": 9.8,
                "baseSeverity": "CRITICAL",
            }
        }
    ]
}


@pytest.fixture(autouse=True)
def known(rows):
    """Three vulnerabilities: one critical and exploited, one plain, one not assessed yet."""
    first = cve5(cve(1), npm("left-pad", ("0", "1.3.0")), title="<img src=x onerror=1>", **CRITICAL)
    bring("cve5", first, cve5(cve(2), npm("right-pad", ("0", "2.0.0"))))
    bring("nvd", nvd(cve(1)))
    bring("kev", kev(cve(1)))
    bring("epss", epss("2024-05-20", {cve(1): 0.9}), file="epss.csv")
    work()
    vulnerability("GHSA-aaaa-bbbb-cccc")


def names(**parameters: str | list[str]) -> list[str]:
    return [one["name"] for one in program().everything("/vulnerabilities", **parameters)]


class TestList:
    def test_it_holds_all_of_them_once(self):
        assert sorted(names(limit="1")) == [cve(1), cve(2), "GHSA-aaaa-bbbb-cccc"]

    def test_a_line_says_what_is_known(self):
        (line,) = [
            one for one in program().get("/vulnerabilities").ok()["items"] if one["name"] == cve(1)
        ]
        assert (line["severity"], line["score"]) == ("critical", 9.8)
        assert (line["exploited_since"], line["exploitation"]) == ("2024-05-10", "active")
        assert line["epss"] == 0.9

    def test_it_is_narrowed(self):
        assert names(severity="critical") == [cve(1)]
        assert sorted(names(severity=["critical", "unrated"])) == sorted(names())
        assert names(exploited="true") == [cve(1)]
        assert names(q="right-pad") == [cve(2)]
        assert names(q=cve(2).lower()) == [cve(2)]
        assert names(q="nothing of the kind") == []
        assert names(q="-right-pad severity:critical") == [cve(1)]
        assert names(purl="pkg:npm/right-pad") == [cve(2)]
        assert names(product="right-pad", published_until="2000-01-01") == []
        assert names(order="modified", modified_since="2024-05-02") == [cve(1)]
        assert names(order="score")[0] == cve(1)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("severity", "severe"),
            ("exploited", "yes"),
            ("exploited", "1"),
            ("modified_since", "2024-13-01"),
            ("modified_since", "20240501"),
            ("modified_since", "1714521600"),
            ("published_since", "2024-05-01T00:00:00Z"),
            ("order", "random"),
            ("q", "x" * 501),
            ("q", "vendro:x"),
            ("q", '"open'),
            ("cwe", "seventy-nine"),
            ("cpe", "apache"),
        ],
    )
    def test_a_filter_that_cannot_be_is_named(self, name, value):
        answer = program().get("/vulnerabilities", **{name: value})
        assert answer.problem() == (422, "invalid")
        assert answer.json["errors"][0]["pointer"] == name

    def test_a_cursor_belongs_to_its_order(self):
        after = program().get("/vulnerabilities", limit=1).ok()["after"]
        answer = program().get("/vulnerabilities", order="score", after=after)
        assert answer.problem() == (400, "bad-cursor")
        assert program().get("/vulnerabilities", after="").problem() == (400, "bad-cursor")


class TestOne:
    @pytest.mark.parametrize("name", [cve(1), cve(1).lower()])
    def test_it_is_found_by_any_of_its_names(self, name):
        assert program().get(f"/vulnerabilities/{name}").ok()["head"]["name"] == cve(1)

    def test_every_source_is_told_with_its_own_words(self):
        whole = program().get(f"/vulnerabilities/{cve(1)}").ok()
        assert whole["names"] == [cve(1)]
        sources = [one["record"]["source"] for one in whole["claims"]]
        assert sources == ["cve5", "epss", "kev", "nvd"]
        said = whole["claims"][0]["record"]
        assert said["titles"][0]["text"] == "<img src=x onerror=1>"
        assert said["affected"][0]["product"]["name"] == "npm/left-pad"
        assert said["affected"][0]["ranges"][0]["high"] == "1.3.0"
        assert whole["claims"][0]["asserted_at"] == "2024-05-01T00:00:00Z"

    def test_our_assessment_is_told_apart_and_in_both_languages(self):
        told = program().get(f"/vulnerabilities/{cve(1)}/assessment").ok()
        assert told["assessment"]["severity"]["basis"] == "stated"
        assert told["model"].startswith("fusion-")
        assert told["made_at"] == "2026-06-01T03:00:00Z"
        assert told["summary_ja"] != told["summary_en"]

    def test_what_was_not_assessed_yet_has_no_assessment(self):
        asking = program()
        assert asking.get("/vulnerabilities/GHSA-aaaa-bbbb-cccc").status == 200
        answer = asking.get("/vulnerabilities/GHSA-aaaa-bbbb-cccc/assessment")
        assert answer.problem() == (404, "not-found")

    @pytest.mark.parametrize("name", ["CVE-1999-0001", "x", "%00", "a b", "é", "x" * 121, "../key"])
    def test_what_nobody_knows_is_not_there(self, name):
        assert program().get(f"/vulnerabilities/{name}").problem() == (404, "not-found")

    def test_it_is_public_knowledge_for_every_role(self):
        for role in (Role.VIEWER, Role.AUDITOR):
            assert program(role=role).get(f"/vulnerabilities/{cve(1)}").status == 200


class TestWhatSourcesCanSay:
    """All kinds of facts come as the source gave them, as the document describes them."""

    FACTS: ClassVar[dict[str, Any]] = {
        "advisories": ("KSA-2024-1",),
        "withdrawn": NOON,
        "ratings": (Rating("redhat", "important"),),
        "credits": (Credit("redhat", "Umi", "finder"),),
        "remedies": (
            Remedy(
                "redhat",
                RemedyKind.WORKAROUND,
                "en",
                BAD,
                "javascript:alert(1)",
                (Product("cpe", "a:kasumi:gate"),),
            ),
        ),
        "exploits": (
            Exploit(
                "exploitdb",
                "EDB-99001",
                Maturity.PROOF_OF_CONCEPT,
                title="Kasumi gate",
                since=dt.date(2024, 7, 20),
                url="https://exploits.example/99001",
                verified=True,
            ),
        ),
        "affected": (
            Affected("redhat", Product("cpe", "a:kasumi:gate"), "rpm", reason="wont-fix"),
        ),
    }

    @pytest.fixture
    def said(self, known):
        row = overview.vulnerability_named(cve(1))
        told(row, "redhat", withdrawn_at=NOON, **self.FACTS)
        answer = program().get(f"/vulnerabilities/{cve(1)}")
        return answer, answer.ok()["claims"][-1]

    def test_they_come_as_they_were_said(self, said):
        claims, record = said[1], said[1]["record"]
        assert claims["withdrawn_at"] == record["withdrawn"] == "2026-06-01T03:00:00Z"
        assert record["advisories"] == ["KSA-2024-1"]
        assert record["ratings"] == [{"by": "redhat", "word": "important"}]
        assert record["credits"] == [{"by": "redhat", "name": "Umi", "role": "finder"}]
        assert record["remedies"][0]["kind"] == "workaround"
        assert record["remedies"][0]["text"] == BAD
        assert record["remedies"][0]["products"] == [{"scheme": "cpe", "name": "a:kasumi:gate"}]
        assert record["affected"][0]["reason"] == "wont-fix"
        assert record["exploits"] == [
            {
                "by": "exploitdb",
                "name": "EDB-99001",
                "maturity": "poc",
                "title": "Kasumi gate",
                "since": "2024-07-20",
                "url": "https://exploits.example/99001",
                "verified": True,
            }
        ]

    def test_what_a_source_does_not_say_is_left_out(self, said):
        whole = said[0].ok()["claims"][0]["record"]
        assert not {"remedies", "exploits", "ratings", "credits", "withdrawn"} & set(whole)

    def test_they_are_what_the_document_describes(self, said):
        document = Program().get("/openapi.json").ok()
        operation = document["paths"]["/api/v1/vulnerabilities/{name}"]["get"]
        conforms(document, operation, said[0])
        schemas = document["components"]["schemas"]
        assert {"Remedy", "Exploit", "Rating", "Credit", "Maturity", "RemedyKind"} <= set(schemas)
        assert all(schemas[name]["description"] for name in ("Remedy", "Exploit", "Rating"))

    def test_many_records_cost_no_query_more(self, known):
        asking = program()
        row = overview.vulnerability_named(cve(1))

        def queries() -> int:
            asking.get("/key").ok()
            with CaptureQueriesContext(connection) as asked:
                asking.get(f"/vulnerabilities/{cve(1)}").ok()
            return len(asked)

        before = queries()
        for number in range(5):
            told(row, "csaf", f"KSA-{number}", body=str(number).encode(), **self.FACTS)
        assert queries() == before
