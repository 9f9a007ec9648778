"""The second opinion has one: it says no where it should, and admits what it cannot tell."""

from __future__ import annotations

import pytest

from tests.hub.feeds import cve, cve5, match, node, npm, nvd
from tests.hub.slow_check import Bounds, Json, agrees, statements


@pytest.mark.parametrize(
    ("version", "held"),
    [
        ("1.1.0", True),
        ("1.1.1j", True),
        ("1.1.1k", False),
        ("1.1.1-rc1", True),
        ("1.0.99", False),
        ("1.1", True),
        ("1.1.1.0.0.1 of ours", None),
    ],
)
def test_bounds_hold_what_lies_between_them(version, held):
    assert Bounds("1.1.0", True, "1.1.1k", False).hold(version) is held


def image(version: str, *locators: str) -> Json:
    references = [{"referenceLocator": locator} for locator in locators]
    return {"packages": [{"name": "a", "versionInfo": version, "externalRefs": references}]}


@pytest.mark.parametrize(
    ("version", "held"), [("1.9", True), ("2.0", False), ("1.9 of ours", None)]
)
def test_a_cpe_name_is_compared_with_the_configurations(version, held):
    said = statements(nvd(cve(1), node(match("cpe:2.3:a:kasumi:a", versionEndExcluding="2.0"))))
    sbom = image(version, "cpe:2.3:a:kasumi:a:1:*:*:*:*:*:*:*")
    assert agrees(sbom, "a", version, said) is held
    assert agrees(sbom, "b", version, said) is False
    assert agrees(image(version, "cpe:2.3:a:other:a:1:*:*:*:*:*:*:*"), "a", version, said) is False


@pytest.mark.parametrize(("version", "held"), [("1.0", True), ("2.0", False)])
def test_a_package_url_is_compared_with_what_the_cna_lists(version, held):
    said = statements(cve5(cve(1), npm("@kasumi/a", ("1.0", "2.0"))))
    sbom = image(version, f"pkg:npm/%40kasumi/a@{version}")
    assert agrees(sbom, "a", version, said) is held


def test_a_distributions_revision_is_not_compared_with_upstreams_versions():
    said = statements(nvd(cve(1), node(match("cpe:2.3:a:kasumi:a", versionEndIncluding="1.2"))))
    cpe, purl = "cpe:2.3:a:kasumi:a:1:*:*:*:*:*:*:*", "pkg:deb/debian/a@1.2-3"
    assert agrees(image("1:1.2+dfsg-3+deb12u1", cpe, purl), "a", "1:1.2+dfsg-3+deb12u1", said)
