"""One vulnerability as a CVE record and in OSV, over the API."""

from __future__ import annotations

import json

import pytest

from noroshi.core.facets import Record
from noroshi.core.formats import cve5, osv
from tests.edge.exchange.rest.asking import program
from tests.hub.feeds import bring, cve, npm, nvd, work
from tests.hub.feeds import cve5 as record
from tests.hub.sector import vulnerability

pytestmark = pytest.mark.usefixtures("rows")

NAME = cve(1)


@pytest.fixture(autouse=True)
def known(rows):
    """A vulnerability of which two sources speak."""
    bring("cve5", record(NAME, npm("left-pad", ("0", "1.3.0")), title="It pads too far"))
    bring("nvd", nvd(NAME))
    work()


def test_the_cve_form_says_who_provides_it_and_what_is_affected():
    answer = program().get(f"/vulnerabilities/{NAME}/cve")
    container = answer.ok()["containers"]["cna"]
    assert container["providerMetadata"]["shortName"] == "noroshi"
    assert container["x_noroshi"]["voices"] == ["kasumi", "psirt@kasumi.example"]
    (found,) = cve5.read(json.dumps(answer.ok()).encode())
    assert isinstance(found, Record)
    assert [one.product.name for one in found.affected] == ["npm/left-pad"]


def test_the_osv_form_names_the_package():
    answer = program().get(f"/vulnerabilities/{NAME}/osv")
    (found,) = osv.read(json.dumps(answer.ok()).encode())
    assert isinstance(found, Record)
    assert [(one.product.name, one.ranges[0].high) for one in found.affected] == [
        ("npm/left-pad", "1.3.0")
    ]
    assert answer.ok()["database_specific"]["noroshi"]["provider"] == "noroshi"


def test_what_was_taken_back_is_not_in_it():
    bring("osv", _osv())
    work()
    assert "lodash" in str(program().get(f"/vulnerabilities/{NAME}/osv").ok()["affected"])
    bring("osv", _osv(withdrawn="2024-05-05T00:00:00Z", modified="2024-05-05T00:00:00Z"))
    work()
    assert "lodash" not in str(program().get(f"/vulnerabilities/{NAME}/osv").ok()["affected"])


def _osv(**more: str) -> dict[str, object]:
    events = [{"introduced": "0"}, {"fixed": "4.0.0"}]
    affected = {
        "package": {"ecosystem": "npm", "name": "lodash"},
        "ranges": [{"type": "SEMVER", "events": events}],
    }
    about = {"id": "GHSA-2222-3333-4444", "aliases": [NAME], "modified": "2024-05-04T00:00:00Z"}
    return {**about, "affected": [affected], **more}


def test_without_a_cve_id_there_is_no_cve_form():
    vulnerability("GHSA-5555-6666-7777")
    answer = program().get("/vulnerabilities/GHSA-5555-6666-7777/cve")
    assert answer.status == 404
    assert program().get("/vulnerabilities/GHSA-5555-6666-7777/osv").ok()["id"].startswith("GHSA")
