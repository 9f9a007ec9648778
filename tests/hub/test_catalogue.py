"""The list of vulnerabilities: every one exactly once, in order, in pages of any size."""

from __future__ import annotations

from typing import Any

import pytest

from noroshi.core.errors import BadCursor
from noroshi.core.paging import encode_cursor
from noroshi.core.search import typing
from noroshi.core.search.asked import Asked
from noroshi.hub.knowledge import catalogue
from noroshi.hub.knowledge.catalogue import Line, Order, listing
from noroshi.hub.knowledge.models import Entry, Vulnerability
from tests.hub import sector
from tests.hub.feeds import cve
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")


def stored(number: int, **columns: object) -> Vulnerability:
    """A vulnerability published so many days before noon."""
    known: dict[str, object] = {"published": NOON - number * DAY, "modified": NOON + number * DAY}
    return sector.vulnerability(cve(number), **(known | columns))


def pages(query: str = "", limit: int = 2, **more: Any) -> list[tuple[Line, ...]]:
    """All pages, one after another."""
    found, after = [], None
    while True:
        page = listing(typing.read(query), after, limit, **more)
        found.append(page.items)
        if page.after is None:
            return found
        after = page.after


def names(query: str = "", limit: int = 2, **more: Any) -> list[str]:
    """The names on all pages."""
    return [line.name for page in pages(query, limit, **more) for line in page]


def called(*numbers: int) -> list[str]:
    return [cve(number) for number in numbers]


class TestOrder:
    """One list, however it is cut into pages."""

    @pytest.fixture(autouse=True)
    def rows(self, database):
        stored(3, score=5.0)
        stored(1, score=9.8)
        stored(2, score=9.8)
        stored(5, published=None, score=None)
        stored(4, published=NOON - 3 * DAY, score=9.8)
        stored(6, published=None, score=0.0)

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 50])
    def test_the_newest_comes_first_and_what_has_no_date_last(self, limit):
        assert names(limit=limit) == called(1, 2, 4, 3, 6, 5)

    @pytest.mark.parametrize("limit", [1, 2, 6])
    def test_what_was_changed_last_comes_first(self, limit):
        assert names(limit=limit, order=Order.MODIFIED) == called(6, 5, 4, 3, 2, 1)

    @pytest.mark.parametrize("limit", [1, 2, 6])
    def test_the_highest_score_comes_first_and_what_has_none_last(self, limit):
        assert names(limit=limit, order=Order.SCORE) == called(4, 2, 1, 3, 6, 5)

    def test_no_page_is_empty_and_the_last_has_none_after_it(self):
        assert [len(page) for page in pages(limit=2)] == [2, 2, 2]

    def test_what_arrives_meanwhile_moves_nothing(self):
        first = listing(Asked(), None, 2)
        stored(0)
        rest = listing(Asked(), first.after, 50)
        assert [line.name for line in rest.items] == called(4, 3, 6, 5)

    def test_what_became_part_of_another_is_not_listed(self):
        survivor = Vulnerability.objects.get(preferred_id=cve(1))
        Vulnerability.objects.filter(preferred_id=cve(2)).update(merged_into=survivor)
        assert names() == called(1, 4, 3, 6, 5)

    @pytest.mark.parametrize("after", ["x", encode_cursor(("a", 1)), encode_cursor((1.5, 1))])
    def test_a_cursor_that_no_page_gave_is_refused(self, after):
        with pytest.raises(BadCursor):
            listing(Asked(), after, 2)


class TestWindow:
    """A page looks at so many rows, and says where to go on."""

    @pytest.fixture(autouse=True)
    def rows(self, database, monkeypatch):
        for name, rows in {"NEAR": 2, "FAR": 3, "MOST_FOUND": 1}.items():
            monkeypatch.setattr(catalogue, name, rows)
        for number in range(12):
            rare = number in {0, 9, 10}
            stored(number, severity="low" if rare else "high", score=float(number % 4))
        stored(12, published=None, severity="low", score=None)

    @pytest.mark.parametrize("order", Order)
    @pytest.mark.parametrize("limit", [1, 2, 50])
    def test_nothing_is_missed_beyond_it(self, order, limit):
        rare = names("severity:low", limit, order=order)
        everything = names(limit=50, order=order)
        assert rare == [name for name in everything if name in called(0, 9, 10, 12)]

    def test_a_page_ends_where_it_ends_even_if_nothing_was_found(self):
        found = pages("severity:low", 50)
        assert [len(page) for page in found] == [1, 0, 0, 2, 1]

    @pytest.mark.parametrize("order", Order)
    @pytest.mark.parametrize("limit", [1, 2, 50])
    def test_words_are_found_beyond_it(self, order, limit):
        for row in Vulnerability.objects.all():
            terms = " uzu kasumi " if row.severity == "low" else " kasumi "
            Entry.objects.create(vulnerability=row, terms=terms)
        rare = [name for name in names(limit=50, order=order) if name in called(0, 9, 10, 12)]
        assert names("uzu", limit, order=order) == rare
        assert names('kasumi "uzu kasumi"', limit, order=order) == rare
        assert names("kasumi severity:low", limit, order=order) == rare
        assert names("-uzu", limit, order=order) == [
            name for name in names(limit=50, order=order) if name not in rare
        ]

    def test_it_ends_with_the_days_that_were_asked_for(self):
        since = (NOON - 5 * DAY).date()
        found = pages(f"severity:low published:{since}..", 50)
        assert [len(page) for page in found] == [1, 0, 0]

    def test_a_list_that_leaves_nothing_out_needs_none(self):
        assert len(pages(limit=50)) == 1


