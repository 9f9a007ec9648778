"""Why a finding stands, told in the words of the source."""

from __future__ import annotations

import pytest

from noroshi.core.matching import Basis, Doubt
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.matching.evidence import Evidence, evidence
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, match, node, npm, npm_component, nvd, work
from tests.hub.running import runs, stored

ONE = cve(1)


@pytest.fixture(autouse=True)
def _member(database):
    world.organisation("hikari")


def the_reason() -> Evidence:
    found = evidence(SystemViewer(), stored())
    ((only,),) = found.values()
    return only


def test_it_says_which_statement_of_whom_met_which_component():
    runs(npm_component("a", "1.5.0"))
    bring("cve5", cve5(ONE, npm("a", ("0", "0.5.0"), ("1.0.0", "2.0.0"))))
    work()
    assert the_reason() == Evidence(
        component="a",
        version="1.5.0",
        product="purl:npm/a",
        statement="≥ 1.0.0, < 2.0.0",
        source="cve5",
        by="kasumi",
        basis=Basis.PURL,
        confidence=95,
        doubt=Doubt.NONE,
        ends_at="2.0.0",
    )


def test_a_statement_of_all_versions_names_no_end():
    runs(npm_component("a", "1.5.0"))
    bring("cve5", cve5(ONE, npm("a", defaultStatus="affected")))
    work()
    assert (the_reason().statement, the_reason().ends_at) == ("*", None)


def test_the_surest_reason_comes_first():
    cpe = "cpe:2.3:a:kasumi:b:1.5.0:*:*:*:*:*:*:*"
    runs({**npm_component("b", "1.5.0"), "cpe": cpe}, npm_component("a", "1.5.0"))
    bring("cve5", cve5(ONE, npm("a", ("1.0.0", "2.0.0"))))
    bring("nvd", nvd(ONE, node(match("cpe:2.3:a:kasumi:b", versionEndExcluding="2"))))
    work()
    (row,) = stored()
    told = evidence(SystemViewer(), [row])[row.pk]
    assert [(why.component, why.confidence) for why in told] == [("a", 95), ("b", 50)]


@pytest.mark.parametrize("affected", [[], [npm("b", ("1.0.0", "2.0.0"))]])
def test_a_statement_that_was_just_withdrawn_is_not_quoted(affected):
    runs(npm_component("a", "1.5.0"))
    two = npm("a", ("0.1.0", "0.2.0"), ("1.0.0", "2.0.0"))
    bring("cve5", cve5(ONE, two))
    work()
    bring("cve5", cve5(ONE, *affected, updated="2024-06-01"))
    (row,) = stored()
    assert evidence(SystemViewer(), [row]) == {row.pk: []}
