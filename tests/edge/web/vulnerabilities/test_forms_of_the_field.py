"""The files to keep: one vulnerability as a CVE record and in OSV."""

from __future__ import annotations

import json

import pytest

from noroshi.core.facets import Text
from tests.edge.web.vulnerabilities.telling import BAD, ONE, PAGE, told
from tests.edge.web.vulnerabilities.test_one import text
from tests.hub.sector import vulnerability


@pytest.mark.parametrize("form", ["cve", "osv"])
def test_the_page_leads_to_a_file_that_no_browser_shows(visiting, row, form):
    told(row, "nvd", descriptions=(Text("en", BAD, "nvd@nist.gov"),))
    assert f'href="{PAGE}/{form}.json"' in text(visiting.get(PAGE))
    answer = visiting.get(f"{PAGE}/{form}.json")
    disposition = f'attachment; filename="{ONE}.{form}.json"'
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["Content-Type"] == "application/json"
    assert BAD in json.dumps(json.loads(answer.getvalue()), ensure_ascii=False).replace('\\"', '"')


def test_without_a_cve_id_there_is_no_cve_form(visiting, row):
    other = vulnerability("GHSA-2222-3333-4444")
    told(other, "osv", "GHSA-2222-3333-4444")
    page = text(visiting.get("/vulnerabilities/GHSA-2222-3333-4444"))
    assert "cve.json" not in page
    assert "osv.json" in page
    assert visiting.get("/vulnerabilities/GHSA-2222-3333-4444/cve.json").status_code == 404
