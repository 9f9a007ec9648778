"""VEX statements over the API."""

from __future__ import annotations

import pytest

from noroshi.core.facets import Affected, Product, Status, VersionRange
from tests.edge.exchange.rest.asking import program
from tests.edge.web.vulnerabilities.telling import ONE, told
from tests.hub.sector import NOON, vulnerability

pytestmark = pytest.mark.usefixtures("rows")

GATE = Product("name", "kasumi:gate")


def stated() -> list[list[tuple[str, str, str]]]:
    found = program().get(f"/vulnerabilities/{ONE}/statements").ok()
    return [
        [(one["state"], one["versions"], one["justification"]) for one in source["statements"]]
        for source in found["sources"]
    ]


def test_every_state_of_a_product_is_a_statement():
    ranges = (
        VersionRange(high="2"),
        VersionRange(Status.FIXED, low="2"),
        VersionRange(Status.UNKNOWN, low="9", high="9", high_inclusive=True),
    )
    why = Affected(
        "kasumi",
        GATE,
        "generic",
        (VersionRange(Status.NOT_AFFECTED),),
        reason="vulnerable_code_not_present",
    )
    looking = Affected("kasumi", GATE, "generic", reason="under_investigation")
    affected = (Affected("kasumi", GATE, "generic", ranges), why, looking)
    told(vulnerability(ONE), "csaf", "KSA-1", affected=affected)
    assert stated() == [
        [
            ("known_affected", "< 2", ""),
            ("fixed", "≥ 2", ""),
            ("unknown", "= 9", ""),
            ("not_affected", "*", "vulnerable_code_not_present"),
            ("under_investigation", "*", ""),
        ]
    ]


def test_elsewhere_only_what_gives_a_reason_is_one():
    plain = Affected("nvd", GATE, "generic", (VersionRange(high="2"),))
    why = Affected("redhat", GATE, "generic", (VersionRange(),), reason="will-not-fix")
    row = vulnerability(ONE)
    told(row, "nvd", affected=(plain,))
    told(row, "redhat", affected=(why,), withdrawn_at=NOON)
    assert stated() == [[("known_affected", "*", "will-not-fix")]]
