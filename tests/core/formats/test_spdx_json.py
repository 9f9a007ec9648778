from __future__ import annotations

import pytest

from noroshi.core.errors import UnsupportedVersion
from noroshi.core.formats import spdx_json


def read(*packages: object, **members: object):
    return spdx_json.read({"spdxVersion": "SPDX-2.3", "packages": list(packages), **members})


def test_all_that_a_package_says_is_read():
    found = read(
        {
            "SPDXID": "SPDXRef-nginx",
            "name": "nginx",
            "versionInfo": "1.25.3",
            "supplier": "Organization: F5 (security@example.org)",
            "primaryPackagePurpose": "APPLICATION",
            "externalRefs": [
                {"referenceType": "purl", "referenceLocator": "pkg:generic/nginx@1.25.3"},
                {
                    "referenceCategory": "SECURITY",
                    "referenceType": "cpe22Type",
                    "referenceLocator": "cpe:/a:f5:nginx:1.25.3",
                },
            ],
        }
    )
    (component,) = found.components
    assert (component.name, component.version, component.kind) == ("nginx", "1.25.3", "application")
    assert (component.supplier, component.path) == ("F5", "SPDXRef-nginx")
    assert component.purl == "pkg:generic/nginx@1.25.3"
    assert component.cpes == ("cpe:2.3:a:f5:nginx:1.25.3:*:*:*:*:*:*:*",)


@pytest.mark.parametrize("silent", ["NOASSERTION", "NONE", "", None])
def test_a_package_that_asserts_no_version_has_none(silent):
    assert read({"name": "x", "versionInfo": silent}).components[0].version is None


@pytest.mark.parametrize(
    "said",
    [
        {"documentDescribes": ["SPDXRef-a"]},
        {
            "relationships": [
                {
                    "spdxElementId": "SPDXRef-a",
                    "relationshipType": "DESCRIBED_BY",
                    "relatedSpdxElement": "SPDXRef-DOCUMENT",
                }
            ]
        },
    ],
)
def test_the_subject_is_found_either_way_it_can_be_said(said):
    found = read({"SPDXID": "SPDXRef-a", "name": "a"}, {"name": "b"}, name="document", **said)
    assert found.subject == "a"


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"name": "kept", "versionInfo": 1}, ".versionInfo"),
        ({"name": "kept", "externalRefs": 1}, ".externalRefs"),
        ({"name": "kept", "externalRefs": [1]}, ".externalRefs[0]"),
        (
            {"name": "kept", "externalRefs": [{"referenceType": "purl", "referenceLocator": 1}]},
            ".externalRefs[0].referenceLocator",
        ),
        (
            {"name": "kept", "externalRefs": [{"referenceType": "purl", "referenceLocator": "x"}]},
            ".externalRefs[0].referenceLocator",
        ),
    ],
)
def test_a_broken_part_costs_only_itself(broken, place):
    found = read({"name": "before"}, broken, 7, {"name": "after"})
    assert [component.name for component in found.components] == ["before", "kept", "after"]
    assert {problem.where for problem in found.problems} >= {
        f"$.packages[1]{place}",
        "$.packages[2]",
    }


def test_a_document_without_packages_is_an_empty_inventory():
    found = spdx_json.read({"spdxVersion": "SPDX-2.2", "name": "nothing"})
    assert (found.subject, found.created, found.components) == ("nothing", None, ())


def test_a_version_that_is_not_read_is_refused_with_its_place():
    with pytest.raises(UnsupportedVersion) as caught:
        spdx_json.read({"spdxVersion": "SPDX-2.1"})
    assert caught.value.where == "$.spdxVersion"
