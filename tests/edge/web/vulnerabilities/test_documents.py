"""The documents as they were received: shown as text, kept as the very bytes, never rendered."""

from __future__ import annotations

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.sector import Role
from noroshi.edge.web.vulnerabilities import documents
from tests.edge.web.site import sign_in
from tests.edge.web.vulnerabilities.telling import BAD, ONE, PAGE, stored, told
from tests.edge.web.vulnerabilities.test_one import text
from tests.hub import sector
from tests.hub.feeds import cve


def address(of: object) -> str:
    return f"{PAGE}/documents/{of}"


def test_it_tells_where_it_is_from_when_it_came_and_its_hash(visiting, row):
    body = '{"名": "値"}'.encode()
    said = told(row, "redhat", body=body)
    page = text(visiting.get(address(said.document_id)))
    assert f'redhat <span class="mono">{ONE}</span>' in page
    assert hashlib.sha256(body).hexdigest() in page
    assert "2026-06-01" in page
    assert "{&quot;名&quot;: &quot;値&quot;}</pre>" in page
    assert "Only the first" not in page


def test_markup_and_steering_characters_are_shown_not_followed(visiting, row):
    said = told(row, "csaf", body=f"<html>{BAD}</pre>".encode() + b"\x00\x1b[2J\xff")
    page = text(visiting.get(address(said.document_id)))
    assert "<script>alert" not in page
    assert "<img" not in page
    for steering in ("\u202e", "\x00", "\x1b"):
        assert steering not in page
    assert "&lt;html&gt;&lt;script&gt;alert(1)" in page


def test_lines_that_end_as_on_windows_are_lines(visiting, row):
    said = told(row, "csaf", body=b"one\r\ntwo\rthree")
    page = text(visiting.get(address(said.document_id)))
    assert "one\ntwo\N{REPLACEMENT CHARACTER}three</pre>" in page


def test_the_bytes_can_be_kept_as_they_came_and_no_browser_shows_them(visiting, row):
    body = f"<html>{BAD}".encode() + b"\x00\xff\r\n"
    said = told(row, "csaf", body=body)
    answer = visiting.get(f"{address(said.document_id)}/file")
    assert answer.getvalue() == body
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(len(body))
    disposition = answer.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="csaf-{said.document_id}.txt"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_of_a_large_one_the_beginning_is_shown_whole_characters_only(visiting, row):
    body = b"x" + "値".encode() * documents.MOST
    said = told(row, "csaf", body=body)
    page = text(visiting.get(address(said.document_id)))
    assert "Only the first 64.0\xa0KB are shown." in page
    assert page.count("値") == (documents.MOST - 1) // 3
    assert "\ufffd" not in page
    assert visiting.get(f"{address(said.document_id)}/file").getvalue() == body


def test_an_empty_one_is_shown(visiting, row):
    said = told(row, "csaf", body=b"")
    assert '<pre class="received" dir="ltr"></pre>' in text(visiting.get(address(said.document_id)))


def test_only_documents_that_speak_of_it_are_there(visiting, row):
    other = told(sector.vulnerability(cve(2)), "csaf", cve(2), body=b"other")
    alone = stored("csaf", "KSA-1", b"of nothing")
    for number in (other.document_id, alone.pk, 987654321, "0", "x", "1" * 30):
        for place in (address(number), f"{address(number)}/file"):
            assert visiting.get(place).status_code == 404, place


def test_a_document_of_several_records_is_found_once(visiting, row):
    first = told(row, "csaf", "KSA-1", body=b"both")
    told(row, "csaf", "KSA-2", body=b"both")
    assert visiting.get(address(first.document_id)).status_code == 200


def test_under_another_name_one_is_led_to_it(visiting, row):
    row.aliases.create(name="GHSA-2345-cfgh-jmpq")
    said = told(row, "csaf")
    answer = visiting.get(f"/vulnerabilities/GHSA-2345-cfgh-jmpq/documents/{said.document_id}")
    assert (answer.status_code, answer.url) == (302, address(said.document_id))


def test_whoever_may_see_the_vulnerability_may_see_it(row, client):
    said = told(row, "csaf")
    for place in (address(said.document_id), f"{address(said.document_id)}/file"):
        for slug, role, status in (
            ("hikari", Role.VIEWER, 200),
            ("isac", Role.HUB_ANALYST, 200),
            ("isac", Role.AUDITOR, 403),
        ):
            client.logout()
            sign_in(client, sector.person(slug, role, f"{role.value}{len(place)}"))
            assert client.get(place).status_code == status, (place, role)
        client.logout()
        assert client.get(place).status_code == 302


@pytest.mark.parametrize("ending", ["", "/file"])
def test_nothing_is_sent_to_it(visiting, row, ending):
    said = told(row, "csaf")
    assert visiting.post(f"{address(said.document_id)}{ending}").status_code == 405


def test_it_asks_the_database_a_bounded_number_of_times(visiting, row):
    said = told(row, "csaf")
    visiting.get(address(said.document_id))
    with CaptureQueriesContext(connection) as asked:
        visiting.get(address(said.document_id))
    assert len(asked) <= 8
