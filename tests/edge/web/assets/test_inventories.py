"""The pages of one SBOM: components, problems, changes, the file, and exports of it."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import Role
from noroshi.edge.web.assets.inventories import file_name
from noroshi.hub.inventory.models import Inventory, System
from tests.edge.web.assets.rooms import A, B, enter, grant, inventories, said, system, upload
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, npm, npm_component, sbom, work
from tests.hub.sector import HOUR, NOON

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(autouse=True)
def _sector(database):
    world.sector()


@pytest.fixture
def owned() -> System:
    return system()


@pytest.fixture
def number(owned) -> int:
    bring("cve5", cve5(cve(1), npm("alpha", ("0", "2.0"))))
    number = upload(owned, A, B, {"name": "own"}, {"name": "bad", "purl": "not one"})
    work()
    return number


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return str(answer.text)


def rows(answer) -> list[list[str]]:
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


class TestComponents:
    def test_each_stands_with_what_names_it_and_what_concerns_it(self, client, number):
        enter(client)
        text = page(client, f"/assets/inventories/{number}/components")
        assert "pkg:npm/alpha@1.0" in text
        assert text.count(cve(1)) == 2  # the words of the link, and its address

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("words=ALPH", ["alpha"]),
            ("words=npm", ["alpha", "beta"]),
            ("only=findings", ["alpha"]),
            ("only=unmatchable", ["bad", "own"]),
            ("only=unmatchable&words=own", ["own"]),
            ("words=nothing", []),
            ("only=what", ["alpha", "bad", "beta", "own"]),
        ],
    )
    def test_they_are_narrowed_down(self, client, number, asked, found):
        enter(client)
        answer = client.get(f"/assets/inventories/{number}/components?{asked}")
        names = [line.component.package.name for line in answer.context["lines"]]
        assert names == found

    def test_an_inventory_that_was_replaced_shows_no_findings(self, client, owned, number):
        upload(owned, B, at=NOON + HOUR)
        work(NOON + HOUR)
        enter(client)
        assert cve(1) not in page(client, f"/assets/inventories/{number}/components")

    def test_a_page_asks_the_same_however_many_there_are(self, client, owned):
        counts, text = [], ""
        enter(client)
        for many in (3, 120):
            parts = [npm_component(f"p{n}", f"{many}.0") for n in range(many)]
            found = upload(owned, *parts, at=NOON + many * HOUR)
            with CaptureQueriesContext(connection) as asked:
                text = page(client, f"/assets/inventories/{found}/components")
            counts.append(len(asked))
        assert counts[0] == counts[1]
        assert "Page 1 of 3 (1–50 of 120)" in text


class TestProblems:
    def test_each_is_shown_with_its_place(self, client, number):
        enter(client)
        text = page(client, f"/assets/inventories/{number}")
        assert "$.components[3].purl" in text
        assert "not a valid identifier" in text

    def test_none_is_said_to_be_none(self, client, owned):
        enter(client)
        assert "Everything could be used." in page(
            client, f"/assets/inventories/{upload(owned, A)}"
        )


class TestChanges:
    def test_what_is_new_in_another_version_and_gone(self, client, owned, number):
        new = upload(
            owned, npm_component("alpha", "1.5"), npm_component("gamma", "1"), at=NOON + HOUR
        )
        enter(client)
        answer = client.get(f"/assets/inventories/{new}/changes")
        told = [(kind, change.name) for kind, change in answer.context["changes"]]
        assert told == [
            ("added", "gamma"), ("updated", "alpha"),
            ("removed", "bad"), ("removed", "beta"), ("removed", "own"),
        ]  # fmt: skip

    def test_an_earlier_one_can_be_chosen(self, client, owned, number):
        upload(owned, A, at=NOON + HOUR)
        last = upload(owned, A, B, at=NOON + 2 * HOUR)
        enter(client)
        answer = client.get(f"/assets/inventories/{last}/changes?from={number}")
        assert [change.name for _, change in answer.context["changes"]] == ["bad", "own"]

    def test_only_an_earlier_one_of_the_same_system(self, client, owned, number):
        other, later = upload(system(name="other"), A), upload(owned, B, at=NOON + HOUR)
        enter(client)
        for wrong in (other, later, number, 999_999_999, "x"):
            answer = client.get(f"/assets/inventories/{number}/changes?from={wrong}")
            assert answer.status_code == 404

    def test_the_first_one_has_nothing_before_it(self, client, number):
        enter(client)
        assert "the first SBOM" in page(client, f"/assets/inventories/{number}/changes")


class TestFile:
    def test_it_is_kept_and_never_shown(self, client, owned):
        data = sbom(A, B)
        enter(client)
        answer = client.get(f"/assets/inventories/{upload(owned, data=data)}/file")
        assert answer.getvalue() == data
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Length"] == str(len(data))
        assert answer.headers["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize(
        ("file", "dialect", "name"),
        [
            ("gate.cdx.json", "CycloneDX 1.5 JSON", "gate-7.cdx.json"),
            ("x.exe", "CycloneDX 1.5 XML", "x-7.cdx.xml"),
            ("..\\..\\evil.html", "SPDX 2.3 JSON", "sbom-7.spdx.json"),
            ("資産.spdx", "SPDX 2.3 tag-value", "sbom-7.spdx.txt"),
            ('a\r\nb\u202e;".json', "CycloneDX 1.5 JSON", "a-b-7.cdx.json"),
            ("x" * 300, "CycloneDX 1.5 JSON", "x" * 80 + "-7.cdx.json"),
        ],
    )
    def test_its_name_is_plain_and_says_what_it_is(self, file, dialect, name):
        assert file_name(Inventory(pk=7, file=file, dialect=dialect)) == name


class TestExports:
    def test_components_with_what_concerns_each(self, client, number):
        enter(client)
        table = rows(client.get(f"/assets/inventories/{number}/components.csv"))
        assert table[0] == ["Component", "Version", "Identity", "Kind", "Place", "Findings"]
        assert table[1] == [
            "alpha", "1.0", "pkg:npm/alpha@1.0", "library", "$.components[0]", cve(1)
        ]  # fmt: skip
        assert len(table) == 5

    def test_findings_of_a_system(self, client, owned, number):
        enter(client)
        answer = client.get(f"/assets/systems/{owned.pk}/findings.csv")
        table = rows(answer)
        assert [row[0] for row in table[1:]] == [cve(1)]
        assert answer.headers["Content-Disposition"].startswith("attachment;")

    def test_no_cell_is_a_formula(self, client, owned):
        found = upload(owned, {"name": FORMULA, "version": "@1", "bom-ref": "+x", "type": "-y"})
        enter(client)
        (_head, row) = rows(client.get(f"/assets/inventories/{found}/components.csv"))
        assert row[0] == f"'{FORMULA}"
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


@pytest.mark.parametrize("place", ["", "/components", "/components.csv", "/changes", "/file"])
def test_what_is_hidden_and_what_is_not_there_answer_alike(client, number, place):
    enter(client, "minato")
    hidden = client.get(f"/assets/inventories/{number}{place}")
    unknown = client.get(f"/assets/inventories/999999999{place}")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert said(hidden) == said(unknown)


@pytest.mark.parametrize("place", ["", "/components", "/components.csv", "/changes", "/file"])
def test_numbers_alone_open_no_sbom_and_details_do(client, number, place):
    enter(client, "bureau-kanto", Role.BUREAU_OFFICER)
    assert client.get(f"/assets/inventories/{number}{place}").status_code == 404
    grant("hikari", "bureau-kanto", GrantLevel.DETAIL)
    assert client.get(f"/assets/inventories/{number}{place}").status_code == 200


def test_the_stored_inventories_are_as_many_as_were_sent(owned):
    upload(owned, A)
    upload(owned, B, at=NOON + HOUR)
    assert [row.current for row in inventories(owned)] == [False, True]
