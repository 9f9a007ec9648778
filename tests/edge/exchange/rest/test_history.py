"""What sources said before, over the API."""

from __future__ import annotations

import pytest

from tests.edge.exchange.rest.asking import program
from tests.edge.exchange.rest.test_document import conforms, operations
from tests.hub.feeds import bring, cve, cve5, epss, npm, work

pytestmark = pytest.mark.usefixtures("rows")

NAME = cve(1)


def test_it_tells_changes_scores_and_severities():
    bring("cve5", cve5(NAME, npm("gate", ("0", "2.0.0"))))
    bring("cve5", cve5(NAME, npm("gate", ("0", "2.3.4")), updated="2024-05-03T00:00:00Z"))
    bring("epss", epss("2024-05-10", {NAME: 0.1}))
    bring("epss", epss("2024-05-11", {NAME: 0.4}))
    work()
    found = program().get(f"/vulnerabilities/{NAME}/history").ok()
    (source,) = found["sources"]
    assert (source["source"], source["cut"]) == ("cve5", False)
    assert [one["first"] for one in source["versions"]] == [True, False]
    assert source["versions"][1]["changes"] == [
        {
            "about": "range",
            "by": "kasumi",
            "subject": "npm/gate",
            "before": {"code": "affected", "text": "< 2.0.0"},
            "after": {"code": "affected", "text": "< 2.3.4"},
        }
    ]
    assert found["epss"] == [
        {"day": "2024-05-10", "score": 0.1},
        {"day": "2024-05-11", "score": 0.4},
    ]
    assert [one["estimated"] for one in found["severities"]] == [False]


def test_it_is_answered_as_described():
    document = program().get("/openapi.json").ok()
    bring("cve5", cve5(NAME))
    bring("cve5", cve5(NAME, updated="2024-05-03T00:00:00Z", title="Another"))
    (operation,) = [
        operation
        for path, _method, operation in operations(document)
        if path.endswith("/vulnerabilities/{name}/history")
    ]
    conforms(document, operation, program().get(f"/vulnerabilities/{NAME}/history"))