class TestFilters:
    """What is left out."""

    @pytest.fixture(autouse=True)
    def rows(self, database):
        stored(1, severity="critical", exploitation="active")
        stored(2, severity="high", exploitation="poc")
        stored(3)

    def test_severities_are_joined_by_or(self):
        assert names("severity:critical,high") == called(1, 2)

    def test_what_nobody_rated_can_be_asked_for(self):
        assert names("severity:unrated") == called(3)

    def test_only_what_is_used_in_attacks(self):
        assert names("exploited:yes") == called(1)
        assert names("exploited:no") == called(2, 3)

    @pytest.mark.parametrize("order", [Order.PUBLISHED, Order.SCORE])
    def test_both_ends_of_a_span_are_included(self, order):
        first, last = (NOON - 2 * DAY).date(), (NOON - DAY).date()
        assert set(names(f"published:{first}..", order=order)) == set(called(1, 2))
        assert set(names(f"published:{first}..{last}", order=order)) == set(called(1, 2))
        assert set(names(f"published:..{first}", order=order)) == set(called(2, 3))
        assert set(names(f"published:{last}", order=order)) == set(called(1))
        assert set(names(f"changed:{(NOON + 2 * DAY).date()}..", order=order)) == set(called(2, 3))

    def test_they_are_joined_by_and(self):
        assert names("severity:high exploited:yes") == []
        assert names("-severity:high exploited:no") == called(3)

    def test_among_some(self):
        among = Vulnerability.objects.filter(preferred_id__in=called(2, 3)).values("pk")
        found = listing(Asked(), None, 1, among=among)
        rest = listing(Asked(), found.after, 1, among=among)
        assert [line.name for line in (*found.items, *rest.items)] == called(2, 3)
        assert rest.after is None


class TestNames:
    """A search for the beginning of a name."""

    @pytest.fixture(autouse=True)
    def rows(self, database):
        for name, alias in {
            "CVE-2024-99990001": "GHSA-2345-cfgh-jmpq",
            "CVE-2024-99990010": "JVNDB-2024-000123",
            "CVE-2023-99990001": "EXAMPLE_100%",
        }.items():
            row = sector.vulnerability(name, published=NOON)
            row.aliases.create(name=alias)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("CVE-2024-9999001", {"CVE-2024-99990010"}),
            ("cve-2024-", {"CVE-2024-99990001", "CVE-2024-99990010"}),
            (" 2023-9999 ", {"CVE-2023-99990001"}),
            ("ghsa-2345-CFGH", {"CVE-2024-99990001"}),
            ("JVNDB-2024", {"CVE-2024-99990010"}),
            ("EXAMPLE_1", {"CVE-2023-99990001"}),
            ("EXAMPLE-x%", set()),
            ("id:cve-2024-99990001", {"CVE-2024-99990001"}),
            ("id:GHSA-2345-cfgh-jmpq", set()),
            ("id:CVE-2024-*", {"CVE-2024-99990001", "CVE-2024-99990010"}),
            ("alias:GHSA-2345-cfgh-jmpq", {"CVE-2024-99990001"}),
            ("-alias:GHSA-*", {"CVE-2024-99990010", "CVE-2023-99990001"}),
            ("CVE-2024-99990011", set()),
        ],
    )
    def test_any_name_is_found_by_its_beginning(self, text, found):
        assert set(names(text)) == found

    def test_a_vulnerability_with_two_such_names_is_listed_once(self):
        row = Vulnerability.objects.get(preferred_id="CVE-2023-99990001")
        row.aliases.create(name="CVE-2023-99990002")
        assert names("CVE-2023") == ["CVE-2023-99990001"]

    def test_filters_hold_as_well(self):
        assert names("CVE-2024 exploited:yes") == []
