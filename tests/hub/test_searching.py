"""Searching what imports stored: words in both languages, fields, and what changes meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from noroshi.core.search import typing
from noroshi.core.search.asked import Field
from noroshi.hub.knowledge import catalogue, counting
from noroshi.hub.knowledge.assessing import assess_vulnerabilities
from noroshi.hub.knowledge.catalogue import listing
from noroshi.hub.knowledge.models import Entry, Vulnerability
from tests.hub.feeds import bring, cve, cve5, kev, match, node, npm, nvd, work
from tests.hub.sector import NOON

pytestmark = pytest.mark.usefixtures("database")

SOMETHING = "Somebody can do something to it."


def found(query: str) -> set[str]:
    """The names of all that a query finds, on as many pages as it takes."""
    names: set[str] = set()
    after = None
    while True:
        page = listing(typing.read(query), after, 2)
        names |= {line.name for line in page.items}
        after = page.after
        if after is None:
            return names


def called(*numbers: int) -> set[str]:
    return {cve(number) for number in numbers}


def said(*texts: tuple[str, str]) -> dict[str, Any]:
    """Descriptions in languages."""
    return {"descriptions": [{"lang": lang, "value": text} for lang, text in texts]}


@pytest.fixture(params=["the index", "the text"])
def way(request, monkeypatch) -> None:
    """Few are found by the index, and many by the text it is made of: they have to agree."""
    if request.param == "the text":
        monkeypatch.setattr(catalogue, "MOST_FOUND", 0)


@pytest.fixture
def stored(database) -> None:
    weakness: dict[str, Any] = {
        "problemTypes": [{"descriptions": [{"cweId": "CWE-287", "type": "CWE"}]}]
    }
    japanese = "ＦｏｒｔｉＯＳ認証の不備により、鍵が漏れる。"
    bring(
        "cve5",
        cve5(cve(1), npm("kasumi-proxy", ("1.0.0", "1.4.2")), **weakness),
        cve5(
            cve(2),
            npm("kasumi-mail", ("1.0.0", "2.0.0")),
            npm("@uzu/core", ("1.0.0", "2.0.0")),
            **said(("ja", japanese), ("en", "A heap overflow in the parser of headers")),
        ),
        cve5(cve(3), npm("50%off", ("1.0.0", "2.0.0")), **said(("en", "The parser of keys"))),
    )
    bring(
        "nvd",
        nvd(cve(3), node(match("cpe:2.3:o:kasumi_works:router_os:*"))),
        nvd(cve(4), node(match("cpe:2.3:a:kasumi:gate\\!:1.0"))),
    )
    work()


WORDS: dict[str, set[int]] = {
    "kasumi-proxy": {1},
    "KASUMI-PROXY": {1},
    "uzu": {2},
    "認証": {1, 2},  # in the name of the weakness, and in a description
    "認証の不備により": {2},
    "証の": {1, 2},
    "備に": {2},
    "鍵": {2},
    "錠": set(),
    "fortios認証": {2},
    "FortiOS 認証 heap": {2},
    "ｆｏｒｔｉｏｓ": {2},
    "forti": set(),
    "forti*": {2},
    "authentication proxy": {1},
    "cwe-287": {1},
    "50%off": {3},
    "parser": {2, 3},
    '"parser of headers"': {2},
    '"parser headers"': set(),
    '"parser of k*"': {3},
    "parser -heap": {3},
    'parser -"of headers"': {3},
    "heap\u3000parser": {2},
}

FIELDS: dict[str, set[int]] = {
    "cwe:287": {1},
    "cwe:CWE-0287": {1},
    "cwe:28": set(),
    "vendor:kasumi": {4},
    'vendor:"Kasumi Works"': {3},
    "vendor:kasumi*": {3, 4},
    "vendor:kasumi,kasumi_works": {3, 4},
    "product:router_os": {3},
    "product:kasumi-mail": {2},
    "product:core": {2},
    "purl:pkg:npm/kasumi-mail@1.2.3": {2},
    "pkg:npm/%40uzu/core": {2},
    "purl:npm/@uzu/*": {2},
    "purl:npm/kasumi": set(),
    "cpe:2.3:o:kasumi_works:router_os:7.0:*:*:*:*:*:*:*": {3},
    "cpe:o:kasumi_works:*": {3},
    "cpe:a:kasumi:*": {4},
    "source:nvd": {3, 4},
    "source:nvd,cve5 -source:nvd": {1, 2},
    "source:kev": set(),
    "source:nvd 50%off": {3},
}


def expected(table: dict[str, set[int]]) -> dict[str, set[str]]:
    return {query: called(*numbers) for query, numbers in table.items()}


@pytest.mark.usefixtures("stored", "way")
class TestFinding:
    """What a query finds."""

    def test_words(self):
        assert {query: found(query) for query in WORDS} == expected(WORDS)

    def test_fields(self):
        assert {query: found(query) for query in FIELDS} == expected(FIELDS)


@pytest.mark.usefixtures("stored", "way")
class TestChanging:
    """What is found follows what sources say."""

    def test_a_text_that_changes(self):
        later = "2024-06-01T00:00:00Z"
        bring("cve5", cve5(cve(3), updated=later, **said(("en", "A writer of locks"))))
        work()
        assert (found("keys"), found("writer locks")) == (set(), called(3))

    def test_a_record_that_is_taken_back(self):
        assert found("router") == called(3)
        bring("nvd", nvd(cve(3), modified="2024-06-01T00:00:00.000", status="Rejected"))
        work()
        assert (found("cpe:o:*"), found("source:cve5 50%off")) == (set(), called(3))

    def test_one_that_became_part_of_another(self):
        first, second = (Vulnerability.objects.get(preferred_id=cve(n)) for n in (1, 2))
        first.records.update(vulnerability=second)
        Vulnerability.objects.filter(pk=first.pk).update(merged_into=second)
        assess(first, second)
        assert not Entry.objects.filter(pk=first.pk).exists()
        assert found("authentication proxy") == called(2)


def assess(*rows: Vulnerability) -> None:
    assess_vulnerabilities([row.pk for row in rows], now=NOON)


@pytest.mark.usefixtures("stored")
class TestCounting:
    """What there is of each kind."""

    def of(self, query: str) -> counting.Counts:
        return catalogue.search(typing.read(query), None, 1).counts

    def test_counts_are_those_of_all_that_was_found(self):
        bring("kev", kev(cve(3)))
        work()
        counts = self.of("kasumi*")
        assert (counts.number, counts.complete) == (4, True)
        told = {field: {one.value: one.number for one in of} for field, of in counts.of.items()}
        assert told[Field.VENDOR] == {"kasumi": 1, "kasumi_works": 1}
        assert told[Field.SOURCE] == {"cve5": 3, "nvd": 2, "kev": 1}
        assert told[Field.CWE] == {"287": 1}
        assert told[Field.EXPLOITED] == {"yes": 1}
        assert told[Field.SEVERITY] == {"unrated": 4}
        assert told[Field.PUBLISHED] == {"2024": 2}

    def test_counts_of_the_first_say_so(self, monkeypatch):
        monkeypatch.setattr(catalogue, "MOST_FOUND", 1)
        assert (self.of("source:nvd,cve5").number, self.of("").complete) == (4, True)
        monkeypatch.setattr(counting, "MOST", 2)
        counts = self.of("source:nvd,cve5")
        assert (counts.number, counts.complete) == (2, False)

    def test_every_count_leads_to_so_many(self):
        for field, of in self.of("kasumi*").of.items():
            for one in of:
                assert len(found(f"kasumi* {field.value}:{one.value}")) == one.number


def test_a_line_holds_what_the_newest_assessment_says(stored):
    bring("kev", kev(cve(1)))
    work()
    line = listing(typing.read(cve(1)), None, 1).items[0]
    assert (line.title_en, line.exploited_since, line.exploitation, line.disputed) == (
        "Flawed authentication in kasumi-proxy",
        dt.date(2024, 5, 10),
        "active",
        False,
    )
